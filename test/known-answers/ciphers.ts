// Block ciphers, a block at a time.

import { createCipheriv } from 'node:crypto';
import { ascii, bytes, hex, type KnownAnswer, noise } from './bench.ts';

const cipher = (
  module: string,
  name: string,
  source: string,
  [key, text, expected]: readonly [string, string, string],
): KnownAnswer => ({
  module,
  driver: `cipher ${name}`,
  source,
  ask: (bench) => bench.encrypt(name, bytes(key), bytes(text)),
  expected: expected.toLowerCase(),
});

/** Many blocks, with Node's OpenSSL as the judge. */
function judged(module: string, name: string, openssl: string, keyBytes: number): KnownAnswer {
  const [key, text] = [noise(keyBytes, 7), noise(512)];
  const judge = createCipheriv(openssl, key, null).setAutoPadding(false);
  return {
    module,
    driver: `cipher ${name}`,
    source: `OpenSSL's ${openssl}, 512 bytes`,
    ask: (bench) => bench.encrypt(name, key, text),
    expected: Buffer.concat([judge.update(text), judge.final()]).toString('hex'),
  };
}

const zero8 = '0000000000000000';
const zero16 = zero8 + zero8;
const key16 = '0123456789abcdeffedcba9876543210';
const key24 = `${key16}0011223344556677`;
const key32 = `${key24}8899aabbccddeeff`;
const aesKey = '000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f';
const aesText = '00112233445566778899aabbccddeeff';

export const ciphers: readonly KnownAnswer[] = [
  cipher('des_generic', 'des', 'SP 800-17, table A.1', [
    '0101010101010101',
    '8000000000000000',
    '95f8a5e5dd31d900',
  ]),
  cipher('des_generic', 'des3_ede', 'SP 800-67, B.1', [
    '0123456789abcdef23456789abcdef01456789abcdef0123',
    hex(ascii('The qufck brown fox jump')),
    'a826fd8ce53b855fcce21c8112256fe668d5c05dd9b6b900',
  ]),
  judged('des_generic', 'des3_ede', 'des-ede3', 24),
  cipher('blowfish_generic', 'blowfish', 'Schneier, vectors.txt', [
    zero8,
    zero8,
    '4ef997456198dd78',
  ]),
  cipher('blowfish_generic', 'blowfish', 'Schneier, vectors.txt', [
    '3000000000000000',
    '1000000000000001',
    '7d856f9a613063f2',
  ]),
  cipher('twofish_generic', 'twofish', 'Schneier et al., Twofish, B.2', [
    zero16,
    zero16,
    '9f589f5cf6122c32b6bfec2f2ae8c35a',
  ]),
  cipher('twofish_generic', 'twofish', 'Schneier et al., Twofish, B.2', [
    key24,
    zero16,
    'cfd1d2e5a9be9cdf501f13b892bd2248',
  ]),
  cipher('twofish_generic', 'twofish', 'Schneier et al., Twofish, B.2', [
    key32,
    zero16,
    '37527be0052334b89f0cfccae87cfa20',
  ]),
  cipher('serpent_generic', 'serpent', 'NESSIE, Serpent-256, set 1, vector 0', [
    `80${'00'.repeat(31)}`,
    zero16,
    'a223aa1288463c0e2be38ebd825616c0',
  ]),
  cipher('cast5_generic', 'cast5', 'RFC 2144, B.1', [
    '0123456712345678234567893456789a',
    '0123456789abcdef',
    '238b4fe5847e44b2',
  ]),
  cipher('cast5_generic', 'cast5', 'RFC 2144, B.1, 80 bits', [
    '01234567123456782345',
    '0123456789abcdef',
    'eb6a711a2c02271b',
  ]),
  cipher('cast6_generic', 'cast6', 'RFC 2612, A', [
    '2342bb9efa38542c0af75647f29f615d',
    zero16,
    'c842a08972b43d20836c91d1b7530f6b',
  ]),
  cipher('cast6_generic', 'cast6', 'RFC 2612, A, 256 bits', [
    '2342bb9efa38542cbed0ac83940ac2988d7c47ce264908461cc1b5137ae6b604',
    zero16,
    '4f6a2038286897b9c9870136553317fa',
  ]),
  cipher('camellia_generic', 'camellia', 'RFC 3713, A', [
    key16,
    key16,
    '67673138549669730857065648eabe43',
  ]),
  cipher('camellia_generic', 'camellia', 'RFC 3713, A, 192 bits', [
    key24,
    key16,
    'b4993401b3e996f84ee5cee7d79b09b9',
  ]),
  cipher('camellia_generic', 'camellia', 'RFC 3713, A, 256 bits', [
    key32,
    key16,
    '9acc237dff16d76c20ef7c919e3a7509',
  ]),
  judged('camellia_generic', 'camellia', 'camellia-256-ecb', 32),
  cipher('fcrypt', 'fcrypt', 'OpenAFS, openafs-devel, December 2000', [
    zero8,
    zero8,
    '0e0900c73ef7ed41',
  ]),
  cipher('aes_ti', 'aes', 'FIPS 197, C.1', [
    aesKey.slice(0, 32),
    aesText,
    '69c4e0d86a7b0430d8cdb78070b4c55a',
  ]),
  cipher('aes_ti', 'aes', 'FIPS 197, C.2', [
    aesKey.slice(0, 48),
    aesText,
    'dda97ca4864cdfe06eaf70a0ec0d7191',
  ]),
  cipher('aes_ti', 'aes', 'FIPS 197, C.3', [aesKey, aesText, '8ea2b7ca516745bfeafc49904b496089']),
  judged('aes_ti', 'aes', 'aes-256-ecb', 32),
];
