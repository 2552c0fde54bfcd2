// XXH64 with seed 0, which Zstandard takes for its checksums.  64-bit words are
// pairs of 32-bit halves, because a bigint costs an allocation per operation.
// https://github.com/Cyan4973/xxHash/blob/dev/doc/xxhash_spec.md

import { viewOf } from '../base/bytes.ts';

const P1 = 0x9e37_79b1_85eb_ca87n;
const P2 = 0xc2b2_ae3d_27d4_eb4fn;
const P3 = 0x1656_67b1_9e37_79f9n;
const P4 = 0x85eb_ca77_c2b2_ae63n;
const P5 = 0x27d4_eb2f_1656_67c5n;

const wrap = (value: bigint): bigint => BigInt.asUintN(64, value);
const rotl = (value: bigint, bits: bigint): bigint =>
  wrap((value << bits) | (wrap(value) >> (64n - bits)));
const round = (acc: bigint, lane: bigint): bigint => wrap(rotl(wrap(acc + lane * P2), 31n) * P1);
const merge = (acc: bigint, lane: bigint): bigint => wrap((acc ^ round(0n, lane)) * P1 + P4);

export function xxhash64(bytes: Uint8Array): bigint {
  const view = viewOf(bytes);
  const { length } = bytes;
  const stripes = length - (length % 32);
  let hash = stripes > 0 ? hashStripes(view, stripes) : P5;
  hash = wrap(hash + BigInt(length));
  let at = stripes;
  for (; at + 8 <= length; at += 8)
    hash = wrap(rotl(hash ^ round(0n, view.getBigUint64(at, true)), 27n) * P1 + P4);
  if (at + 4 <= length) {
    hash = wrap(rotl(hash ^ wrap(BigInt(view.getUint32(at, true)) * P1), 23n) * P2 + P3);
    at += 4;
  }
  for (; at < length; at++)
    hash = wrap(rotl(hash ^ wrap(BigInt(view.getUint8(at)) * P5), 11n) * P1);
  hash = wrap((hash ^ (hash >> 33n)) * P2);
  hash = wrap((hash ^ (hash >> 29n)) * P3);
  return hash ^ (hash >> 32n);
}

function hashStripes(view: DataView, end: number): bigint {
  const lanes = [wrap(P1 + P2), P2, 0n, wrap(-P1)].map((seed, i) =>
    hashLane(view, i * 8, end, seed),
  );
  const [a = 0n, b = 0n, c = 0n, d = 0n] = lanes;
  const joined = wrap(rotl(a, 1n) + rotl(b, 7n) + rotl(c, 12n) + rotl(d, 18n));
  return lanes.reduce(merge, joined);
}

/** Every fourth word from `start`, mixed into `seed`. */
function hashLane(view: DataView, start: number, end: number, seed: bigint): bigint {
  let low = Number(seed & 0xffff_ffffn) | 0;
  let high = Number(seed >> 32n) | 0;
  for (let at = start; at < end; at += 32) {
    const laneLow = view.getInt32(at, true);
    // acc += lane * P2
    const productLow = Math.imul(laneLow, P2_LOW);
    const productHigh =
      (upper(laneLow, P2_LOW) +
        Math.imul(laneLow, P2_HIGH) +
        Math.imul(view.getInt32(at + 4, true), P2_LOW)) |
      0;
    const sum = (low >>> 0) + (productLow >>> 0);
    low = sum | 0;
    high = (high + productHigh + (sum > 0xffff_ffff ? 1 : 0)) | 0;
    // acc = rotl(acc, 31)
    const turned = (high << 31) | (low >>> 1);
    low = (low << 31) | (high >>> 1);
    high = turned;
    // acc *= P1
    const nextHigh = (upper(low, P1_LOW) + Math.imul(low, P1_HIGH) + Math.imul(high, P1_LOW)) | 0;
    low = Math.imul(low, P1_LOW);
    high = nextHigh;
  }
  return (BigInt(high >>> 0) << 32n) | BigInt(low >>> 0);
}

const P1_LOW = 0x85eb_ca87;
const P1_HIGH = 0x9e37_79b1;
const P2_LOW = 0x27d4_eb4f;
const P2_HIGH = 0xc2b2_ae3d;

/** The upper half of the product of two unsigned 32-bit numbers. */
function upper(a: number, b: number): number {
  const aLow = a & 0xffff;
  const aHigh = a >>> 16;
  const bLow = b & 0xffff;
  const bHigh = b >>> 16;
  const middle = aHigh * bLow + ((aLow * bLow) >>> 16);
  return (
    aHigh * bHigh + Math.floor(middle / 0x1_0000) + (((middle & 0xffff) + aLow * bHigh) >>> 16)
  );
}
