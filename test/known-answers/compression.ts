// Compression: what a module writes is read by somebody else, and the other way
// round.

import { createHash } from 'node:crypto';
import lz4 from 'lz4-napi';
import { type Answer, type Bench, hex, type KnownAnswer, noise, prose } from './bench.ts';

/** Text with noise in between: some of it compresses. */
const mixed = Uint8Array.from([...prose(3000), ...noise(500), ...prose(2000)]);
const judge = 'lz4-napi 2.10.0';

/** lz4-napi's blocks have their size before them, in little endian. */
function judgeReads(block: Uint8Array, size: number): string {
  const length = Buffer.alloc(4);
  length.writeUInt32LE(size);
  return hex(lz4.uncompressSync(Buffer.concat([length, block])));
}
const judgeWrites = (data: Uint8Array): Uint8Array =>
  Uint8Array.from(lz4.compressSync(Buffer.from(data)).subarray(4));

function library(
  bench: Bench,
  module: string,
  symbol: string,
  data: Uint8Array,
  rest: readonly number[],
  memory: number,
): Uint8Array {
  const out = new Uint8Array(data.length + 1024);
  const work = bench.place(new Uint8Array(memory));
  const length = bench.call32(
    module,
    symbol,
    ...[data, out, data.length, out.length, ...rest, work],
  );
  return out.subarray(0, length);
}

type Facts = readonly (number | string)[];

/** A block's size, and what it is. */
const facts = (block: Uint8Array): Facts => [
  block.length,
  createHash('sha256').update(block).digest('hex').slice(0, 16),
];
/** What the modules of all architectures make of `mixed`. */
const fast: Facts = [598, '8e9ef9e2db922fa0'];
const thorough: Facts = [588, '01137943fb63ef3a'];

/** What comes out is read by the judge as what went in. */
const outcome = (block: Uint8Array, data: Uint8Array): Answer => [
  judgeReads(block, data.length) === hex(data),
  ...facts(block),
];

function viaLibrary(
  module: string,
  symbol: string,
  data: Uint8Array,
  memory: number,
  block: Facts,
  rest: readonly number[] = [],
): KnownAnswer {
  const level = rest.length === 0 ? '' : `, level ${rest[0]}`;
  return {
    module,
    driver: `${symbol}(), ${data.length} bytes${level}`,
    source: judge,
    ask: (bench) => outcome(library(bench, module, symbol, data, rest, memory), data),
    expected: [true, ...block],
  };
}

const viaCrypto = (module: string, driver: string, block: Facts): KnownAnswer[] => [
  {
    module,
    driver: `${driver}, compressing`,
    source: judge,
    ask: (bench) => outcome(bench.compress(driver, mixed), mixed),
    expected: [true, ...block],
  },
  {
    module,
    driver: `${driver}, decompressing`,
    source: judge,
    ask: (bench) => hex(bench.compress(driver, judgeWrites(mixed), true)) === hex(mixed),
    expected: true,
  },
];

export const compression: readonly KnownAnswer[] = [
  viaLibrary('lz4_compress', 'LZ4_compress_default', mixed, 16416, fast),
  // Nothing repeats: one run of literals, as lz4_Block_format.md has it.
  viaLibrary('lz4_compress', 'LZ4_compress_default', noise(100), 16416, [
    ...facts(Uint8Array.from([0xf0, 100 - 15, ...noise(100)])),
  ]),
  viaLibrary('lz4_compress', 'LZ4_compress_default', prose(5), 16416, [
    ...facts(Uint8Array.from([0x50, ...prose(5)])),
  ]),
  viaLibrary('lz4hc_compress', 'LZ4_compress_HC', mixed, 262200, [592, 'c6566a6ba7ddff3f'], [1]),
  viaLibrary('lz4hc_compress', 'LZ4_compress_HC', mixed, 262200, thorough, [9]),
  ...viaCrypto('lz4', 'lz4-generic', fast),
  ...viaCrypto('lz4', 'lz4-scomp', fast),
  ...viaCrypto('lz4hc', 'lz4hc-generic', thorough),
  ...viaCrypto('lz4hc', 'lz4hc-scomp', thorough),
];
