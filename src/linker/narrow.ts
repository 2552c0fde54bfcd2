// Relocates in numbers, for speed: see src/arch/narrow.ts.  It does a relocation
// right or declines and changes nothing; the caller then does it in bigints, or
// finds out what is wrong with it.  Hot: nothing is allocated per relocation.

import { type NarrowRule, narrowValue } from '../arch/narrow.ts';
import type { Addr } from '../base/address.ts';
import type { ElfRelocations } from '../object/elf/model.ts';
import type { ResolvedSymbol } from './resolve.ts';

/** Sums of an address, an addend and another address within this stay exact. */
const ADDRESS_LIMIT = 2 ** 51;

export class NarrowPass {
  /** S by symbol index; NaN: none, or one that needs care. */
  readonly #values: Float64Array;
  #table: ElfRelocations | undefined;
  #view: DataView = new DataView(new ArrayBuffer(0));
  #base = Number.NaN;

  constructor(symbols: readonly (ResolvedSymbol | undefined)[]) {
    this.#values = new Float64Array(symbols.length);
    for (let i = 0; i < symbols.length; i++) this.#values[i] = narrowSymbol(symbols[i]);
  }

  /** The next relocations are those of `table`, whose target is `view`, at `base`. */
  begin(table: ElfRelocations, view: DataView, base: Addr): void {
    this.#table = table;
    this.#view = view;
    this.#base = narrowAddress(base);
  }

  /** Whether relocation `i` is done. */
  apply(rule: NarrowRule, i: number): boolean {
    const table = this.#table;
    const view = this.#view;
    if (table === undefined) return false;
    const S = this.#values[table.symbolAt(i)] ?? Number.NaN;
    const offset = table.offsetAt(i);
    if (offset + rule.bytes > view.byteLength) return false;
    const raw = view.getUint32(offset, true);
    const A = table.addends === 'in-record' ? table.narrowAddendAt(i) : rule.extract(raw);
    const P = this.#base + offset;
    // One of them needs care: arithmetic modulo 2^32 would lose the NaN.
    if (Number.isNaN(S + A + P)) return false;
    const value = narrowValue(rule, S, A, P);
    if (value < rule.min || value > rule.max || (value & rule.mask) !== 0) return false;
    if (rule.bytes === 8) {
      view.setUint32(offset, value, true);
      view.setInt32(offset + 4, Math.floor(value / 0x1_0000_0000), true);
      return true;
    }
    if (rule.whole) {
      view.setInt32(offset, value, true);
      return true;
    }
    const word = rule.insert(raw, value);
    if (Number.isNaN(word)) return false;
    view.setInt32(offset, word, true);
    return true;
  }
}

function narrowSymbol(symbol: ResolvedSymbol | undefined): number {
  if (symbol === undefined || symbol.absent || symbol.set === 'thumb') return Number.NaN;
  return narrowAddress(symbol.value);
}

function narrowAddress(address: Addr): number {
  const value = Number(BigInt.asIntN(64, address));
  return Math.abs(value) < ADDRESS_LIMIT ? value : Number.NaN;
}
