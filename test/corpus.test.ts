// Linking many modules: the same digest in every run, and a failure is a cause with
// a name and an example, whatever it was.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { archNames } from '../src/arch/arch.ts';
import { architectures } from '../src/arch/registry.ts';
import { sampleOf, seededRandom, seedFor, shuffled } from '../src/base/random.ts';
import { checkTarget } from '../src/corpus/check.ts';
import { Stubs } from '../src/corpus/stubs.ts';
import { type CorpusTarget, findTarget, findTargets } from '../src/corpus/targets.ts';
import { objectWithOne } from './support/relocate-one.ts';

const arch = architectures.amd64;
const PC32 = 2;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'modbox-corpus-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function write(target: string, module: string, bytes: Uint8Array): void {
  const path = join(folder, target, module);
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, bytes);
}

/** A module with one relocation of this type to an undefined symbol. */
const moduleWith = (type: number): Uint8Array =>
  objectWithOne({ arch, type, before: 0n, bytes: 4, A: 0n });

function targetOf(modules: Readonly<Record<string, Uint8Array>>): CorpusTarget {
  for (const [name, bytes] of Object.entries(modules)) write('one', name, bytes);
  write('one', 'index.json', Buffer.from('{ "package": "linux", "version": "6.1" }'));
  const target = findTarget(join(folder, 'one'), 'one');
  if (target === undefined) throw new Error('there is no target');
  return target;
}

const check = (target: CorpusTarget) => checkTarget(target, target.modules, () => 0);

describe('targets', () => {
  test('have their modules in order, whatever folder they are in', () => {
    const target = targetOf({ 'lib/b.ko': moduleWith(PC32), 'fs/x/a.ko': moduleWith(PC32) });
    expect(target.modules).toEqual(['fs/x/a.ko', 'lib/b.ko']);
    expect(target).toMatchObject({ arch: { name: 'amd64' }, origin: 'linux 6.1' });
  });

  test('that are half unpacked do not count', () => {
    write('one', 'a.ko', moduleWith(PC32));
    write('two.partial', 'index.json', Buffer.from('{}'));
    expect(findTargets(folder)).toEqual([]);
    expect(findTargets(join(folder, 'nowhere'))).toEqual([]);
  });
});

describe('the check', () => {
  test('counts what it linked, and its digest is the same again', () => {
    const target = targetOf({ 'a.ko': moduleWith(PC32), 'b.ko': moduleWith(PC32) });
    const result = check(target);
    expect(result).toMatchObject({ modules: 2, linked: 2, relocations: 2, symbols: 1, causes: [] });
    expect(check(target).digest).toBe(result.digest);
  });

  test('another byte is another digest', () => {
    const before = check(targetOf({ 'a.ko': moduleWith(PC32) })).digest;
    const changed = objectWithOne({ arch, type: PC32, before: 0n, bytes: 4, A: 1n });
    expect(check(targetOf({ 'a.ko': changed })).digest).not.toBe(before);
  });

  test('counts failures by cause, with an example, and goes on', () => {
    const target = targetOf({
      'a.ko': moduleWith(PC32),
      'b.ko': moduleWith(200),
      'c.ko': moduleWith(201),
      'd.ko': Uint8Array.from([1, 2, 3, 4]),
    });
    const result = check(target);
    expect(result).toMatchObject({ modules: 4, linked: 1 });
    expect(result.causes).toMatchObject([
      { name: 'link: unknown-relocation', problems: 2, modules: 2 },
      { name: 'read: not-elf', problems: 1, modules: 1 },
    ]);
    expect(result.causes[0]?.example).toContain('b.ko: .text+0x0');
  });
});

describe('stubs', () => {
  test.for(archNames)('of %s are different, and the same when asked again', (name) => {
    const stubs = new Stubs(architectures[name]);
    const [first, second, again] = ['a', 'b', 'a'].map((symbol) => stubs.lookup(symbol).address);
    expect(first).not.toBe(second);
    expect(again).toBe(first);
    expect(first).toBeGreaterThan(architectures[name].map.kernelBase);
  });

  test('of per-CPU variables are small on amd64 alone', () => {
    const values = archNames.map((name) => [
      name,
      new Stubs(architectures[name]).lookup('current_task').address < 0x10_0000n,
    ]);
    expect(Object.fromEntries(values)).toEqual({
      i386: false,
      amd64: true,
      armv7: false,
      aarch64: false,
    });
  });
});

describe('seeds', () => {
  const numbers = [...Array(100).keys()];

  test('choose the same sample again, in order, and another one for another seed', () => {
    const sample = sampleOf(numbers, 10, seededRandom(1));
    expect(sample).toHaveLength(10);
    expect(sample).toEqual([...sample].sort((a, b) => a - b));
    expect(sampleOf(numbers, 10, seededRandom(1))).toEqual(sample);
    expect(sampleOf(numbers, 10, seededRandom(2))).not.toEqual(sample);
    expect(sampleOf(numbers, 200, seededRandom(1))).toEqual(numbers);
  });

  test('shuffle without losing anything', () => {
    const order = shuffled(numbers, seededRandom(seedFor(1, 'x')));
    expect(order).not.toEqual(numbers);
    expect([...order].sort((a, b) => a - b)).toEqual(numbers);
  });
});
