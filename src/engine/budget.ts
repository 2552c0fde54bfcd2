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
import { mapPages, type Pages, PROT } from './pages.ts';

/** A block callback and the cells it works on. */
export interface Budget {
  readonly kind: 'native' | 'callback';
  readonly callback: Pointer;
  readonly data: Pointer | null;
  /** See CELL. */
  readonly cells: Int32Array;
  /** From now on each block that is entered leaves its size and address. */
  noteBlocks(): void;
  release(): void;
}

/** What is where in the cells. */
export const CELL = {
  /** Bytes left; negative when the last block was larger. */
  left: 0,
  /** Non-zero once the callback has stopped the CPU. */
  stopped: 1,
  /** Bytes of code in the last block, once blocks are noted. */
  blockBytes: 2,
  /** Its address: the low half, then the high one. */
  blockAddress: 4,
} as const;
const CELL_BYTES = 24;

const CODE_BYTES = 4096;
/** As much address space as Unicorn takes for its translations. */
const RESERVED_BYTES = 1 << 30;

// void block(uc, uint64_t address, uint32_t size, int32_t cells[6])
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
//
// A debugger wants to know the block too, which costs another hundredth of the
// speed, so only then two instructions stand before that:
//
//	mov [rcx+8], edx	89 51 08
//	mov [rcx+16], rsi	48 89 71 10
const NOTE = [0x89, 0x51, 0x08, 0x48, 0x89, 0x71, 0x10];

function blockCallback(emuStop: Pointer, note: readonly number[]): Uint8Array {
  const code = [
    ...note,
    ...[0x29, 0x11, 0x78, 0x01, 0xc3, 0x8b, 0x01, 0x01, 0xd0, 0x7f, 0xf9, 0x89, 0x01],
    ...[0xc7, 0x41, 0x04, 0x01, 0x00, 0x00, 0x00, 0x48, 0xb8],
  ];
  const bytes = new Uint8Array(code.length + 10);
  bytes.set(code);
  new DataView(bytes.buffer).setBigUint64(code.length, emuStop, true);
  bytes.set([0xff, 0xe0], code.length + 8);
  return bytes;
}

/**
 * A page that holds the callback; undefined where the host has none.  It is the
 * lowest of a reserved range as large as the one that Unicorn will ask for next,
 * which the operating system therefore places right below: near enough for a near
 * call from every translated block.
 */
function executable(): Pages | undefined {
  if (process.arch !== 'x64') return undefined;
  const reserved = mapPages(RESERVED_BYTES, PROT.none);
  if (reserved === undefined) return undefined;
  const mprotect = koffi.load(null).func('int mprotect(void *, size_t, int)');
  if (mprotect(reserved.pointer, CODE_BYTES, PROT.all) === 0) return reserved;
  reserved.free();
  return undefined;
}

/**
 * Counts in machine code; undefined where the host has none.  Make it before the
 * engine, whose translations then lie close by: a near call at each block makes
 * the whole run about 3 % faster than a far one.
 */
export function nativeBudget(emuStop: Pointer): Budget | undefined {
  const code = executable();
  if (code === undefined) return undefined;
  const instructions = new Uint8Array(koffi.view(code.pointer, CODE_BYTES));
  instructions.set(blockCallback(emuStop, []));
  const { pointer, view } = allocate(CELL_BYTES);
  return {
    kind: 'native',
    callback: code.pointer,
    data: pointer,
    cells: new Int32Array(view),
    noteBlocks: () => {
      if (instructions[0] !== NOTE[0]) instructions.set(blockCallback(emuStop, NOTE));
    },
    release: () => {
      code.free();
      release(pointer);
    },
  };
}

/** Counts in JavaScript, on any host. */
export function callbackBudget(stop: () => void): Budget {
  const cells = new Int32Array(CELL_BYTES / 4);
  const address = new BigInt64Array(cells.buffer, CELL.blockAddress * 4, 1);
  let noting = false;
  const count = (_uc: unknown, at: number | bigint, size: number): void => {
    if (noting) {
      cells[CELL.blockBytes] = size;
      address[0] = BigInt(at);
    }
    const left = cells[CELL.left] ?? 0;
    if (left > 0) {
      cells[CELL.left] = left - size;
    } else {
      cells[CELL.stopped] = 1;
      stop();
    }
  };
  const callback = registerCallback('block', count);
  return {
    kind: 'callback',
    callback,
    data: null,
    cells,
    noteBlocks: () => {
      noting = true;
    },
    release: () => unregisterCallback(callback),
  };
}
