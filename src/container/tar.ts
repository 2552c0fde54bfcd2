// Reads tar archives: the regular files in them, as parts of the archive's bytes.
// Long names come in two ways, GNU's (a member of type L) and POSIX's (records of
// type x).  Links, folders and devices are left out: no module is one.
// https://pubs.opengroup.org/onlinepubs/9799919799/utilities/pax.html

import { Unreadable } from './problems.ts';

export interface Member {
  /** Its path in the archive, without a leading "./" or "/". */
  readonly name: string;
  readonly bytes: Uint8Array;
}

const BLOCK = 512;
const decoder = new TextDecoder();

/** @throws Unreadable */
export function readTar(bytes: Uint8Array): readonly Member[] {
  const members: Member[] = [];
  let longName: string | undefined;
  let longSize: number | undefined;
  for (let at = 0; ; ) {
    const header = part(bytes, at, BLOCK, 'a header');
    // A block of zeros ends the archive.
    if (header.every((byte) => byte === 0)) return members;
    checkSum(header, at);
    const type = String.fromCharCode(header[156] ?? 0);
    const ownSize = numberAt(header, 124, 12, at);
    const size = type === 'x' || type === 'L' ? ownSize : (longSize ?? ownSize);
    const shortName = nameIn(header);
    const content = part(bytes, at + BLOCK, size, `the content of ${longName ?? shortName}`);
    at += BLOCK + Math.ceil(size / BLOCK) * BLOCK;
    if (type === 'L') {
      longName = decoder.decode(content).replace(/\0.*$/s, '');
      continue;
    }
    if (type === 'x') {
      const records = paxRecords(content);
      longName = records.get('path') ?? longName;
      longSize = sizeOf(records.get('size')) ?? longSize;
      continue;
    }
    // Type 7 is a file that once had to lie in one piece; 0 byte is the oldest form.
    if (type === '0' || type === '\0' || type === '7') {
      const name = (longName ?? shortName).replace(/^(\.?\/+)+/, '');
      if (name !== '' && !name.endsWith('/')) members.push({ name, bytes: content });
    }
    if (type !== 'g') {
      longName = undefined;
      longSize = undefined;
    }
  }
}

function part(bytes: Uint8Array, at: number, size: number, what: string): Uint8Array {
  if (at + size <= bytes.length) return bytes.subarray(at, at + size);
  throw new Unreadable({
    kind: 'truncated',
    format: 'tar',
    offset: at,
    what,
    found: bytes.length,
  });
}

function nameIn(header: Uint8Array): string {
  const text = (at: number, length: number): string =>
    decoder.decode(header.subarray(at, at + length)).replace(/\0.*$/s, '');
  const isPosix = text(257, 6) === 'ustar';
  const prefix = isPosix ? text(345, 155) : '';
  return prefix === '' ? text(0, 100) : `${prefix}/${text(0, 100)}`;
}

/** The sum of all bytes of the header, its own field taken as blanks. */
function checkSum(header: Uint8Array, at: number): void {
  let sum = 0;
  for (let i = 0; i < BLOCK; i++) sum += i >= 148 && i < 156 ? 0x20 : (header[i] ?? 0);
  const found = numberAt(header, 148, 8, at);
  if (found !== sum) throw damaged('the checksum of a header', at + 148, `${sum}`, `${found}`);
}

/** Octal digits; or, where the first bit is set, a binary number. */
function numberAt(header: Uint8Array, offset: number, length: number, at: number): number {
  const field = header.subarray(offset, offset + length);
  const first = field[0] ?? 0;
  if ((first & 0x80) !== 0)
    return field.subarray(1).reduce((value, byte) => value * 256 + byte, first & 0x3f);
  const text = decoder.decode(field).replace(/\0.*$/s, '').trim();
  if (!/^[0-7]*$/.test(text)) throw damaged('a number', at + offset, 'octal digits', `"${text}"`);
  return Number.parseInt(text || '0', 8);
}

/** "LENGTH KEY=VALUE\n" each. */
function paxRecords(content: Uint8Array): ReadonlyMap<string, string> {
  const records = new Map<string, string>();
  for (let at = 0; at < content.length; ) {
    const [, digits, key] =
      /^(\d+) ([^=]*)=/.exec(decoder.decode(content.subarray(at, at + 64))) ?? [];
    const length = Number(digits);
    if (digits === undefined || key === undefined || length <= 0) break;
    const start = at + digits.length + 1 + new TextEncoder().encode(key).length + 1;
    records.set(key, decoder.decode(content.subarray(start, at + length - 1)));
    at += length;
  }
  return records;
}

function sizeOf(text: string | undefined): number | undefined {
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined;
}

function damaged(what: string, offset: number, wanted: string, found: string): Unreadable {
  return new Unreadable({ kind: 'damaged', format: 'tar', offset, what, wanted, found });
}
