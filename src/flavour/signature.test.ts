// Who signed a module, read from messages made here, whole and damaged.

import { expect, test } from 'vitest';
import { readSignature } from './signature.ts';

const utf8 = (text: string): number[] => [...new TextEncoder().encode(text)];

/** A value of DER, with a length of one byte or three. */
function der(tag: number, ...content: readonly number[][]): number[] {
  const bytes = content.flat();
  const { length } = bytes;
  const header = length < 0x80 ? [length] : [0x82, length >> 8, length & 0xff];
  return [tag, ...header, ...bytes];
}

const signedData = der(0x06, [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x02]);
const sha512 = der(0x30, der(0x06, [0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x03]));
const name = (type: number, text: string): number[] =>
  der(0x31, der(0x30, der(0x06, [0x55, 0x04, type]), der(0x0c, utf8(text))));
const issuer = der(0x30, name(10, 'an organisation'), name(3, 'a key'));
const version = der(0x02, [1]);

function message(who: number[]): number[] {
  const method = der(0x30, der(0x06, [0x2a]));
  const signer = der(0x30, version, who, sha512, method, der(0x04, new Array(200).fill(0xab)));
  const data = der(0x30, version, der(0x31, sha512), der(0x30, signedData), der(0x31, signer));
  return der(0x30, signedData, der(0xa0, data));
}

function signed(bytes: readonly number[], id = 2, length = bytes.length): Uint8Array {
  const trailer = [0, 0, id, 0, 0, 0, 0, 0, 0, 0, length >> 8, length & 0xff];
  return Uint8Array.from([1, 2, 3, ...bytes, ...trailer, ...utf8('~Module signature appended~\n')]);
}

const bySerial = message(der(0x30, issuer, der(0x02, [0x0d, 0x1f])));

test('the issuer, the serial number, the hash and the signature of PKCS#7', () => {
  expect(readSignature(signed(bySerial))).toEqual({
    id: 'PKCS#7',
    signer: 'a key',
    key: '0D:1F',
    hash: 'sha512',
    signature: new Array(200).fill('AB').join(':'),
  });
});

test('a signer by the identifier of the key', () => {
  const byKey = message(der(0x80, [0xde, 0xad]));
  expect(readSignature(signed(byKey))).toMatchObject({ signer: undefined, key: 'DE:AD' });
});

test('a file without the marker is not signed', () => {
  expect(readSignature(Uint8Array.from(bySerial))).toBeUndefined();
  expect(readSignature(new Uint8Array())).toBeUndefined();
});

test.for([
  [0, 'PGP'],
  [1, 'X509'],
  [9, 'unknown'],
] as const)('id_type %i is %s, of which no more is told', ([type, id]) => {
  expect(readSignature(signed(bySerial, type))).toMatchObject({ id, signer: undefined });
});

test('a length beyond the file has nothing in it', () => {
  expect(readSignature(signed(bySerial, 2, 0xffff))).toMatchObject({ hash: undefined });
});

test('a message that ends anywhere says no more than the whole one', () => {
  const whole = readSignature(signed(bySerial));
  for (let length = 0; length < bySerial.length; length++) {
    const cut = readSignature(signed(bySerial.slice(0, length)));
    expect(cut).toMatchObject({ id: 'PKCS#7', signature: undefined });
    expect([undefined, whole?.signer]).toContain(cut?.signer);
  }
});

test('a message with any byte changed is read without an exception', () => {
  for (let at = 0; at < bySerial.length; at++)
    for (const byte of [0x00, 0x7f, 0x80, 0x84, 0xff])
      expect(readSignature(signed(bySerial.with(at, byte)))?.id).toBe('PKCS#7');
});
