// Libraries of ciphers and curves, by the functions that they export.

import { createCipheriv, createPrivateKey, createPublicKey, diffieHellman } from 'node:crypto';
import { ascii, type Bench, bytes, hex, type KnownAnswer, noise } from './bench.ts';

/** RFC 6229: the keystream at offsets 0 and 16. */
const arc4 = (key: string, stream: string): KnownAnswer => ({
  module: 'libarc4',
  driver: 'arc4_setkey(), arc4_crypt()',
  source: `RFC 6229, 2, ${key.length * 4} bits`,
  ask: (bench) => {
    const context = new Uint8Array(1032);
    const out = new Uint8Array(32);
    bench.call('libarc4', 'arc4_setkey', context, bytes(key), key.length / 2);
    bench.call('libarc4', 'arc4_crypt', context, out, new Uint8Array(32), 32);
    return hex(out);
  },
  expected: stream.replaceAll(' ', ''),
});

const des = (bench: Bench, which: 'des' | 'des3_ede', key: string, text: string): string => {
  const context = new Uint8Array(384);
  const [out, back] = [new Uint8Array(8), new Uint8Array(8)];
  bench.call('libdes', `${which}_expand_key`, context, bytes(key), key.length / 2);
  bench.call('libdes', `${which}_encrypt`, context, out, bytes(text));
  bench.call('libdes', `${which}_decrypt`, context, back, out);
  return `${hex(out)} ${hex(back)}`;
};

const chacha = (bench: Bench, key: string, start: string, text: Uint8Array): string => {
  const state = new Uint8Array(64);
  state.set(ascii('expand 32-byte k'));
  state.set(bytes(key), 16);
  state.set(bytes(start), 48);
  const out = new Uint8Array(text.length);
  bench.call('libchacha', 'chacha_crypt_generic', state, out, text, text.length, 20);
  return hex(out);
};

const sunscreen = ascii(
  "Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, " +
    'sunscreen would be it.',
);
const chachaKey = hex(Uint8Array.from({ length: 32 }, (_, i) => i));

function opensslChacha(key: string, start: string, text: Uint8Array): string {
  const cipher = createCipheriv('chacha20', bytes(key), bytes(start));
  return cipher.update(text).toString('hex');
}

const poly1305 = (bench: Bench, key: string, text: Uint8Array, piece: number): string => {
  const state = new Uint8Array(512);
  const tag = new Uint8Array(16);
  bench.call('libpoly1305', 'poly1305_init_generic', state, bytes(key));
  for (let at = 0; at < text.length; at += piece) {
    const part = text.slice(at, at + piece);
    bench.call('libpoly1305', 'poly1305_update_generic', state, part, part.length);
  }
  bench.call('libpoly1305', 'poly1305_final_generic', state, tag);
  return hex(tag);
};

const curve = (bench: Bench, scalar: Uint8Array, point: Uint8Array): string => {
  const out = new Uint8Array(32);
  bench.call('libcurve25519-generic', 'curve25519_generic', out, scalar, point);
  return hex(out);
};
const clamped = (scalar: Uint8Array): Uint8Array => {
  const copy = scalar.slice();
  copy[0] = (copy[0] ?? 0) & 0xf8;
  copy[31] = ((copy[31] ?? 0) & 0x7f) | 0x40;
  return copy;
};
const x25519 = (what: string, scalar: string, point: string, expected: string): KnownAnswer => ({
  module: 'libcurve25519-generic',
  driver: 'curve25519_generic()',
  source: `RFC 7748, ${what}`,
  ask: (bench) => curve(bench, clamped(bytes(scalar)), bytes(point)),
  expected,
});

/** What OpenSSL says the two have in common. */
function opensslX25519(scalar: Uint8Array, point: Uint8Array): string {
  const [pkcs8, spki] = ['302e020100300506032b656e04220420', '302a300506032b656e032100'];
  const der = (prefix: string, key: Uint8Array): Buffer => Buffer.concat([bytes(prefix), key]);
  const privateKey = createPrivateKey({ key: der(pkcs8, scalar), format: 'der', type: 'pkcs8' });
  const publicKey = createPublicKey({ key: der(spki, point), format: 'der', type: 'spki' });
  return diffieHellman({ privateKey, publicKey }).toString('hex');
}
const nine = bytes(`09${'00'.repeat(31)}`);

export const libraries: readonly KnownAnswer[] = [
  arc4('0102030405', 'b2396305f03dc027ccc3524a0a1118a8 6982944f18fc82d589c403a47a0d0919'),
  arc4(
    '0102030405060708090a0b0c0d0e0f10',
    '9ac7cc9a609d1ef7b2932899cde41b97 5248c4959014126a6e8a84f11d1a9e1c',
  ),
  {
    module: 'libdes',
    driver: 'des_expand_key(), des_encrypt(), des_decrypt()',
    source: 'SP 800-17, table A.1',
    ask: (bench) => des(bench, 'des', '0101010101010101', '8000000000000000'),
    expected: '95f8a5e5dd31d900 8000000000000000',
  },
  {
    module: 'libdes',
    driver: 'des3_ede_expand_key(), des3_ede_encrypt(), des3_ede_decrypt()',
    source: 'SP 800-67, B.1',
    ask: (bench) =>
      des(
        bench,
        'des3_ede',
        '0123456789abcdef23456789abcdef01456789abcdef0123',
        hex(ascii('The qufc')),
      ),
    expected: `a826fd8ce53b855f ${hex(ascii('The qufc'))}`,
  },
  {
    module: 'libchacha',
    driver: 'chacha_crypt_generic()',
    source: 'RFC 8439, 2.4.2',
    ask: (bench) => chacha(bench, chachaKey, '01000000 000000000000004a00000000', sunscreen),
    expected:
      '6e2e359a2568f98041ba0728dd0d6981e97e7aec1d4360c20a27afccfd9fae0b' +
      'f91b65c5524733ab8f593dabcd62b3571639d624e65152ab8f530c359f0861d8' +
      '07ca0dbf500d6a6156a38e088a22b65e52bc514d16ccf806818ce91ab7793736' +
      '5af90bbf74a35be6b40b8eedf2785e42874d',
  },
  {
    module: 'libchacha',
    driver: 'chacha_crypt_generic()',
    source: "OpenSSL's chacha20, 1000 bytes",
    ask: (bench) => chacha(bench, chachaKey, '07000000 0102030405060708090a0b0c', noise(1000)),
    expected: opensslChacha(chachaKey, '07000000 0102030405060708090a0b0c', noise(1000)),
  },
  ...[64, 16, 5].map(
    (piece): KnownAnswer => ({
      module: 'libpoly1305',
      driver: `poly1305_*_generic(), ${piece} bytes at a time`,
      source: 'RFC 8439, 2.5.2',
      ask: (bench) =>
        poly1305(
          bench,
          '85d6be7857556d337f4452fe42d506a80103808afb0db2fd4abff6af4149f51b',
          ascii('Cryptographic Forum Research Group'),
          piece,
        ),
      expected: 'a8061dc1305136c6c22b8baf0c0127a9',
    }),
  ),
  x25519(
    '5.2',
    'a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4',
    'e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c',
    'c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552',
  ),
  x25519(
    '5.2',
    '4b66e9d4d1b4673c5ad22691957d6af5c11b6421e0ea01d42ca4169e7918ba0d',
    'e5210f12786811d3f4b7959d0538ae2c31dbe7106fc03c3efc4cd549c715a413',
    '95cbde9476e8907d7aade45cb4b873f88b595a68799fa152e6f8f7647aac7957',
  ),
  x25519(
    '5.2, iterated once',
    hex(nine),
    hex(nine),
    '422c8e7a6227d7bca1350b3e2bb7279f7897b87bb6854b783c60e80311ae3079',
  ),
  {
    module: 'libcurve25519-generic',
    driver: 'curve25519_generic()',
    source: "OpenSSL's X25519",
    ask: (bench) => curve(bench, clamped(noise(32, 3)), bytes(opensslX25519(noise(32, 5), nine))),
    expected: opensslX25519(noise(32, 3), bytes(opensslX25519(noise(32, 5), nine))),
  },
  {
    module: 'gf128mul',
    driver: 'gf128mul_lle()',
    source: 'McGrew and Viega, GCM, test case 2, X1',
    ask: (bench) => {
      const product = bytes('0388dace60b6a392f328c2b971b2fe78');
      bench.call('gf128mul', 'gf128mul_lle', product, bytes('66e94bd4ef8a2c3b884cfa59ca342b2e'));
      return hex(product);
    },
    expected: '5e2ec746917062882c85b0685353deb7',
  },
];
