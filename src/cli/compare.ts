// modbox compare: the same module on several architectures, and where its calls of the
// kernel, its results or its console differ.

import { existsSync } from 'node:fs';
import { archNames } from '../arch/arch.ts';
import { difference, type Edit } from '../compare/difference.ts';
import { type RecordedLife, recordLife, type Step } from '../compare/life.ts';
import { boot } from '../host/boot.ts';
import type { Module } from '../kernel/module.ts';
import { describeOops } from '../kernel/oops.ts';
import { type CallResult, describeDeath } from '../kernel/results.ts';
import { type CallExpression, parseCall } from '../suite/call-expression.ts';
import { formatValue } from '../suite/format.ts';
import { argumentOf } from '../suite/literals.ts';

import { InputError, UsageError } from './errors.ts';
import { readInputs } from './input.ts';
import { jsonText } from './json.ts';
import { folderNamed } from './machine-options.ts';
import { parseOptions } from './options.ts';

import type { Style, Terminal } from './terminal.ts';
import { STATUS, type Status, type Verb } from './verb.ts';
import { count, wrapped } from './words.ts';

const help = `modbox compare FILE... [options]

Runs the same module on several architectures, each FILE on its own: init, the calls that
are named, exit. Records which functions of the kernel it calls, and shows where the
sequences, the results or the consoles differ from the first. {arch} in a FILE stands for
each of ${archNames.join(', ')} that is there.

What is the compiler's or the configuration's is left out: copies and string functions,
which may be inlined, spin locks, bit operations, arithmetic; all kmallocs are one.

  --call 'CALL[:TYPE]'  call a function between init and exit; may be repeated
  --path DIR            look for required modules there too; {arch} as above
  --json                one JSON document instead of text

  modbox compare 'build/modules/{arch}/hello.ko' --call 'hello_add(2, 40):s32'

Exit status: 0 all the same; 1 something differs; 2 wrong usage, or a file that cannot be
used.
`;

const table = {
  call: { type: 'string', multiple: true },
  path: { type: 'string', multiple: true },
  json: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

async function run(args: readonly string[], terminal: Terminal): Promise<Status> {
  const { values, positionals } = parseOptions('compare', args, table);
  if (values.help === true) {
    terminal.out(help);
    return STATUS.ok;
  }
  const files = positionals.flatMap(expanded);
  if (files.length < 2)
    throw new UsageError('compare: name the same module for at least two architectures');
  const steps = (values.call ?? []).map(stepOf);
  const lives: RecordedLife[] = [];
  for (const file of files) lives.push(await lifeOf(file, values.path ?? [], steps));
  const same = lives.every((life) => isSame(lives[0] ?? life, life));
  if (values.json === true)
    terminal.out(jsonText({ same, lives: lives.map((life) => ({ ...life })) }));
  else terminal.out(compareText(lives, terminal.style));
  return same ? STATUS.ok : STATUS.failed;
}

function expanded(pattern: string): readonly string[] {
  if (!pattern.includes('{arch}')) return [pattern];
  const files = archNames.map((arch) => pattern.replaceAll('{arch}', arch));
  const present = files.filter((file) => existsSync(file));
  if (present.length === 0) throw new InputError(`${pattern}: there is none for any architecture`);
  return present;
}

async function lifeOf(
  name: string,
  paths: readonly string[],
  steps: readonly Step[],
): Promise<RecordedLife> {
  const { arch, files } = readInputs([name], undefined);
  const [file] = files;
  if (file === undefined) throw new InputError(`${name}: no module`);
  const searchPath = paths.map((path) => folderNamed(path.replaceAll('{arch}', arch.name)));
  const kernel = await boot({ arch: arch.name, searchPath, missing: 'trap' });
  try {
    return recordLife(kernel, file, steps);
  } finally {
    kernel.close();
  }
}

function stepOf(text: string): Step {
  const parsed = parseCall(text);
  if (!parsed.ok) throw new UsageError(`--call '${text}': ${parsed.problems.join('; ')}`);
  const call = parsed.value;
  return { name: call.text, run: (module) => resultText(callOn(module, call)) };
}

function callOn(module: Module, { symbol, returns, args }: CallExpression): CallResult {
  return module.call(returns === undefined ? symbol : { symbol, returns }, ...args.map(argumentOf));
}

function resultText(result: CallResult): string {
  switch (result.kind) {
    case 'returned':
      return formatValue(result.value);
    case 'fault':
      return describeOops(result.oops);
    case 'refused':
      return `not called: ${result.reason}`;
    case 'died':
      return describeDeath(result.death);
  }
}

function isSame(one: RecordedLife, other: RecordedLife): boolean {
  return differencesOf(one, other).length === 0;
}

/** In sentences, each with its lines. */
function differencesOf(one: RecordedLife, other: RecordedLife): readonly string[] {
  const lines: string[] = [];
  const edits = difference(one.calls, other.calls);
  if (edits.some(({ kind }) => kind !== 'same'))
    lines.push('calls of the kernel:', ...editLines(edits));
  const results = difference(one.results, other.results);
  if (results.some(({ kind }) => kind !== 'same')) lines.push('results:', ...editLines(results));
  const console_ = difference(one.console.split('\n'), other.console.split('\n'));
  if (console_.some(({ kind }) => kind !== 'same')) lines.push('console:', ...editLines(console_));
  return lines;
}

function editLines(edits: readonly Edit[]): readonly string[] {
  return edits.flatMap((edit) => {
    if (edit.kind === 'same') return [`    ${edit.count} the same`];
    const sign = edit.kind === 'only-first' ? '-' : '+';
    const lines = runsOf(edit.names).map((name) => `  ${sign} ${name}`);
    const more = `  ${sign} (${count(lines.length - SHOWN, 'more line')})`;
    return lines.length > SHOWN ? [...lines.slice(0, SHOWN), more] : lines;
  });
}

/** Of one difference. */
const SHOWN = 20;

/** Names that follow themselves are written once: "driver_register x9". */
function runsOf(names: readonly string[]): readonly string[] {
  const runs: { name: string; times: number }[] = [];
  for (const name of names) {
    const last = runs.at(-1);
    if (last?.name === name) last.times++;
    else runs.push({ name, times: 1 });
  }
  return runs.map(({ name, times }) => (times === 1 ? name : `${name} x${times}`));
}

function compareText(lives: readonly RecordedLife[], style: Style): string {
  const [first, ...others] = lives;
  if (first === undefined) return '';
  const made = first.calls.filter((name) => !name.startsWith('('));
  const lines = [
    `${style.bold(first.arch)}: ${count(made.length, 'kernel call')} that count`,
    ...wrapped(runsOf(first.calls), 90).map((line) => `  ${line}`),
    ...first.results.map((result) => `  ${result}`),
  ];
  for (const other of others) {
    const found = differencesOf(first, other);
    const verdict = found.length === 0 ? style.good('the same') : style.warn('differs');
    lines.push(`${style.bold(other.arch)}: ${verdict}`, ...found.map((line) => `  ${line}`));
  }
  return `${lines.join('\n')}\n`;
}

export const compareVerb: Verb = {
  name: 'compare',
  summary: 'run the same module on several architectures and show where they differ',
  help,
  run,
};
