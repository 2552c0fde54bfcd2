// The parts of set-up that decide something, on inputs built here.

import zlib from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { chooseMirror, parseDeb822, parseLines } from './apt-sources.mjs';
import { newestAbi } from './kernel-package.mjs';
import { compileFlags } from './targets.mjs';
import { unzip } from './zip.mjs';

describe('the Debian mirror', () => {
  test('is read from one-line sources, with its options', () => {
    const text =
      '# deb http://a/debian x main\ndeb [signed-by=/k.gpg arch=amd64] http://m/debian s main\n';
    expect(parseLines(text)).toEqual([
      { uri: 'http://m/debian', suites: ['s'], signedBy: '/k.gpg' },
    ]);
  });

  test('is read from deb822 stanzas', () => {
    const text =
      'Types: deb\n# a note\nURIs: http://m/debian\nSuites: s s-updates\nSigned-By: /k.gpg\n';
    expect(parseDeb822(text)).toEqual([
      { uri: 'http://m/debian', suites: ['s', 's-updates'], signedBy: '/k.gpg' },
    ]);
  });

  test('a stanza that is switched off does not count', () => {
    expect(parseDeb822('Types: deb\nURIs: http://m/debian\nSuites: s\nEnabled: no\n')).toEqual([]);
  });

  test('is neither the security archive nor a third party', () => {
    const security = { uri: 'http://m/debian', suites: ['s-security'] };
    const other = { uri: 'http://other/packages', suites: ['s'] };
    const debian = { uri: 'http://m/debian/', suites: ['s'], signedBy: '/k.gpg' };
    expect(chooseMirror([security, other, debian])).toEqual(debian);
    expect(chooseMirror([security, other])).toBeUndefined();
  });
});

describe('the newest kernel', () => {
  const listing = [
    'linux-image-6.1.0-9-amd64 - Linux 6.1 for 64-bit PCs (signed)',
    'linux-image-6.1.0-10-amd64 - Linux 6.1 for 64-bit PCs (signed)',
    'linux-image-6.1.0-11-cloud-amd64 - Linux 6.1 for x86-64 cloud (signed)',
    'linux-image-6.1.0-12-amd64-dbg - debug symbols',
    'linux-image-amd64 - the newest (meta-package)',
  ].join('\n');

  test('is chosen by number, not by spelling, among one flavour', () => {
    expect(newestAbi(listing, 'amd64')).toBe('linux-image-6.1.0-10-amd64');
  });

  test('is undefined when the flavour is not there', () => {
    expect(newestAbi(listing, 'armmp')).toBeUndefined();
  });
});

describe('unzip', () => {
  test.for([0, 8])('takes out an entry packed with method %i', (method) => {
    const bytes = Buffer.from('text '.repeat(100));
    expect(unzip(zipOf('a/b', bytes, method), 'a/b')).toEqual(bytes);
  });

  test('refuses a changed entry', () => {
    const zip = zipOf('a', Buffer.from('text'), 0);
    zip[31] ^= 1; // the first byte behind the local header and its name
    expect(() => unzip(zip, 'a')).toThrow('wrong checksum');
  });

  test('refuses what is no archive, and a name that is not there', () => {
    expect(() => unzip(Buffer.alloc(100), 'a')).toThrow('not a zip archive');
    expect(() => unzip(zipOf('a', Buffer.from('text'), 0), 'b')).toThrow('no b');
  });
});

test('guest code carries no path of the machine that built it', () => {
  const flags = compileFlags('amd64', { root: '/some/clone', resources: '/some/clang' });
  expect(flags).toContain('-ffile-prefix-map=/some/clone=.');
  expect(flags).toContain('-ffile-prefix-map=/some/clang=clang');
});

/** @param {string} name @param {Buffer} bytes @param {number} method */
function zipOf(name, bytes, method) {
  const packed = method === 0 ? bytes : zlib.deflateRawSync(bytes);
  const sizes = [zlib.crc32(bytes), packed.length, bytes.length];
  const local = Buffer.alloc(30);
  local.writeUInt32LE(0x04034b50, 0);
  local.writeUInt16LE(name.length, 26);
  const central = Buffer.alloc(46);
  central.writeUInt32LE(0x02014b50, 0);
  central.writeUInt16LE(method, 10);
  for (const [at, size] of sizes.entries()) central.writeUInt32LE(size, 16 + 4 * at);
  central.writeUInt16LE(name.length, 28);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt32LE(local.length + name.length + packed.length, 16);
  return Buffer.concat([local, Buffer.from(name), packed, central, Buffer.from(name), end]);
}
