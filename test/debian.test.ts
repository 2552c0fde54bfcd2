// Modules from Debian's kernel packages, compiled by somebody else for somebody
// else's kernel, loaded as libraries: the same answers on four architectures.

import { existsSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { archNames } from '../src/arch/arch.ts';
import { debianPath } from '../src/host/assets.ts';
import type { Argument } from '../src/kernel/arguments.ts';
import type { Kernel } from '../src/kernel/kernel.ts';
import type { Module } from '../src/kernel/module.ts';
import { unwrap } from '../src/kernel/results.ts';
import { readElf } from '../src/object/elf/reader.ts';
import { bootTest } from './support/guest.ts';

const modules = ['crc7', 'crc-itu-t', 'crc16', 'libarc4', 'cordic'] as const;
const digits = new TextEncoder().encode('123456789');
const hex = (text: string): number[] => [...Buffer.from(text.replaceAll(' ', ''), 'hex')];

describe.each(archNames)('%s', (arch) => {
  const missing = modules.filter((name) => !existsSync(debianPath(process.env, arch, name)));
  const absent = missing.length > 0;
  if (absent) {
    const what = `Debian modules for ${arch} are missing: ${missing.join(', ')}`;
    if (process.env['CI'] === 'true') test(what, () => expect.fail(`${what}; npm run setup`));
    // biome-ignore lint/suspicious/noConsole: a skip must not go unseen
    else console.warn(`SKIPPED: ${what}; \`npm run setup\` fetches them`);
  }

  describe.skipIf(absent)('modules', () => {
    let kernel: Kernel;
    const loaded = new Map<string, Module>();
    const path = (name: string): string => debianPath(process.env, arch, name);
    beforeAll(async () => {
      kernel = await bootTest(arch);
      for (const name of modules)
        loaded.set(
          name,
          unwrap(kernel.load({ name: path(name), bytes: readFileSync(path(name)) })),
        );
    });
    afterAll(() => kernel.close());

    const call = (
      module: (typeof modules)[number],
      symbol: string,
      ...args: Argument[]
    ): bigint => {
      const result = loaded.get(module)?.call(symbol, ...args);
      if (result?.kind !== 'returned') throw new Error(`${symbol}: ${result?.kind}`);
      return result.wide;
    };

    // https://reveng.sourceforge.io/crc-catalogue/ gives the check values.
    test.for([
      ['crc7', 'crc7_be', 0, 8, 0x75n << 1n],
      ['crc-itu-t', 'crc_itu_t', 0, 16, 0x31c3n],
      ['crc-itu-t', 'crc_itu_t', 0xffff, 16, 0x29b1n],
      ['crc16', 'crc16', 0, 16, 0xbb3dn],
      ['crc16', 'crc16', 0xffff, 16, 0x4b37n],
    ] as const)('%s: %s from %i of "123456789"', ([module, symbol, start, bits, check]) => {
      expect(BigInt.asUintN(bits, call(module, symbol, start, digits, digits.length))).toBe(check);
    });

    test('a CRC in two parts is the CRC of the whole', () => {
      const first = BigInt.asUintN(16, call('crc16', 'crc16', 0, digits.slice(0, 4), 4));
      const both = call('crc16', 'crc16', first, digits.slice(4), 5);
      expect(BigInt.asUintN(16, both)).toBe(0xbb3dn);
    });

    // RFC 6229: the keystream of each key at offsets 0 and 16.
    test.for([
      ['0102030405', 'b2396305f03dc027ccc3524a0a1118a8', '6982944f18fc82d589c403a47a0d0919'],
      [
        '0102030405060708090a0b0c0d0e0f10',
        '9ac7cc9a609d1ef7b2932899cde41b97',
        '5248c4959014126a6e8a84f11d1a9e1c',
      ],
    ] as const)('arc4 with key %s', ([key, first, second]) => {
      const context = new Uint8Array(1032);
      const stream = new Uint8Array(32);
      const secret = Uint8Array.from(hex(key));
      expect(
        BigInt.asIntN(32, call('libarc4', 'arc4_setkey', context, secret, secret.length)),
      ).toBe(0n);
      call('libarc4', 'arc4_crypt', context, stream, new Uint8Array(32), 32);
      expect([...stream]).toEqual([...hex(first), ...hex(second)]);
    });

    // struct cordic_iq { s32 i, q; }: in registers, but by hidden pointer on ARM.
    const cordic = (degrees: number): { cos: number; sin: number } => {
      const memory = new Uint8Array(8);
      const view = new DataView(memory.buffer);
      if (arch === 'armv7') call('cordic', 'cordic_calc_iq', memory, degrees);
      else
        view.setBigUint64(0, BigInt.asUintN(64, call('cordic', 'cordic_calc_iq', degrees)), true);
      return { cos: view.getInt32(0, true), sin: view.getInt32(4, true) };
    };

    test.for([0, 30, 45, 90, 135, 180, -45, -90])('cordic of %i degrees', (degrees) => {
      const { cos, sin } = cordic(degrees);
      const angle = (degrees * Math.PI) / 180;
      expect(Math.abs(cos - Math.cos(angle) * 65536)).toBeLessThan(8);
      expect(Math.abs(sin - Math.sin(angle) * 65536)).toBeLessThan(8);
    });

    test('cordic answers to the last bit the same everywhere', () => {
      expect([0, 45, 90].map((degrees) => cordic(degrees))).toMatchInlineSnapshot(`
        [
          {
            "cos": 65541,
            "sin": 0,
          },
          {
            "cos": 46342,
            "sin": 46341,
          },
          {
            "cos": 3,
            "sin": 65536,
          },
        ]
      `);
    });

    test.for(modules)('%s is a Linux library and knows its kernel', (name) => {
      const module = loaded.get(name);
      expect(module?.view.flavour).toBe('linux');
      const described = module?.view.description;
      if (described?.flavour !== 'linux') throw new Error('it is no Linux module');
      const vermagic = described.modinfo.find(({ key }) => key === 'vermagic')?.value;
      expect(vermagic).toMatch(/^6\.1\.\d+-\d+-[-a-z0-9]+ SMP .*mod_unload modversions/);
      expect(described.init).toBeUndefined();
      expect(described.versions.map((each) => each.name)).toContain('module_layout');
    });

    test.for(modules)('%s carries a signature, which loading does not mind', (name) => {
      const read = readElf(readFileSync(path(name)));
      expect(read).toMatchObject({ ok: true, value: { signed: true } });
    });

    test('they all go again, and leave nothing', () => {
      for (const module of [...kernel.modules].reverse())
        expect(module.unload()).toEqual({ ok: true, leaks: { blocks: 0, bytes: 0, records: [] } });
    });
  });
});
