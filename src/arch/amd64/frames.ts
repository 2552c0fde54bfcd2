// amd64: chains of frame pointers.  https://gitlab.com/x86-psABIs/x86-64-ABI, section 3.2.2

import type { Frames } from '../arch.ts';
import { endsWithCall } from '../x86/calls.ts';

const PUSH_RBP = 0x55;

export const frames: Frames = {
  pointer: 'rbp',
  link: undefined,
  recordAtTop: true,
  push: PUSH_RBP,
  endsWithCall,
};
