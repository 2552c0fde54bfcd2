// The .xz container: streams of blocks, each block compressed with LZMA2 and
// followed by a check of its content, then an index of their sizes.  Code may have
// gone through a branch filter before.  Everything
// that can be verified is, and sizes are held against a limit as they come.
// There is no maintained package that does this synchronously on Node 20; see
// docs/decisions/0007-containers.md.
// https://tukaani.org/xz/xz-file-format.txt

import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { viewOf } from '../base/bytes.ts';
import { branchFilters } from './bcj.ts';
import { crc64 } from './crc64.ts';
import { Lzma2 } from './lzma2.ts';
import { Unreadable } from './problems.ts';

const HEADER = 12;
const LZMA2_FILTER = 0x21;
const otherFilters: ReadonlyMap<number, string> = new Map([
  [0x03, 'the delta filter'],
  [0x05, 'the PowerPC filter'],
  [0x06, 'the IA-64 filter'],
  [0x09, 'the SPARC filter'],
  [0x0b, 'the RISC-V filter'],
]);

interface Check {
  readonly name: string;
  readonly bytes: number;
  /** In hexadecimal, first byte first; undefined: nothing to check. */
  readonly of: (content: Uint8Array) => string | undefined;
}

const checks: ReadonlyMap<number, Check> = new Map<number, Check>([
  [0, { name: 'none', bytes: 0, of: () => undefined }],
  [1, { name: 'CRC32', bytes: 4, of: (content) => hexLe(BigInt(crc32(content)), 4) }],
  [4, { name: 'CRC64', bytes: 8, of: (content) => hexLe(crc64(content), 8) }],
  [
    10,
    {
      name: 'SHA-256',
      bytes: 32,
      of: (content) => createHash('sha256').update(content).digest('hex'),
    },
  ],
]);

/** @throws Unreadable */
export function unpackXz(bytes: Uint8Array, limit: number): Uint8Array {
  const reader = new XzReader(bytes, limit);
  return reader.read();
}

/** Changes the content of a block back to what it was before a filter. */
type Undo = (content: Uint8Array) => void;

interface BlockSizes {
  readonly unpadded: number;
  readonly content: number;
}

class XzReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #lzma2: Lzma2;
  #at = 0;

  constructor(bytes: Uint8Array, limit: number) {
    this.#bytes = bytes;
    this.#view = viewOf(bytes);
    this.#lzma2 = new Lzma2(bytes, limit);
  }

  read(): Uint8Array {
    do {
      this.#stream();
      // Streams may be padded to a multiple of four bytes, and others may follow.
      while (this.#bytes[this.#at] === 0) for (let i = 0; i < 4; i++) this.#zero('stream padding');
    } while (this.#at < this.#bytes.length);
    return this.#lzma2.output();
  }

  #stream(): void {
    const start = this.#at;
    this.#need(HEADER, 'a stream header', start);
    const magic = [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00];
    if (magic.some((byte, i) => this.#bytes[start + i] !== byte))
      throw damaged('the magic of a stream', start, 'fd 37 7a 58 5a 00', this.#hexAt(start, 6));
    this.#crc(start + 6, start + 8, 'a stream header');
    const check = this.#checkKind(start + 6);
    this.#at = start + HEADER;
    const blocks: BlockSizes[] = [];
    for (;;) {
      this.#need(1, 'a block header', this.#at);
      if (this.#bytes[this.#at] === 0) break;
      blocks.push(this.#block(check));
    }
    const indexBytes = this.#index(blocks);
    this.#footer(start, indexBytes);
  }

  #checkKind(flags: number): Check {
    const kind = this.#view.getUint8(flags + 1);
    if (this.#view.getUint8(flags) !== 0 || kind > 15)
      throw damaged('the flags of a stream', flags, '00 00 to 00 0f', this.#hexAt(flags, 2));
    const check = checks.get(kind);
    if (check !== undefined) return check;
    throw unsupported(`check ${kind}`, flags);
  }

  #block(check: Check): BlockSizes {
    const start = this.#at;
    const headerBytes = (this.#view.getUint8(start) + 1) * 4;
    this.#need(headerBytes, 'a block header', start);
    this.#crc(start, start + headerBytes - 4, 'a block header');
    const flags = this.#view.getUint8(start + 1);
    if ((flags & 0x3c) !== 0) throw unsupported(`block flags 0x${flags.toString(16)}`, start + 1);
    this.#at = start + 2;
    const packed = (flags & 0x40) === 0 ? undefined : this.#number('a block header');
    const unpacked = (flags & 0x80) === 0 ? undefined : this.#number('a block header');
    const undos: Undo[] = [];
    for (let i = flags & 3; i > 0; i--) undos.unshift(this.#branchFilter());
    this.#lzma2Filter();

    const dataAt = start + headerBytes;
    const before = this.#lzma2.length;
    const dataEnd = this.#lzma2.decode(dataAt);
    const content = this.#lzma2.contentFrom(before);
    // The next block begins with a reset of the dictionary, so this may change.
    for (const undo of undos) undo(content);
    const expect = (what: string, wanted: number | undefined, found: number): void => {
      if (wanted !== undefined && wanted !== found)
        throw damaged(`the ${what} size of a block`, start, `${wanted}`, `${found}`);
    };
    expect('compressed', packed, dataEnd - dataAt);
    expect('uncompressed', unpacked, content.length);

    this.#at = dataEnd;
    while ((this.#at - start) % 4 !== 0) this.#zero('the padding of a block');
    this.#need(check.bytes, 'the check of a block', this.#at);
    const computed = check.of(content);
    const written = hexOf(this.#bytes.subarray(this.#at, this.#at + check.bytes));
    if (computed !== undefined && computed !== written)
      throw damaged(`the ${check.name} of a block`, this.#at, computed, written);
    this.#at += check.bytes;
    const unpadded = dataEnd - start + check.bytes;
    return { unpadded, content: content.length };
  }

  /** One before LZMA2, which is the last in the list. */
  #branchFilter(): Undo {
    const at = this.#at;
    const { id, size } = this.#filterHead();
    const filter = branchFilters.get(id);
    if (filter === undefined) throw unsupported(otherFilters.get(id) ?? `filter ${id}`, at);
    if (size !== 0 && size !== 4)
      throw damaged(`the properties of ${filter.name}`, at, '0 or 4 bytes', `${size}`);
    this.#need(size, 'a filter', at);
    const start = size === 0 ? 0 : this.#view.getUint32(this.#at, true);
    if (start % filter.align !== 0)
      throw damaged('the start offset', this.#at, `a multiple of ${filter.align}`, `${start}`);
    this.#at += size;
    return (content) => filter.undo(content, start);
  }

  #lzma2Filter(): void {
    const at = this.#at;
    const { id, size } = this.#filterHead();
    if (id !== LZMA2_FILTER)
      throw unsupported(otherFilters.get(id) ?? `filter ${id} as the last`, at);
    const properties = this.#bytes[this.#at] ?? 0;
    if (size !== 1 || properties > 40)
      throw damaged('the dictionary size', this.#at, '0 to 40', `${properties}`);
    this.#at += 1;
  }

  #filterHead(): { readonly id: number; readonly size: number } {
    return { id: this.#number('a filter'), size: this.#number('a filter') };
  }

  /** Answers its size in bytes. */
  #index(blocks: readonly BlockSizes[]): number {
    const start = this.#at;
    this.#at += 1;
    const expect = (what: string, wanted: number): void => {
      const at = this.#at;
      const found = this.#number('the index');
      if (found !== wanted) throw damaged(`${what} in the index`, at, `${wanted}`, `${found}`);
    };
    expect('the number of blocks', blocks.length);
    for (const { unpadded, content } of blocks) {
      expect('the size of a block', unpadded);
      expect('the uncompressed size of a block', content);
    }
    while ((this.#at - start) % 4 !== 0) this.#zero('the padding of the index');
    this.#need(4, 'the index', start);
    this.#crc(start, this.#at, 'the index');
    this.#at += 4;
    return this.#at - start;
  }

  #footer(stream: number, indexBytes: number): void {
    const start = this.#at;
    this.#need(HEADER, 'a stream footer', start);
    if (this.#hexAt(start + 10, 2) !== '59 5a')
      throw damaged('the magic of a footer', start + 10, '59 5a', this.#hexAt(start + 10, 2));
    const found = crc32(this.#bytes.subarray(start + 4, start + 10));
    this.#compare('a stream footer', start, found);
    const backward = (this.#view.getUint32(start + 4, true) + 1) * 4;
    if (backward !== indexBytes)
      throw damaged('the size of the index', start + 4, `${indexBytes}`, `${backward}`);
    if (this.#hexAt(start + 8, 2) !== this.#hexAt(stream + 6, 2))
      throw damaged(
        'the flags of a footer',
        start + 8,
        this.#hexAt(stream + 6, 2),
        this.#hexAt(start + 8, 2),
      );
    this.#at = start + HEADER;
  }

  /** Seven bits a byte, lowest first. */
  #number(what: string): number {
    const start = this.#at;
    let value = 0;
    for (let i = 0; i < 9; i++) {
      this.#need(1, what, this.#at);
      const byte = this.#view.getUint8(this.#at++);
      value += (byte & 0x7f) * 2 ** (7 * i);
      if (byte < 0x80) return value;
    }
    throw damaged('a number', start, 'at most nine bytes', 'more');
  }

  #zero(what: string): void {
    this.#need(1, what, this.#at);
    const byte = this.#view.getUint8(this.#at);
    if (byte !== 0) throw damaged(what, this.#at, '0', `${byte}`);
    this.#at++;
  }

  /** The CRC32 at `at` is that of the bytes from `start` up to it. */
  #crc(start: number, at: number, what: string): void {
    this.#compare(what, at, crc32(this.#bytes.subarray(start, at)));
  }

  #compare(what: string, at: number, computed: number): void {
    const written = this.#view.getUint32(at, true);
    if (written === computed) return;
    const hex = (value: number): string => `0x${value.toString(16)}`;
    throw damaged(`the CRC32 of ${what}`, at, hex(computed), hex(written));
  }

  #need(size: number, what: string, start: number): void {
    const { length } = this.#bytes;
    if (this.#at + size > length) throw truncated(what, start, length);
  }

  #hexAt(at: number, size: number): string {
    return hexOf(this.#bytes.subarray(at, at + size), ' ');
  }
}

/** The bytes of a number as the file has them, little-endian, in hexadecimal. */
function hexLe(value: bigint, bytes: 4 | 8): string {
  const buffer = new Uint8Array(8);
  viewOf(buffer).setBigUint64(0, value, true);
  return hexOf(buffer.subarray(0, bytes));
}

function hexOf(bytes: Uint8Array, separator = ''): string {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join(separator);
}

function truncated(what: string, offset: number, found: number): Unreadable {
  return new Unreadable({ kind: 'truncated', format: 'xz', offset, what, found });
}

function damaged(what: string, offset: number, wanted: string, found: string): Unreadable {
  return new Unreadable({ kind: 'damaged', format: 'xz', offset, what, wanted, found });
}

function unsupported(what: string, offset: number): Unreadable {
  return new Unreadable({ kind: 'unsupported', format: 'xz', offset, what });
}
