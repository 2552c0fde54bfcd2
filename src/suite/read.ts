// Reads a file of expectations: TOML in, a suite out, or everything that is wrong
// with it.  Touches no other file; whether the module is there is found out later.

import { parse, TomlError } from 'smol-toml';
import { type ArchName, archNames } from '../arch/arch.ts';
import { type Result, refuse, succeed } from '../base/result.ts';
import { moduleNameOf } from '../flavour/names.ts';
import { stages } from '../kernel/wire.ts';
import { parseStepCall } from './call-expression.ts';
import { Fields, type Source } from './fields.ts';
import { KeyLines } from './key-lines.ts';
import type { FailureExpectation, Life, Step, Suite, TestCase } from './model.ts';
import { defaultCase, noLeaks } from './model.ts';
import type { SuiteProblem } from './problems.ts';
import {
  oneOf,
  readBudget,
  readError,
  readFault,
  readLines,
  readMemory,
  readReturns,
  regexpOf,
} from './read-value.ts';

/** What the name of a file of expectations ends with. */
export const SUITE_SUFFIX = '.test.toml';
/** Bytes; files by hand have a thousandth of it. */
export const SUITE_LIMIT: number = 4 << 20;

/** The suite of a module that has no expectations. */
export function defaultSuite(module: string): Suite {
  const name = moduleNameOf(module);
  const nothing = { requires: [], archs: undefined, budgetNs: undefined, missing: undefined };
  return { file: module, name, module, ...nothing, cases: [defaultCase] };
}

/**
 * @param file for messages; "crc16.test.toml" is about the module crc16 unless it
 *   names another
 */
export function readSuite(file: string, text: string): Result<Suite, SuiteProblem> {
  const parsed = parsedToml(file, text);
  if (!parsed.ok) return parsed;
  const source: Source = { file, lines: new KeyLines(text), problems: [] };
  const suite = suiteOf(new Fields(source, [], parsed.value), file);
  if (source.problems.length === 0) return succeed(suite);
  return refuse(source.problems.toSorted((a, b) => a.line - b.line));
}

function parsedToml(file: string, text: string): Result<Record<string, unknown>, SuiteProblem> {
  try {
    return succeed(parse(text, { integersAsBigInt: true, maxDepth: 20 }));
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    const [reason = ''] = error.message.replace('Invalid TOML document: ', '').split('\n');
    const column = `column ${error.column}`;
    return refuse([
      { kind: 'syntax', file, line: error.line, key: '', reason: `${column}: ${reason}` },
    ]);
  }
}

function suiteOf(fields: Fields, file: string): Suite {
  const module = fields.string('module') ?? moduleNameOf(withoutSuffix(file));
  const suite = {
    file,
    name: moduleNameOf(module),
    module,
    archs: readArchs(fields),
    requires: fields.strings('requires') ?? [],
    budgetNs: readBudget(fields, 'budget'),
    missing: fields.read('missing', (text) => oneOf(text, ['refuse', 'trap'] as const)),
    cases: fields.tables('case').map(readCase),
  };
  if (!fields.has('case')) return ended(fields, { ...suite, cases: [defaultCase] });
  refuseTwice(fields, suite.cases);
  return ended(fields, suite);
}

function withoutSuffix(file: string): string {
  return file.endsWith(SUITE_SUFFIX) ? file.slice(0, -SUITE_SUFFIX.length) : file;
}

function ended<T>(fields: Fields, value: T): T {
  fields.end();
  return value;
}

/** A name is how one asks for a case. */
function refuseTwice(fields: Fields, cases: readonly TestCase[]): void {
  const seen = new Map<string, number>();
  for (const { name, line } of cases) {
    const first = seen.get(name);
    if (first !== undefined)
      fields.refuse('case', `"${name}" on line ${line} is the name of the case on line ${first}`);
    else seen.set(name, line);
  }
}

function readArchs(fields: Fields): readonly ArchName[] | undefined {
  return fields.strings('arch')?.flatMap((text) => {
    const name = oneOf(text, archNames);
    if (!name.ok) fields.refuse('arch', name.problems.join());
    return name.ok ? [name.value] : [];
  });
}

/** Longer names are no names. */
const NAME_LIMIT = 200;

function readCase(fields: Fields): TestCase {
  fields.require('name');
  const name = fields.string('name') ?? '-';
  if (name.trim() === '' || name.length > NAME_LIMIT || /[\n\r]/.test(name))
    fields.refuse('name', `wanted one line of 1 to ${NAME_LIMIT} characters`);
  const steps = readSteps(fields);
  const life = readLife(fields, steps.length > 0, fields.has('call'));
  return ended(fields, {
    name,
    line: fields.line,
    archs: readArchs(fields),
    skip: fields.string('skip'),
    budgetNs: readBudget(fields, 'budget'),
    life,
    steps,
    console: readLines(fields, 'console'),
    findings: readLines(fields, 'findings') ?? [],
  });
}

const ofStep = ['returns', 'let', 'memory'] as const;

/** `call` in the case itself is its only step. */
function readSteps(fields: Fields): readonly Step[] {
  const inner = fields.tables('step').map((each) => ended(each, readStep(each)));
  if (fields.has('call')) {
    if (fields.has('step')) fields.refuse('call', 'is there beside step; make it a step, too');
    return [readStep(fields)];
  }
  for (const key of ofStep)
    if (fields.has(key)) fields.refuse(key, 'is about a call, and there is none beside it');
  return inner;
}

function readStep(fields: Fields): Step {
  fields.require('call');
  const call = fields.read('call', parseStepCall) ?? noCall;
  const fault = readFault(fields, 'fault');
  if (fault !== undefined)
    for (const key of ofStep)
      if (fields.has(key)) fields.refuse(key, 'what a call that faults leaves is not looked at');
  return {
    line: fields.line,
    call,
    let: fields.read('let', nameOf),
    returns: readReturns(fields, 'returns'),
    fault,
    memory: readMemory(fields, 'memory'),
  };
}

/** In place of one that cannot be read; there is a problem then. */
const noCall = { text: '', symbol: '', args: [], returns: undefined };

function nameOf(text: string): Result<string, string> {
  if (/^[A-Za-z_]\w*$/.test(text)) return succeed(text);
  return refuse([`"${text}" is no name: letters, digits and _`]);
}

/** @param isCall then `fault` is about the call */
function readLife(fields: Fields, hasCalls: boolean, isCall: boolean): Life | undefined {
  const failure = readFailure(fields);
  const leaks = readLeaks(fields);
  const fault = isCall ? undefined : readFault(fields, 'fault');
  const about = ['init', 'fails', 'leaks', ...(isCall ? [] : ['fault'])].some((key) =>
    fields.has(key),
  );
  if (failure !== undefined && hasCalls)
    fields.refuse(fields.has('fails') ? 'fails' : 'init', 'nothing can be called then');
  if (!about && hasCalls) return undefined;
  return { failure, fault, leaks: leaks ?? noLeaks };
}

/** `init = "-ENODEV"` is short for a failure at that stage; `init = 0` for none. */
function readFailure(fields: Fields): FailureExpectation | undefined {
  const init = readError(fields, 'init');
  const table = fields.table('fails');
  if (table === undefined) {
    if (init === undefined || ('number' in init && init.number === 0)) return undefined;
    return { stage: 'init', error: init, text: undefined };
  }
  if (init !== undefined) fields.refuse('init', 'is there beside fails, which says it all');
  return ended(table, {
    stage: table.read('stage', (text) => oneOf(text, stages)),
    error: readError(table, 'error'),
    text: table.read('text', regexpOf),
  });
}

/** `leaks = 1`, or { blocks = 1, bytes = 100, registered = 2 }. */
function readLeaks(fields: Fields): Life['leaks'] | undefined {
  if (!fields.isTable('leaks')) {
    const blocks = fields.count('leaks');
    return blocks === undefined ? undefined : { ...noLeaks, blocks };
  }
  const table = fields.table('leaks');
  if (table === undefined) return undefined;
  return ended(table, {
    blocks: table.count('blocks') ?? 0,
    bytes: table.count('bytes'),
    registered: table.count('registered') ?? 0,
  });
}
