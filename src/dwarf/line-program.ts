// Runs a line number program: a small machine whose opcodes append rows of address,
// file, line and column.  The rows are columns here: a large module has a hundred
// thousand.  DWARF 5, section 6.2.5.

import * as D from './constants.ts';
import { Cursor, type Narrow } from './cursor.ts';
import type { LineHeader } from './line-header.ts';
import { lastAddress } from './ranges.ts';
import type { Store } from './store.ts';

export const IS_STATEMENT = 1;
export const PROLOGUE_END = 2;
export const EPILOGUE_BEGIN = 4;

/** Rows of ascending addresses; the last one only says where the code ends. */
export interface Sequence {
  readonly low: Narrow;
  readonly high: Narrow;
  /** Index of the first row, and of the one behind the last. */
  readonly first: number;
  readonly end: number;
}

export interface LineTable {
  readonly files: readonly string[];
  /** By low address. */
  readonly sequences: readonly Sequence[];
  readonly addresses: Float64Array;
  readonly fileNumbers: Uint32Array;
  readonly lines: Uint32Array;
  readonly columns: Uint32Array;
  /** IS_STATEMENT and so on. */
  readonly flags: Uint8Array;
}

export function runLineProgram(store: Store, header: LineHeader): LineTable {
  const cursor = new Cursor(
    '.debug_line',
    store.section('.debug_line'),
    header.program,
    header.end,
  );
  const machine = new LineMachine(store, header);
  // What was understood until something is damaged is worth having.
  store.attempt(undefined, () => {
    while (!cursor.done) machine.step(cursor);
  });
  return machine.table();
}

class LineMachine {
  readonly #header: LineHeader;
  readonly #bias: Narrow;
  readonly #thrownAway: Narrow;
  readonly #files: string[];
  readonly #sequences: Sequence[] = [];
  /** The rows, in columns: objects would take most of the time. */
  readonly #addresses: number[] = [];
  readonly #fileNumbers: number[] = [];
  readonly #lines: number[] = [];
  readonly #columns: number[] = [];
  readonly #rowFlags: number[] = [];
  #first = 0;
  #address = 0;
  #operation = 0;
  #file = 1;
  #line = 1;
  #column = 0;
  #statement: boolean;
  #flags = 0;

  constructor(store: Store, header: LineHeader) {
    this.#header = header;
    this.#bias = store.bias;
    this.#thrownAway = lastAddress(header) + store.bias;
    this.#files = [...header.files];
    this.#statement = header.defaultIsStatement;
    this.#reset();
  }

  step(cursor: Cursor): void {
    const { opcodeBase, lineBase, lineRange } = this.#header;
    const opcode = cursor.u8();
    if (opcode >= opcodeBase) {
      const adjusted = opcode - opcodeBase;
      this.#advance(Math.floor(adjusted / lineRange));
      this.#line += lineBase + (adjusted % lineRange);
      this.#append();
    } else if (opcode === 0) {
      this.#extended(cursor);
    } else {
      this.#standard(opcode, cursor);
    }
  }

  #standard(opcode: number, cursor: Cursor): void {
    const { opcodeBase, lineRange, minimumInstruction, operands } = this.#header;
    switch (opcode) {
      case D.DW_LNS_copy:
        this.#append();
        break;
      case D.DW_LNS_advance_pc:
        this.#advance(cursor.uleb());
        break;
      case D.DW_LNS_advance_line:
        this.#line += cursor.sleb();
        break;
      case D.DW_LNS_set_file:
        this.#file = cursor.uleb();
        break;
      case D.DW_LNS_set_column:
        this.#column = cursor.uleb();
        break;
      case D.DW_LNS_negate_stmt:
        this.#statement = !this.#statement;
        break;
      case D.DW_LNS_set_basic_block:
        break;
      case D.DW_LNS_const_add_pc:
        this.#advance(Math.floor((255 - opcodeBase) / lineRange));
        break;
      case D.DW_LNS_fixed_advance_pc:
        this.#address += cursor.u16() * Math.min(1, minimumInstruction);
        this.#operation = 0;
        break;
      case D.DW_LNS_set_prologue_end:
        this.#flags |= PROLOGUE_END;
        break;
      case D.DW_LNS_set_epilogue_begin:
        this.#flags |= EPILOGUE_BEGIN;
        break;
      default:
        for (let i = 0; i < (operands[opcode] ?? 0); i++) cursor.skipLeb();
    }
  }

  #extended(cursor: Cursor): void {
    const length = cursor.uleb();
    if (length === 0) return;
    const end = cursor.at + length;
    switch (cursor.u8()) {
      case D.DW_LNE_end_sequence:
        this.#endSequence();
        break;
      case D.DW_LNE_set_address:
        this.#address = cursor.address(length === 9 ? 8 : 4) + this.#bias;
        this.#operation = 0;
        break;
      case D.DW_LNE_define_file:
        this.#files.push(cursor.string());
        break;
    }
    cursor.skip(end - cursor.at);
  }

  #advance(operations: number): void {
    const { minimumInstruction, maximumOperations } = this.#header;
    if (maximumOperations <= 1) {
      this.#address += operations * minimumInstruction;
      return;
    }
    const total = this.#operation + operations;
    this.#address += Math.floor(total / maximumOperations) * minimumInstruction;
    this.#operation = total % maximumOperations;
  }

  #append(): void {
    this.#addresses.push(this.#address);
    this.#fileNumbers.push(this.#file);
    this.#lines.push(Math.max(0, this.#line));
    this.#columns.push(this.#column);
    this.#rowFlags.push(this.#flags | (this.#statement ? IS_STATEMENT : 0));
    this.#flags = 0;
  }

  #endSequence(): void {
    this.#append();
    const all = [
      ...[this.#addresses, this.#fileNumbers, this.#lines, this.#columns, this.#rowFlags],
    ];
    const first = this.#first;
    if (!isAscending(this.#addresses, first)) sortRows(this.#addresses, all, first);
    const low = this.#addresses[first] ?? 0;
    const high = this.#addresses.at(-1) ?? 0;
    const kept = low < high && low !== this.#thrownAway && low !== this.#thrownAway - 1;
    if (kept && Number.isSafeInteger(high))
      this.#sequences.push({ low, high, first, end: this.#addresses.length });
    else for (const column of all) column.length = first;
    this.#first = this.#addresses.length;
    this.#reset();
  }

  #reset(): void {
    this.#address = this.#bias;
    this.#operation = 0;
    this.#file = 1;
    this.#line = 1;
    this.#column = 0;
    this.#statement = this.#header.defaultIsStatement;
    this.#flags = 0;
  }

  table(): LineTable {
    return {
      files: this.#files,
      sequences: this.#sequences.sort((a, b) => a.low - b.low),
      addresses: Float64Array.from(this.#addresses),
      fileNumbers: Uint32Array.from(this.#fileNumbers),
      lines: Uint32Array.from(this.#lines),
      columns: Uint32Array.from(this.#columns),
      flags: Uint8Array.from(this.#rowFlags),
    };
  }
}

function isAscending(addresses: readonly Narrow[], first: number): boolean {
  for (let i = first + 1; i < addresses.length; i++)
    if ((addresses[i] ?? 0) < (addresses[i - 1] ?? 0)) return false;
  return true;
}

/** Puts the rows from `first` on in the order of their addresses, in every column. */
function sortRows(addresses: readonly Narrow[], columns: readonly number[][], first: number): void {
  const order = Array.from({ length: addresses.length - first }, (_, i) => first + i);
  order.sort((a, b) => (addresses[a] ?? 0) - (addresses[b] ?? 0));
  for (const column of columns) {
    const sorted = order.map((row) => column[row] ?? 0);
    sorted.forEach((value, i) => {
      column[first + i] = value;
    });
  }
}
