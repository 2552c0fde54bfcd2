// ORC, the unwind tables that Linux makes for amd64: for each address where something
// changes, how the caller's stack pointer and frame pointer are found.  This is the
// form of Linux 5.x and 6.1: 6 bytes an entry, addresses in a table of their own.
// Documentation/x86/orc-unwinder.rst and arch/x86/include/asm/orc_types.h of Linux 6.1

import type { Unwound } from './cfi.ts';
import type { Frame } from './model.ts';
import { unsignedOf } from './pieces.ts';

/** Both sections as they were loaded. */
export interface OrcTable {
  /** .orc_unwind_ip: offsets of 32 bits from where they stand, in any order. */
  readonly addresses: { readonly address: bigint; readonly bytes: Uint8Array };
  /** .orc_unwind */
  readonly entries: Uint8Array;
}

const ENTRY_BYTES = 6;
const RETURN_ADDRESS = 16;
const RBP = 6;
const RSP = 7;

/** ORC_REG_* by DWARF number: dx, di, bp, sp, r10, r13. */
const registers: ReadonlyMap<number, number> = new Map([
  [2, 1],
  [3, 5],
  [4, RBP],
  [5, RSP],
  [6, 10],
  [7, 13],
]);
const PREVIOUS_SP = 1;
const BP_INDIRECT = 8;
const SP_INDIRECT = 9;
/** UNWIND_HINT_TYPE_CALL; others are of interrupts, which modules do not handle. */
const TYPE_CALL = 0;

export class Orc {
  /** Sorted by address. */
  readonly #rows: readonly { readonly address: bigint; readonly at: number }[];
  readonly #entries: DataView;

  constructor({ addresses, entries }: OrcTable) {
    const { address, bytes } = addresses;
    const offsets = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    const count = Math.min(Math.floor(bytes.length / 4), Math.floor(entries.length / ENTRY_BYTES));
    this.#entries = new DataView(entries.buffer, entries.byteOffset, entries.length);
    this.#rows = Array.from({ length: count }, (_, i) => {
      const place = address + BigInt(i * 4);
      const target = BigInt.asUintN(64, place + BigInt(offsets.getInt32(i * 4, true)));
      return { address: target, at: i * ENTRY_BYTES };
    }).sort((a, b) => (a.address < b.address ? -1 : a.address > b.address ? 1 : a.at - b.at));
  }

  /** undefined: the table does not tell, or memory cannot be read. */
  unwind(frame: Pick<Frame, 'pc' | 'register' | 'memory'>): Unwound | undefined {
    const at = this.#entryAt(frame.pc);
    if (at === undefined) return undefined;
    const bits = this.#entries.getUint8(at + 4);
    const type = this.#entries.getUint8(at + 5) & 3;
    const sp = this.#base(bits & 15, this.#entries.getInt16(at, true), frame);
    if (type !== TYPE_CALL || sp === undefined) return undefined;
    const returnAddress = word(frame, sp - 8n);
    const bpOffset = BigInt(this.#entries.getInt16(at + 2, true));
    const register = (number: number): bigint | undefined => {
      if (number === RSP) return sp;
      if (number === RETURN_ADDRESS) return returnAddress;
      // Only the frame pointer is told of, and only where it was saved.
      if (number !== RBP) return undefined;
      return bits >> 4 === PREVIOUS_SP ? word(frame, sp + bpOffset) : frame.register(RBP);
    };
    return { cfa: sp, returnAddress, register, signal: false };
  }

  /** The last entry at the address or before it. */
  #entryAt(pc: bigint): number | undefined {
    let [low, high] = [0, this.#rows.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#rows[middle]?.address ?? 0n) <= pc) low = middle + 1;
      else high = middle;
    }
    return this.#rows[low - 1]?.at;
  }

  #base(
    register: number,
    offset: number,
    frame: Pick<Frame, 'register' | 'memory'>,
  ): bigint | undefined {
    if (register === BP_INDIRECT || register === SP_INDIRECT) {
      const base = frame.register(register === BP_INDIRECT ? RBP : RSP);
      // Of the stack pointer it is what the place holds, plus the offset.
      const isSp = register === SP_INDIRECT;
      const held =
        base === undefined ? undefined : word(frame, isSp ? base : base + BigInt(offset));
      return held === undefined ? undefined : held + (isSp ? BigInt(offset) : 0n);
    }
    const number = registers.get(register);
    const base = number === undefined ? undefined : frame.register(number);
    // The others hold the stack pointer itself, whatever the offset.
    const isOffset = number === RSP || number === RBP;
    return base === undefined || !isOffset ? base : base + BigInt(offset);
  }
}

function word({ memory }: Pick<Frame, 'memory'>, address: bigint): bigint | undefined {
  const bytes = memory(BigInt.asUintN(64, address), 8);
  return bytes && unsignedOf(bytes);
}
