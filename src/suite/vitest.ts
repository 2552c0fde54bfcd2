// `modbox/vitest`: tests of modules in vitest.  A machine is booted once for each
// moduleTest() of a file and goes back to its snapshot before every test.
//
//   describe.each(architectures)('%s', (arch) => {
//     const test = moduleTest({ arch, load: { crc16: `lib/${arch}/crc16.ko` } });
//     test('check value', ({ modules }) => {
//       const crc = modules.crc16.call({ symbol: 'crc16', returns: 'u16' }, 0, '123456789', 9);
//       expect(crc).toReturnValue(0xbb3d);
//     });
//   });
//
// Threads share no engine, but vitest must not end one while it runs: `pool: 'forks'`,
// which is vitest's default, is what to use.

import { afterAll, test as base, expect, type TestAPI } from 'vitest';
import { type ArchName, archNames } from '../arch/arch.ts';
import { moduleNameOf } from '../flavour/names.ts';
import { boot, type HostBootOptions } from '../host/boot.ts';
import type { Kernel } from '../kernel/kernel.ts';
import { Module } from '../kernel/module.ts';
import { unwrap } from '../kernel/results.ts';
import type { Snapshot } from '../kernel/snapshot.ts';
import type { OopsKind } from '../kernel/wire.ts';
import { toFaultIn, toReturnValue, toSucceed } from './matchers.ts';

/** All that modbox has, for describe.each(). */
export const architectures: readonly ArchName[] = archNames;

/** Modules by the name that tests call them by, or a list; of paths. */
type Load = Readonly<Record<string, string>> | readonly string[];

export interface ModuleTestOptions<L extends Load> extends Omit<HostBootOptions, 'arch'> {
  readonly arch: ArchName;
  /**
   * Modules to load before the snapshot, in this order; one of a list is called by its
   * file's name without folder and suffix.  What they require is found beside them.
   */
  readonly load?: L;
}

/** "lib/crc16.ko" is crc16. */
type NameOf<Path> = Path extends `${string}/${infer Rest}`
  ? NameOf<Rest>
  : Path extends `${infer Name}.${'ko' | 'kmod' | 'o' | 'so'}${'' | '.gz' | '.xz' | '.zst'}`
    ? Name
    : Path;

type NamesIn<L extends Load> = L extends readonly (infer Path extends string)[]
  ? NameOf<Path> & string
  : keyof L & string;

export interface ModuleFixtures<Name extends string> {
  readonly kernel: Kernel;
  readonly modules: Readonly<Record<Name, Module>>;
}

interface Machine {
  readonly kernel: Kernel;
  readonly snapshot: Snapshot;
  readonly ids: ReadonlyMap<string, number>;
}

/**
 * vitest's test with `kernel` and `modules` for every test: a machine on which the
 * modules have just been loaded.
 *
 * A load that fails fails the tests, with what is wrong.
 */
export function moduleTest<const L extends Load = readonly []>(
  options: ModuleTestOptions<L>,
): TestAPI<ModuleFixtures<NamesIn<L>>> {
  let booted: Promise<Machine> | undefined;
  const machine = (): Promise<Machine> => (booted ??= start(options));
  // Not a fixture of the file: vitest has those outside describe() only.
  afterAll(async () => {
    const result = await Promise.allSettled(booted === undefined ? [] : [booted]);
    for (const each of result) if (each.status === 'fulfilled') each.value.kernel.close();
  });
  return base.extend<ModuleFixtures<NamesIn<L>>>({
    // biome-ignore lint/correctness/noEmptyPattern: vitest reads the pattern
    kernel: async ({}, use) => {
      const { kernel, snapshot } = await machine();
      snapshot.restore();
      await use(kernel);
    },
    modules: async ({ kernel }, use) => {
      const { ids } = await machine();
      await use(modulesOf(kernel, ids));
    },
  });
}

async function start(options: ModuleTestOptions<Load>): Promise<Machine> {
  const { load = [], ...rest } = options;
  const kernel = await boot(rest);
  try {
    const ids = new Map<string, number>();
    for (const [name, path] of namedPaths(load)) ids.set(name, unwrap(kernel.load(path)).id);
    return { kernel, snapshot: kernel.snapshot(), ids };
  } catch (error) {
    kernel.close();
    throw error;
  }
}

function namedPaths(load: Load): readonly (readonly [string, string])[] {
  return isList(load) ? load.map((path) => [moduleNameOf(path), path]) : Object.entries(load);
}

function isList(load: Load): load is readonly string[] {
  return Array.isArray(load);
}

/** A restored kernel may have other objects for its modules. */
function modulesOf<Name extends string>(
  kernel: Kernel,
  ids: ReadonlyMap<string, number>,
): Readonly<Record<Name, Module>> {
  const modules: unknown = Object.fromEntries(
    [...ids].map(([name, id]) => [name, kernel.modules.find((each) => each.id === id)]),
  );
  if (!isComplete<Name>(modules)) throw new Error('bug in modbox: a snapshot without its modules');
  return modules;
}

/** The names are those of `load`, as the type says. */
function isComplete<Name extends string>(modules: unknown): modules is Record<Name, Module> {
  const isObject = typeof modules === 'object' && modules !== null;
  return isObject && Object.values(modules).every((each) => each instanceof Module);
}

expect.extend({ toReturnValue, toFaultIn, toSucceed });

declare module 'vitest' {
  interface Matchers<T> {
    /** Of a call: it returned this; a negative number is compared with a C int. */
    toReturnValue(value: number | bigint): T;
    /** Of a call, a load or an unload: it faulted in this function. */
    toFaultIn(symbol: string, kind?: OopsKind): T;
    /** Of a load or an unload: it went well, and left nothing behind. */
    toSucceed(): T;
  }
}
