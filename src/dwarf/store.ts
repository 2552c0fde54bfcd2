// The sections of one object and the units in them.  Unit headers are walked when
// the object is opened, their entries when something in the unit is asked for.

import * as D from './constants.ts';
import { Cursor, type Narrow, narrow } from './cursor.ts';
import type { DebugSections, DwarfOptions } from './model.ts';
import { BadDwarf, type DwarfProblem, hex } from './problems.ts';
import { Unit, type UnitKind } from './unit.ts';

/** More of them tell nobody more. */
const PROBLEM_LIMIT = 100;

export class Store {
  readonly wordBytes: 4 | 8;
  readonly bias: Narrow;
  readonly wideBias: bigint;
  /** Of .debug_info, by offset, then of .debug_types. */
  readonly units: Unit[] = [];
  readonly problems: DwarfProblem[] = [];
  readonly #sections: DebugSections;
  readonly #cache = new Map<string, Uint8Array>();
  #bySignature: Map<bigint, Unit> | undefined;

  constructor(sections: DebugSections, wordBytes: 4 | 8, { bias = 0n }: DwarfOptions) {
    this.#sections = sections;
    this.wordBytes = wordBytes;
    this.bias = narrow(bias);
    this.wideBias = bias;
    for (const section of ['.debug_info', '.debug_types'])
      this.attempt(undefined, () => this.#readHeaders(section));
  }

  /** The section's bytes; none if there is no such section. */
  section(name: string): Uint8Array {
    let bytes = this.#cache.get(name);
    if (bytes === undefined) {
      bytes = this.#sections.get(name) ?? new Uint8Array(0);
      this.#cache.set(name, bytes);
    }
    return bytes;
  }

  /** What `work` answers; `otherwise` where it comes upon damaged bytes. */
  attempt<T>(otherwise: T, work: () => T): T {
    try {
      return work();
    } catch (error) {
      if (!(error instanceof BadDwarf)) throw error;
      this.report(error.problem);
      return otherwise;
    }
  }

  report(problem: DwarfProblem): void {
    if (this.problems.length < PROBLEM_LIMIT) this.problems.push(problem);
  }

  /** The unit of .debug_info that holds the entry at this offset. */
  unitAt(offset: number): Unit | undefined {
    let [low, high] = [0, this.units.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      const unit = this.units[middle];
      if (unit === undefined || unit.section !== '.debug_info' || unit.start > offset)
        high = middle;
      else low = middle + 1;
    }
    const unit = this.units[low - 1];
    return unit !== undefined && offset < unit.end ? unit : undefined;
  }

  typeUnit(signature: bigint): Unit | undefined {
    this.#bySignature ??= new Map(
      this.units
        .filter((unit) => unit.kind === 'type')
        .map((unit): [bigint, Unit] => [unit.signature, unit]),
    );
    return this.#bySignature.get(signature);
  }

  #readHeaders(section: string): void {
    const cursor = new Cursor(section, this.section(section));
    while (!cursor.done) {
      const unit = readHeader(this, cursor);
      if (unit !== undefined) this.units.push(unit);
    }
  }
}

/** Leaves the cursor at the next unit; undefined: a unit that is of no use here. */
function readHeader(store: Store, cursor: Cursor): Unit | undefined {
  const start = cursor.at;
  const { length, offsetBytes } = readLength(cursor);
  const end = cursor.at + length;
  if (end > cursor.bytes.length) {
    const { section } = cursor;
    throw new BadDwarf({
      ...{ kind: 'truncated', section, offset: start, what: `a unit of ${length} bytes` },
      end: cursor.bytes.length,
    });
  }
  const inside = new Cursor(cursor.section, cursor.bytes, cursor.at, end);
  cursor.at = end;
  return store.attempt(undefined, () => readUnit(store, inside, start, offsetBytes));
}

function readUnit(store: Store, cursor: Cursor, start: number, offsetBytes: 4 | 8): Unit {
  const { section, end } = cursor;
  const version = cursor.u16();
  if (version < 2 || version > 5) throw wrong(cursor, start, 'the version', '2 to 5', version);
  const type = version >= 5 ? cursor.u8() : D.DW_UT_compile;
  let addressBytes = version >= 5 ? cursor.u8() : 0;
  const abbreviations = cursor.offset(offsetBytes);
  if (version < 5) addressBytes = cursor.u8();
  if (addressBytes !== 4 && addressBytes !== 8)
    throw wrong(cursor, start, 'the size of an address', '4 or 8', addressBytes);
  const kind = section === '.debug_types' ? 'type' : kindOf(cursor, start, type);
  const signature = kind === 'type' || kind === 'skeleton' ? cursor.u64() : 0n;
  const typeOffset = kind === 'type' ? start + cursor.offset(offsetBytes) : 0;
  return new Unit(store, {
    ...{ section, bytes: cursor.bytes, start, first: cursor.at, end },
    ...{ version, offsetBytes, addressBytes, abbreviations, kind, signature, typeOffset },
  });
}

function kindOf(cursor: Cursor, start: number, type: number): UnitKind {
  switch (type) {
    case D.DW_UT_compile:
      return 'compile';
    case D.DW_UT_partial:
      return 'partial';
    case D.DW_UT_type:
      return 'type';
    case D.DW_UT_skeleton:
      return 'skeleton';
    case D.DW_UT_split_compile:
    case D.DW_UT_split_type:
      throw new BadDwarf({
        ...{ kind: 'unsupported', section: cursor.section, offset: start },
        ...{ what: 'a unit of a split file', instead: 'compile without -gsplit-dwarf' },
      });
    default:
      throw wrong(cursor, start, 'the type of a unit', '1 to 6', type);
  }
}

function wrong(
  { section }: Cursor,
  offset: number,
  what: string,
  wanted: string,
  found: number,
): BadDwarf {
  const [of, as] = [`${what} of the unit`, `${found}`];
  return new BadDwarf({ kind: 'damaged', section, offset, what: of, wanted, found: as });
}

/** The length that begins a unit, a line table or an entry of .debug_frame. */
export function readLength(cursor: Cursor): {
  readonly length: number;
  readonly offsetBytes: 4 | 8;
} {
  const offset = cursor.at;
  const length = cursor.u32();
  if (length < 0xffff_fff0) return { length, offsetBytes: 4 };
  if (length === 0xffff_ffff) return { length: cursor.offset(8), offsetBytes: 8 };
  throw new BadDwarf({
    ...{ kind: 'damaged', section: cursor.section, offset, what: 'a length' },
    ...{ wanted: 'below 0xfffffff0, or 0xffffffff', found: hex(length) },
  });
}
