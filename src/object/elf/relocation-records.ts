// Elf64_Rela, Elf64_Rel, Elf32_Rela and Elf32_Rel, read in place: nothing is
// allocated for an entry, of which one module may have a hundred thousand.  One class
// for all four, because loops over all relocations then see one shape of object, which
// makes them several times faster than asking four kinds of columns.
// https://www.sco.com/developers/gabi/latest/ch4.reloc.html

import { wordsOf } from '../../base/bytes.ts';
import type { ElfRelocations } from './model.ts';

/** A table of relocations wherever it stands; offsets are as in the file. */
export type RelocationColumns = Omit<ElfRelocations, 'types' | 'target'>;

const TWO_32 = 0x1_0000_0000;

export class RelocationRecords implements RelocationColumns {
  readonly addends: ElfRelocations['addends'];
  readonly count: number;
  readonly #words: Uint32Array;
  /** Words in an entry. */
  readonly #stride: number;
  /** ELF64 keeps type and symbol in the two halves of r_info, ELF32 in one word. */
  readonly #wide: boolean;
  readonly #inRecord: boolean;

  /** The whole entries of `bytes`; `inRecord`: RELA. */
  constructor(bytes: Uint8Array, wordBytes: 4 | 8, inRecord: boolean) {
    this.addends = inRecord ? 'in-record' : 'in-place';
    this.#words = wordsOf(bytes);
    this.#wide = wordBytes === 8;
    this.#inRecord = inRecord;
    this.#stride = (wordBytes / 4) * (inRecord ? 3 : 2);
    this.count = Math.floor(bytes.length / (this.#stride * 4));
  }

  /** The types that occur, and the largest offset and symbol; 0 without entries. */
  survey(): { readonly types: Set<number>; readonly offset: number; readonly symbol: number } {
    const types = new Set<number>();
    // Of a few types in turn; a set is slow to ask each time.
    let [last, before] = [-1, -1];
    let [most, symbol] = [0, 0];
    const { count } = this;
    for (let i = 0; i < count; i++) {
      const type = this.typeAt(i);
      if (type !== last) {
        if (type !== before) types.add(type);
        before = last;
        last = type;
      }
      const offset = this.offsetAt(i);
      if (offset > most) most = offset;
      const its = this.symbolAt(i);
      if (its > symbol) symbol = its;
    }
    return { types, offset: most, symbol };
  }

  offsetAt(i: number): number {
    const at = i * this.#stride;
    const low = this.#words[at] ?? 0;
    return this.#wide ? low + (this.#words[at + 1] ?? 0) * TWO_32 : low;
  }

  typeAt(i: number): number {
    const at = i * this.#stride;
    return this.#wide ? (this.#words[at + 2] ?? 0) : (this.#words[at + 1] ?? 0) & 0xff;
  }

  symbolAt(i: number): number {
    const at = i * this.#stride;
    return this.#wide ? (this.#words[at + 3] ?? 0) : (this.#words[at + 1] ?? 0) >>> 8;
  }

  addendAt(i: number): bigint {
    if (!this.#inRecord) return 0n;
    const at = i * this.#stride;
    if (!this.#wide) return BigInt((this.#words[at + 2] ?? 0) | 0);
    return (BigInt((this.#words[at + 5] ?? 0) | 0) << 32n) | BigInt(this.#words[at + 4] ?? 0);
  }

  narrowAddendAt(i: number): number {
    if (!this.#inRecord) return Number.NaN;
    const at = i * this.#stride;
    if (!this.#wide) return (this.#words[at + 2] ?? 0) | 0;
    const high = (this.#words[at + 5] ?? 0) | 0;
    return high === 0 || high === -1 ? high * TWO_32 + (this.#words[at + 4] ?? 0) : Number.NaN;
  }
}
