// Every module of folders and archives, checked against each other: each counts as
// there for those that require it.  Only what the modules say of themselves is
// kept; their bytes are read again when their turn comes, so that a package of
// thousands of modules needs the memory of one.

import { statSync } from 'node:fs';
import type { Arch, ArchName } from '../arch/arch.ts';
import { type CheckReport, check as checkModule } from '../check/check.ts';
import type { KnownModule, Target } from '../check/target.ts';
import { identify } from '../flavour/flavour.ts';
import { moduleNameOf } from '../flavour/names.ts';
import { archiveNamed, modulesIn, modulesUnder } from '../host/disk.ts';
import type { ObjectFile } from '../kernel/files.ts';
import { finder } from './check-modules.ts';
import type { CheckOptions } from './check-options.ts';
import { targetFor } from './check-target.ts';
import { InputError } from './errors.ts';
import { type InputObject, inputOf, readFile } from './input.ts';

/** Whether a name stands for many modules; an archive of one is that module. */
export function isMany(name: string): boolean {
  if (statSync(name, { throwIfNoEntry: false })?.isDirectory()) return true;
  const archive = archiveNamed(name);
  return archive !== undefined && archive.modules.length !== 1;
}

/** A module that was checked, or a file that is none. */
export type PoolResult =
  | {
      readonly kind: 'checked';
      readonly arch: ArchName;
      readonly target: string;
      readonly report: CheckReport;
    }
  | { readonly kind: 'unreadable'; readonly file: string; readonly reason: string };

/**
 * Goes through all modules twice. `progress` hears of each step; `of` is 0 the first
 * time.
 * @throws InputError when there are none, and what targetFor() throws
 */
export function* checkPool(
  options: CheckOptions,
  progress: (done: number, of: number) => void,
): Generator<PoolResult> {
  const pools = new Map<Arch, Pool>();
  let count = 0;
  for (const input of inputsIn(options.files)) {
    count++;
    if ('reason' in input) continue;
    const pool = pools.get(input.arch) ?? new Pool(input.arch, options);
    pools.set(input.arch, pool);
    pool.add(input);
    progress(count, 0);
  }
  if (count === 0) throw new InputError(`${options.files.join(', ')}: no modules (.ko, .kmod, .o)`);
  let done = 0;
  for (const input of inputsIn(options.files)) {
    progress(++done, count);
    const pool = 'reason' in input ? undefined : pools.get(input.arch);
    if ('reason' in input) yield { kind: 'unreadable', ...input };
    else if (pool !== undefined) yield pool.check(input);
  }
}

interface NoInput {
  readonly file: string;
  readonly reason: string;
}

function* inputsIn(names: readonly string[]): Generator<InputObject | NoInput> {
  for (const name of names)
    for (const file of filesIn(name)) {
      try {
        yield inputOf(file);
      } catch (error) {
        if (!(error instanceof InputError)) throw error;
        yield { file: file.name, reason: error.message };
      }
    }
}

function filesIn(name: string): Iterable<ObjectFile> {
  if (statSync(name, { throwIfNoEntry: false })?.isDirectory()) return modulesUnder(name);
  const archive = archiveNamed(name);
  return archive === undefined ? [readFile(name)] : modulesIn(archive);
}

/** The modules of one architecture. */
class Pool {
  readonly #arch: Arch;
  readonly #target: Target;
  readonly #byName = new Map<string, KnownModule>();
  readonly #byExport = new Map<string, KnownModule[]>();
  readonly #elsewhere: ReturnType<typeof finder>;

  constructor(arch: Arch, options: CheckOptions) {
    this.#arch = arch;
    this.#target = targetFor(arch, options);
    this.#elsewhere = finder([], arch, options.searchPath);
  }

  add({ file, object }: InputObject): void {
    const described = identify(object, this.#arch, moduleNameOf(file.name));
    if (!described.ok) return;
    const module: KnownModule = { file: file.name, description: described.value };
    for (const name of [described.value.name, moduleNameOf(file.name)]) {
      const key = keyOf(name);
      if (!this.#byName.has(key)) this.#byName.set(key, module);
    }
    for (const { name } of described.value.exports) {
      const known = this.#byExport.get(name);
      if (known === undefined) this.#byExport.set(name, [module]);
      else known.push(module);
    }
  }

  check({ file, object }: InputObject): PoolResult {
    const report = checkModule({
      subject: { file: file.name, object, arch: this.#arch },
      fileName: moduleNameOf(file.name),
      target: this.#target,
      loaded: [],
      later: [],
      find: (name, from) => this.#byName.get(keyOf(name)) ?? this.#elsewhere(name, from),
      around: (symbols) => this.#exportersOf(symbols),
    });
    return { kind: 'checked', arch: this.#arch.name, target: this.#target.name, report };
  }

  #exportersOf(symbols: readonly string[]): readonly KnownModule[] {
    return [...new Set(symbols.flatMap((symbol) => this.#byExport.get(symbol) ?? []))];
  }
}

function keyOf(name: string): string {
  return name.replaceAll('-', '_');
}
