// gdb's output formats: the letters behind the slash of print, x and display.

import type { ValueNode } from '../debug/model.ts';

/** Letters of gdb's manual, section 10.5: x d u o t c a s z f i. */
export const letters = 'xduotcaszfi';

export interface Format {
  /** How often; print has none. */
  readonly count: number;
  /** undefined: as the type says. */
  readonly letter: string | undefined;
  /** b h w g; undefined: by the letter, or as last time. */
  readonly bytes: 1 | 2 | 4 | 8 | undefined;
}

const sizes: Readonly<Record<string, 1 | 2 | 4 | 8>> = { b: 1, h: 2, w: 4, g: 8 };

/** The count may go so far. */
const COUNT_LIMIT = 4096;

/** "/4xw rest" to a format and the rest; a string says what is wrong. */
export function splitFormat(args: string): { format: Format; rest: string } | string {
  const plain = { count: 1, letter: undefined, bytes: undefined };
  if (!args.startsWith('/')) return { format: plain, rest: args };
  const [, text = '', rest = ''] = /^\/(\S*)\s*(.*)$/s.exec(args) ?? [];
  const parts = /^(\d*)([a-z]*)$/.exec(text);
  if (parts === null) return `"/${text}" is no format; as in /4xw`;
  const count = parts[1] === '' || parts[1] === undefined ? 1 : Number(parts[1]);
  if (count < 1 || count > COUNT_LIMIT) return `a count of ${count}, wanted 1 to ${COUNT_LIMIT}`;
  let letter: string | undefined;
  let bytes: Format['bytes'];
  for (const each of parts[2] ?? '') {
    if (letters.includes(each)) letter = each;
    else if (sizes[each] !== undefined) bytes = sizes[each];
    else return `no format "${each}"; letters are ${letters}, sizes bhwg`;
  }
  return { format: { count, letter, bytes }, rest };
}

export interface Integer {
  readonly value: bigint;
  readonly bytes: number;
}

/** One number in a format; `symbol` is " <name+4>" of an address. */
export function formatInteger(
  { value, bytes }: Integer,
  letter: string,
  symbol: (address: bigint) => string,
): string {
  const bits = bytes * 8;
  const unsigned = BigInt.asUintN(bits, value);
  switch (letter) {
    case 'd':
      return `${BigInt.asIntN(bits, value)}`;
    case 'u':
      return `${unsigned}`;
    case 'o':
      return unsigned === 0n ? '0' : `0${unsigned.toString(8)}`;
    case 't':
      return unsigned.toString(2);
    case 'z':
      return `0x${unsigned.toString(16).padStart(bytes * 2, '0')}`;
    case 'a':
      return `0x${unsigned.toString(16)}${symbol(unsigned)}`;
    case 'c': {
      const code = Number(BigInt.asUintN(8, value));
      const shown =
        code >= 0x20 && code < 0x7f
          ? String.fromCharCode(code)
          : `\\${code.toString(8).padStart(3, '0')}`;
      return `${BigInt.asIntN(bits, value)} '${shown}'`;
    }
    case 'f':
      return formatFloat(unsigned, bytes);
    default:
      return `0x${unsigned.toString(16)}`;
  }
}

function formatFloat(value: bigint, bytes: number): string {
  const view = new DataView(new ArrayBuffer(8));
  view.setBigUint64(0, value, true);
  if (bytes === 4) return String(view.getFloat32(0, true));
  return bytes === 8 ? String(view.getFloat64(0, true)) : `${value}`;
}

export interface NodeReader {
  read(address: bigint, bytes: number): Uint8Array;
  readonly wordBytes: 4 | 8;
  symbol(address: bigint): string;
}

/** A value in a format; structs and arrays by their parts, as gdb does. */
export function formatNode(node: ValueNode, letter: string, reader: NodeReader, depth = 0): string {
  const children = isTree(node) && depth < 8 ? node.children() : [];
  if (children.length > 0) {
    const isArray = /\]$/.test(node.type);
    const parts = children.slice(0, 200).map((child) => {
      const text = formatNode(child, letter, reader, depth + 1);
      return isArray ? text : `${child.name} = ${text}`;
    });
    return `{${parts.join(', ')}}`;
  }
  const integer = integerOf(node, reader);
  return integer === undefined ? node.text : formatInteger(integer, letter, reader.symbol);
}

function isTree({ text, type }: ValueNode): boolean {
  return text.startsWith('{') || /\]$/.test(type);
}

/** The number a value is: its bytes, or what is printed of it. */
export function integerOf(node: ValueNode, reader: NodeReader): Integer | undefined {
  const { address, bytes } = node;
  if (address !== undefined && bytes !== undefined && bytes > 0 && bytes <= 8) {
    const read = reader.read(address, bytes);
    if (read.length === bytes) return { value: fromLittleEndian(read), bytes };
  }
  const digits = /^(?:\([^)]*\) )?(-?)(0x[0-9a-f]+|\d+)/.exec(node.text);
  if (digits?.[2] === undefined) {
    const truth = { true: 1n, false: 0n }[node.text];
    return truth === undefined ? undefined : { value: truth, bytes: 1 };
  }
  const value = BigInt(digits[2]);
  const size = bytes !== undefined && bytes > 0 && bytes <= 8 ? bytes : reader.wordBytes;
  return { value: digits[1] === '-' ? -value : value, bytes: size };
}

export function fromLittleEndian(bytes: Uint8Array): bigint {
  return bytes.reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
}
