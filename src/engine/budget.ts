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
import { blockCallback } from './block-callback.ts';
import { BlockRecord, type CodeWindow } from './block-record.ts';
import { CELL, CELL_BYTES } from './cells.ts';
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
  /** What record() has recorded. */
  readonly record: BlockRecord;
  /** From now on blocks in a window leave a record; undefined: no more. */
  recordBlocks(window: CodeWindow | undefined): void;
  release(): void;
}

const CODE_BYTES = 4096;
/** As much address space as Unicorn takes for its translations. */
const RESERVED_BYTES = 1 << 30;

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
  const duties = { note: false, record: false };
  const become = (): void => instructions.set(blockCallback(duties, emuStop));
  become();
  const { pointer, view } = allocate(CELL_BYTES);
  const cells = new Int32Array(view);
  const record = new BlockRecord(cells, true);
  return {
    kind: 'native',
    callback: code.pointer,
    data: pointer,
    cells,
    record,
    noteBlocks: () => {
      if (duties.note) return;
      duties.note = true;
      become();
    },
    recordBlocks: (window) => {
      record.open(window);
      duties.record = window !== undefined;
      become();
    },
    release: () => {
      record.close();
      code.free();
      release(pointer);
    },
  };
}

/** Counts in JavaScript, on any host. */
export function callbackBudget(stop: () => void): Budget {
  const cells = new Int32Array(CELL_BYTES / 4);
  const address = new BigInt64Array(cells.buffer, CELL.blockAddress * 4, 1);
  const record = new BlockRecord(cells, false);
  let noting = false;
  let recording = false;
  const count = (_uc: unknown, at: number | bigint, size: number): void => {
    if (noting) {
      cells[CELL.blockBytes] = size;
      address[0] = BigInt(at);
    }
    // Addresses of the upper half come as negative numbers.
    const start = recording ? BigInt.asUintN(64, BigInt(at)) : 0n;
    if (recording) record.reach(start);
    const left = cells[CELL.left] ?? 0;
    if (left > 0) {
      cells[CELL.left] = left - size;
      if (recording) record.enter(start, size);
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
    record,
    noteBlocks: () => {
      noting = true;
    },
    recordBlocks: (window) => {
      record.open(window);
      recording = window !== undefined;
    },
    release: () => {
      record.close();
      unregisterCallback(callback);
    },
  };
}
