// Links an object with a single relocation: the smallest question one can ask
// the linker.

import type { LinkArch } from '../../src/arch/link-arch.ts';
import { addr } from '../../src/base/address.ts';
import { link, planLayout } from '../../src/linker/link.ts';
import type { LinkProblem } from '../../src/linker/problems.ts';
import { SHF_ALLOC, SHF_EXECINSTR } from '../../src/object/elf/constants.ts';
import { readElf } from '../../src/object/elf/reader.ts';
import { littleEndian, writeElf } from './elf-writer.ts';

export interface OneRelocation {
  readonly arch: LinkArch;
  readonly type: number;
  /** The bytes before, as one little-endian number. */
  readonly before: bigint;
  readonly bytes: 1 | 2 | 4 | 8;
  readonly S: bigint;
  readonly P: bigint;
  /** Where the global offset table goes, a multiple of the word; default 0x1000. */
  readonly GOT?: bigint;
  /** Of a RELA record; without it, REL. */
  readonly A?: bigint | undefined;
  /** What the symbol is known to be; undefined: nothing is known. */
  readonly thumb?: boolean;
}

/** The one relocation as an object file. */
export function objectWithOne(one: Omit<OneRelocation, 'S' | 'P' | 'GOT'>): Uint8Array {
  return writeElf({
    wordBytes: one.arch.wordBytes,
    machine: one.arch.elfMachine,
    addends: one.A === undefined ? 'in-place' : 'in-record',
    sections: [
      {
        name: '.text',
        flags: SHF_ALLOC | SHF_EXECINSTR,
        bytes: littleEndian(one.bytes, one.before),
      },
    ],
    symbols: [{ name: 'target' }],
    relocations: [
      { section: '.text', offset: 0, type: one.type, symbol: 'target', addend: one.A ?? 0n },
    ],
  });
}

/** The bytes afterwards, or the problem.  Neither veneers nor errata interfere. */
export function relocateOne(one: OneRelocation): bigint | LinkProblem {
  const read = readElf(objectWithOne(one));
  if (!read.ok) throw new Error('the object does not read');
  const layout = planLayout(read.value, one.arch, { veneers: false, errata: false });
  if (!layout.ok) throw new Error('the object has no layout');
  const linked = link({
    object: read.value,
    arch: one.arch,
    layout: layout.value,
    bases: layout.value.segments.map((_, i) => addr(i === 0 ? one.P : (one.GOT ?? 0x1000n))),
    lookup: () => ({ address: addr(one.S), thumb: one.thumb }),
  });
  if (!linked.ok) {
    const [problem] = linked.problems;
    if (problem === undefined) throw new Error('refused without a problem');
    return problem;
  }
  const bytes = linked.value.segments[0]?.bytes ?? new Uint8Array();
  return bytes.reduceRight((value, byte) => (value << 8n) | BigInt(byte), 0n);
}
