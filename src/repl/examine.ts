// The x command's output: memory in rows, as gdb has it.

import { type Addr, plus } from '../base/address.ts';
import type { Context } from './context.ts';
import { readerOf, symbolText } from './evaluate.ts';
import { type Format, formatInteger, fromLittleEndian } from './formats.ts';
import { instructionLines } from './listing.ts';

export interface Examined {
  readonly text: string;
  /** How far it went. */
  readonly bytes: number;
  readonly complete: boolean;
  readonly problem: string;
}

/** A string is cut here. */
const STRING_LIMIT = 200;

export function examine(context: Context, start: Addr, format: Format): Examined {
  if (format.letter === 'i') return instructions(context, start, format.count);
  if (format.letter === 's') return strings(context, start, format.count);
  return numbers(context, start, format);
}

function instructions(context: Context, start: Addr, count: number): Examined {
  const code = context.debugger.disassemble(start, count);
  const readable = code.filter(({ bytes }) => bytes.length > 0);
  const last = readable.at(-1);
  const mark = context.frame?.pc;
  const text = instructionLines(context, readable, { mark }).join('\n');
  const bytes = last === undefined ? 0 : Number(last.address - start) + last.bytes.length;
  return ended(text, bytes, readable.length === count, start);
}

function strings(context: Context, start: Addr, count: number): Examined {
  const lines: string[] = [];
  let offset = 0;
  for (let i = 0; i < count; i++) {
    const at = plus(start, offset);
    const bytes = context.debugger.read(at, STRING_LIMIT);
    if (bytes.length === 0) return ended(lines.join('\n'), offset, false, at);
    const end = bytes.indexOf(0);
    const shown = bytes.subarray(0, end < 0 ? bytes.length : end);
    lines.push(`${head(context, at)}  ${quoted(shown)}${end < 0 ? '...' : ''}`);
    offset += end < 0 ? bytes.length : end + 1;
  }
  return ended(lines.join('\n'), offset, true, start);
}

const escapes: Readonly<Record<number, string>> = {
  ...{ 9: '\\t', 10: '\\n', 13: '\\r', 27: '\\033', 34: '\\"', 92: '\\\\' },
};

/** As C writes it. */
function quoted(bytes: Uint8Array): string {
  const text = [...bytes].map((byte) => {
    const isPlain = byte >= 0x20 && byte < 0x7f;
    const plain = isPlain ? String.fromCharCode(byte) : `\\${byte.toString(8).padStart(3, '0')}`;
    return escapes[byte] ?? plain;
  });
  return `"${text.join('')}"`;
}

function numbers(context: Context, start: Addr, format: Format): Examined {
  const { wordBytes } = context.debugger.arch;
  const letter = format.letter ?? 'x';
  const size = format.bytes ?? (letter === 'a' ? wordBytes : letter === 'c' ? 1 : 4);
  const memory = context.debugger.read(start, format.count * size);
  const whole = Math.floor(memory.length / size);
  const perRow = letter === 'a' ? 2 : letter === 't' ? 1 : size === 1 || size === 2 ? 8 : 16 / size;
  const { symbol } = readerOf(context);
  // Padded, as print has it only for z.
  const shape = letter === 'x' ? 'z' : letter;
  const cells = Array.from({ length: whole }, (_, i) => {
    const value = fromLittleEndian(memory.subarray(i * size, (i + 1) * size));
    return formatInteger({ value, bytes: size }, shape, symbol);
  });
  const wide = Math.max(0, ...cells.map((cell) => cell.length));
  const rows: string[] = [];
  for (let i = 0; i < cells.length; i += perRow) {
    const row = cells.slice(i, i + perRow).map((cell) => cell.padEnd(wide));
    rows.push(`${head(context, plus(start, i * size))}  ${row.join('  ').trimEnd()}`);
  }
  return ended(rows.join('\n'), whole * size, whole === format.count, plus(start, whole * size));
}

function head(context: Context, address: Addr): string {
  return `0x${address.toString(16)}${symbolText(context, address)}:`;
}

function ended(text: string, bytes: number, complete: boolean, at: Addr): Examined {
  return { text, bytes, complete, problem: `there is no memory at 0x${at.toString(16)}` };
}
