// The library functions that Linux modules import, called at their addresses as
// modules call them: the same answers on all architectures.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { archNames } from '../src/arch/arch.ts';
import { type Argument, u64 } from '../src/kernel/arguments.ts';
import type { Kernel } from '../src/kernel/kernel.ts';
import { bootTest } from './support/guest.ts';
import { RedBlackTree } from './support/red-black-tree.ts';

const ascii = (text: string): Uint8Array => new TextEncoder().encode(text);
const digits = ascii('123456789');
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const [EINVAL, ERANGE, ENOSPC] = [-22, -34, -28];
const GFP_ATOMIC = 0xa20;

describe.each(archNames)('%s', (arch) => {
  let kernel: Kernel;
  beforeAll(async () => {
    kernel = await bootTest(arch);
  });
  afterAll(() => kernel.close());

  const at = (name: string): bigint => {
    const address = kernel.symbol(`linux_${name}`);
    if (address === undefined) throw new Error(`the kernel has no linux_${name}`);
    return address;
  };
  const call = (name: string, ...args: readonly Argument[]): bigint => {
    const target = kernel.symbol(`linux_${name}`);
    if (target === undefined) throw new Error(`the kernel has no linux_${name}`);
    // Variadic functions take everything on the stack, as native ones do on i386.
    const { native, linux } = kernel.arch.conventions;
    const result = kernel.callAddress(target, name === 'sscanf' ? native : linux, args);
    if (result.kind !== 'returned') throw new Error(`${name}: ${result.kind}`);
    return result.wide;
  };
  const int = (name: string, ...args: readonly Argument[]): number =>
    Number(BigInt.asIntN(32, call(name, ...args)));
  const u32 = (name: string, ...args: readonly Argument[]): number =>
    Number(BigInt.asUintN(32, call(name, ...args)));
  /** A parser's answer, and the number it left. */
  const parsed = (name: string, text: string, base: number, bytes: 1 | 2 | 4 | 8): unknown => {
    const result = new Uint8Array(8);
    const error = int(name, text, base, result);
    const value = new DataView(result.buffer).getBigInt64(0, true);
    return error === 0 ? BigInt.asIntN(bytes * 8, value) : error;
  };

  test.for([
    ['kstrtoull', '18446744073709551615', 10, 8, -1n],
    ['kstrtoull', '18446744073709551616', 10, 8, ERANGE],
    ['kstrtoull', '0x1f\n', 0, 8, 31n],
    ['kstrtoull', '017', 0, 8, 15n],
    ['kstrtoull', '+5', 10, 8, 5n],
    ['kstrtoull', '-5', 10, 8, EINVAL],
    ['kstrtoull', '', 10, 8, EINVAL],
    ['kstrtoull', '5 ', 10, 8, EINVAL],
    ['kstrtoull', '0x', 16, 8, EINVAL],
    ['kstrtoll', '-9223372036854775808', 10, 8, -(1n << 63n)],
    ['kstrtoll', '-9223372036854775809', 10, 8, ERANGE],
    ['kstrtoll', '9223372036854775808', 10, 8, ERANGE],
    ['kstrtoint', '2147483647', 10, 4, 2147483647n],
    ['kstrtoint', '2147483648', 10, 4, ERANGE],
    ['kstrtoint', '-2147483648', 10, 4, -2147483648n],
    ['kstrtouint', '4294967296', 10, 4, ERANGE],
    ['kstrtou8', '255', 10, 1, -1n],
    ['kstrtou8', '256', 10, 1, ERANGE],
    ['kstrtos16', '-32768', 10, 2, -32768n],
    ['kstrtos16', '-32769', 10, 2, ERANGE],
  ] as const)('%s of "%s" in base %i', ([name, text, base, bytes, expected]) => {
    expect(parsed(name, text, base, bytes)).toBe(expected);
  });

  test.for([
    ['y', 1],
    ['On', 1],
    ['0', 0],
    ['off', 0],
    ['x', EINVAL],
    ['o', EINVAL],
  ] as const)('kstrtobool of "%s"', ([text, expected]) => {
    const result = Uint8Array.of(7);
    const error = int('kstrtobool', text, result);
    expect(error === 0 ? result[0] : error).toBe(expected);
  });

  test.for([
    ['16M', 16n << 20n],
    ['0x10k', 16n << 10n],
    ['3', 3n],
  ] as const)('memparse of "%s"', ([text, expected]) => {
    expect(call('memparse', text, 0)).toBe(expected);
  });

  test.for([
    ['12 ab', '%d %s', 2],
    ['12', '%d %s', 1],
    ['x', '%d', 0],
    ['12ab', '%2d%n', 1],
    ['a%5', 'a%%%d', 1],
  ] as const)('sscanf of "%s" by "%s"', ([text, format, count]) => {
    expect(int('sscanf', text, format, new Uint8Array(16), new Uint8Array(16))).toBe(count);
  });

  test('sscanf stores numbers, texts and places', () => {
    const [number, text, place] = [new Uint8Array(4), new Uint8Array(8), new Uint8Array(4)];
    expect(int('sscanf', '-0x1f:ab]c', '%i:%[^]]%n', number, text, place)).toBe(2);
    expect(hex(number)).toBe('e1ffffff');
    expect(hex(text.subarray(0, 3))).toBe('616200');
    expect(place[0]).toBe(8);
  });

  test('hex2bin and bin2hex are each other’s inverse; a bad digit is refused', () => {
    const [bytes, text] = [new Uint8Array(4), new Uint8Array(8)];
    expect(int('hex2bin', bytes, 'dEadBeef', 4)).toBe(0);
    expect(hex(bytes)).toBe('deadbeef');
    call('bin2hex', text, bytes, 4);
    expect(Buffer.from(text).toString()).toBe('deadbeef');
    expect(int('hex2bin', bytes, 'deadbeeg', 4)).toBe(EINVAL);
  });

  test('a line of a dump has numbers in groups, then characters', () => {
    const out = new Uint8Array(100);
    const length = int('hex_dump_to_buffer', ascii('0123\x00~ab'), 8, 16, 4, out, 100, true);
    const line = Buffer.from(out.subarray(0, length)).toString();
    expect(line.trimEnd()).toBe(`33323130 62617e00${' '.repeat(20)}0123.~ab`);
  });

  // https://reveng.sourceforge.io/crc-catalogue/: KERMIT, IBM-3740, JAMCRC, ISCSI, MPEG-2.
  test.for([
    ['crc_ccitt', 0, 0x2189],
    ['crc_ccitt_false', 0xffff, 0x29b1],
    ['crc32_le', 0xffffffff, 0x340bc6d9],
    ['__crc32c_le', 0xffffffff, ~0xe3069283 >>> 0],
    ['crc32_be', 0xffffffff, 0x0376e6e7],
  ] as const)('%s from %i of "123456789"', ([name, start, check]) => {
    const mask = check > 0xffff ? 0xffffffff : 0xffff;
    expect((u32(name, start, digits, digits.length) & mask) >>> 0).toBe(check);
  });

  test('a shifted checksum is that of zeros behind', () => {
    const first = u32('crc32_le', 0, digits, 9);
    const zeros = u32('crc32_le', first, new Uint8Array(1000), 1000);
    expect(u32('crc32_le_shift', first, 1000)).toBe(zeros);
  });

  test.for([
    ['gcd', [84, 36], 12n],
    ['gcd', [0, 5], 5n],
    ['lcm', [4, 6], 12n],
    ['lcm', [0, 6], 0n],
    ['lcm_not_zero', [0, 6], 6n],
    ['int_sqrt', [99], 9n],
    ['int_sqrt', [100], 10n],
  ] as const)('%s of %o', ([name, args, expected]) => {
    expect(BigInt.asUintN(32, call(name, ...args))).toBe(expected);
  });

  // Only ARM's modules import these; on i386 a 64-bit argument that has one register
  // left goes to the stack, which the host's calls do not do.
  test.skipIf(arch === 'i386').for([
    ['div64_u64', [1n << 40n, 3n], (1n << 40n) / 3n],
    ['div64_s64', [-(1n << 40n), 3n], BigInt.asUintN(64, -(1n << 40n) / 3n)],
    ['mul_u64_u64_div_u64', [0xffffffffffffffffn, 1000n, 1001n], 0xffbe8852c5bee0b6n],
    ['mul_u64_u64_div_u64', [1n << 63n, 1n << 63n, (1n << 63n) + 1n], (1n << 63n) - 1n],
  ] as const)('%s of %o', ([name, args, expected]) => {
    const reference =
      name === 'mul_u64_u64_div_u64'
        ? (BigInt(args[0]) * BigInt(args[1])) / BigInt(args[2] ?? 1n)
        : expected;
    expect(call(name, ...args.map((each) => u64(each)))).toBe(BigInt.asUintN(64, reference));
  });

  describe('bits', () => {
    // Bits 3, 40 and 63 of 64; a bound that is no multiple of a word.
    const map = (): Uint8Array => Uint8Array.of(8, 0, 0, 0, 0, 1, 0, 0x80);
    test.for([
      ['_find_first_bit', [62], 3],
      ['_find_next_bit', [64, 4], 40],
      ['_find_next_bit', [64, 41], 63],
      ['_find_next_bit', [62, 41], 62],
      ['_find_first_zero_bit', [64], 0],
      ['_find_next_zero_bit', [64, 3], 4],
      ['_find_last_bit', [64], 63],
      ['_find_last_bit', [63], 40],
      ['__find_nth_bit', [64, 1], 40],
      ['__find_nth_bit', [64, 3], 64],
      ['__bitmap_weight', [64], 3],
      ['__bitmap_weight', [63], 2],
    ] as const)('%s %o', ([name, args, expected]) => {
      expect(u32(name, map(), ...args)).toBe(expected);
    });

    test('a range is set, and found free no more', () => {
      const bits = new Uint8Array(8);
      call('__bitmap_set', bits, 5, 30);
      expect(hex(bits)).toBe('e0ffffff07000000');
      expect(u32('bitmap_find_next_zero_area_off', bits, 64, 0, 6, 0, 0)).toBe(35);
      expect(u32('bitmap_find_next_zero_area_off', bits, 64, 0, 5, 0, 0)).toBe(0);
      expect(u32('bitmap_find_next_zero_area_off', bits, 64, 0, 4, 7, 0)).toBe(0);
      expect(u32('bitmap_find_next_zero_area_off', bits, 64, 4, 4, 7, 0)).toBe(40);
    });
  });

  test('sort orders elements by a function, bsearch finds them', () => {
    const words = ['pear', 'fig', 'apple', 'kiwi', 'plum', 'date', 'lime'];
    const array = Uint8Array.from(words.flatMap((word) => [...ascii(word.padEnd(8, '\0'))]));
    call('sort', array, words.length, 8, at('strcmp'), 0);
    const sorted = Array.from(words, (_, i) =>
      Buffer.from(array.subarray(8 * i, 8 * i + 8))
        .toString()
        .replaceAll('\0', ''),
    );
    expect(sorted).toEqual([...words].sort());
    expect(u32('bsearch', 'kiwi', array, words.length, 8, at('strcmp'))).not.toBe(0);
    expect(u32('bsearch', 'nut', array, words.length, 8, at('strcmp'))).toBe(0);
  });

  test('a red-black tree stays one, whatever comes and goes', () => {
    const tree = new RedBlackTree(kernel, call);
    let state = 1;
    const random = (below: number): number => {
      state = (Math.imul(state, 1103515245) + 12345) >>> 0;
      return (state >>> 16) % below;
    };
    for (let step = 0; step < 160; step++) {
      const key = random(48);
      if (tree.has(key)) tree.erase(key);
      else tree.insert(key);
      tree.check();
    }
    expect(tree.walk()).toEqual(tree.keys());
  });

  describe('numbers for pointers', () => {
    // struct idr {lock, flags, head, base, next}: 24 bytes at most.
    const place = (bytes: number): bigint => {
      const result = kernel.callExport('kmem_zalloc', bytes);
      return result.kind === 'returned' ? result.value : 0n;
    };

    test('an IDR gives the lowest free one, within bounds', () => {
      const idr = place(24);
      const alloc = (start: number, end: number): number =>
        int('idr_alloc', idr, 0x1000, start, end, GFP_ATOMIC);
      expect([alloc(0, 0), alloc(0, 0), alloc(5, 6), alloc(5, 6)]).toEqual([0, 1, 5, ENOSPC]);
      expect(u32('idr_find', idr, 5)).toBe(0x1000);
      expect(u32('idr_remove', idr, 0)).toBe(0x1000);
      expect([alloc(0, 0), alloc(0, 0)]).toEqual([0, 2]);
      expect(u32('idr_find', idr, 9)).toBe(0);
      call('idr_destroy', idr);
    });

    test('a cyclic one goes on where it was', () => {
      const idr = place(24);
      const alloc = (): number => int('idr_alloc_cyclic', idr, 0x1000, 1, 4, GFP_ATOMIC);
      expect([alloc(), alloc()]).toEqual([1, 2]);
      call('idr_remove', idr, 1);
      expect([alloc(), alloc(), alloc()]).toEqual([3, 1, ENOSPC]);
      call('idr_destroy', idr);
    });

    test('an IDA gives numbers, and warns of one given back twice', () => {
      const ida = place(16);
      const alloc = (first: number, last: number): number =>
        int('ida_alloc_range', ida, first, last, GFP_ATOMIC);
      expect([alloc(0, 1), alloc(0, 1), alloc(0, 1), alloc(7, 9)]).toEqual([0, 1, ENOSPC, 7]);
      call('ida_free', ida, 0);
      expect(alloc(0, 1)).toBe(0);
      call('ida_free', ida, 3);
      expect(kernel.takeFindings().map((each) => each.text)).toEqual([
        'ida_free called for id=3 which is not allocated',
      ]);
      call('ida_destroy', ida);
    });

    test('an XArray keeps a hundred entries in order', () => {
      const xa = place(16);
      for (let i = 0; i < 100; i++)
        expect(call('xa_store', xa, (i * 37) % 101, 0x1000 + 4 * i, GFP_ATOMIC) & 0xffffffffn).toBe(
          0n,
        );
      expect(u32('xa_load', xa, 37)).toBe(0x1004);
      const index = new Uint8Array(8);
      const found: number[] = [];
      let more = u32('xa_find', xa, index, 200, 8);
      while (more !== 0) {
        found.push(index[0] ?? 0);
        more = u32('xa_find_after', xa, index, 200, 8);
      }
      expect(found).toEqual([...found].sort((a, b) => a - b));
      expect(found).toHaveLength(100);
      expect(u32('xa_erase', xa, 37)).toBe(0x1004);
      expect(u32('xa_load', xa, 37)).toBe(0);
      call('xa_set_mark', xa, 74, 1);
      expect([74, 73].map((i) => call('xa_get_mark', xa, i, 1) & 0xffn)).toEqual([1n, 0n]);
      index.fill(0);
      expect(u32('xa_find', xa, index, 200, 1)).toBe(0x1008);
      call('xa_destroy', xa);
    });
  });

  test('match_wildcard knows stars and question marks', () => {
    const matches = (pattern: string, text: string): boolean =>
      (call('match_wildcard', pattern, text) & 0xffn) !== 0n;
    expect(matches('a*c?', 'abbbcd')).toBe(true);
    expect(matches('a*c?', 'abbbc')).toBe(false);
    expect(matches('*', '')).toBe(true);
  });

  test('UUIDs are read, in one order of bytes or the other', () => {
    const text = '00112233-4455-6677-8899-aabbccddeeff';
    const [uuid, guid] = [new Uint8Array(16), new Uint8Array(16)];
    expect([int('uuid_parse', text, uuid), int('guid_parse', text, guid)]).toEqual([0, 0]);
    expect(hex(uuid)).toBe('00112233445566778899aabbccddeeff');
    expect(hex(guid)).toBe('33221100554477668899aabbccddeeff');
    expect(int('uuid_parse', text.replace('-', 'x'), uuid)).toBe(EINVAL);
  });

  test('random numbers are the same in every run', () => {
    // SplitMix64 from the start in random.c, in this order since the machine was booted.
    const bytes = new Uint8Array(8);
    call('get_random_bytes', bytes, 8);
    let z = BigInt.asUintN(64, 0x6d6f64626f78n + 0x9e3779b97f4a7c15n);
    z = BigInt.asUintN(64, (z ^ (z >> 30n)) * 0xbf58476d1ce4e5b9n);
    z = BigInt.asUintN(64, (z ^ (z >> 27n)) * 0x94d049bb133111ebn);
    expect(new DataView(bytes.buffer).getBigUint64(0, true)).toBe(z ^ (z >> 31n));
  });
});
