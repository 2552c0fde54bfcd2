// Which pages of the guest's RAM the host has ever given memory to: a page that was
// never touched is still zero and need not be looked at.  A snapshot of a machine
// with 64 MiB, of which the guest uses one, then costs a sixtieth.  Linux tells it in
// /proc/self/pagemap (and in mincore(2), but that says of a page that was swapped out
// what it says of one that never was).

import { closeSync, openSync, readSync } from 'node:fs';
import type { Pointer } from './binding.ts';
import { pageBytes } from './pages.ts';

const PAGE = 4096;
const ENTRY = 8;
/** Of an entry's last byte: swapped out, or in memory. */
const TOUCHED = 0xc0;

/** Answers, for each page, non-zero if it may have been touched; valid until the next call. */
export type Residency = () => Uint8Array;

/** @param start of RAM, at a page of the host; close() is called when nobody asks any more */
export function residencyOf(start: Pointer, bytes: number): { ask: Residency; close: () => void } {
  const touched = new Uint8Array(bytes / PAGE).fill(1);
  const file = openPagemap();
  if (file === undefined) return { ask: () => touched, close: () => {} };
  const entries = new Uint8Array(touched.length * ENTRY);
  const from = (start / BigInt(PAGE)) * BigInt(ENTRY);
  const ask = (): Uint8Array => {
    if (readSync(file, entries, 0, entries.length, from) < entries.length) return touched.fill(1);
    for (let i = 0, at = ENTRY - 1; i < touched.length; i++, at += ENTRY)
      touched[i] = (entries[at] ?? TOUCHED) & TOUCHED;
    return touched;
  };
  return { ask, close: () => closeSync(file) };
}

function openPagemap(): number | undefined {
  if (process.platform !== 'linux' || pageBytes() !== PAGE) return undefined;
  try {
    return openSync('/proc/self/pagemap', 'r');
  } catch {
    return undefined;
  }
}
