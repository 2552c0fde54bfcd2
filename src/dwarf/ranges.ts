// The addresses that an entry is about: DW_AT_low_pc and high_pc, or a list in
// .debug_ranges (to version 4) or .debug_rnglists.  What a linker has thrown away is
// marked by addresses at the very top, and left out.

import * as D from './constants.ts';
import { Cursor, type Narrow, wide } from './cursor.ts';
import { addressAt, type Die, listAt } from './die.ts';
import type { Range } from './model.ts';
import { BadDwarf, hex } from './problems.ts';
import type { Unit } from './unit.ts';

export interface NarrowRange {
  readonly low: Narrow;
  readonly high: Narrow;
}

/** In the order of the list; empty: no code. */
export function rangesOf(die: Die): readonly NarrowRange[] {
  const { unit } = die;
  const list = die.attribute(D.DW_AT_ranges);
  if (list !== undefined) {
    if (list.kind !== 'offset' && list.kind !== 'index') return [];
    if (unit.version < 5) return list.kind === 'offset' ? oldList(unit, list.value) : [];
    const [section, base] = ['.debug_rnglists', D.DW_AT_rnglists_base];
    return newList(
      unit,
      list.kind === 'offset' ? list.value : listAt(unit, section, base, list.value),
    );
  }
  const low = die.attribute(D.DW_AT_low_pc);
  const high = die.attribute(D.DW_AT_high_pc);
  if (low?.kind !== 'address' || high === undefined) return [];
  const end = high.kind === 'address' ? high.value : low.value + sizeIn(high);
  return usable(unit, low.value, end) ? [{ low: low.value, high: end }] : [];
}

/** The size that DW_AT_high_pc is since version 4. */
function sizeIn(high: ReturnType<Die['attribute']>): number {
  if (high?.kind === 'constant') return Number(high.value);
  return high?.kind === 'offset' ? high.value : 0;
}

export function contains(ranges: readonly NarrowRange[], address: Narrow): boolean {
  return ranges.some(({ low, high }) => address >= low && address < high);
}

/** Lowest first. */
export function publicRanges(ranges: readonly NarrowRange[]): readonly Range[] {
  return [...ranges]
    .sort((a, b) => a.low - b.low)
    .map(({ low, high }) => ({ low: wide(low), high: wide(high) }));
}

/** What offsets in the unit's lists count from. */
export function baseOf(unit: Unit): Narrow {
  const low = unit.root.attribute(D.DW_AT_low_pc);
  return low?.kind === 'address' ? low.value : unit.store.bias;
}

/** The largest address, which is none. */
export function lastAddress({ addressBytes }: Pick<Unit, 'addressBytes'>): Narrow {
  return addressBytes === 8 ? -1 : 0xffff_ffff;
}

/** Not empty, and not marked as thrown away. */
export function usable(
  unit: Pick<Unit, 'addressBytes' | 'store'>,
  low: Narrow,
  high: Narrow,
): boolean {
  const last = lastAddress(unit) + unit.store.bias;
  return low < high && low !== last && low !== last - 1 && Number.isSafeInteger(high);
}

/** One pair of addresses, and where the list goes on. */
function oldList(unit: Unit, offset: number): readonly NarrowRange[] {
  const cursor = new Cursor('.debug_ranges', unit.store.section('.debug_ranges'), offset);
  const { addressBytes } = unit;
  const found: NarrowRange[] = [];
  let base = baseOf(unit);
  for (;;) {
    const low = cursor.address(addressBytes);
    const high = cursor.address(addressBytes);
    if (low === 0 && high === 0) return found;
    if (low === lastAddress(unit)) base = high + unit.store.bias;
    else if (low !== lastAddress(unit) - 1 && usable(unit, base + low, base + high))
      found.push({ low: base + low, high: base + high });
  }
}

function newList(unit: Unit, offset: number): readonly NarrowRange[] {
  const cursor = new Cursor('.debug_rnglists', unit.store.section('.debug_rnglists'), offset);
  const found: NarrowRange[] = [];
  let base = baseOf(unit);
  const { addressBytes } = unit;
  const { bias } = unit.store;
  const add = (low: Narrow, high: Narrow): void => {
    if (usable(unit, low, high)) found.push({ low, high });
  };
  const addSized = (low: Narrow): void => add(low, low + cursor.uleb());
  for (;;) {
    const at = cursor.at;
    const kind = cursor.u8();
    switch (kind) {
      case D.DW_RLE_end_of_list:
        return found;
      case D.DW_RLE_base_addressx:
        base = addressAt(unit, cursor.uleb());
        break;
      case D.DW_RLE_base_address:
        base = cursor.address(addressBytes) + bias;
        break;
      case D.DW_RLE_startx_endx:
        add(addressAt(unit, cursor.uleb()), addressAt(unit, cursor.uleb()));
        break;
      case D.DW_RLE_startx_length:
        addSized(addressAt(unit, cursor.uleb()));
        break;
      case D.DW_RLE_offset_pair:
        add(base + cursor.uleb(), base + cursor.uleb());
        break;
      case D.DW_RLE_start_end:
        add(cursor.address(addressBytes) + bias, cursor.address(addressBytes) + bias);
        break;
      case D.DW_RLE_start_length:
        addSized(cursor.address(addressBytes) + bias);
        break;
      default:
        throw badEntry('.debug_rnglists', at, '0 to 7', kind);
    }
  }
}

export function badEntry(section: string, offset: number, wanted: string, found: number): BadDwarf {
  const what = 'the kind of an entry';
  return new BadDwarf({ kind: 'damaged', section, offset, what, wanted, found: hex(found) });
}
