// PT_LOAD: what of a shared object goes to memory, and where its addresses lead.
// The section headers of such a file are for people and may be missing or wrong; a
// kernel, and so modbox, loads by the program headers alone.
// https://www.sco.com/developers/gabi/latest/ch5.pheader.html

import { addr } from '../../base/address.ts';
import { type Result, unlessRefused } from '../../base/result.ts';
import * as C from './constants.ts';
import type { ElfPlace, ElfSection, ElfSegment } from './model.ts';
import type { ElfProblem } from './problems.ts';
import { ALLOC_LIMIT } from './sections.ts';

/** Addresses are numbers here: above this a file would need bigints everywhere. */
const ADDRESS_LIMIT = 2 ** 52;
const ALIGN_LIMIT = 0x8000_0000;
/** Linkers write up to five. */
const LOADS_LIMIT = 64;

export class Loads {
  /** By address. */
  readonly sections: readonly ElfSection[];
  readonly #starts: readonly number[];
  readonly #bytes: Uint8Array;

  constructor(bytes: Uint8Array, sections: readonly ElfSection[]) {
    this.#bytes = bytes;
    this.sections = sections;
    this.#starts = sections.map(({ address }) => Number(address));
  }

  /** In memory, all of them. */
  get bytes(): number {
    return this.sections.reduce((sum, { size }) => sum + size, 0);
  }

  /** Where the address lies, its end included; undefined: in none. */
  placeOf(address: number): ElfPlace | undefined {
    const place = this.nearest(address);
    if (place === undefined || place.offset < 0) return undefined;
    return place.offset > place.section.size ? undefined : place;
  }

  /**
   * The same, but an address between or before them counts from the nearest one at a
   * lower address, or the first: they move together.
   */
  nearest(address: number): ElfPlace | undefined {
    let low = 0;
    let high = this.#starts.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#starts[middle] ?? 0) <= address) low = middle + 1;
      else high = middle;
    }
    const index = Math.max(0, low - 1);
    const section = this.sections[index];
    return section && { section, offset: address - (this.#starts[index] ?? 0) };
  }

  /** What the file has from the address to the end of its PT_LOAD; none: undefined. */
  contentFrom(address: number): Uint8Array | undefined {
    const place = this.placeOf(address);
    if (place === undefined || place.offset > place.section.fileBytes) return undefined;
    const { offset, fileBytes } = place.section;
    return this.#bytes.subarray(offset + place.offset, offset + fileBytes);
  }
}

/** The PT_LOADs as sections, numbered from `firstIndex`. */
export function readLoads(
  bytes: Uint8Array,
  segments: readonly ElfSegment[],
  firstIndex: number,
): Result<Loads, ElfProblem> {
  const problems: ElfProblem[] = [];
  const sections: ElfSection[] = [];
  let [end, total] = [0, 0];
  segments.forEach((segment, index) => {
    if (segment.type !== C.PT_LOAD || segment.memsz === 0) return;
    const start = Number(segment.vaddr);
    checkLoad(segment, index, problems);
    if (start < end) {
      const wanted = `at least 0x${end.toString(16)}, the end of the PT_LOAD before`;
      problems.push({ kind: 'bad-segment', index, field: 'p_vaddr', wanted, found: start });
    }
    end = start + segment.memsz;
    total += segment.memsz;
    sections.push(sectionOf(segment, index, firstIndex + sections.length));
  });
  if (sections.length > LOADS_LIMIT) {
    const what = `${sections.length} PT_LOADs, more than ${LOADS_LIMIT},`;
    problems.push({ kind: 'unsupported', what, section: undefined });
  }
  if (total > ALLOC_LIMIT) problems.push({ kind: 'too-large', bytes: total, limit: ALLOC_LIMIT });
  return unlessRefused(new Loads(bytes, sections), problems);
}

function checkLoad(segment: ElfSegment, index: number, problems: ElfProblem[]): void {
  const start = Number(segment.vaddr);
  const bad = (field: string, wanted: string, found: number): void => {
    problems.push({ kind: 'bad-segment', index, field, wanted, found });
  };
  const { align, memsz } = segment;
  if (start > ADDRESS_LIMIT) bad('p_vaddr', 'at most 2^52', start);
  if (start + memsz > ADDRESS_LIMIT) bad('p_memsz', 'an end of at most 2^52', memsz);
  if (align > ALIGN_LIMIT || (align & (align - 1)) !== 0)
    bad('p_align', 'a power of two up to 2^31', align);
}

function sectionOf(segment: ElfSegment, header: number, index: number): ElfSection {
  const has = (flag: number, means: number): number => ((segment.flags & flag) === 0 ? 0 : means);
  return {
    index,
    name: `PT_LOAD ${header}`,
    type: segment.filesz === 0 ? C.SHT_NOBITS : C.SHT_PROGBITS,
    flags: C.SHF_ALLOC | has(C.PF_W, C.SHF_WRITE) | has(C.PF_X, C.SHF_EXECINSTR),
    loads: true,
    address: addr(segment.vaddr),
    offset: segment.offset,
    size: segment.memsz,
    fileBytes: segment.filesz,
    link: 0,
    info: 0,
    align: segment.align,
    entryBytes: 0,
    discarded: undefined,
  };
}
