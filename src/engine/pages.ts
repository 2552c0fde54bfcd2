// Memory straight from the operating system: whole pages, zero, and not there until
// they are touched.  What malloc hands out may have been somebody else's, all touched,
// and need not begin at a page.

import koffi from 'koffi';
import { allocate, type Pointer, release, viewOf } from './binding.ts';

export const PROT = { none: 0, readWrite: 3, all: 7 } as const;
const MAP_PRIVATE = 2;
/** MAP_ANONYMOUS | MAP_NORESERVE */
const MAP_RESERVE = { linux: 0x4020, darwin: 0x1040 } as const;

export interface Pages {
  readonly pointer: Pointer;
  readonly view: () => ArrayBuffer;
  readonly free: () => void;
}

/** Maps pages; undefined where that cannot be done. */
export function mapPages(bytes: number, protection: number): Pages | undefined {
  if (process.platform === 'win32') return undefined;
  const flags = MAP_PRIVATE | MAP_RESERVE[process.platform === 'darwin' ? 'darwin' : 'linux'];
  const libc = koffi.load(null);
  const mmap = libc.func('void *mmap(void *, size_t, int, int, int, int64_t)');
  const munmap = libc.func('int munmap(void *, size_t)');
  const pointer: Pointer = mmap(null, bytes, protection, flags, -1, 0);
  if (pointer === null || BigInt.asIntN(64, pointer) === -1n) return undefined;
  return { pointer, view: () => viewOf(pointer, bytes), free: () => munmap(pointer, bytes) };
}

/** The guest's RAM: `bytes` bytes, all zero. */
export function allocateRam(bytes: number): Pages {
  const pages = mapPages(bytes, PROT.readWrite);
  if (pages !== undefined) return pages;
  const { pointer, view } = allocate(bytes);
  return { pointer, view: () => view, free: () => release(pointer) };
}

/** Of the host; undefined where nobody can be asked. */
export function pageBytes(): number | undefined {
  if (process.platform === 'win32') return undefined;
  const getpagesize = koffi.load(null).func('int getpagesize()');
  return getpagesize();
}
