// amd64: chains of frame pointers.  https://gitlab.com/x86-psABIs/x86-64-ABI, section 3.2.2

import type { Frames } from '../arch.ts';
import { endsWithCall, pointerKept } from '../x86/calls.ts';

const REX_W = 0x48;

export const frames: Frames = {
  pointer: 'rbp',
  kept: new Set(['rbx', 'rbp', 'rsp', 'r12', 'r13', 'r14', 'r15']),
  link: undefined,
  recordAtTop: true,
  pointerKept: (code) => pointerKept(code, REX_W),
  endsWithCall,
};
