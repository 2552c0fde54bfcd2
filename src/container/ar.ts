// Reads ar archives, as Debian packages and static libraries are: a header of 60
// bytes of text before each member.  Names longer than 15 bytes stand in a member
// of their own called "//".
// https://man7.org/linux/man-pages/man5/deb.5.html

import { Unreadable } from './problems.ts';
import type { Member } from './tar.ts';

const MAGIC = 8;
const HEADER = 60;
const decoder = new TextDecoder();

/** @throws Unreadable */
export function readAr(bytes: Uint8Array): readonly Member[] {
  const members: Member[] = [];
  let longNames = new Uint8Array();
  // Members begin at even offsets; the last one needs no padding.
  for (let at = MAGIC; at < bytes.length; at += at % 2) {
    const header = part(bytes, at, HEADER, 'a header');
    const text = (from: number, to: number): string => decoder.decode(header.subarray(from, to));
    const size = text(48, 58).trim();
    if (text(58, 60) !== '`\n' || !/^\d+$/.test(size))
      throw new Unreadable({
        kind: 'damaged',
        format: 'ar',
        offset: at,
        what: 'a header',
        wanted: 'a size in decimal and "`\\n"',
        found: JSON.stringify(text(48, 60)),
      });
    const field = text(0, 16).trimEnd();
    const content = part(bytes, at + HEADER, Number(size), `the content of ${field}`);
    at += HEADER + content.length;
    // "/" and "/SYM64/" are symbol tables.
    if (field === '//') longNames = Uint8Array.from(content);
    else if (field !== '/' && field !== '/SYM64/')
      members.push({ name: nameOf(field, longNames), bytes: content });
  }
  return members;
}

function nameOf(field: string, longNames: Uint8Array): string {
  const [, offset] = /^\/(\d+)$/.exec(field) ?? [];
  if (offset === undefined) return field.replace(/\/$/, '');
  return decoder.decode(longNames.subarray(Number(offset))).replace(/\/?\n.*$/s, '');
}

function part(bytes: Uint8Array, at: number, size: number, what: string): Uint8Array {
  if (at + size <= bytes.length) return bytes.subarray(at, at + size);
  throw new Unreadable({ kind: 'truncated', format: 'ar', offset: at, what, found: bytes.length });
}
