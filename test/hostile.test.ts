// Damaged and wrong files: the host never throws, the guest never dies.  hello is
// cut off at every byte and has single bytes flipped; what of that still links is
// loaded into a booted kernel, and does there what damaged code does.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ArchName, archNames } from '../src/arch/arch.ts';
import { architectures } from '../src/arch/registry.ts';
import { addr } from '../src/base/address.ts';
import { basesFor } from '../src/corpus/link-module.ts';
import { identify } from '../src/flavour/flavour.ts';
import { makeMutant } from '../src/fuzz/campaign.ts';
import type { Mutant } from '../src/fuzz/mutate.ts';
import { describeFailure } from '../src/index.ts';
import type { Kernel } from '../src/kernel/kernel.ts';
import { link, planLayout } from '../src/linker/link.ts';
import { SHF_ALLOC, SHF_WRITE } from '../src/object/elf/constants.ts';
import { readElf } from '../src/object/elf/reader.ts';
import { writeElf } from './support/elf-writer.ts';
import {
  bootTest,
  failureOf,
  type Holdings,
  helloWorks,
  holdings,
  sample,
} from './support/guest.ts';
import { stockOf } from './support/seeds.ts';

const FLIPS = 500;
const SAMPLE_EVERY = 5;
const REFUSED = 200;

/** The host's half of a load; what is asked is only that it comes back. */
function pipeline(
  name: ArchName,
  bytes: Uint8Array,
  kernelSymbol: (symbol: string) => bigint | undefined = (symbol) =>
    symbol === 'printf' ? architectures[name].map.modulesStart : undefined,
): 'refused' | 'refused late' | 'linked' {
  const arch = architectures[name];
  const read = readElf(bytes);
  if (!read.ok) return 'refused';
  const layout = planLayout(read.value, arch);
  if (!layout.ok) return 'refused';
  if (!identify(read.value, arch, 'hello').ok) return 'refused';
  const bases = basesFor(layout.value, arch);
  const lookup = (symbol: string) => {
    const address = kernelSymbol(symbol);
    return address === undefined ? undefined : { address: addr(address) };
  };
  const linked = link({ object: read.value, arch, layout: layout.value, bases, lookup });
  return linked.ok ? 'linked' : 'refused late';
}

/** Numbers that look random and are the same in every run (a Lehmer generator). */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48271) % 0x7fff_ffff;
    return state;
  };
}

/**
 * hello with one byte changed, the i-th of a fixed series.  Damaged code may do
 * anything, and some day a new compiler's hello may have a flip that kills the
 * kernel by rights: then look at it, and change the seed.
 */
function flips(arch: ArchName): Uint8Array[] {
  const hello = sample(arch, 'hello').bytes;
  const next = numbers(20_260_101);
  return Array.from({ length: FLIPS }, () => {
    const bytes = Uint8Array.from(hello);
    const at = next() % bytes.length;
    bytes[at] = (bytes[at] ?? 0) ^ (1 + (next() % 255));
    return bytes;
  });
}

/**
 * Mutants that the host refuses, half of them only when the guest has given memory;
 * `lookup` knows all that the kernel exports and more, so it refuses them as well.
 */
function refusedMutants(name: ArchName, lookup: (symbol: string) => bigint | undefined): Mutant[] {
  const stocks = [stockOf(name)];
  const early: Mutant[] = [];
  const late: Mutant[] = [];
  for (let number = 0; late.length < REFUSED / 2; number++) {
    const mutant = makeMutant(stocks, 20_260_302, number);
    const stage = pipeline(name, mutant.bytes, lookup);
    if (stage === 'refused late') late.push(mutant);
    else if (stage === 'refused' && early.length < REFUSED / 2) early.push(mutant);
  }
  return early.flatMap((mutant, i) => [mutant, ...late.slice(i, i + 1)]);
}

describe.each(archNames)('%s', (arch) => {
  const hello = sample(arch, 'hello').bytes;

  test('hello itself links', () => {
    expect(pipeline(arch, hello)).toBe('linked');
  });

  test('hello cut off anywhere is refused', () => {
    for (let length = 0; length < hello.length; length++)
      expect(pipeline(arch, hello.subarray(0, length)), `${length} bytes`).toBe('refused');
  });

  test(`hello with a byte flipped comes back from the host's linker, ${FLIPS} times`, () => {
    const answers = flips(arch).map((bytes) => pipeline(arch, bytes));
    expect(answers).toContain('linked');
    expect(answers).toContain('refused');
  });

  test('a flip in the ELF header comes back too, for every byte and bit', () => {
    for (let at = 0; at < 64; at++)
      for (let bit = 0; bit < 8; bit++) {
        const bytes = Uint8Array.from(hello);
        bytes[at] = (bytes[at] ?? 0) ^ (1 << bit);
        expect(['linked', 'refused', 'refused late']).toContain(pipeline(arch, bytes));
      }
  });

  describe('a booted kernel', () => {
    let kernel: Kernel;
    beforeAll(async () => {
      kernel = await bootTest(arch, { watchdogNs: 2e6 });
      expect(helloWorks(kernel)).toBe(true);
    });
    afterAll(() => kernel.close());

    test.for(
      flips(arch)
        .map((bytes, i) => [i, bytes] as const)
        .filter(([i]) => i % SAMPLE_EVERY === 0),
    )('survives flip %i', ([, bytes]) => {
      const before = holdings(kernel);
      const result = kernel.load({ name: 'hello.ko', bytes });
      if (result.ok) result.module.unload();
      else expect(describeFailure(result.failure)).not.toBe('');
      expect(kernel.death).toBeUndefined();
      expect(kernel.modules).toEqual([]);
      expect(helloWorks(kernel)).toBe(true);
      expect(holdings(kernel)).toEqual(before);
    });

    test(`keeps nothing of ${REFUSED} mutants that do not link`, () => {
      const mutants = refusedMutants(arch, (name) => kernel.symbol(name));
      const stages = new Set<string>();
      const loadAll = (): Holdings => {
        for (const { bytes, edits } of mutants) {
          const failure = failureOf(kernel.load({ name: 'hello.ko', bytes }));
          expect(describeFailure(failure), edits.join('; ')).not.toBe('');
          stages.add(failure.stage);
        }
        return holdings(kernel);
      };
      // Page tables that are made for the first attempts stay for the next ones.
      const before = loadAll();
      expect(loadAll()).toEqual(before);
      expect(kernel.death).toBeUndefined();
      expect(kernel.modules).toEqual([]);
      expect([...stages]).toContain('link');
      expect(helloWorks(kernel)).toBe(true);
    });

    const other = arch === 'amd64' ? 'i386' : 'amd64';
    const edited = (at: number, ...values: number[]): Uint8Array => {
      const bytes = Uint8Array.from(hello);
      bytes.set(values, at);
      return bytes;
    };
    test.for([
      ['another architecture', sample(other, 'hello').bytes, /built for|machine/],
      ['a big-endian file', edited(5, 2), /big-endian|byte order|ELFDATA2MSB/],
      ['an executable', edited(16, 2), /relocatable/],
      ['a file that is no ELF', new TextEncoder().encode('#!/bin/sh\necho hello\n'), /ELF/],
      ['an empty file', new Uint8Array(), /ELF/],
      ['a file of zeros', new Uint8Array(4096), /ELF/],
    ] as const)('refuses %s in words', ([, bytes, words]) => {
      const before = holdings(kernel);
      const failure = failureOf(kernel.load({ name: 'hello.ko', bytes }));
      expect(failure).toMatchObject({ error: 8, stage: 'open', oops: undefined });
      expect(describeFailure(failure)).toMatch(words);
      expect(helloWorks(kernel)).toBe(true);
      expect(holdings(kernel)).toEqual(before);
    });

    test.for(Array.from({ length: 21 }, (_, i) => 2 ** (11 + i)))(
      'takes or refuses a section aligned to %i',
      (align) => {
        const { wordBytes, elfMachine: machine, addends } = architectures[arch];
        const flags = SHF_ALLOC | SHF_WRITE;
        const sections = [{ name: '.data', flags, bytes: [1, 2, 3, 4], align }];
        const bytes = writeElf({ wordBytes, machine, addends, sections });
        const result = kernel.load({ name: 'aligned.ko', bytes });
        if (result.ok) {
          expect((result.module.view.segments[0]?.base ?? 1n) % BigInt(align)).toBe(0n);
          expect(result.module.unload()).toMatchObject({ ok: true });
        } else expect(failureOf(result).stage).toBe('memory');
        expect(helloWorks(kernel)).toBe(true);
      },
    );

    test('takes a .bss of 8 MiB, which it has', () => {
      const big = kernel.load({ name: 'hello.ko', bytes: withBss(arch, 8 << 20) });
      expect(big).toMatchObject({ ok: true });
      if (big.ok) expect(big.module.unload()).toMatchObject({ ok: true });
    });

    test.for([0x100_0000, 0x1000_0000, 0x1000_0001, 0x7fff_ffff, 0xffff_ffff])(
      'refuses a .bss of %i bytes',
      (size) => {
        const file = { name: 'hello.ko', bytes: withBss(arch, size) };
        const failure = failureOf(kernel.load(file));
        expect(['open', 'memory']).toContain(failure.stage);
        expect(helloWorks(kernel)).toBe(true);
        // Page tables that were made for the attempt stay for the next one.
        const before = holdings(kernel);
        failureOf(kernel.load(file));
        expect(helloWorks(kernel)).toBe(true);
        expect(holdings(kernel)).toEqual(before);
      },
    );
  });
});

/** hello whose first section without meaning to a kernel asks for memory. */
function withBss(arch: ArchName, size: number): Uint8Array {
  const bytes = Uint8Array.from(sample(arch, 'hello').bytes);
  const view = new DataView(bytes.buffer);
  const wide = architectures[arch].wordBytes === 8;
  const table = wide ? Number(view.getBigUint64(0x28, true)) : view.getUint32(0x20, true);
  const entry = wide ? 64 : 40;
  const count = view.getUint16(wide ? 0x3c : 0x30, true);
  for (let i = 1; i < count; i++) {
    const at = table + i * entry;
    const flags = wide ? Number(view.getBigUint64(at + 8, true)) : view.getUint32(at + 8, true);
    if (flags !== 0 || view.getUint32(at + 4, true) !== 1) continue;
    view.setUint32(at + 4, 8, true); // SHT_NOBITS
    if (wide) view.setBigUint64(at + 8, 3n, true);
    else view.setUint32(at + 8, 3, true); // SHF_WRITE | SHF_ALLOC
    if (wide) view.setBigUint64(at + 32, BigInt(size), true);
    else view.setUint32(at + 20, size, true);
    return bytes;
  }
  throw new Error('hello has no such section');
}
