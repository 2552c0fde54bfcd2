// Characters and strings as C writes them, and as gdb shows long runs.

import { escapes } from './escapes.ts';
import type { ReadMemory } from './value.ts';

/** 65 'A'; of a signed char the number has its sign. */
export function formatCharacter(value: bigint): string {
  return `${value} ${quoted(Number(BigInt.asUintN(8, value)))}`;
}

function quoted(byte: number): string {
  return `'${byte === 0x27 ? "\\'" : escaped(byte)}'`;
}

function escaped(byte: number): string {
  const letter = escapes.find(([, code]) => code === byte);
  if (letter !== undefined) return `\\${letter[0]}`;
  if (byte === 0x5c) return '\\\\';
  if (byte >= 0x20 && byte < 0x7f) return String.fromCharCode(byte);
  return `\\${byte.toString(8).padStart(3, '0')}`;
}

interface StringLimits {
  readonly elements: number;
  readonly repeats: number;
}

/** "text", 'x' <repeats 20 times>, "more": a run counts as if it were short. */
export function formatString(bytes: Uint8Array, { elements, repeats }: StringLimits): string {
  const parts: string[] = [];
  let text = '';
  const flush = (): void => {
    if (text !== '') parts.push(`"${text}"`);
    text = '';
  };
  let at = 0;
  for (let things = 0; at < bytes.length && things < elements; ) {
    const byte = bytes[at] ?? 0;
    let end = at + 1;
    while (bytes[end] === byte) end++;
    if (end - at > repeats) {
      flush();
      parts.push(`${quoted(byte)} <repeats ${end - at} times>`);
      things += repeats;
      at = end;
      continue;
    }
    text += byte === 0x22 ? '\\"' : escaped(byte);
    things++;
    at++;
  }
  flush();
  const more = at < bytes.length ? '...' : '';
  return (parts.length === 0 ? '""' : parts.join(', ')) + more;
}

/** Memory is asked for in pieces; where one cannot be read, byte by byte. */
const PIECE = 64;

/** From an address to the next NUL, at most `limit`; undefined: nothing can be read. */
export function readText(
  memory: ReadMemory,
  address: bigint,
  limit: number,
): { readonly bytes: Uint8Array; readonly more: boolean } | undefined {
  const found: number[] = [];
  while (found.length < limit) {
    const at = address + BigInt(found.length);
    const room = PIECE - Number(at % BigInt(PIECE));
    const piece = memory(at, Math.min(room, limit - found.length)) ?? memory(at, 1);
    if (piece === undefined) return found.length === 0 ? undefined : done(found, true);
    const end = piece.indexOf(0);
    found.push(...(end < 0 ? piece : piece.subarray(0, end)));
    if (end >= 0) return done(found, false);
  }
  return done(found, true);
}

function done(found: readonly number[], more: boolean) {
  return { bytes: Uint8Array.from(found), more };
}
