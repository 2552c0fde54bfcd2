// Prints values as gdb does, so that transcripts can be compared: structs in braces
// with names, enums by name, characters as strings, long runs as <repeats N times>.

import type { ArrayType, EnumType, Member, StructType, Type } from './model.ts';
import { formatFloat } from './print-float.ts';
import { formatCharacter, formatString, readText } from './print-string.ts';
import { declaration, sizeOf, stripped, typeName } from './type-facts.ts';
import {
  elementOf,
  floatingOf,
  integerOf,
  memberOf,
  type ReadMemory,
  type Value,
} from './value.ts';

export interface PrintOptions {
  /** "add" or "table+4" for an address; undefined: nothing is known to be there. */
  readonly symbolAt?: (address: bigint) => string | undefined;
  /** At most so many elements of an array, and characters of a string; 200. */
  readonly elements?: number;
  /** Runs longer than this are printed once; 10. */
  readonly repeats?: number;
  /** Structs in structs; 20. */
  readonly depth?: number;
}

export interface Limits {
  readonly symbolAt: (address: bigint) => string | undefined;
  readonly elements: number;
  readonly repeats: number;
  readonly depth: number;
}

/** What one value may fill; more is a damaged type. */
const TEXT_LIMIT = 1 << 16;

/** The value as `print` shows it: pointers with their type in front. */
export function printValue(value: Value, options: PrintOptions = {}): string {
  const inner = stripped(value.type);
  const text = printNested(value, options);
  const isText = inner.kind === 'pointer' && isCharacter(inner.to);
  const prefix = inner.kind === 'pointer' && !isText && !text.startsWith('<');
  return prefix ? `(${typeName(value.type)}) ${text}` : text;
}

/** The value as it stands inside of another, or among locals. */
export function printNested(value: Value, options: PrintOptions = {}): string {
  const limits: Limits = {
    symbolAt: options.symbolAt ?? (() => undefined),
    elements: options.elements ?? 200,
    repeats: options.repeats ?? 10,
    depth: options.depth ?? 20,
  };
  return new Printer(limits).print(value, 0);
}

class Printer {
  readonly #limits: Limits;
  #written = 0;
  #compared = 0;

  constructor(limits: Limits) {
    this.#limits = limits;
  }

  print(value: Value, depth: number): string {
    if (this.#written > TEXT_LIMIT) return '...';
    const text = this.#print(value, depth);
    if (depth > 0) this.#written += text.length;
    return text;
  }

  #print(value: Value, depth: number): string {
    const type = stripped(value.type);
    switch (type.kind) {
      case 'struct':
      case 'union':
      case 'class':
        return this.#struct(value, type, depth);
      case 'array':
        return this.#array(value, type, depth);
      case 'void':
        return 'void';
      case 'function':
        return this.#function(value);
      case 'unknown':
        return `<${type.name}>`;
      default:
        return this.#scalar(value, type);
    }
  }

  #scalar(value: Value, type: Type): string {
    const content = value.content();
    if (!content.ok) return failure(content.why);
    if (content.gone.length > 0) return '<optimized out>';
    const floating = floatingOf(value);
    if (floating !== undefined) return formatFloat(floating, content.bytes.length === 4 ? 9 : 17);
    const number = integerOf(value) ?? 0n;
    if (type.kind === 'pointer') return this.#pointer(number, type.to, value.memory);
    if (type.kind === 'enum') return formatEnum(number, type);
    if (type.kind !== 'base') return `${number}`;
    switch (type.encoding) {
      case 'boolean':
        return number === 0n ? 'false' : number === 1n ? 'true' : `${number}`;
      case 'signed char':
      case 'unsigned char':
        return formatCharacter(number);
      case 'utf':
        return `${number} U+${number.toString(16).toUpperCase().padStart(4, '0')}`;
      case 'address':
        return `0x${number.toString(16)}`;
      case 'float':
      case 'complex':
        return `<${type.bytes}-byte ${type.name}>`;
      case 'signed':
      case 'unsigned':
        return `${number}`;
    }
  }

  #pointer(address: bigint, to: Type, memory: ReadMemory): string {
    const number = `0x${address.toString(16)}`;
    const place = number + this.#symbol(address);
    if (!isCharacter(to) || address === 0n) return place;
    const found = readText(memory, address, this.#limits.elements);
    if (found === undefined) return `${place} <error: Cannot access memory at address ${number}>`;
    return `${place} ${formatString(found.bytes, this.#limits)}${found.more ? '...' : ''}`;
  }

  #symbol(address: bigint): string {
    const symbol = address === 0n ? undefined : this.#limits.symbolAt(address);
    return symbol === undefined ? '' : ` <${symbol}>`;
  }

  #function({ type, place }: Value): string {
    const address = place?.kind === 'memory' ? place.address : 0n;
    return `{${declaration(type, '')}} 0x${address.toString(16)}${this.#symbol(address)}`;
  }

  #struct(value: Value, type: StructType, depth: number): string {
    if (type.incomplete) return '<incomplete type>';
    if (depth >= this.#limits.depth) return '{...}';
    // What is all gone, or cannot be read, is told once.
    if (value.place === undefined || type.members.length === 0) {
      const content = value.content();
      if (!content.ok) return failure(content.why);
    }
    if (value.place?.kind === 'memory' && type.bytes > 0) {
      const { address } = value.place;
      if (value.memory(address, 1) === undefined)
        return failure(`Cannot access memory at address 0x${address.toString(16)}`);
    }
    const print = (member: Member): string => {
      const text = this.print(memberOf(value, member), depth + 1);
      return member.name === undefined ? text : `${member.name} = ${text}`;
    };
    const shown = type.members.slice(0, this.#limits.elements).map(print);
    if (shown.length < type.members.length) shown.push('...');
    return `{${shown.join(', ')}}`;
  }

  #array(value: Value, type: ArrayType, depth: number): string {
    const { element, count } = type;
    // Of a flexible member nobody knows where it ends: it is like a pointer.
    if (count === undefined) {
      const address = value.place?.kind === 'memory' ? value.place.address : 0n;
      return this.#pointer(address, element, value.memory);
    }
    if (depth >= this.#limits.depth) return '{...}';
    if (isCharacter(element) && sizeOf(element) === 1) return this.#characters(value, type, count);
    return this.#elements(value, element, count, depth);
  }

  /** Arrays of large arrays have more to compare than anyone wants to wait for. */
  #mayCompare(bytes: number): boolean {
    this.#compared += Math.max(8, bytes);
    return this.#compared <= COMPARE_LIMIT;
  }

  #characters(value: Value, type: ArrayType, count: number): string {
    const read = Math.min(count, STRING_LIMIT);
    const content = cut(value, type, read).content();
    if (!content.ok) return failure(content.why);
    if (content.gone.length > 0) return '<optimized out>';
    const { bytes } = content;
    // The NUL at the end is what every string has.
    if (read === count && bytes.at(-1) === 0)
      return formatString(bytes.subarray(0, -1), this.#limits);
    return formatString(bytes, this.#limits) + (read < count ? '...' : '');
  }

  #elements(value: Value, element: Type, count: number, depth: number): string {
    const { elements, repeats } = this.#limits;
    const size = sizeOf(element) ?? 0;
    const shown: string[] = [];
    let index = 0;
    for (let things = 0; index < count && things < elements; things++) {
      const text = this.print(elementOf(value, element, BigInt(index)), depth + 1);
      let end = index + 1;
      while (end < count && this.#mayCompare(size) && sameBytes(value, element, index, end)) end++;
      if (end - index > repeats) {
        shown.push(`${text} <repeats ${end - index} times>`);
        things += repeats - 1;
        index = end;
      } else {
        shown.push(text);
        index++;
      }
    }
    const more = index < count ? '...' : '';
    return `{${shown.join(', ')}${more}}`;
  }
}

/** Longer strings are cut. */
const STRING_LIMIT = 1 << 16;
/** In bytes, for one value; runs beyond are told in parts. */
const COMPARE_LIMIT = 1 << 22;

function sameBytes(array: Value, element: Type, first: number, second: number): boolean {
  const a = elementOf(array, element, BigInt(first)).content();
  const b = elementOf(array, element, BigInt(second)).content();
  if (!a.ok || !b.ok) return !a.ok && !b.ok && a.why === b.why;
  if (a.gone.length + b.gone.length > 0) return false;
  return a.bytes.every((byte, i) => byte === b.bytes[i]);
}

/** The first elements of an array, as a value. */
function cut(value: Value, type: ArrayType, count: number): Value {
  const shorter: ArrayType = { kind: 'array', element: type.element, count, vector: type.vector };
  if (value.place?.kind === 'memory') return elementOf(value, shorter, 0n);
  return value;
}

export function isCharacter(type: Type): boolean {
  const inner = stripped(type);
  return inner.kind === 'base' && /^(un)?signed char$/.test(inner.encoding);
}

function failure(why: string): string {
  return why.startsWith('Cannot access') ? `<error: ${why}>` : `<${why}>`;
}

/** By name; of an enum of flags the names of all that are set. */
function formatEnum(value: bigint, { enumerators }: EnumType): string {
  const named = enumerators.find((each) => each.value === value);
  if (named !== undefined) return named.name;
  if (!isFlags(enumerators)) return `${value}`;
  if (value === 0n) return '0';
  const names: string[] = [];
  let rest = value;
  for (const { name, value: flag } of enumerators) {
    if (flag === 0n || (rest & flag) === 0n) continue;
    names.push(name);
    rest &= ~flag;
  }
  if (rest !== 0n) names.push(`unknown: 0x${BigInt.asUintN(64, rest).toString(16)}`);
  return `(${names.join(' | ')})`;
}

/** Every enumerator has bits of its own. */
function isFlags(enumerators: EnumType['enumerators']): boolean {
  let seen = 0n;
  for (const { value } of enumerators) {
    if (value < 0n || (seen & value) !== 0n) return false;
    // Several bits are a flag only if they stand together.
    const lowest = value & -value;
    if (value !== 0n && ((value / lowest) & (value / lowest + 1n)) !== 0n) return false;
    seen |= value;
  }
  return enumerators.length > 0;
}
