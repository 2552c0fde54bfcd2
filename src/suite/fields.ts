// Takes the fields of a TOML table one by one, each of the type it must have, and
// says at the end which keys nobody has asked for.  What is wrong goes into one list;
// a field that is wrong is answered as if it were absent.

import { TomlDate } from 'smol-toml';
import type { Result } from '../base/result.ts';
import type { KeyLines, KeyPath } from './key-lines.ts';
import { nearWords } from './near.ts';
import type { SuiteProblem } from './problems.ts';

/** What all readers of a file share. */
export interface Source {
  readonly file: string;
  readonly lines: KeyLines;
  readonly problems: SuiteProblem[];
}

/** Enough for any file by hand. */
const LIST_LIMIT = 10_000;

export class Fields {
  readonly #source: Source;
  readonly #path: KeyPath;
  readonly #table: Readonly<Record<string, unknown>>;
  readonly #asked = new Set<string>();

  constructor(source: Source, path: KeyPath, table: Readonly<Record<string, unknown>>) {
    this.#source = source;
    this.#path = path;
    this.#table = table;
  }

  get line(): number {
    return this.#source.lines.of(this.#path);
  }

  has(key: string): boolean {
    return this.#get(key) !== undefined;
  }

  string(key: string): string | undefined {
    const value = this.#get(key);
    if (value === undefined || typeof value === 'string') return value;
    return this.#wrong(key, value, 'a string');
  }

  /** That it is missing is a problem. */
  require(key: string): void {
    if (!this.has(key)) this.#problem(key, { kind: 'missing-key' });
  }

  integer(key: string): bigint | undefined {
    const value = this.#get(key);
    if (value === undefined || typeof value === 'bigint') return value;
    return this.#wrong(key, value, 'an integer');
  }

  /** An integer from 0 that is small enough to count with. */
  count(key: string): number | undefined {
    const value = this.integer(key);
    if (value === undefined || (value >= 0n && value <= 0xffff_ffffn))
      return value === undefined ? undefined : Number(value);
    return this.refuse(key, `${value} is out of range, wanted 0 to 4294967295`);
  }

  /** An integer, or a string that `read` makes something of. */
  integerOr<T>(
    key: string,
    what: string,
    readers: {
      integer(value: bigint): Result<T, string>;
      string(text: string): Result<T, string>;
    },
  ): T | undefined {
    const value = this.#get(key);
    if (value === undefined) return undefined;
    if (typeof value === 'bigint') return this.#read(key, readers.integer(value));
    if (typeof value !== 'string') return this.#wrong(key, value, `an integer or ${what}`);
    return this.#read(key, readers.string(value));
  }

  /** A string that `read` makes something of. */
  read<T>(key: string, read: (text: string) => Result<T, string>): T | undefined {
    const text = this.string(key);
    return text === undefined ? undefined : this.#read(key, read(text));
  }

  strings(key: string): readonly string[] | undefined {
    const value = this.#get(key);
    if (value === undefined) return undefined;
    if (!Array.isArray(value)) return this.#wrong(key, value, 'a list of strings');
    const elements: readonly unknown[] = value;
    if (elements.length > LIST_LIMIT) return this.#long(key, elements.length);
    const strings = elements.filter((each) => typeof each === 'string');
    if (strings.length === elements.length) return strings;
    const other = elements.find((each) => typeof each !== 'string');
    return this.#wrong(key, other, 'a list of strings');
  }

  /** An inline table or one with a header of its own. */
  table(key: string): Fields | undefined {
    const value = this.#get(key);
    if (value === undefined) return undefined;
    return isTable(value) ? this.#inner(key, value) : this.#wrong(key, value, 'a table');
  }

  /** [[key]], or a list of inline tables. */
  tables(key: string): readonly Fields[] {
    const value = this.#get(key);
    if (value === undefined) return [];
    const elements: readonly unknown[] = Array.isArray(value) ? value : [value];
    if (elements.length > LIST_LIMIT) this.#long(key, elements.length);
    if (!Array.isArray(value) || !elements.every(isTable)) {
      this.#wrong(key, Array.isArray(value) ? elements[0] : value, `a list of tables, [[${key}]]`);
      return [];
    }
    return elements.slice(0, LIST_LIMIT).map((each, i) => this.#inner(key, each, i));
  }

  /** Of any type, for who can tell himself. */
  isTable(key: string): boolean {
    return isTable(this.#get(key));
  }

  /** Every key of a table whose keys are the file's own. */
  keys(): readonly string[] {
    return Object.keys(this.#table);
  }

  /** A value that was read but will not do. */
  refuse(key: string, reason: string): undefined {
    return this.#problem(key, { kind: 'bad-value', reason });
  }

  /** Every key that was not asked for is a problem. */
  end(): void {
    const known = [...this.#asked];
    for (const key of Object.keys(this.#table))
      if (!this.#asked.has(key))
        this.#problem(key, { kind: 'unknown-key', nearest: nearWords(key, known), known });
  }

  #get(key: string): unknown {
    this.#asked.add(key);
    return Object.hasOwn(this.#table, key) ? this.#table[key] : undefined;
  }

  #inner(key: string, table: Readonly<Record<string, unknown>>, index?: number): Fields {
    const path = index === undefined ? [key] : [key, index];
    return new Fields(this.#source, [...this.#path, ...path], table);
  }

  #read<T>(key: string, result: Result<T, string>): T | undefined {
    return result.ok ? result.value : this.refuse(key, result.problems.join('; '));
  }

  #long(key: string, length: number): undefined {
    return this.refuse(key, `has ${length} elements, at most ${LIST_LIMIT}`);
  }

  #wrong(key: string, value: unknown, wanted: string): undefined {
    return this.#problem(key, { kind: 'wrong-type', wanted, found: typeOf(value) });
  }

  #problem(key: string, problem: WithoutPlace<SuiteProblem>): undefined {
    const { file, lines, problems } = this.#source;
    const path = [...this.#path, key];
    problems.push({ ...problem, file, line: lines.of(path), key: keyText(path) });
  }
}

type WithoutPlace<T> = T extends unknown ? Omit<T, 'file' | 'line' | 'key'> : never;

function isTable(value: unknown): value is Readonly<Record<string, unknown>> {
  const isObject = typeof value === 'object' && value !== null;
  return isObject && !Array.isArray(value) && !(value instanceof TomlDate);
}

function typeOf(value: unknown): string {
  if (typeof value === 'bigint') return 'an integer';
  if (typeof value === 'number') return 'a float';
  if (typeof value === 'boolean') return 'true or false';
  if (typeof value === 'string') return 'a string';
  if (Array.isArray(value)) return 'a list';
  return isTable(value) ? 'a table' : 'a date';
}

/** case[0].step[1].returns; indices from 0, as in the path. */
function keyText(path: KeyPath): string {
  return path
    .map((part, i) => (typeof part === 'number' ? `[${part}]` : i === 0 ? part : `.${part}`))
    .join('');
}
