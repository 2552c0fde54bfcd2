// Zstandard.  fzstd decompresses blocks; the frames around them are walked here,
// so that sizes are checked before memory is asked for, and so that a file that
// ends early is told with its place.  The checksum is verified here too, because
// fzstd does not.
// https://www.rfc-editor.org/rfc/rfc8878

import { decompress } from 'fzstd';
import { size64, viewOf } from '../base/bytes.ts';
import { Unreadable } from './problems.ts';
import { xxhash64 } from './xxhash.ts';

const FRAME = 0xfd2f_b528;
/** 0x184d2a50 to 0x184d2a5f: user data. */
const SKIPPABLE = 0x184d_2a50;
/** What zstd itself decompresses without being told to. */
const WINDOW_LIMIT = 128 << 20;
const BLOCK_LIMIT = 128 << 10;

/** @throws Unreadable */
export function unpackZstd(bytes: Uint8Array, limit: number): Uint8Array {
  const view = viewOf(bytes);
  const parts: Uint8Array[] = [];
  let left = limit;
  for (let at = 0; at < bytes.length; ) {
    need(bytes, at, 4, 'a magic number');
    const magic = view.getUint32(at, true);
    if (magic >>> 4 === SKIPPABLE >>> 4) {
      need(bytes, at, 8, 'a skippable frame');
      const size = 8 + view.getUint32(at + 4, true);
      need(bytes, at, size, 'a skippable frame');
      at += size;
      continue;
    }
    if (magic !== FRAME) throw damaged('the magic number of a frame', at, '0xfd2fb528', hex(magic));
    const frame = walkFrame(bytes, view, at);
    if (frame.content > left) throw new Unreadable({ kind: 'too-large', format: 'zstd', limit });
    const content = decompressFrame(bytes, at, frame);
    left -= content.length;
    parts.push(content);
    at = frame.end;
  }
  const [only] = parts;
  return parts.length === 1 && only !== undefined ? only : concat(parts, limit - left);
}

interface Frame {
  readonly end: number;
  /** How much it can decompress to; just that if it is `exact`. */
  readonly content: number;
  readonly exact: boolean;
  readonly checksum: number | undefined;
}

/** The blocks of a frame are all there, and their sizes are possible. */
function walkFrame(bytes: Uint8Array, view: DataView, start: number): Frame {
  const header = readFrameHeader(bytes, view, start);
  let at = header.end;
  let most = 0;
  for (let last = false; !last; ) {
    need(bytes, at, 3, 'the header of a block');
    const word = view.getUint16(at, true) | (view.getUint8(at + 2) << 16);
    last = (word & 1) === 1;
    const type = (word >> 1) & 3;
    const size = word >> 3;
    if (type === 3 || size > BLOCK_LIMIT)
      throw damaged('the header of a block', at, 'type 0 to 2, at most 128 KiB', hex(word));
    const end = at + 3 + (type === 1 ? 1 : size);
    need(bytes, at, end - at, 'a block');
    most += type === 2 ? BLOCK_LIMIT : size;
    at = end;
  }
  let checksum: number | undefined;
  if (header.checksum) {
    need(bytes, at, 4, 'the checksum of a frame');
    checksum = view.getUint32(at, true);
    at += 4;
  }
  const exact = header.content !== undefined;
  return { end: at, content: header.content ?? most, exact, checksum };
}

/** fzstd throws what it finds wrong in a block. */
function decompressFrame(bytes: Uint8Array, start: number, frame: Frame): Uint8Array {
  let content: Uint8Array;
  try {
    content = decompress(bytes.subarray(start, frame.end));
  } catch (error) {
    const found = error instanceof Error ? error.message : String(error);
    throw damaged('a block of the frame', start, 'one that decompresses', `refused (${found})`);
  }
  if (frame.exact && content.length !== frame.content)
    throw damaged(
      'the content of a frame',
      start,
      `${frame.content} bytes`,
      `${content.length} bytes`,
    );
  if (frame.checksum !== undefined) {
    const found = Number(xxhash64(content) & 0xffff_ffffn);
    if (found !== frame.checksum)
      throw damaged('the checksum of a frame', frame.end - 4, hex(found), hex(frame.checksum));
  }
  return content;
}

function readFrameHeader(
  bytes: Uint8Array,
  view: DataView,
  start: number,
): { readonly end: number; readonly checksum: boolean; readonly content: number | undefined } {
  need(bytes, start, 6, 'the header of a frame');
  const descriptor = view.getUint8(start + 4);
  const single = (descriptor & 0x20) !== 0;
  const idBytes = [0, 1, 2, 4][descriptor & 3] ?? 0;
  const contentBytes = [single ? 1 : 0, 2, 4, 8][descriptor >> 6] ?? 0;
  const contentAt = start + 5 + (single ? 0 : 1) + idBytes;
  const end = contentAt + contentBytes;
  need(bytes, start, end - start, 'the header of a frame');
  if ((descriptor & 8) !== 0)
    throw damaged('the descriptor of a frame', start + 4, 'bit 3 clear', hex(descriptor));
  for (let i = 0; i < idBytes; i++)
    if (bytes[contentAt - 1 - i] !== 0)
      throw new Unreadable({
        kind: 'unsupported',
        format: 'zstd',
        offset: start,
        what: 'a dictionary',
      });
  const content = contentSize(view, contentAt, contentBytes);
  const window = single ? (content ?? 0) : windowOf(view.getUint8(start + 5));
  if (!single && window > WINDOW_LIMIT)
    throw new Unreadable({
      kind: 'unsupported',
      format: 'zstd',
      offset: start + 5,
      what: `a window of ${window} bytes (more than 128 MiB)`,
    });
  return { end, checksum: (descriptor & 4) !== 0, content };
}

function contentSize(view: DataView, at: number, bytes: number): number | undefined {
  switch (bytes) {
    case 1:
      return view.getUint8(at);
    case 2:
      return view.getUint16(at, true) + 256;
    case 4:
      return view.getUint32(at, true);
    case 8:
      return size64(view, at);
    default:
      return undefined;
  }
}

function windowOf(descriptor: number): number {
  const base = 2 ** (10 + (descriptor >> 3));
  return base + (base / 8) * (descriptor & 7);
}

function need(bytes: Uint8Array, at: number, size: number, what: string): void {
  if (at + size <= bytes.length) return;
  const found = bytes.length;
  throw new Unreadable({ kind: 'truncated', format: 'zstd', offset: at, what, found });
}

function damaged(what: string, offset: number, wanted: string, found: string): Unreadable {
  return new Unreadable({ kind: 'damaged', format: 'zstd', offset, what, wanted, found });
}

function hex(value: number): string {
  return `0x${value.toString(16)}`;
}

function concat(parts: readonly Uint8Array[], length: number): Uint8Array {
  const all = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
