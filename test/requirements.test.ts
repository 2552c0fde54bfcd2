// Modules that require others: loaded on their behalf, held while they are needed,
// gone again when the load fails; and modctl, the same service for guest code.

import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { archNames } from '../src/arch/arch.ts';
import { describeFailure } from '../src/index.ts';
import type { Kernel } from '../src/kernel/kernel.ts';
import type { Module } from '../src/kernel/module.ts';
import { unwrap } from '../src/kernel/results.ts';
import { chameleon } from './support/chameleon.ts';
import { bootTest, failureOf, helloWorks, holdings, onlyFiles, sample } from './support/guest.ts';

describe.each(archNames)('%s', (arch) => {
  let kernel: Kernel;
  beforeAll(async () => {
    const files = onlyFiles(
      sample(arch, 'hello'),
      sample(arch, 'provider'),
      sample(arch, 'consumer'),
      sample(arch, 'needs_missing'),
      chameleon(arch, { name: 'ring_a', requires: 'ring_b' }),
      chameleon(arch, { name: 'ring_b', requires: 'ring_c' }),
      chameleon(arch, { name: 'ring_c', requires: 'ring_a' }),
      chameleon(arch, { name: 'selfish', requires: 'selfish' }),
      chameleon(arch, { name: 'orphan', requires: 'nobody' }),
      chameleon(arch, { name: 'grandchild', requires: 'orphan' }),
      chameleon(arch, { name: 'doomed', requires: 'provider,hello', init: 'refuse' }),
      chameleon(arch, { name: 'crashing', requires: 'provider', init: 'nullderef' }),
      chameleon(arch, { name: 'lazy', requires: 'crashing' }),
      chameleon(arch, { name: 'unlinked', requires: 'provider,needs_missing' }),
      chameleon(arch, { name: 'tall', requires: 'middle' }),
      chameleon(arch, { name: 'middle', requires: 'provider' }),
    );
    kernel = await bootTest(arch, { files });
  });
  afterAll(() => kernel.close());
  // The last loaded goes first: nothing then holds it.
  beforeEach(() => {
    for (const module of [...kernel.modules].reverse()) module.unload();
    expect(helloWorks(kernel)).toBe(true);
  });

  const names = (): string[] => kernel.modules.map(({ name }) => name);
  const find = (name: string): Module => {
    const found = kernel.modules.find((module) => module.name === name);
    if (found === undefined) throw new Error(`${name} is not loaded`);
    return found;
  };

  test('what a module requires is loaded first', () => {
    const consumer = unwrap(kernel.load('consumer.ko'));
    expect(consumer.name).toBe('consumer');
    expect(names()).toEqual(['provider', 'consumer']);
    expect(kernel.console).toContain('provider: ready\nconsumer: the sum is 10\n');
  });

  test('requirements of requirements are loaded too', () => {
    unwrap(kernel.load('tall.ko'));
    expect(names()).toEqual(['provider', 'middle', 'tall']);
  });

  test('a requirement that is loaded already is used', () => {
    const provider = unwrap(kernel.load('provider.ko'));
    unwrap(kernel.load('consumer.ko'));
    expect(kernel.modules[0]).toBe(provider);
    expect(names()).toEqual(['provider', 'consumer']);
  });

  test('a held module is not unloaded, and its holders are named', () => {
    unwrap(kernel.load('consumer.ko'));
    unwrap(kernel.load('middle.ko'));
    expect(failureOf(find('provider').unload())).toMatchObject({
      error: 16,
      stage: 'policy',
      reason: 'provider is held by consumer, middle',
    });
    expect(find('consumer').unload().ok).toBe(true);
    expect(find('middle').unload().ok).toBe(true);
    expect(find('provider').unload().ok).toBe(true);
    expect(names()).toEqual([]);
  });

  test.for([
    ['refuses in its init', 'doomed', 22, 'init', 'init of doomed returned 22'],
    [
      'faults in its init',
      'crashing',
      14,
      'init',
      /^init of crashing: page fault: read of 0x0*18 /,
    ],
    [
      'has another requirement that does not link',
      'unlinked',
      8,
      'require',
      'required module needs_missing: needs_missing could not be linked',
    ],
    [
      'has a requirement that faults',
      'lazy',
      14,
      'require',
      /^required module crashing: init of crashing: page fault/,
    ],
  ] as const)(
    'when a module %s, what was loaded for it is gone again',
    ([, name, error, stage, reason]) => {
      const before = holdings(kernel);
      const failure = failureOf(kernel.load(`${name}.ko`));
      expect(failure).toMatchObject({ error, stage, death: undefined });
      expect(failure.reason).toEqual(
        typeof reason === 'string' ? reason : expect.stringMatching(reason),
      );
      expect(failure.console).toContain('provider: ready\n');
      expect(failure.console).toMatch(/provider: done\n$/);
      expect(names()).toEqual([]);
      expect(helloWorks(kernel)).toBe(true);
      expect(holdings(kernel)).toEqual(before);
    },
  );

  test('a requirement that was there before stays when the load fails', () => {
    unwrap(kernel.load('provider.ko'));
    failureOf(kernel.load('doomed.ko'));
    expect(names()).toEqual(['provider']);
    expect(find('provider').unload().ok).toBe(true);
  });

  test.for([
    ['ring_a', 'circular requirement: ring_a -> ring_b -> ring_c -> ring_a'],
    ['ring_c', 'circular requirement: ring_c -> ring_a -> ring_b -> ring_c'],
    ['selfish', 'circular requirement: selfish -> selfish'],
  ])('%s is refused: %s', ([name, reason]) => {
    const before = holdings(kernel);
    expect(failureOf(kernel.load(`${name}.ko`))).toMatchObject({
      error: 11,
      stage: 'require',
      reason,
    });
    expect(names()).toEqual([]);
    expect(helloWorks(kernel)).toBe(true);
    expect(holdings(kernel)).toEqual(before);
  });

  test.for([
    ['orphan', 'orphan: requires module nobody, which is neither loaded nor beside it'],
    ['grandchild', 'orphan: requires module nobody, which is neither loaded nor beside it'],
  ])('%s lacks a module: %s', ([name, sentence]) => {
    const failure = failureOf(kernel.load(`${name}.ko`));
    expect(failure).toMatchObject({ error: 2, stage: 'require' });
    expect(failure.reason).toContain('nobody');
    expect(describeFailure(failure)).toContain(sentence);
    expect(names()).toEqual([]);
  });

  test('an object that was offered is found by its module name', async () => {
    const other = await bootTest(arch);
    other.offer(sample(arch, 'provider'));
    unwrap(other.load(sample(arch, 'consumer')));
    expect(other.modules.map(({ name }) => name)).toEqual(['provider', 'consumer']);
    other.close();
  });

  describe('modctl', () => {
    const LOAD = 'chameleon_load';
    const answer = (module: Module, symbol: string, ...args: (string | number)[]): number => {
      const result = module.call(symbol, ...args);
      if (result.kind !== 'returned') throw new Error(result.kind);
      return Number(BigInt.asUintN(32, result.value));
    };

    test('from a guest thread loads, tests for and unloads a module', () => {
      const caller = unwrap(kernel.load(chameleon(arch)));
      expect(answer(caller, 'chameleon_modctl', 3, 'hello')).toBe(2);
      expect(answer(caller, LOAD, 'hello')).toBe(0);
      expect(answer(caller, 'chameleon_modctl', 3, 'hello')).toBe(0);
      expect(names()).toEqual(['chameleon', 'hello']);
      expect(answer(caller, LOAD, 'hello')).toBe(17);
      expect(answer(caller, 'chameleon_modctl', 1, 'hello')).toBe(0);
      expect(names()).toEqual(['chameleon']);
    });

    test('from a guest thread tells why not', () => {
      const caller = unwrap(kernel.load(chameleon(arch)));
      const start = kernel.machine.console.length;
      expect(answer(caller, LOAD, 'doomed')).toBe(22);
      expect(answer(caller, LOAD, 'nobody')).toBe(2);
      expect(answer(caller, 'chameleon_modctl', 1, 'nobody')).toBe(2);
      expect(kernel.machine.console.textSince(start)).toContain(
        'modctl: init of doomed returned 22\n',
      );
      expect(names()).toEqual(['chameleon']);
    });

    test('does not let a module unload itself from a call', () => {
      const caller = unwrap(kernel.load(chameleon(arch)));
      expect(answer(caller, 'chameleon_modctl', 1, 'chameleon')).toBe(16);
      expect(names()).toEqual(['chameleon']);
    });

    test('from an init answers EDEADLK at once', () => {
      const module = unwrap(kernel.load(chameleon(arch, { init: 'modctl' })));
      expect(kernel.console).toContain('chameleon: modctl answers 11\n');
      expect(names()).toEqual(['chameleon']);
      expect(module.unload().ok).toBe(true);
    });
  });
});
