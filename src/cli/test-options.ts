// The command line of `modbox test`, checked as far as it can be before any file is
// read.

import { availableParallelism } from 'node:os';
import { type ArchName, archNames } from '../arch/arch.ts';
import { budgetOf } from '../suite/budget.ts';
import type { PlanOptions } from '../suite/plan.ts';
import { nameSelection } from '../suite/select.ts';
import { UsageError } from './errors.ts';
import { archNamed, folderNamed, missingNamed, ramNamed } from './machine-options.ts';
import { meant, numberOption, parseOptions, valueIfJoined } from './options.ts';

export const formats = ['human', 'ktap', 'junit', 'json'] as const;
export type Format = (typeof formats)[number];

/** A report, and the file it goes to; undefined: standard output. */
export interface Target {
  readonly format: Format;
  readonly file: string | undefined;
}

export interface TestOptions extends Omit<PlanOptions, 'select'> {
  readonly names: readonly string[];
  readonly archs: readonly ArchName[];
  /** What --case says; which cases that means depends on their names. */
  readonly pattern: string | undefined;
  readonly jobs: number;
  readonly targets: readonly Target[];
  readonly allowInconclusive: boolean;
  /** The tracefile to write; '': none, only the table; undefined: no coverage. */
  readonly coverage: string | undefined;
  readonly help: boolean;
}

const table = {
  arch: { type: 'string', multiple: true },
  case: { type: 'string' },
  path: { type: 'string', multiple: true },
  budget: { type: 'string' },
  ram: { type: 'string' },
  missing: { type: 'string' },
  check: { type: 'boolean' },
  jobs: { type: 'string', short: 'j' },
  seed: { type: 'string' },
  shard: { type: 'string' },
  format: { type: 'string', multiple: true },
  output: { type: 'string', multiple: true, short: 'o' },
  json: { type: 'boolean' },
  'allow-inconclusive': { type: 'boolean' },
  coverage: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const;

export function parseTestOptions(args: readonly string[]): TestOptions {
  const given = valueIfJoined('coverage', args);
  const { values, positionals, tokens } = parseOptions('test', given, table);
  const help = values.help ?? false;
  if (positionals.length === 0 && !help)
    throw new UsageError('test: name a suite, a module or a folder; see modbox help test');
  const archs = (values.arch ?? []).map(archNamed).flatMap((arch) => arch?.name ?? []);
  const jobs = { min: 1, max: 256, unit: 'threads' };
  const seeds = { min: 0, max: 2 ** 32 - 1, unit: '' };
  return {
    names: positionals,
    archs: archs.length === 0 ? archNames : archNames.filter((name) => archs.includes(name)),
    pattern: values.case,
    searchPath: (values.path ?? []).map(pathNamed),
    budgetNs: budgetNamed(values.budget),
    ramBytes: ramNamed(values.ram),
    missing: missingNamed(values.missing, 'trap'),
    checks: values.check ?? false,
    jobs: whole('jobs', numberOption('jobs', values.jobs, jobs)) ?? availableParallelism(),
    seed: whole('seed', numberOption('seed', values.seed, seeds)),
    shard: shardNamed(values.shard),
    targets: targetsOf(tokens, values.json === true),
    allowInconclusive: values['allow-inconclusive'] ?? false,
    coverage: values.coverage,
    help,
  };
}

/** One with {arch} in it need not be there on every architecture. */
function pathNamed(path: string): string {
  return path.includes('{arch}') ? path : folderNamed(path);
}

function whole(name: string, value: number | undefined): number | undefined {
  if (value === undefined || Number.isInteger(value)) return value;
  throw new UsageError(`--${name} is ${value}, wanted a whole number`);
}

/** Virtual nanoseconds. */
function budgetNamed(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const budget = budgetOf(text);
  if (!budget.ok) throw new UsageError(`--budget: ${budget.problems.join()}`);
  return budget.value;
}

function shardNamed(text: string | undefined): TestOptions['shard'] {
  if (text === undefined) return undefined;
  const [, index, of] = (/^(\d{1,6})\/(\d{1,6})$/.exec(text) ?? []).map(Number);
  if (index === undefined || of === undefined || index < 1 || index > of)
    throw new UsageError(`--shard is "${text}", wanted one such as 1/4`);
  return { index, of };
}

type Tokens = ReturnType<typeof parseOptions<typeof table>>['tokens'];

/**
 * --output belongs to the --format before it, or else its suffix says the format.
 * What has no file goes to standard output, people's report if nothing else does.
 */
function targetsOf(tokens: Tokens, json: boolean): readonly Target[] {
  const targets: Target[] = json ? [{ format: 'json', file: undefined }] : [];
  let open = false;
  for (const token of tokens) {
    if (token.kind !== 'option' || token.value === undefined) continue;
    if (token.name === 'format') {
      targets.push({ format: formatNamed(token.value), file: undefined });
      open = true;
    } else if (token.name === 'output') {
      const format = open ? targets.pop()?.format : undefined;
      targets.push({ format: format ?? formatOfFile(token.value), file: token.value });
      open = false;
    }
  }
  const shown = targets.filter(({ file }) => file === undefined);
  if (shown.length > 1)
    throw new UsageError('test: one report at most goes to standard output; name files: --output');
  return shown.length === 1 ? targets : [...targets, { format: 'human', file: undefined }];
}

function formatNamed(text: string): Format {
  const format = formats.find((each) => each === text);
  if (format !== undefined) return format;
  throw new UsageError(`--format: no ${text}: ${formats.join(', ')}${meant(text, formats)}`);
}

const suffixes: Readonly<Record<string, Format>> = {
  xml: 'junit',
  json: 'json',
  ktap: 'ktap',
  tap: 'ktap',
  txt: 'human',
};

function formatOfFile(file: string): Format {
  const format = suffixes[/\.(\w+)$/.exec(file)?.[1] ?? ''];
  if (format !== undefined) return format;
  throw new UsageError(`--output ${file}: name its format before it: --format junit`);
}

/** @throws UsageError for what is neither a name nor a regular expression */
export function selection(
  pattern: string | undefined,
  names: readonly string[],
): PlanOptions['select'] {
  const chosen = nameSelection(pattern, names);
  if (chosen.ok) return chosen.value;
  throw new UsageError(`--case: ${chosen.problems.join()}`);
}
