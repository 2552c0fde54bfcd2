// i386: chains of frame pointers.  https://gitlab.com/x86-psABIs/i386-ABI, section 2.2.2

import type { Frames } from '../arch.ts';
import { endsWithCall } from '../x86/calls.ts';

const PUSH_EBP = 0x55;

export const frames: Frames = {
  pointer: 'ebp',
  link: undefined,
  recordAtTop: true,
  push: PUSH_EBP,
  endsWithCall,
};
