// The command line of `modbox check`.

import { UsageError } from './errors.ts';
import { parseOptions } from './options.ts';

export interface CheckOptions {
  readonly files: readonly string[];
  /** Kernel images, Module.symvers, modules, folders and archives of modules. */
  readonly against: readonly string[];
  readonly vermagic: string | undefined;
  /** A module that loads: vermagic and versions as in it. */
  readonly like: string | undefined;
  readonly searchPath: readonly string[];
  readonly all: boolean;
  readonly json: boolean;
  readonly help: boolean;
}

const table = {
  against: { type: 'string', multiple: true },
  vermagic: { type: 'string' },
  like: { type: 'string' },
  path: { type: 'string', multiple: true },
  all: { type: 'boolean' },
  json: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

export function parseCheckOptions(args: readonly string[]): CheckOptions {
  const { values, positionals } = parseOptions('check', args, table);
  const help = values.help ?? false;
  if (positionals.length === 0 && !help)
    throw new UsageError('check: name the file of a module; see modbox help check');
  const twice = positionals.find((path, i) => positionals.indexOf(path) !== i);
  if (twice !== undefined) throw new UsageError(`check: ${twice} is named twice`);
  return {
    files: positionals,
    against: values.against ?? [],
    vermagic: values.vermagic,
    like: values.like,
    searchPath: values.path ?? [],
    all: values.all ?? false,
    json: values.json ?? false,
    help,
  };
}
