// The code of one object, instruction by instruction: which function each is of, which
// source line, and where the conditional branches are.  Objects are told apart by their
// bytes; where one was loaded does not matter: places are offsets in its segments.  All
// of it is plain data: threads may post it.

import { createHash } from 'node:crypto';
import type { Arch, ArchName } from '../arch/arch.ts';
import { type Addr, addr, offsetIn, plus } from '../base/address.ts';
import { CodeMap } from '../debug/code-map.ts';
import { moduleObject, type SourceObject } from '../debug/source-object.ts';
import type { Decoder, Instruction } from '../disasm/decoder.ts';
import type { DebugInfo, LineRow } from '../dwarf/model.ts';
import type { ModuleView } from '../kernel/view.ts';
import type { Placed } from '../linker/resolve.ts';
import { contentOf } from '../object/elf/model.ts';
import { type FunctionSymbol, functionsOf } from './functions.ts';

/** A line of a source file. */
export interface CodeLine {
  readonly file: string;
  readonly line: number;
}

export interface CodeFunction {
  readonly name: string;
  /** Where it is declared, or else where its code begins; undefined: nobody knows. */
  readonly source: CodeLine | undefined;
  /** Rare code that the compiler put elsewhere, of a function that is listed too. */
  readonly isPart: boolean;
  /** Indices of instructions: the first, and behind the last. */
  readonly first: number;
  readonly end: number;
}

export interface CodeInstruction {
  /** In its section, for listings. */
  readonly offset: number;
  readonly bytes: number;
  /** "0f 1f 00" */
  readonly raw: string;
  readonly mnemonic: string;
  readonly operands: string;
  /** undefined: nobody knows, or it belongs to none. */
  readonly source: CodeLine | undefined;
  /** Its number among the conditional branches. */
  readonly branch: number | undefined;
}

export interface ObjectCode {
  readonly name: string;
  readonly file: string;
  readonly arch: ArchName;
  /** Of the object's bytes: two files of one name may differ. */
  readonly digest: string;
  readonly functions: readonly CodeFunction[];
  readonly instructions: readonly CodeInstruction[];
  /** The indices of the conditional branches. */
  readonly branches: readonly number[];
  /** By index of segment, for those with code: for each byte the instruction there, or -1. */
  readonly places: ReadonlyMap<number, Int32Array>;
}

/** More than a function of any module has. */
const LIMIT = 1 << 20;

/** Reads the code of an object as it was linked. */
export function readCode(
  view: ModuleView,
  placed: Placed,
  arch: Arch,
  decoder: Decoder,
): ObjectCode {
  const source = moduleObject(view, placed, arch);
  const digest = createHash('sha256').update(placed.object.bytes).digest('hex');
  const of = { arch: arch.name, digest };
  return { ...of, ...new Reader(view, source, decoder, arch.thumbState !== undefined).read() };
}

class Reader {
  readonly #view: ModuleView;
  readonly #source: SourceObject;
  readonly #decoder: Decoder;
  readonly #map: CodeMap;
  readonly #lines = new Map<string, CodeLine>();
  readonly #functions: CodeFunction[] = [];
  readonly #instructions: CodeInstruction[] = [];
  readonly #branches: number[] = [];
  readonly #places = new Map<number, Int32Array>();

  readonly #hasThumb: boolean;

  constructor(view: ModuleView, source: SourceObject, decoder: Decoder, hasThumb: boolean) {
    this.#view = view;
    this.#hasThumb = hasThumb;
    this.#source = source;
    this.#decoder = decoder;
    this.#map = new CodeMap(source);
    view.segments.forEach(({ executable, bytes }, i) => {
      if (executable) this.#places.set(i, new Int32Array(bytes).fill(-1));
    });
  }

  read(): Omit<ObjectCode, 'arch' | 'digest'> {
    const { info } = this.#source;
    for (const each of functionsOf(this.#source, this.#hasThumb)) this.#readFunction(each, info);
    return {
      ...{ name: this.#view.name, file: this.#view.file, functions: this.#functions },
      ...{ instructions: this.#instructions, branches: this.#branches, places: this.#places },
    };
  }

  #readFunction(symbol: FunctionSymbol, info: DebugInfo | undefined): void {
    const { low, high } = symbol;
    const first = this.#instructions.length;
    const rows = new Rows(info?.linesIn({ low, high }) ?? []);
    this.#decode(symbol, (at, raw, instruction) => {
      const index = this.#instructions.length;
      const row = rows.at(at);
      const isLine = row !== undefined && row.line !== 0;
      const branch = instruction.conditional ? this.#branches.push(index) - 1 : undefined;
      this.#instructions.push({
        ...{ offset: symbol.offset + offsetIn(low, at), bytes: instruction.bytes, raw, branch },
        ...{ mnemonic: instruction.mnemonic, operands: instruction.operands },
        source: isLine ? this.#lineOf(row.file, row.line) : undefined,
      });
      this.#place(at, index);
    });
    const end = this.#instructions.length;
    if (end === first) return;
    const declared = info?.functionAt(low)?.declared;
    const source =
      declared !== undefined && declared.line > 0
        ? this.#lineOf(declared.file, declared.line)
        : this.#instructions.slice(first, end).find((each) => each.source !== undefined)?.source;
    this.#functions.push({ name: symbol.name, isPart: symbol.isPart, source, first, end });
  }

  /** Instructions from the beginning; what is none is passed over, and data between them. */
  #decode(
    { low, high, section, offset }: FunctionSymbol,
    found: (at: Addr, raw: string, instruction: Instruction) => void,
  ): void {
    const bytes = offsetIn(low, high);
    const code = contentOf(this.#source.object, section).subarray(offset, offset + bytes);
    const { unit, secondUnit = unit } = this.#decoder;
    for (let at = 0; at < code.length; ) {
      const run = this.#map.at(plus(low, at));
      const end = run?.end === undefined ? code.length : offsetIn(low, run.end);
      const stop = Math.min(code.length, Math.max(end, at + 1));
      if (run?.kind === 'data') {
        at = stop;
        continue;
      }
      const second = run?.kind === 'second';
      const part = code.subarray(at, stop);
      // Targets are shown as offsets in the section: where it was loaded says nothing.
      for (const each of this.#decoder.decode(part, addr(offset + at), LIMIT, second)) {
        found(plus(low, at), inHex(code.subarray(at, at + each.bytes)), each);
        at += each.bytes;
      }
      if (at < stop) at += second ? secondUnit : unit;
    }
  }

  #place(at: Addr, index: number): void {
    for (const [i, places] of this.#places) {
      const segment = this.#view.segments[i];
      const offset = segment === undefined ? -1 : offsetIn(segment.base, at);
      if (offset >= 0 && offset < places.length) places[offset] = index;
    }
  }

  /** One object for each line, so that lines can be compared. */
  #lineOf(file: string, line: number): CodeLine {
    const key = `${line} ${file}`;
    let known = this.#lines.get(key);
    if (known === undefined) {
      known = { file, line };
      this.#lines.set(key, known);
    }
    return known;
  }
}

function inHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(' ');
}

/** Rows of a line table, asked from the lowest address to the highest. */
class Rows {
  readonly #rows: readonly LineRow[];
  #next = 0;
  #current: LineRow | undefined;

  constructor(rows: readonly LineRow[]) {
    this.#rows = [...rows].sort((a, b) => (a.low === b.low ? 0 : a.low < b.low ? -1 : 1));
  }

  at(address: Addr): LineRow | undefined {
    for (let row = this.#rows[this.#next]; row !== undefined; row = this.#rows[++this.#next]) {
      if (row.low > address) break;
      // Of several at one address the last counts, but rather one for a statement.
      const same = this.#current?.low === row.low;
      if (!same || row.isStatement || this.#current?.isStatement !== true) this.#current = row;
    }
    return this.#current !== undefined && address < this.#current.high ? this.#current : undefined;
  }
}
