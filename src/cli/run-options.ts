// The command line of `modbox run`, checked as far as it can be before any file
// is read.

import type { Arch } from '../arch/arch.ts';
import type { MissingSymbols } from '../kernel/missing.ts';
import { type CallExpression, parseCall } from '../suite/call-expression.ts';
import { UsageError } from './errors.ts';
import {
  archNamed,
  folderNamed,
  missingNamed,
  ramNamed,
  watchdogNamed,
} from './machine-options.ts';
import { parseOptions, valueIfJoined } from './options.ts';

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
  /** What becomes of Linux modules that use symbols nobody has. */
  readonly missing: MissingSymbols;
  /** Watch the modules closely, in two runs. */
  readonly check: boolean;
  /** Instead of running once: fail each call that can fail, one after the other. */
  readonly failNth: boolean;
  /** The tracefile to write; '': none, only the table; undefined: no coverage. */
  readonly coverage: string | undefined;
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
  missing: { type: 'string' },
  check: { type: 'boolean' },
  'fail-nth': { type: 'boolean' },
  coverage: { type: 'string' },
  json: { type: 'boolean' },
  quiet: { type: 'boolean', short: 'q' },
  help: { type: 'boolean', short: 'h' },
} as const;

export function parseRunOptions(args: readonly string[]): RunOptions {
  const { values, positionals } = parseOptions('run', valueIfJoined('coverage', args), table);
  const help = values.help ?? false;
  if (positionals.length === 0 && !help)
    throw new UsageError('run: name the file of a module; see modbox help run');
  const twice = positionals.find((path, i) => positionals.indexOf(path) !== i);
  if (twice !== undefined) throw new UsageError(`run: ${twice} is named twice`);
  return {
    files: positionals,
    arch: archNamed(values.arch),
    calls: (values.call ?? []).map(callNamed),
    keep: values.keep ?? false,
    searchPath: (values.path ?? []).map(folderNamed),
    ramBytes: ramNamed(values.ram),
    watchdogNs: watchdogNamed(values.watchdog),
    veneers: values['no-veneers'] !== true,
    symbols: symbolsNamed(values.symbols),
    missing: missingNamed(values.missing, 'refuse'),
    check: values.check ?? false,
    failNth: values['fail-nth'] ?? false,
    coverage: values.coverage,
    json: values.json ?? false,
    quiet: values.quiet ?? false,
    help,
  };
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
