// Cyclic redundancy checks and other checksums.  Check values are of the nine
// bytes "123456789", from the CRC catalogue of Greg Cook
// (reveng.sourceforge.io/crc-catalogue); shashes answer them in little endian.

import { xxhash64 } from '../../src/container/xxhash.ts';
import { ascii, type Bench, bytes, type KnownAnswer, noise } from './bench.ts';

const digits = ascii('123456789');
const ones = (count: number): Uint8Array => new Uint8Array(count).fill(0xff);

/** A function crc(start, bytes, length) of a library. */
function library(
  module: string,
  symbol: string,
  { start = 0, bits, entry }: { start?: number; bits: 8 | 16 | 32 | 64; entry: string },
  expected: string,
): KnownAnswer {
  const first = bits === 64 ? ({ kind: 'u64', value: BigInt(start) } as const) : start;
  return {
    module,
    driver: `${symbol}()`,
    source: `CRC catalogue, ${entry}`,
    ask: (bench) => {
      const value = bench.call(module, symbol, first, digits, digits.length);
      return BigInt.asUintN(bits, value).toString(16);
    },
    expected,
  };
}

/** A registered hash. */
const hash = (
  module: string,
  name: string,
  source: string,
  ask: (bench: Bench) => string,
  expected: string,
): KnownAnswer => ({ module, driver: `shash ${name}`, source, ask, expected });

const crc32c = (bench: Bench): string =>
  bench.call32('libcrc32c', 'crc32c', 0xffffffff, digits, digits.length).toString(16);

export const checksums: readonly KnownAnswer[] = [
  // The seven bits stand above a zero.
  library('crc7', 'crc7_be', { bits: 8, entry: 'CRC-7/MMC' }, (0x75 << 1).toString(16)),
  library('crc16', 'crc16', { bits: 16, entry: 'CRC-16/ARC' }, 'bb3d'),
  library('crc16', 'crc16', { start: 0xffff, bits: 16, entry: 'CRC-16/MODBUS' }, '4b37'),
  library('crc-itu-t', 'crc_itu_t', { bits: 16, entry: 'CRC-16/XMODEM' }, '31c3'),
  library('crc-itu-t', 'crc_itu_t', { start: 0xffff, bits: 16, entry: 'CRC-16/IBM-3740' }, '29b1'),
  library('crct10dif_common', 'crc_t10dif_generic', { bits: 16, entry: 'CRC-16/T10-DIF' }, 'd0db'),
  library('crc64', 'crc64_be', { bits: 64, entry: 'CRC-64/ECMA-182' }, '6c40df5f0b497347'),
  library(
    'crc64',
    'crc64_rocksoft_generic',
    { bits: 64, entry: 'CRC-64/NVME' },
    'ae8b14860a799888',
  ),
  hash(
    'crct10dif_generic',
    'crct10dif',
    'CRC catalogue, CRC-16/T10-DIF',
    (bench) => bench.digests('crct10dif', digits),
    'dbd0',
  ),
  hash(
    'crc32_generic',
    'crc32',
    'CRC catalogue, CRC-32/JAMCRC (start as key)',
    (bench) => bench.digests('crc32', digits, ones(4)),
    'd9c60b34',
  ),
  hash(
    'crc32c_generic',
    'crc32c',
    'CRC catalogue, CRC-32/ISCSI',
    (bench) => bench.digests('crc32c', digits),
    '839206e3',
  ),
  hash(
    'crc64_rocksoft_generic',
    'crc64-rocksoft',
    'CRC catalogue, CRC-64/NVME',
    (bench) => bench.digests('crc64-rocksoft', digits),
    '8898790a86148bae',
  ),
  {
    module: 'libcrc32c',
    with: ['crc32c_generic'],
    driver: 'crc32c()',
    source: 'CRC catalogue, CRC-32/ISCSI before its last inversion',
    ask: crc32c,
    expected: (~0xe3069283 >>> 0).toString(16),
  },
  hash(
    'xxhash_generic',
    'xxhash64',
    'xxHash specification, XXH64 of nothing',
    (bench) => bench.digests('xxhash64', new Uint8Array(0)),
    '99e9d85137db46ef',
  ),
  hash(
    'xxhash_generic',
    'xxhash64',
    'src/container/xxhash.ts, which reads zstd frames',
    (bench) => bench.digests('xxhash64', noise(1000)),
    littleEndian(xxhash64(noise(1000))),
  ),
  hash(
    'michael_mic',
    'michael_mic',
    'IEEE 802.11-2020, J.5.2, of nothing',
    (bench) => bench.digests('michael_mic', new Uint8Array(0), new Uint8Array(8)),
    '82925c1ca1d130b8',
  ),
  hash(
    'michael_mic',
    'michael_mic',
    'IEEE 802.11-2020, J.5.2, "Michael"',
    (bench) => bench.digests('michael_mic', ascii('Michael'), bytes('d55e100510128986')),
    '0a942b124ecaa546',
  ),
];

function littleEndian(value: bigint): string {
  const out = Buffer.alloc(8);
  out.writeBigUInt64LE(value);
  return out.toString('hex');
}
