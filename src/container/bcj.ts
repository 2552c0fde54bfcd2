// The branch filters of xz: before it compresses code, xz makes the targets of calls
// absolute, because the same target then has the same bytes wherever it is called
// from.  These undo that, in place, on a whole block that was decompressed.
// https://tukaani.org/xz/xz-file-format.txt, section 5.3.2; liblzma/simple of XZ Utils

import { viewOf } from '../base/bytes.ts';

export interface BranchFilter {
  readonly name: string;
  /** Multiple of which a start offset must be. */
  readonly align: number;
  /** `start` is the offset that the first byte counts as, modulo 2^32. */
  readonly undo: (bytes: Uint8Array, start: number) => void;
}

/** By the filter's id. */
export const branchFilters: ReadonlyMap<number, BranchFilter> = new Map([
  [0x04, { name: 'the x86 filter', align: 1, undo: undoX86 }],
  [0x07, { name: 'the ARM filter', align: 4, undo: undoArm }],
  [0x08, { name: 'the ARM-Thumb filter', align: 2, undo: undoThumb }],
  [0x0a, { name: 'the ARM64 filter', align: 4, undo: undoArm64 }],
]);

/** CALL and JMP with 32-bit displacements. */
function undoX86(bytes: Uint8Array, start: number): void {
  const view = viewOf(bytes);
  // Which of the last three bytes looked like an opcode: those may be part of an
  // operand, and the encoder took care not to touch a doubtful one.
  let mask = 0;
  let last = -1;
  for (let i = 0; i + 4 < bytes.length; i++) {
    if ((view.getUint8(i) & 0xfe) !== 0xe8) continue;
    const distance = i - last;
    last = i;
    mask = distance > 3 ? 0 : (mask << (distance - 1)) & 7;
    if (mask !== 0) {
      const doubtful = view.getUint8(i + 4 - (opcodeAge[mask] ?? 0));
      if (!isConvertible[mask] || isSign(doubtful)) {
        mask = (mask << 1) | 1;
        continue;
      }
    }
    if (!isSign(view.getUint8(i + 4))) {
      mask = (mask << 1) | 1;
      continue;
    }
    view.setUint32(i + 1, displacement(view.getUint32(i + 1, true), start + i + 5, mask), true);
    i += 4;
  }
}

/** By the mask of doubtful opcodes: whether to go on, and how far back the last is. */
const isConvertible = [true, true, true, false, true, false, false, false];
const opcodeAge = [0, 1, 2, 2, 3, 3, 3, 3];

/** The upper byte of a displacement of less than 16 MiB. */
function isSign(byte: number): boolean {
  return byte === 0 || byte === 0xff;
}

function displacement(absolute: number, next: number, mask: number): number {
  let source = absolute;
  let target = (source - next) >>> 0;
  if (mask !== 0) {
    const bits = (opcodeAge[mask] ?? 0) * 8;
    while (isSign((target >>> (24 - bits)) & 0xff)) {
      source = (target ^ (2 ** (32 - bits) - 1)) >>> 0;
      target = (source - next) >>> 0;
    }
  }
  // 25 bits, sign-extended.
  return ((target << 7) >> 7) >>> 0;
}

/** BL, whose condition is "always". */
function undoArm(bytes: Uint8Array, start: number): void {
  const view = viewOf(bytes);
  for (let i = 0; i + 4 <= bytes.length; i += 4) {
    const word = view.getUint32(i, true);
    if (word >>> 24 !== 0xeb) continue;
    const target = (word & 0xff_ffff) - ((start + i + 8) >>> 2);
    view.setUint32(i, 0xeb00_0000 + (target & 0xff_ffff), true);
  }
}

/** BL, two halfwords. */
function undoThumb(bytes: Uint8Array, start: number): void {
  const view = viewOf(bytes);
  for (let i = 0; i + 4 <= bytes.length; i += 2) {
    const high = view.getUint16(i, true);
    const low = view.getUint16(i + 2, true);
    if (high >>> 11 !== 0x1e || low >>> 11 !== 0x1f) continue;
    const target = (((high & 0x7ff) << 11) | (low & 0x7ff)) - ((start + i + 4) >>> 1);
    view.setUint16(i, 0xf000 | ((target >>> 11) & 0x7ff), true);
    view.setUint16(i + 2, 0xf800 | (target & 0x7ff), true);
    i += 2;
  }
}

/** BL, and ADRP within 512 MiB. */
function undoArm64(bytes: Uint8Array, start: number): void {
  const view = viewOf(bytes);
  for (let i = 0; i + 4 <= bytes.length; i += 4) {
    const word = view.getUint32(i, true);
    const at = (start + i) >>> 0;
    if (word >>> 26 === 0x25) {
      const target = (word - (at >>> 2)) & 0x03ff_ffff;
      view.setUint32(i, 0x9400_0000 + target, true);
    } else if ((word & 0x9f00_0000) >>> 0 === 0x9000_0000) {
      const page = ((word >>> 29) & 3) | ((word >>> 3) & 0x001f_fffc);
      if (((page + 0x0002_0000) & 0x001c_0000) !== 0) continue;
      const target = (page - (at >>> 12)) >>> 0;
      const sign = (target & 0x0002_0000) === 0 ? 0 : 0x00e0_0000;
      const immediate = ((target & 3) << 29) | ((target & 0x0003_fffc) << 3) | sign;
      view.setUint32(i, ((word & 0x9000_001f) | immediate) >>> 0, true);
    }
  }
}
