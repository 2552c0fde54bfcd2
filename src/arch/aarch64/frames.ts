// aarch64: chains of frame records, and calls.
// https://github.com/ARM-software/abi-aa/blob/main/aapcs64/aapcs64.rst, section 6.4.6

import type { Frames } from '../arch.ts';
import { entering, leaving } from '../arm/a64-frames.ts';

/** BL and BLR (ARM ARM sections C6.2.33 and C6.2.34). */
function endsWithCall(code: Uint8Array): boolean {
  const word = new DataView(code.buffer, code.byteOffset, code.length).getUint32(4, true);
  return word >>> 26 === 0x25 || (word & 0xffff_fc1f) >>> 0 === 0xd63f_0000;
}

/** ADD x29, sp, #imm or MOV x29, sp, behind the STP of the record. */
function pointerKept(
  code: DataView,
): { readonly pushed: number; readonly set: number } | undefined {
  for (let at = 4; at < 64; at += 4)
    if ((code.getUint32(at, true) & 0xff80_03ff) >>> 0 === 0x9100_03fd)
      return { pushed: at, set: at + 4 };
  return undefined;
}

export const frames: Frames = {
  pointer: 'x29',
  kept: new Set(Array.from({ length: 12 }, (_, i) => `x${i + 19}`).concat('sp')),
  link: 'x30',
  // A compiler may put the record at the bottom of the frame.
  recordAtTop: false,
  pointerKept,
  endsWithCall,
  unsettled: { entering, leaving },
};
