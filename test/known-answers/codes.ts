// Codes that repair: Reed-Solomon, BCH, RAID 6, and the exclusive or behind it.
// Each has a model here that shares nothing with the module but the mathematics.

import { type Bench, hex, type KnownAnswer, noise } from './bench.ts';

/** GF(256) with a generator x and the polynomial of the field. */
function field(polynomial: number): {
  times: (a: number, b: number) => number;
  power: (n: number) => number;
} {
  const times = (a: number, b: number): number => {
    let product = 0;
    for (let bit = 7; bit >= 0; bit--) {
      product = (product << 1) ^ (product & 0x80 ? polynomial : 0);
      if ((b >> bit) & 1) product ^= a;
    }
    return product & 0xff;
  };
  const power = (n: number): number => (n === 0 ? 1 : times(2, power(n - 1)));
  return { times, power };
}
const gf = field(0x11d);
const GFP_KERNEL = 0xcc0;

// -- Reed-Solomon: 16 roots, from x^0 on, over 8-bit symbols.

const ROOTS = 16;
const message = noise(200, 11);
const damagedAt = [0, 3, 17, 42, 99, 150, 198, 199];

const openCode = (bench: Bench): bigint =>
  bench.call('reed_solomon', 'init_rs_gfp', 8, 0x11d, 0, 1, ROOTS, GFP_KERNEL);
const closeCode = (bench: Bench, rs: bigint): bigint => bench.call('reed_solomon', 'free_rs', rs);

/** What is left of the message, times x^16, by the product of (x - root): Horner's rule. */
function modelParity(): number[] {
  // The generator without its leading 1, the highest coefficient first.
  let generator = [1];
  for (let root = 0; root < ROOTS; root++)
    generator = [...generator, 0].map(
      (coefficient, i) => coefficient ^ gf.times(generator[i - 1] ?? 0, gf.power(root)),
    );
  let rest = Array.from({ length: ROOTS }, () => 0);
  for (const symbol of message) {
    const feedback = symbol ^ (rest[0] ?? 0);
    rest = [...rest.slice(1), 0].map((each, i) => each ^ gf.times(feedback, generator[i + 1] ?? 0));
  }
  return rest;
}
/** Each in 16 bits. */
const asWords = (symbols: readonly number[]): Uint8Array =>
  Uint8Array.from(symbols.flatMap((symbol) => [symbol, 0]));

function repair(bench: Bench, damage: readonly number[]): [number, boolean] {
  const rs = openCode(bench);
  const parity = asWords(modelParity());
  const data = message.map((symbol, i) => (damage.includes(i) ? symbol ^ (0x55 + i) : symbol));
  const count = bench.call(
    'reed_solomon',
    'decode_rs8',
    ...[rs, data, parity, data.length, 0, 0, 0, 0, 0],
  );
  closeCode(bench, rs);
  return [Number(BigInt.asIntN(32, count)), hex(data) === hex(message)];
}

// -- BCH: m = 13, so code words of up to 8191 bits, 8 of which may be wrong.

function bchRepair(bench: Bench, wrong: readonly number[]): readonly (number | string)[] {
  const code = bench.call('bch', 'bch_init', 13, 8, 0, false);
  const data = noise(512, 13);
  const ecc = new Uint8Array(13);
  bench.call('bch', 'bch_encode', code, data, data.length, ecc);
  const damaged = data.slice();
  for (const bit of wrong) damaged[bit >> 3] = (damaged[bit >> 3] ?? 0) ^ (1 << (bit & 7));
  const places = new Uint8Array(4 * 8);
  const count = bench.call('bch', 'bch_decode', code, damaged, data.length, ecc, 0, 0, places);
  const view = new DataView(places.buffer);
  const found = Array.from({ length: 8 }, (_, i) => view.getUint32(4 * i, true));
  bench.call('bch', 'bch_free', code);
  const errors = Number(BigInt.asIntN(32, count));
  return [errors, ...found.slice(0, Math.max(errors, 0)).sort((a, b) => a - b)];
}
const wrongBits = [1, 77, 512, 1000, 2047, 3333, 4000, 4095];

// -- RAID 6 (H. P. Anvin, The mathematics of RAID-6): P is the sum of the disks,
// Q of the disks times the powers of x.

const STRIPE = 4096;
const disks = Array.from({ length: 6 }, (_, i) => noise(STRIPE, 20 + i));
const sum = (weight: (disk: number) => number): Uint8Array =>
  Uint8Array.from({ length: STRIPE }, (_, at) =>
    disks.reduce((total, disk, i) => total ^ gf.times(weight(i), disk[at] ?? 0), 0),
  );
const P = sum(() => 1);
const Q = sum((disk) => gf.power(disk));

/** Page-aligned stripes of six disks, P and Q, some of them lost; the array of pointers. */
function stripes(bench: Bench, lost: readonly number[]): { at: bigint[]; array: bigint } {
  const at = [...disks, P, Q].map((data, i) => {
    const block = bench.place(new Uint8Array(2 * STRIPE));
    const aligned = (block + BigInt(STRIPE - 1)) & ~BigInt(STRIPE - 1);
    bench.kernel.write(aligned, lost.includes(i) ? new Uint8Array(STRIPE) : data);
    return aligned;
  });
  return { at, array: bench.pointers(at) };
}

const same = (bench: Bench, at: bigint | undefined, data: Uint8Array | undefined): boolean =>
  data !== undefined && at !== undefined && hex(bench.read(at, STRIPE)) === hex(data);

function generate(bench: Bench): boolean[] {
  const { at, array } = stripes(bench, [6, 7]);
  const chosen = bench.word(bench.symbol('raid6_pq', 'raid6_call'));
  bench.callPointer(chosen, 8, STRIPE, array);
  return [same(bench, at[6], P), same(bench, at[7], Q)];
}

function recover(bench: Bench, function_: string, lost: readonly [number, number?]): boolean[] {
  const { at, array } = stripes(bench, lost[1] === undefined ? [lost[0], 6] : [lost[0], lost[1]]);
  const pointer = bench.word(bench.symbol('raid6_pq', function_));
  const failed = lost[1] === undefined ? [lost[0]] : [lost[0], lost[1]];
  bench.callPointer(pointer, 8, STRIPE, ...failed, array);
  return failed.map((disk) => same(bench, at[disk], disks[disk]));
}

function exclusiveOr(bench: Bench, count: number): boolean {
  const { at } = stripes(bench, []);
  const sources = at.slice(1, 1 + count);
  bench.call('xor', 'xor_blocks', count, STRIPE, at[0] ?? 0n, bench.pointers(sources));
  const expected = (disks[0] ?? P).map((byte, i) =>
    disks.slice(1, 1 + count).reduce((total, disk) => total ^ (disk[i] ?? 0), byte),
  );
  return same(bench, at[0], expected);
}

export const codes: readonly KnownAnswer[] = [
  {
    module: 'reed_solomon',
    notOn: ['armv7'],
    driver: 'encode_rs8()',
    source: 'model: division by the generator polynomial',
    ask: (bench) => {
      const rs = openCode(bench);
      const parity = new Uint8Array(2 * ROOTS);
      bench.call('reed_solomon', 'encode_rs8', rs, message, message.length, parity, 0);
      closeCode(bench, rs);
      return hex(parity);
    },
    expected: hex(asWords(modelParity())),
  },
  {
    module: 'reed_solomon',
    driver: 'decode_rs8(), 8 wrong symbols of 200',
    source: 'what the model encoded',
    ask: (bench) => repair(bench, damagedAt),
    expected: [8, true],
  },
  {
    module: 'reed_solomon',
    driver: 'decode_rs8(), 9 wrong symbols',
    source: 'minus EBADMSG: it repairs 8',
    ask: (bench) => repair(bench, [...damagedAt, 5]),
    expected: [-74, false],
  },
  {
    module: 'bch',
    notOn: ['armv7'],
    driver: 'bch_encode(), bch_decode()',
    source: 'where the test put 8 wrong bits',
    ask: (bench) => bchRepair(bench, wrongBits),
    expected: [8, ...wrongBits],
  },
  {
    module: 'bch',
    notOn: ['armv7'],
    driver: 'bch_encode(), bch_decode(), nothing wrong',
    source: 'what was encoded',
    ask: (bench) => bchRepair(bench, []),
    expected: [0],
  },
  {
    module: 'raid6_pq',
    driver: 'raid6_call.gen_syndrome()',
    source: 'model of Anvin, The mathematics of RAID-6, 1',
    ask: generate,
    expected: [true, true],
  },
  {
    module: 'raid6_pq',
    driver: 'raid6_2data_recov()',
    source: 'the two disks that were lost',
    ask: (bench) => recover(bench, 'raid6_2data_recov', [1, 4]),
    expected: [true, true],
  },
  {
    module: 'raid6_pq',
    driver: 'raid6_datap_recov()',
    source: 'the disk that was lost together with P',
    ask: (bench) => recover(bench, 'raid6_datap_recov', [2]),
    expected: [true],
  },
  ...[1, 2, 3, 4].map(
    (count): KnownAnswer => ({
      module: 'xor',
      driver: `xor_blocks(), ${count} source${count === 1 ? '' : 's'}`,
      source: 'exclusive or',
      ask: (bench) => exclusiveOr(bench, count),
      expected: true,
    }),
  ),
];
