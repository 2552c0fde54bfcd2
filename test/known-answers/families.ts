// All that is asked, by family.

import type { KnownAnswer } from './bench.ts';
import { charsets } from './charsets.ts';
import { checksums } from './checksums.ts';
import { ciphers } from './ciphers.ts';
import { codes } from './codes.ts';
import { compression } from './compression.ts';
import { hashes } from './hashes.ts';
import { libraries } from './libraries.ts';
import { searches } from './searches.ts';

export const families: readonly {
  readonly name: string;
  readonly answers: readonly KnownAnswer[];
}[] = [
  { name: 'Checksums', answers: checksums },
  { name: 'Hashes', answers: hashes },
  { name: 'Block ciphers', answers: ciphers },
  { name: 'Libraries of ciphers and curves', answers: libraries },
  { name: 'Compression', answers: compression },
  { name: 'Codes that repair', answers: codes },
  { name: 'Text search', answers: searches },
  { name: 'Character sets', answers: charsets },
];
