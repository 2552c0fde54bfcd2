// The command line of `modbox dap`.

import { UsageError } from './errors.ts';
import { numberOption, parseOptions } from './options.ts';

export interface DapOptions {
  /** Serve clients on this port rather than one on stdin and stdout; 0: any. */
  readonly port: number | undefined;
  readonly help: boolean;
}

const table = {
  port: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const;

export function parseDapOptions(args: readonly string[]): DapOptions {
  const { values, positionals } = parseOptions('dap', args, table);
  if (positionals.length > 0)
    throw new UsageError(`dap: takes no file; the editor names it ("program" in launch.json)`);
  const port = numberOption('port', values.port, { min: 0, max: 65_535, unit: '' });
  if (port !== undefined && !Number.isInteger(port))
    throw new UsageError(`--port is "${port}", wanted a whole number`);
  return { port, help: values.help ?? false };
}
