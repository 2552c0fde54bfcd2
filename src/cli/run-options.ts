// The command line of `modbox run`, checked as far as it can be before any file
// is read.

import { statSync } from 'node:fs';
import { type Arch, archNames } from '../arch/arch.ts';
import { architectures } from '../arch/registry.ts';
import { RAM_UNIT } from '../machine/machine.ts';
import { type CallExpression, parseCall } from './call-expression.ts';
import { UsageError } from './errors.ts';
import { meant, numberOption, parseOptions } from './options.ts';

export interface RunOptions {
  readonly files: readonly string[];
  readonly arch: Arch | undefined;
  readonly calls: readonly CallExpression[];
  /** Leave the modules loaded: fini does not run. */
  readonly keep: boolean;
  readonly searchPath: readonly string[];
  readonly ramBytes: number | undefined;
  readonly watchdogNs: number | undefined;
  /** false: a branch that does not reach is an error. */
  readonly veneers: boolean;
  /** Which symbols of a module the guest keeps. */
  readonly symbols: 'all' | 'exported';
  readonly json: boolean;
  readonly quiet: boolean;
  readonly help: boolean;
}

const table = {
  arch: { type: 'string' },
  call: { type: 'string', multiple: true },
  keep: { type: 'boolean' },
  path: { type: 'string', multiple: true },
  ram: { type: 'string' },
  watchdog: { type: 'string' },
  'no-veneers': { type: 'boolean' },
  symbols: { type: 'string' },
  json: { type: 'boolean' },
  quiet: { type: 'boolean', short: 'q' },
  help: { type: 'boolean', short: 'h' },
} as const;

const ramUnitMiB = RAM_UNIT >> 20;

export function parseRunOptions(args: readonly string[]): RunOptions {
  const { values, positionals } = parseOptions('run', args, table);
  const help = values.help ?? false;
  if (positionals.length === 0 && !help)
    throw new UsageError('run: name the file of a module; see modbox help run');
  const twice = positionals.find((path, i) => positionals.indexOf(path) !== i);
  if (twice !== undefined) throw new UsageError(`run: ${twice} is named twice`);
  const ram = numberOption('ram', values.ram, { min: 8, max: 1024, unit: 'MiB' });
  if (ram !== undefined && ram % ramUnitMiB !== 0)
    throw new UsageError(`--ram is ${ram}, wanted a multiple of ${ramUnitMiB} MiB`);
  const limits = { min: 0.001, max: 86_400, unit: 'seconds of virtual time' };
  const watchdog = numberOption('watchdog', values.watchdog, limits);
  return {
    files: positionals,
    arch: archNamed(values.arch),
    calls: (values.call ?? []).map(callNamed),
    keep: values.keep ?? false,
    searchPath: (values.path ?? []).map(folderNamed),
    ramBytes: ram === undefined ? undefined : ram << 20,
    watchdogNs: watchdog === undefined ? undefined : Math.round(watchdog * 1e9),
    veneers: values['no-veneers'] !== true,
    symbols: symbolsNamed(values.symbols),
    json: values.json ?? false,
    quiet: values.quiet ?? false,
    help,
  };
}

function archNamed(text: string | undefined): Arch | undefined {
  if (text === undefined) return undefined;
  const name = archNames.find((each) => each === text);
  if (name !== undefined) return architectures[name];
  throw new UsageError(`--arch: no ${text}: ${archNames.join(', ')}${meant(text, archNames)}`);
}

function symbolsNamed(text = 'all'): RunOptions['symbols'] {
  if (text === 'all' || text === 'exported') return text;
  throw new UsageError(`--symbols is "${text}", wanted all or exported`);
}

function callNamed(text: string): CallExpression {
  const parsed = parseCall(text);
  if (parsed.ok) return parsed.value;
  throw new UsageError(`--call '${text}': ${parsed.problems.join('; ')}`);
}

function folderNamed(path: string): string {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) return path;
  throw new UsageError(`--path ${path}: no such folder`);
}
