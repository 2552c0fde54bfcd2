// Which pages of the guest's RAM the host has ever given memory to: a page that was
// never touched is still zero and need not be looked at.  A snapshot of a machine
// with 64 MiB, of which the guest uses one, then costs a sixtieth.

import koffi from 'koffi';
import { allocate, type Pointer, release } from './binding.ts';

const PAGE = 4096;

/** Answers, for each page, non-zero if it may have been touched; valid until the next call. */
export type Residency = () => Uint8Array;

type Mincore = (start: Pointer, bytes: number, out: Pointer) => number;

let mincore: Mincore | undefined;

/** @param start of RAM; @param unmap is called when nobody asks any more */
export function residencyOf(start: Pointer, bytes: number): { ask: Residency; close: () => void } {
  // The range asked for begins at a page of the host, which RAM need not do.
  const before = Number(start % BigInt(PAGE));
  const count = Math.ceil((before + bytes) / PAGE);
  if (process.platform !== 'linux') {
    const all = new Uint8Array(bytes / PAGE).fill(1);
    return { ask: () => all, close: () => {} };
  }
  mincore ??= koffi.load(null).func('int mincore(void *, size_t, void *)') as Mincore;
  const { pointer, view } = allocate(count);
  const present = new Uint8Array(view);
  const touched = new Uint8Array(bytes / PAGE);
  const ask = (): Uint8Array => {
    if (mincore?.(start - BigInt(before), count * PAGE, pointer) !== 0) present.fill(1);
    if (before === 0) return present;
    // A page of the guest's lies in two of the host's.
    for (let i = 0; i < touched.length; i++) touched[i] = (present[i] ?? 1) | (present[i + 1] ?? 1);
    return touched;
  };
  return { ask, close: () => release(pointer) };
}
