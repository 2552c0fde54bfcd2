// armv7: chains of frame pointers, as clang makes them of r11, and calls.
// https://github.com/ARM-software/abi-aa/blob/main/aapcs32/aapcs32.rst, section 6.2.1.4

import type { Frames } from '../arch.ts';
import { entering, leaving } from '../arm/a32-frames.ts';

/** BL, BLX of ARM and Thumb (ARM ARM sections A8.8.25 and A8.8.26). */
function endsWithCall(code: Uint8Array): boolean {
  const view = new DataView(code.buffer, code.byteOffset, code.length);
  const arm = view.getUint32(4, true);
  if ((arm & 0x0f00_0000) === 0x0b00_0000 || arm >>> 25 === 0x7d) return true;
  if ((arm & 0x0fff_fff0) === 0x012f_ff30) return true;
  const [first, second] = [view.getUint16(4, true), view.getUint16(6, true)];
  if ((first & 0xf800) === 0xf000 && (second & 0xc000) === 0xc000) return true;
  return (second & 0xff87) === 0x4780;
}

/** ADD r11, sp, #imm or MOV r11, sp, behind the PUSH. */
function pointerKept(
  code: DataView,
): { readonly pushed: number; readonly set: number } | undefined {
  for (let at = 4; at < 32; at += 4) {
    const word = code.getUint32(at, true);
    if ((word & 0xffff_f000) >>> 0 === 0xe28d_b000 || word === 0xe1a0_b00d)
      return { pushed: at, set: at + 4 };
  }
  return undefined;
}

export const frames: Frames = {
  pointer: 'r11',
  kept: new Set(['r4', 'r5', 'r6', 'r7', 'r8', 'r9', 'r10', 'r11', 'sp', 'lr']),
  link: 'lr',
  recordAtTop: true,
  pointerKept,
  endsWithCall,
  unsettled: { entering, leaving },
};
