// Instructions of the guest with names: branch targets and references to data as
// <symbol+offset>, source lines, data among ARM code as .word, and going backwards in
// code whose instructions differ in length by starting again where a function begins.

import { type Addr, addr, offsetIn, plus } from '../base/address.ts';
import type { Decoder, Instruction } from '../disasm/decoder.ts';
import { type Halves, type Reference, referenceOf } from '../disasm/references.ts';
import { CodeMap, type CodeObject, type CodeRun } from './code-map.ts';
import type { DisassembledInstruction } from './model.ts';

/** What disassembly asks of the debugger. */
export interface CodeSource {
  readonly wordBytes: 4 | 8;
  /** As many of the bytes as are mapped, from the first. */
  read(address: Addr, bytes: number): Uint8Array;
  /** The object whose memory holds the address. */
  objectAt(address: Addr): CodeObject | undefined;
  symbolAt(address: Addr): SymbolPlace | undefined;
  lineAt(address: Addr): { readonly file: string; readonly line: number } | undefined;
}

export interface SymbolPlace {
  readonly symbol: string;
  /** Bytes behind its beginning. */
  readonly offset: number;
}

/** The longest instruction there is, on x86. */
const LONGEST = 15;
/** Without a symbol, so far back is begun; nearly every x86 code is in step after that. */
const RESYNC = 64;
/** A function is decoded from its beginning if that is not further than this. */
const FUNCTION_LIMIT = 1 << 16;
/** A name so far before an address says nothing of it. */
const NAME_LIMIT = 1 << 20;
/** So much is shown of a string. */
const TEXT_LIMIT = 40;
/** One call decodes at most so many. */
const COUNT_LIMIT = 1 << 16;

export class Disassembler {
  readonly #decoder: Decoder;
  readonly #source: CodeSource;
  readonly #maps = new WeakMap<CodeObject, CodeMap>();

  constructor(decoder: Decoder, source: CodeSource) {
    this.#decoder = decoder;
    this.#source = source;
  }

  /**
   * `count` instructions, beginning `before` instructions in front of `address`.  What
   * cannot be read is "??" without bytes, what is no instruction (bad) or .inst.
   */
  disassemble(address: Addr, count: number, before = 0): readonly DisassembledInstruction[] {
    const limit = Math.min(Math.max(count, 0), COUNT_LIMIT);
    const back = this.#backwards(address, Math.min(Math.max(before, 0), COUNT_LIMIT));
    const kept = back.slice(0, limit);
    return [...kept, ...this.#forwards(address, limit - kept.length)];
  }

  /** Exactly `count` of those that end where `address` begins. */
  #backwards(address: Addr, count: number): readonly DisassembledInstruction[] {
    let found: readonly DisassembledInstruction[] = [];
    let anchor = address;
    while (found.length < count && anchor > 0n) {
      const part = this.#endingAt(anchor, count - found.length);
      found = [...part, ...found];
      anchor = part[0]?.address ?? plus(anchor, -1);
    }
    return count === 0 ? [] : found.slice(-count);
  }

  /** Some of the instructions before `anchor`, the last of which ends there. */
  #endingAt(anchor: Addr, wanted: number): readonly DisassembledInstruction[] {
    const before = plus(anchor, -1);
    const unit = this.#unitAt(before);
    if (this.#source.read(before, 1).length === 0) {
      const step = Math.min(unit, Number(anchor));
      const many = Math.min(wanted, Math.floor(Number(anchor % 4096n || 4096n) / step));
      return Array.from({ length: many }, (_, i) =>
        this.#name(plus(anchor, (i - many) * step), new Uint8Array(), '??', ''),
      );
    }
    const place = this.#placeOf(before);
    if (place !== undefined && place.offset < FUNCTION_LIMIT)
      return this.#between(plus(before, -place.offset), anchor);
    return this.#afterFunction(before, anchor) ?? this.#inStep(anchor, unit);
  }

  /** What fills the space behind a function, which ends where names end. */
  #afterFunction(before: Addr, anchor: Addr): readonly DisassembledInstruction[] | undefined {
    for (let distance = 1; distance <= RESYNC && distance <= before; distance++)
      if (this.#placeOf(plus(before, -distance)) !== undefined)
        return this.#between(plus(before, 1 - distance), anchor);
    return undefined;
  }

  /** From the furthest of some addresses from which code leads to `anchor`. */
  #inStep(anchor: Addr, unit: number): readonly DisassembledInstruction[] {
    for (let distance = RESYNC; distance > unit; distance -= unit) {
      const start = plus(anchor, -distance);
      if (distance > Number(anchor) || this.#source.read(start, 1).length === 0) continue;
      const part = this.#between(start, anchor);
      // The first of them may be out of step yet.
      const settled = plus(anchor, -Math.max(unit, distance >> 1));
      if (part.every(({ mnemonic }) => mnemonic !== '(bad)'))
        return part.filter(({ address }) => address >= settled);
    }
    return this.#between(plus(anchor, -unit), anchor);
  }

  /** From `start` to `end` exactly: what would reach over the end is (bad). */
  #between(start: Addr, end: Addr): readonly DisassembledInstruction[] {
    const found: DisassembledInstruction[] = [];
    const halves: Halves = new Map();
    let at = start;
    while (at < end) {
      for (const each of this.#run(at, offsetIn(at, end), halves, end)) {
        const left = offsetIn(each.address, end);
        const bytes = Math.max(each.bytes.length, 1);
        found.push(bytes <= left ? each : this.#bad(each.address, each.bytes.subarray(0, left)));
        at = plus(each.address, bytes);
      }
    }
    return found;
  }

  #forwards(address: Addr, count: number): readonly DisassembledInstruction[] {
    const found: DisassembledInstruction[] = [];
    const halves: Halves = new Map();
    let at = address;
    while (found.length < count) {
      const part = this.#run(at, count - found.length, halves, undefined);
      found.push(...part);
      const last = part.at(-1);
      if (last === undefined) break;
      at = plus(last.address, last.bytes.length || this.#unitAt(last.address));
    }
    return found;
  }

  /** At least one and at most `count`, all of one kind. */
  #run(
    at: Addr,
    count: number,
    halves: Halves,
    stop: Addr | undefined,
  ): readonly DisassembledInstruction[] {
    const { kind, end } = this.#kindAt(at);
    const nearest = stop === undefined || (end !== undefined && end < stop) ? end : stop;
    const room = nearest === undefined ? Number.POSITIVE_INFINITY : offsetIn(at, nearest);
    // Whole, even if it reaches over the end: the caller sees that it does.
    const wanted = Math.min(count * LONGEST, room + LONGEST);
    const code = this.#source.read(at, Math.min(wanted, 1 << 20));
    if (code.length === 0) return [this.#name(at, code, '??', '')];
    if (kind === 'data') return [this.#bytes(at, code.subarray(0, wordAt(at, room)))];
    const second = kind === 'second';
    const decoded = this.#decoder.decode(code, at, count, second);
    if (decoded.length === 0) return [this.#undefinedAt(at, code)];
    const found: DisassembledInstruction[] = [];
    let offset = 0;
    for (const each of decoded) {
      if (offset >= room) break;
      const bytes = code.subarray(offset, offset + each.bytes);
      found.push(this.#instruction(plus(at, offset), bytes, each, second, halves));
      offset += each.bytes;
    }
    return found;
  }

  #instruction(
    at: Addr,
    bytes: Uint8Array,
    instruction: Instruction,
    second: boolean,
    halves: Halves,
  ): DisassembledInstruction {
    const { wordBytes } = this.#source;
    const reference = referenceOf(instruction, { at, wordBytes, second, halves });
    const { mnemonic } = instruction;
    let { operands } = instruction;
    if (instruction.jumps)
      operands = operands.replace(
        /(^|, )#?(0x[0-9a-f]+)$/,
        (_, comma, digits) => `${comma}${digits}${this.#named(BigInt(digits))}`,
      );
    const comment = reference === undefined ? '' : this.#described(reference);
    if (comment !== '') operands += `  ${this.#decoder.comment} ${comment}`;
    return this.#name(at, bytes, mnemonic, operands);
  }

  #undefinedAt(at: Addr, code: Uint8Array): DisassembledInstruction {
    const unit = this.#unitAt(at);
    const bytes = code.subarray(0, unit);
    return unit === 1 ? this.#bad(at, bytes) : this.#name(at, bytes, '.inst', number(bytes));
  }

  #bad(at: Addr, bytes: Uint8Array): DisassembledInstruction {
    return this.#name(at, bytes, '(bad)', '');
  }

  /** A word or less of data. */
  #bytes(at: Addr, bytes: Uint8Array): DisassembledInstruction {
    const mnemonic = { 4: '.word', 2: '.short' }[bytes.length];
    if (mnemonic === undefined) {
      const each = [...bytes].map((byte) => `0x${byte.toString(16).padStart(2, '0')}`);
      return this.#name(at, bytes, '.byte', each.join(', '));
    }
    return this.#name(at, bytes, mnemonic, number(bytes) + this.#named(BigInt(number(bytes))));
  }

  #name(
    address: Addr,
    bytes: Uint8Array,
    mnemonic: string,
    operands: string,
  ): DisassembledInstruction {
    const place = this.#placeOf(address);
    const line = bytes.length === 0 ? undefined : this.#source.lineAt(address);
    return {
      address,
      bytes: Uint8Array.from(bytes),
      mnemonic,
      operands,
      symbol: place?.symbol,
      offset: place?.offset,
      file: line?.file,
      line: line?.line,
    };
  }

  #placeOf(address: Addr): SymbolPlace | undefined {
    const place = this.#source.symbolAt(address);
    return place !== undefined && place.offset <= NAME_LIMIT ? place : undefined;
  }

  /** " <symbol+4>", or nothing. */
  #named(value: bigint): string {
    const place = this.#placeOf(addr(value));
    if (place === undefined || place.symbol.startsWith('.L')) return '';
    return ` <${place.symbol}${place.offset === 0 ? '' : `+${place.offset}`}>`;
  }

  /** What is behind the comment sign: a name or the text that is there. */
  #described({ address, certain }: Reference): string {
    // A text somewhere behind a symbol is more likely the compiler's than the symbol's.
    const isExact = this.#placeOf(address)?.offset === 0;
    const name = (isExact ? '' : this.#text(address)) || this.#named(address);
    return name === '' && !certain ? '' : `0x${address.toString(16)}${name}`;
  }

  /** ' "text"' if that is what an object has there. */
  #text(address: Addr): string {
    if (this.#source.objectAt(address) === undefined) return '';
    const bytes = this.#source.read(address, TEXT_LIMIT);
    const end = bytes.indexOf(0);
    const shown = bytes.subarray(0, end < 0 ? bytes.length : end);
    if (shown.length < 2 || !shown.every(isText)) return '';
    return ` ${JSON.stringify(String.fromCharCode(...shown))}${end < 0 ? '...' : ''}`;
  }

  #unitAt(address: Addr): number {
    const { unit, secondUnit } = this.#decoder;
    return this.#kindAt(address).kind === 'second' ? (secondUnit ?? unit) : unit;
  }

  #kindAt(address: Addr): CodeRun {
    const object = this.#source.objectAt(address);
    if (object === undefined) return { kind: 'first', end: undefined };
    let map = this.#maps.get(object);
    if (map === undefined) {
      map = new CodeMap(object);
      this.#maps.set(object, map);
    }
    return map.at(address) ?? { kind: 'first', end: undefined };
  }
}

/** How many bytes of data are shown as one: a word, or what leads to the next word. */
function wordAt(address: Addr, room: number): number {
  const misaligned = Number(address % 4n);
  const most = misaligned === 0 ? 4 : misaligned === 2 ? 2 : 1;
  return Math.min(most, room);
}

/** Little-endian. */
function number(bytes: Uint8Array): string {
  const digits = [...bytes].reverse().map((byte) => byte.toString(16).padStart(2, '0'));
  return `0x${digits.join('')}`;
}

/** Printable ASCII and what ends a line. */
function isText(byte: number): boolean {
  return (byte >= 0x20 && byte < 0x7f) || byte === 0x0a || byte === 0x09;
}
