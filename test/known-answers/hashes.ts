// Hashes and message authentication codes.

import { createHash } from 'node:crypto';
import { ascii, bytes, hex, type KnownAnswer, noise } from './bench.ts';

/** One input of a registered hash. */
function hash(
  module: string,
  name: string,
  source: string,
  input: { data: string | Uint8Array; key?: Uint8Array },
  expected: string,
): KnownAnswer {
  const data = typeof input.data === 'string' ? ascii(input.data) : input.data;
  return {
    module,
    driver: `shash ${name}`,
    source,
    ask: (bench) => bench.digests(name, data, input.key),
    expected: expected.replaceAll(' ', ''),
  };
}

/** A longer input, with Node's OpenSSL as the judge. */
const judged = (module: string, name: string, openssl: string): KnownAnswer =>
  hash(
    module,
    name,
    `OpenSSL's ${openssl}, 1000 bytes`,
    { data: noise(1000) },
    createHash(openssl).update(noise(1000)).digest('hex'),
  );

const abc = { data: 'abc' };
const nothing = { data: '' };
const digest = { data: 'message digest' };
const gost = { data: '012345678901234567890123456789012345678901234567890123456789012' };
const poly1305 = {
  data: bytes(
    `85d6be7857556d337f4452fe42d506a80103808afb0db2fd4abff6af4149f51b ${hex(
      ascii('Cryptographic Forum Research Group'),
    )}`,
  ),
};
const ghash = {
  key: bytes('66e94bd4ef8a2c3b884cfa59ca342b2e'),
  data: bytes('0388dace60b6a392f328c2b971b2fe78 00000000000000000000000000000080'),
};

export const hashes: readonly KnownAnswer[] = [
  hash('md4', 'md4', 'RFC 1320, A.5', nothing, '31d6cfe0d16ae931b73c59d7e0c089c0'),
  hash('md4', 'md4', 'RFC 1320, A.5', abc, 'a448017aaf21d8525fc10ae87aa6729d'),
  hash('md4', 'md4', 'RFC 1320, A.5', digest, 'd9130a8164549fe818874806e1c7014b'),
  hash('rmd160', 'rmd160', 'ISO 10118-3', nothing, '9c1185a5c5e9fc54612808977ee8f548b2258d31'),
  hash('rmd160', 'rmd160', 'ISO 10118-3', abc, '8eb208f7e05d987a9b044a8e98c6b087f15a0bfc'),
  hash('rmd160', 'rmd160', 'ISO 10118-3', digest, '5d0689ef49d2fae572b881b123a85ffa21595f36'),
  hash(
    'sha512_generic',
    'sha384',
    'FIPS 180-4, SHA-384 example',
    abc,
    'cb00753f45a35e8bb5a03d699ac65007272c32ab0eded163' +
      '1a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7',
  ),
  hash(
    'sha512_generic',
    'sha512',
    'FIPS 180-4, SHA-512 example',
    abc,
    'ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a' +
      '2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f',
  ),
  judged('sha512_generic', 'sha512', 'sha512'),
  hash(
    'sha3_generic',
    'sha3-224',
    'FIPS 202, SHA3-224 example',
    abc,
    'e642824c3f8cf24ad09234ee7d3c766fc9a3a5168d0c94ad73b46fdf',
  ),
  hash(
    'sha3_generic',
    'sha3-256',
    'FIPS 202, SHA3-256 example',
    abc,
    '3a985da74fe225b2045c172d6bd390bd855f086e3e9d525b46bfe24511431532',
  ),
  hash(
    'sha3_generic',
    'sha3-512',
    'FIPS 202, SHA3-512 example',
    abc,
    'b751850b1a57168a5693cd924b6b096e08f621827444f70d884f5d0240d2712e' +
      '10e116e9192af3c91a7ec57647e3934057340b4cf408d5a56592f8274eec53f0',
  ),
  judged('sha3_generic', 'sha3-384', 'sha3-384'),
  hash(
    'wp512',
    'wp512',
    'ISO 10118-3, Whirlpool',
    nothing,
    '19fa61d75522a4669b44e39c1d2e1726c530232130d407f89afee0964997f7a7' +
      '3e83be698b288febcf88e3e03c4f0757ea8964e59b63d93708b138cc42a66eb3',
  ),
  hash(
    'wp512',
    'wp512',
    'ISO 10118-3, Whirlpool',
    abc,
    '4e2448a4c6f486bb16b6562c73b4020bf3043e3a731bce721ae1b303d97e6d4c' +
      '7181eebdb6c57e277d0e34957114cbd6c797fc9d95d8b582d225292076d4eef5',
  ),
  hash(
    'streebog_generic',
    'streebog512',
    'RFC 6986, 10.1.1',
    gost,
    '1b54d01a4af5b9d5cc3d86d68d285462b19abc2475222f35c085122be4ba1ffa' +
      '00ad30f8767b3a82384c6574f024c311e2a481332b08ef7f41797891c1646f48',
  ),
  hash(
    'streebog_generic',
    'streebog256',
    'RFC 6986, 10.1.2',
    gost,
    '9d151eefd8590b89daa6ba6cb74af9275dd051026bb149a452fd84e5e57b5500',
  ),
  hash(
    'blake2b_generic',
    'blake2b-512',
    'RFC 7693, appendix A',
    abc,
    'ba80a53f981c4d0d6a2797b69f12f6e94c212f14685ac4b74b12bb6fdbffa2d1' +
      '7d87c5392aab792dc252d5de4533cc9518d38aa8dbf1925ab92386edd4009923',
  ),
  judged('blake2b_generic', 'blake2b-512', 'blake2b512'),
  hash(
    'ghash-generic',
    'ghash',
    'McGrew and Viega, GCM, test case 2',
    ghash,
    'f38cbb1ad69223dcc3457ae5b6b0f885',
  ),
  hash(
    'poly1305_generic',
    'poly1305',
    'RFC 8439, 2.5.2',
    poly1305,
    'a8061dc1305136c6c22b8baf0c0127a9',
  ),
];
