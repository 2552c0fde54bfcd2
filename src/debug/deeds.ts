// What the host does to a guest under the debugger: all of it, so that a run can be
// had again, here or elsewhere.

import type { Addr } from '../base/address.ts';
import type { Position } from '../machine/stop.ts';
import type { DebugRequest } from './model.ts';

export type Deed =
  | { readonly kind: 'request'; readonly request: DebugRequest }
  | { readonly kind: 'register'; readonly name: string; readonly bytes: Uint8Array }
  | { readonly kind: 'memory'; readonly address: Addr; readonly bytes: Uint8Array };

export interface DeedAt {
  readonly position: Position;
  readonly deed: Deed;
}
