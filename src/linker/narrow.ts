// Relocates in numbers, for speed: see src/arch/narrow.ts.  It does a relocation
// right, or declines and leaves it alone; the caller then does it in bigints, or
// finds out what is wrong with it.  Hot: nothing is allocated per relocation.

import type { LinkArch } from '../arch/link-arch.ts';
import { narrowValue } from '../arch/narrow.ts';
import type { RelocationRule } from '../arch/relocation.ts';
import type { Addr } from '../base/address.ts';
import * as C from '../object/elf/constants.ts';
import type { ElfRelocations } from '../object/elf/model.ts';
import {
  hasInstructionSets,
  type Placed,
  type Resolution,
  type ResolvedSymbol,
  type ResolveRequest,
  valuesFrom,
} from './resolve.ts';

/** Sums of an address, an addend and another address within this stay exact. */
const ADDRESS_LIMIT = 2 ** 51;

export class NarrowPass {
  readonly #values: Float64Array;

  /** `values`: S by symbol index; NaN: none, or one that needs care. */
  constructor(values: Float64Array) {
    this.#values = values;
  }

  /**
   * Does the relocations of `table` from `first` on, whose target is `view` at `base`,
   * and answers the first one that it declines; table.count: none.
   */
  run(
    table: ElfRelocations,
    first: number,
    rules: readonly (RelocationRule | undefined)[],
    view: DataView,
    base: number,
  ): number {
    const values = this.#values;
    const { count } = table;
    const inRecord = table.addends === 'in-record';
    const end = view.byteLength;
    for (let i = first; i < count; i++) {
      const rule = rules[table.typeAt(i)]?.narrow;
      if (rule === undefined) return i;
      const offset = table.offsetAt(i);
      if (offset + rule.bytes > end) return i;
      const S = values[table.symbolAt(i)] ?? Number.NaN;
      const A = inRecord ? table.narrowAddendAt(i) : rule.extract(view.getUint32(offset, true));
      const P = base + offset;
      // One of them needs care: arithmetic modulo 2^32 would lose the NaN.
      if (Number.isNaN(S + A + P)) return i;
      const value = narrowValue(rule, S, A, P);
      if (value < rule.min || value > rule.max || (value & rule.mask) !== 0) return i;
      if (rule.whole) {
        view.setInt32(offset, value, true);
        if (rule.bytes === 8) view.setInt32(offset + 4, Math.floor(value / TWO_32), true);
        continue;
      }
      const word = rule.insert(view.getUint32(offset, true), value);
      if (Number.isNaN(word)) return i;
      view.setInt32(offset, word, true);
    }
    return count;
  }
}

const TWO_32 = 0x1_0000_0000;

type NarrowRequest = Placed & Pick<ResolveRequest, 'perCpuBase'> & { readonly arch: LinkArch };

/** S of every symbol, for a NarrowPass.  Most are places in sections: no need to resolve those. */
export function narrowValues(
  { object: { sections, symbols }, arch, ...places }: NarrowRequest,
  resolution: Resolution,
): Float64Array {
  const starts = sections.map((section) => {
    const start = valuesFrom(section, places);
    return start === undefined ? Number.NaN : narrowAddress(start);
  });
  const hasThumb = hasInstructionSets(arch);
  // Symbol 0 stands for no symbol and needs no table: S = 0.
  const values = new Float64Array(Math.max(1, symbols.count));
  for (let i = 1; i < symbols.count; i++) {
    const type = symbols.typeAt(i);
    const isPlace = type <= C.STT_SECTION && (type !== C.STT_FUNC || !hasThumb);
    const start = isPlace ? starts[symbols.sectionAt(i)] : undefined;
    const value = start === undefined ? Number.NaN : start + symbols.narrowValueAt(i);
    const isExact = Math.abs(value) < ADDRESS_LIMIT;
    values[i] = isExact ? value : narrowSymbol(resolution.of(i));
  }
  return values;
}

export function narrowSymbol(symbol: ResolvedSymbol | undefined): number {
  if (symbol === undefined || symbol.absent || symbol.set === 'thumb') return Number.NaN;
  return narrowAddress(symbol.value);
}

/** As signed; NaN: it is beyond what is exact. */
export function narrowAddress(address: Addr): number {
  const value = Number(BigInt.asIntN(64, address));
  return Math.abs(value) < ADDRESS_LIMIT ? value : Number.NaN;
}
