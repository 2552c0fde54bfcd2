// A section of an ELF file that is compressed by itself, as debug sections may be.
// https://www.sco.com/developers/gabi/latest/ch4.sheader.html#compression_header

import { inflateSync } from 'node:zlib';
import { type Result, refuse, succeed } from '../base/result.ts';
import { zlibProblem } from './gzip.ts';
import { type ContainerProblem, Unreadable } from './problems.ts';
import { unpackZstd } from './zstd.ts';

/** @param size what the section says that it unpacks to, in bytes */
export function unpackSection(
  format: 'zlib' | 'zstd',
  packed: Uint8Array,
  size: number,
): Result<Uint8Array, ContainerProblem> {
  try {
    const bytes = format === 'zstd' ? unpackZstd(packed, size) : unpackZlib(packed, size);
    if (bytes.length === size) return succeed(bytes);
    const wanted = `${size} bytes`;
    const found = `${bytes.length} bytes`;
    return refuse([
      { kind: 'damaged', format, offset: 0, what: 'the size of the section', wanted, found },
    ]);
  } catch (error) {
    if (error instanceof Unreadable) return refuse([error.problem]);
    throw error;
  }
}

function unpackZlib(packed: Uint8Array, limit: number): Uint8Array {
  try {
    const { buffer, byteOffset, length } = inflateSync(packed, {
      maxOutputLength: Math.max(1, limit),
    });
    return new Uint8Array(buffer, byteOffset, length);
  } catch (error) {
    throw zlibProblem(error, 'zlib', packed, limit);
  }
}
