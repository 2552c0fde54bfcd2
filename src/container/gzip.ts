// gzip, by zlib, which checks everything but does not say where it failed.
// https://www.rfc-editor.org/rfc/rfc1952

import { gunzipSync } from 'node:zlib';
import { type ContainerFormat, Unreadable } from './problems.ts';

/** @throws Unreadable */
export function unpackGzip(bytes: Uint8Array, limit: number): Uint8Array {
  try {
    return gunzipSync(bytes, { maxOutputLength: limit });
  } catch (error) {
    throw zlibProblem(error, 'gzip', bytes, limit);
  }
}

/** What zlib threw over `bytes`, in our terms. */
export function zlibProblem(
  error: unknown,
  format: ContainerFormat,
  bytes: Uint8Array,
  limit: number,
): Unreadable {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ERR_BUFFER_TOO_LARGE') return new Unreadable({ kind: 'too-large', format, limit });
  const what = 'the stream';
  if (code === 'Z_BUF_ERROR')
    return new Unreadable({ kind: 'truncated', format, offset: 0, what, found: bytes.length });
  const found = error instanceof Error ? `refused by zlib (${error.message})` : String(error);
  const wanted = 'what its checksums say';
  return new Unreadable({ kind: 'damaged', format, offset: 0, what, wanted, found });
}
