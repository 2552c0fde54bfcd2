// Deterministic time slices.  Every translated block reports its size in bytes
// of code on entry.  A slice ends before the first block that finds the budget
// used up, so that each slice runs at least one block and every byte is charged
// once.  The callback is a few bytes of machine code, because a JavaScript
// callback per block would cost nine tenths of the speed.
//
// Machine code needs a host whose instructions we know and memory that is
// writable and executable: x86-64 with the System V convention (Linux, macOS).
// Elsewhere the JavaScript callback counts the same bytes: slower, same run.

import koffi from 'koffi';
import {
  allocate,
  type Pointer,
  registerCallback,
  release,
  unregisterCallback,
} from './binding.ts';

/** A block callback and the cells it works on. */
export interface Budget {
  readonly kind: 'native' | 'callback';
  readonly callback: Pointer;
  readonly data: Pointer | null;
  /** [0] bytes left, [1] non-zero once the callback has stopped the CPU. */
  readonly cells: Int32Array;
  release(): void;
}

const PROT_NONE = 0;
const PROT_RWX = 7;
const MAP_PRIVATE = 2;
/** MAP_ANONYMOUS | MAP_NORESERVE */
const MAP_RESERVE = { linux: 0x4020, darwin: 0x1040 } as const;
const CODE_BYTES = 4096;
/** As much address space as Unicorn takes for its translations. */
const RESERVED_BYTES = 1 << 30;

// void block(uc, uint64_t address, uint32_t size, int32_t cells[2])
//	sub [rcx], edx		29 11
//	js 1f			78 01
// 0:	ret			c3
// 1:	mov eax, [rcx]		8b 01
//	add eax, edx		01 d0			what was left before
//	jg 0b			7f f9
//	mov [rcx], eax		89 01
//	mov dword [rcx+4], 1	c7 41 04 imm32
//	mov rax, uc_emu_stop	48 b8 imm64
//	jmp rax			ff e0			uc is still in rdi
function blockCallback(emuStop: Pointer): Uint8Array {
  const bytes = new Uint8Array(32);
  bytes.set([0x29, 0x11, 0x78, 0x01, 0xc3, 0x8b, 0x01, 0x01, 0xd0, 0x7f, 0xf9, 0x89, 0x01]);
  bytes.set([0xc7, 0x41, 0x04, 0x01, 0x00, 0x00, 0x00, 0x48, 0xb8], 13);
  new DataView(bytes.buffer).setBigUint64(22, emuStop, true);
  bytes.set([0xff, 0xe0], 30);
  return bytes;
}

/**
 * A page that holds the callback; undefined where the host has none.  It is the
 * lowest of a reserved range as large as the one that Unicorn will ask for next,
 * which the operating system therefore places right below: near enough for a near
 * call from every translated block.
 */
function executable(emuStop: Pointer): { page: Pointer; unmap: () => void } | undefined {
  if (process.arch !== 'x64' || process.platform === 'win32') return undefined;
  const flags = MAP_PRIVATE | MAP_RESERVE[process.platform === 'darwin' ? 'darwin' : 'linux'];
  const libc = koffi.load(null);
  const mmap = libc.func('void *mmap(void *, size_t, int, int, int, int64_t)');
  const mprotect = libc.func('int mprotect(void *, size_t, int)');
  const munmap = libc.func('int munmap(void *, size_t)');
  const page: Pointer = mmap(null, RESERVED_BYTES, PROT_NONE, flags, -1, 0);
  if (page === null || BigInt.asIntN(64, page) === -1n) return undefined;
  const unmap = (): void => munmap(page, RESERVED_BYTES);
  if (mprotect(page, CODE_BYTES, PROT_RWX) !== 0) {
    unmap();
    return undefined;
  }
  new Uint8Array(koffi.view(page, CODE_BYTES)).set(blockCallback(emuStop));
  return { page, unmap };
}

/**
 * Counts in machine code; undefined where the host has none.  Make it before the
 * engine, whose translations then lie close by: a near call at each block makes
 * the whole run about 3 % faster than a far one.
 */
export function nativeBudget(emuStop: Pointer): Budget | undefined {
  const code = executable(emuStop);
  if (code === undefined) return undefined;
  const { pointer, view } = allocate(8);
  return {
    kind: 'native',
    callback: code.page,
    data: pointer,
    cells: new Int32Array(view),
    release: () => {
      code.unmap();
      release(pointer);
    },
  };
}

/** Counts in JavaScript, on any host. */
export function callbackBudget(stop: () => void): Budget {
  const cells = new Int32Array(2);
  const callback = registerCallback('block', (_uc: unknown, _address: unknown, size: number) => {
    const left = cells[0] ?? 0;
    if (left > 0) {
      cells[0] = left - size;
    } else {
      cells[1] = 1;
      stop();
    }
  });
  return {
    kind: 'callback',
    callback,
    data: null,
    cells,
    release: () => unregisterCallback(callback),
  };
}
