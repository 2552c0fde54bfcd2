// The command line of `modbox gdb`.

import { isIP } from 'node:net';
import type { Arch } from '../arch/arch.ts';
import type { StopAt } from '../rsp/program.ts';
import { UsageError } from './errors.ts';
import { archNamed, folderNamed, ramNamed, watchdogNamed } from './machine-options.ts';
import { numberOption, parseOptions } from './options.ts';

export interface GdbOptions {
  readonly file: string;
  readonly arch: Arch | undefined;
  readonly host: string;
  /** Only programs of this computer reach it. */
  readonly isLoopback: boolean;
  readonly port: number;
  readonly stopAt: StopAt;
  readonly once: boolean;
  readonly searchPath: readonly string[];
  readonly ramBytes: number | undefined;
  readonly watchdogNs: number | undefined;
  readonly help: boolean;
}

const table = {
  arch: { type: 'string' },
  'gdb-host': { type: 'string' },
  port: { type: 'string' },
  stop: { type: 'string' },
  once: { type: 'boolean' },
  path: { type: 'string', multiple: true },
  ram: { type: 'string' },
  watchdog: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const;

const stops: readonly StopAt[] = ['boot', 'entry', 'none'];

export function parseGdbOptions(args: readonly string[]): GdbOptions {
  const { values, positionals } = parseOptions('gdb', args, table);
  const help = values.help ?? false;
  const [file = '', ...more] = positionals;
  if (file === '' && !help)
    throw new UsageError('gdb: name the file of a module; see modbox help gdb');
  if (more.length > 0)
    throw new UsageError(`gdb: one module; ${more[0]} can be loaded by "monitor insmod"`);
  const host = values['gdb-host'] ?? '127.0.0.1';
  return {
    file,
    arch: archNamed(values.arch),
    host,
    isLoopback: isLoopback(host),
    port: portNamed(values.port),
    stopAt: stopNamed(values.stop),
    once: values.once ?? false,
    searchPath: (values.path ?? []).map(folderNamed),
    ramBytes: ramNamed(values.ram),
    watchdogNs: watchdogNamed(values.watchdog),
    help,
  };
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}

function portNamed(text: string | undefined): number {
  const port = numberOption('port', text, { min: 0, max: 65_535, unit: '' }) ?? 1234;
  if (Number.isInteger(port)) return port;
  throw new UsageError(`--port is "${text}", wanted a whole number`);
}

function stopNamed(text: string | undefined): StopAt {
  const named = stops.find((each) => each === (text ?? 'entry'));
  if (named !== undefined) return named;
  throw new UsageError(`--stop is "${text}", wanted boot, entry or none`);
}
