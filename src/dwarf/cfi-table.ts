// The entries of a section of call frame information, and the programs in them: which
// rules hold at an address.  An FDE is about a function, a CIE about what many FDEs
// have in common.  See cfi.ts for what the rules mean.

import type { CfiSection } from './cfi.ts';
import { type CallFrame, type RowFacts, RuleMachine } from './cfi-rules.ts';
import { Cursor, type Narrow, narrow } from './cursor.ts';
import { type Interval, Intervals } from './intervals.ts';
import { once } from './once.ts';
import { BadDwarf, hex } from './problems.ts';
import { readLength } from './store.ts';

interface Cie extends RowFacts {
  /** Whether FDEs have augmentation data. */
  readonly augmented: boolean;
  /** DW_EH_PE_* of the addresses in FDEs. */
  readonly encoding: number;
  readonly addressBytes: 4 | 8;
  readonly program: readonly [start: number, end: number];
}

interface Fde {
  readonly cie: Cie;
  readonly low: Narrow;
  readonly program: readonly [start: number, end: number];
}

const DW_EH_PE_omit = 0xff;
/** Rows to keep: who steps asks for the same ones again and again. */
const ROWS_KEPT = 4096;

export class CfiTable {
  readonly #section: CfiSection;
  readonly #wordBytes: 4 | 8;
  readonly #bias: Narrow;
  readonly #cies = new Map<number, Cie | undefined>();
  readonly #rows = new Map<bigint, CallFrame | undefined>();
  readonly #fdes = once(() => new Intervals(this.#readEntries()));

  constructor(section: CfiSection, wordBytes: 4 | 8) {
    this.#section = section;
    this.#wordBytes = wordBytes;
    this.#bias = narrow(section.bias ?? 0n);
  }

  /** undefined: the section tells nothing of this address, or nothing sensible. */
  frameAt(pc: bigint): CallFrame | undefined {
    let row = this.#rows.get(pc);
    if (row === undefined && !this.#rows.has(pc)) {
      const fde = this.#fdes().at(narrow(pc));
      row = fde && unlessDamaged(() => this.#run(fde, narrow(pc)));
      if (this.#rows.size >= ROWS_KEPT) this.#rows.clear();
      this.#rows.set(pc, row);
    }
    return row;
  }

  #cursor(at: number, end: number = this.#section.bytes.length): Cursor {
    return new Cursor(this.#section.name, this.#section.bytes, at, end);
  }

  /** All that can be read: one bad entry does not spoil the others. */
  #readEntries(): readonly Interval<Fde>[] {
    const found: Interval<Fde>[] = [];
    const isEh = this.#section.name === '.eh_frame';
    unlessDamaged(() => {
      const cursor = this.#cursor(0);
      while (!cursor.done) {
        const { length, offsetBytes } = readLength(cursor);
        const start = cursor.at;
        if (length === 0 && isEh) return;
        cursor.skip(length);
        if (length < offsetBytes) continue;
        const inside = this.#cursor(start, start + length);
        const id = inside.offset(offsetBytes);
        const isCie = isEh ? id === 0 : id === (offsetBytes === 8 ? 2 ** 64 : 0xffff_ffff);
        if (isCie) continue;
        // .eh_frame counts back from the field, .debug_frame from the section's start.
        const cie = this.#cieAt(isEh ? start - id : id);
        const entry = cie && unlessDamaged(() => this.#readFde(inside, cie));
        if (entry !== undefined) found.push(entry);
      }
    });
    return found;
  }

  #readFde(cursor: Cursor, cie: Cie): Interval<Fde> | undefined {
    const low = this.#pointer(cursor, cie.encoding, cie.addressBytes);
    // The size is in the same format, but relative to nothing.
    const size = readEncoded(cursor, cie.encoding & 0x0f, cie.addressBytes);
    if (cie.augmented) cursor.skip(cursor.uleb());
    const fde: Fde = { cie, low, program: [cursor.at, cursor.end] };
    const high = low + size;
    return low < high && Number.isSafeInteger(high) ? { low, high, value: fde } : undefined;
  }

  #cieAt(offset: number): Cie | undefined {
    if (!this.#cies.has(offset))
      this.#cies.set(
        offset,
        unlessDamaged(() => this.#readCie(offset)),
      );
    return this.#cies.get(offset);
  }

  #readCie(offset: number): Cie {
    const outer = this.#cursor(offset);
    const { length, offsetBytes } = readLength(outer);
    const cursor = this.#cursor(outer.at, outer.at + length);
    cursor.skip(offsetBytes);
    const version = cursor.u8();
    if (version !== 1 && version !== 3 && version !== 4)
      throw this.#wrong(offset, 'the version', '1, 3 or 4', version);
    const augmentation = cursor.string();
    let addressBytes = this.#wordBytes;
    if (version === 4) {
      const bytes = cursor.u8();
      if (bytes !== 4 && bytes !== 8)
        throw this.#wrong(offset, 'the size of an address', '4 or 8', bytes);
      addressBytes = bytes;
      cursor.skip(1);
    }
    const codeAlign = cursor.uleb();
    const dataAlign = cursor.wideSleb();
    const returnRegister = version === 1 ? cursor.u8() : cursor.uleb();
    const augmented = augmentation.startsWith('z');
    let encoding = 0;
    const dataBytes = augmented ? cursor.uleb() : 0;
    const program = cursor.at + dataBytes;
    for (const letter of augmented ? augmentation.slice(1) : '') {
      if (letter === 'R') encoding = cursor.u8();
      else if (letter === 'P') readEncoded(cursor, cursor.u8(), addressBytes);
      else if (letter === 'L') cursor.skip(1);
      else if (letter !== 'S' && letter !== 'B' && letter !== 'G') break;
    }
    if (!augmented && augmentation !== '')
      throw this.#wrong(offset, 'the augmentation', 'one that begins with z', augmentation);
    const signal = augmentation.includes('S');
    return {
      ...{ codeAlign, dataAlign, returnRegister, augmented, encoding, addressBytes, signal },
      program: [program, cursor.end],
    };
  }

  #wrong(offset: number, what: string, wanted: string, found: number | string): BadDwarf {
    const { name: section } = this.#section;
    const of = `${what} of the CIE`;
    return new BadDwarf({
      ...{ kind: 'damaged', section, offset, what: of, wanted, found: `${found}` },
    });
  }

  #pointer(cursor: Cursor, encoding: number, addressBytes: 4 | 8): Narrow {
    const { address } = this.#section;
    const place = narrow(address) + cursor.at;
    const value = readEncoded(cursor, encoding, addressBytes);
    const relative = (encoding & 0x70) === 0x10;
    const sum = relative ? place + value : value + this.#bias;
    // Offsets wrap around in 32 bits.
    return addressBytes === 4 ? sum >>> 0 : sum;
  }

  #run({ cie, low, program }: Fde, pc: Narrow): CallFrame {
    const machine = new RuleMachine(cie);
    machine.run(this.#cursor(...cie.program), 0, 0);
    machine.keepInitial();
    machine.run(this.#cursor(...program), low, pc, (cursor) =>
      this.#pointer(cursor, cie.encoding, cie.addressBytes),
    );
    return machine.frame();
  }
}

/** A number as DW_EH_PE_* says it is written. */
function readEncoded(cursor: Cursor, encoding: number, addressBytes: 4 | 8): number {
  if (encoding === DW_EH_PE_omit) return 0;
  switch (encoding & 0x0f) {
    case 0x00:
      return cursor.address(addressBytes);
    case 0x01:
      return cursor.uleb();
    case 0x02:
      return cursor.u16();
    case 0x03:
      return cursor.u32();
    case 0x04:
    case 0x0c:
      return cursor.address(8);
    case 0x09:
      return cursor.sleb();
    case 0x0a:
      return (cursor.u16() << 16) >> 16;
    case 0x0b:
      return cursor.u32() | 0;
    default: {
      const [section, offset] = [cursor.section, cursor.at];
      const [what, wanted] = ['the encoding of an address', '0 to 4 or 9 to 12'];
      throw new BadDwarf({ kind: 'damaged', section, offset, what, wanted, found: hex(encoding) });
    }
  }
}

function unlessDamaged<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    if (error instanceof BadDwarf) return undefined;
    throw error;
  }
}
