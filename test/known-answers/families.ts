// All that is asked, by family.

import type { KnownAnswer } from './bench.ts';
import { checksums } from './checksums.ts';
import { ciphers } from './ciphers.ts';
import { hashes } from './hashes.ts';

export const families: readonly {
  readonly name: string;
  readonly answers: readonly KnownAnswer[];
}[] = [
  { name: 'Checksums', answers: checksums },
  { name: 'Hashes', answers: hashes },
  { name: 'Block ciphers', answers: ciphers },
];
