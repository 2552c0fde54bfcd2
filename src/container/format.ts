// What a file is by its first bytes: names lie, magic does not.

import type { FileFormat } from './problems.ts';

const magics: readonly (readonly [FileFormat, readonly number[]])[] = [
  ['gzip', [0x1f, 0x8b]],
  ['xz', [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]],
  ['zstd', [0x28, 0xb5, 0x2f, 0xfd]],
  // "!<arch>\n"
  ['ar', [0x21, 0x3c, 0x61, 0x72, 0x63, 0x68, 0x3e, 0x0a]],
];

const TAR_MAGIC = 257;
const ustar = [0x75, 0x73, 0x74, 0x61, 0x72];

/** undefined: none of those that can be opened. */
export function formatOf(bytes: Uint8Array): FileFormat | undefined {
  const begins = (magic: readonly number[], at = 0): boolean =>
    magic.every((byte, i) => bytes[at + i] === byte);
  const found = magics.find(([, magic]) => begins(magic))?.[0];
  return found ?? (begins(ustar, TAR_MAGIC) ? 'tar' : undefined);
}
