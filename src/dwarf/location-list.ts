// Location lists: a variable that lives here at some addresses and there at others.
// .debug_loc to version 4, .debug_loclists from version 5.

import * as D from './constants.ts';
import { Cursor, type Narrow } from './cursor.ts';
import { type Attribute, addressAt, listAt } from './die.ts';
import { badEntry, baseOf, lastAddress } from './ranges.ts';
import type { Unit } from './unit.ts';

/** The expression that holds at `pc`; undefined: it is nowhere then. */
export function findInList(unit: Unit, list: Attribute, pc: Narrow): Uint8Array | undefined {
  if (list.kind !== 'offset' && list.kind !== 'index') return undefined;
  if (unit.version < 5) return findInOld(unit, list.value, pc);
  const [section, base] = ['.debug_loclists', D.DW_AT_loclists_base];
  const at = list.kind === 'offset' ? list.value : listAt(unit, section, base, list.value);
  return findInNew(unit, at, pc);
}

function findInOld(unit: Unit, offset: number, pc: Narrow): Uint8Array | undefined {
  const cursor = new Cursor('.debug_loc', unit.store.section('.debug_loc'), offset);
  const { addressBytes } = unit;
  let base = baseOf(unit);
  for (;;) {
    const low = cursor.address(addressBytes);
    const high = cursor.address(addressBytes);
    if (low === 0 && high === 0) return undefined;
    if (low === lastAddress(unit)) {
      base = high + unit.store.bias;
      continue;
    }
    const expression = cursor.block(cursor.u16());
    if (pc >= base + low && pc < base + high) return expression;
  }
}

/** Two numbers that only tell of an order within a line. */
const DW_LLE_GNU_view_pair = 9;

function findInNew(unit: Unit, offset: number, pc: Narrow): Uint8Array | undefined {
  const cursor = new Cursor('.debug_loclists', unit.store.section('.debug_loclists'), offset);
  const { addressBytes } = unit;
  const { bias } = unit.store;
  let base = baseOf(unit);
  let otherwise: Uint8Array | undefined;
  for (;;) {
    const at = cursor.at;
    const kind = cursor.u8();
    let [low, high] = [0, 0];
    switch (kind) {
      case D.DW_LLE_end_of_list:
        return otherwise;
      case D.DW_LLE_base_addressx:
        base = addressAt(unit, cursor.uleb());
        continue;
      case D.DW_LLE_base_address:
        base = cursor.address(addressBytes) + bias;
        continue;
      case DW_LLE_GNU_view_pair:
        cursor.skipLeb();
        cursor.skipLeb();
        continue;
      case D.DW_LLE_default_location:
        otherwise = cursor.block(cursor.uleb());
        continue;
      case D.DW_LLE_startx_endx:
        low = addressAt(unit, cursor.uleb());
        high = addressAt(unit, cursor.uleb());
        break;
      case D.DW_LLE_startx_length:
        low = addressAt(unit, cursor.uleb());
        high = low + cursor.uleb();
        break;
      case D.DW_LLE_offset_pair:
        low = base + cursor.uleb();
        high = base + cursor.uleb();
        break;
      case D.DW_LLE_start_end:
        low = cursor.address(addressBytes) + bias;
        high = cursor.address(addressBytes) + bias;
        break;
      case D.DW_LLE_start_length:
        low = cursor.address(addressBytes) + bias;
        high = low + cursor.uleb();
        break;
      default:
        throw badEntry('.debug_loclists', at, '0 to 9', kind);
    }
    const expression = cursor.block(cursor.uleb());
    if (pc >= low && pc < high) return expression;
  }
}
