// i386: chains of frame pointers.  https://gitlab.com/x86-psABIs/i386-ABI, section 2.2.2

import type { Frames } from '../arch.ts';
import { endsWithCall, pointerKept } from '../x86/calls.ts';

export const frames: Frames = {
  pointer: 'ebp',
  kept: new Set(['ebx', 'esi', 'edi', 'ebp', 'esp']),
  link: undefined,
  recordAtTop: true,
  pointerKept: (code) => pointerKept(code, undefined),
  endsWithCall,
};
