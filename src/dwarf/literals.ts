// The operations of DWARF's expressions that push a constant.  DWARF 5, section 2.5.1.1.

import type { Cursor } from './cursor.ts';

/** The constant, which may be negative; undefined: another operation. */
export function readConstant(operation: number, cursor: Cursor): bigint | undefined {
  // DW_OP_lit0 to DW_OP_lit31
  if (operation >= 0x30 && operation < 0x50) return BigInt(operation - 0x30);
  switch (operation) {
    case 0x08: // DW_OP_const1u
      return BigInt(cursor.u8());
    case 0x09: // DW_OP_const1s
      return BigInt(cursor.s8());
    case 0x0a: // DW_OP_const2u
      return cursor.unsigned(2);
    case 0x0b: // DW_OP_const2s
      return BigInt.asIntN(16, cursor.unsigned(2));
    case 0x0c: // DW_OP_const4u
      return cursor.unsigned(4);
    case 0x0d: // DW_OP_const4s
      return BigInt.asIntN(32, cursor.unsigned(4));
    case 0x0e: // DW_OP_const8u
      return cursor.unsigned(8);
    case 0x0f: // DW_OP_const8s
      return BigInt.asIntN(64, cursor.unsigned(8));
    case 0x10: // DW_OP_constu
      return cursor.wideUleb();
    case 0x11: // DW_OP_consts
      return cursor.wideSleb();
    default:
      return undefined;
  }
}
