// Registers as debuggers see them, on a booted guest of every architecture.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bootTest } from '../../test/support/guest.ts';
import { archNames } from '../arch/arch.ts';
import type { Kernel } from '../kernel/kernel.ts';
import { GuestRegisters } from './registers.ts';

/** Bytes of gdb's g packet for the standard features (docs of gdb, appendix G.5). */
const standardBytes = { i386: 308, amd64: 552, armv7: 328, aarch64: 788 };
const wide = { i386: 'xmm7', amd64: 'xmm15', armv7: 'd31', aarch64: 'v31' };

describe.for(archNames)('%s', (arch) => {
  let kernel: Kernel;
  let registers: GuestRegisters;
  beforeAll(async () => {
    kernel = await bootTest(arch);
    registers = new GuestRegisters(kernel.machine);
  });
  afterAll(() => kernel.close());

  const word = (name: string): bigint => {
    const bytes = registers.read(name) ?? new Uint8Array(0);
    return bytes.reduceRight((value, byte) => (value << 8n) | BigInt(byte), 0n);
  };

  test('the standard features have the size that gdb wants', () => {
    const standard = kernel.arch.debug.features.filter(({ name }) => name.startsWith('org.gnu.'));
    const bits = standard.flatMap((feature) => feature.registers.map((each) => each.bits));
    expect(bits.reduce((sum, each) => sum + each, 0) / 8).toBe(standardBytes[arch]);
  });

  test('each has as many bytes as it says', () => {
    for (const { name, bits, bytes } of registers.all()) expect(bytes.length * 8, name).toBe(bits);
  });

  test('no two have one name', () => {
    const names = registers.all().map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
  });

  test('general registers are those of the CPU', () => {
    for (const { name, bits } of kernel.arch.registers)
      expect(word(name), name).toBe(BigInt.asUintN(bits, kernel.machine.engine.read(name)));
  });

  test('each that may be written keeps what is written', () => {
    const all = kernel.arch.debug.features.flatMap((feature) => feature.registers);
    const plain = all.filter(
      ({ group, bits, readOnly }) => !readOnly && group !== 'general' && bits >= 64,
    );
    for (const { name, bits } of plain) {
      const bytes = Uint8Array.from({ length: bits / 8 }, (_, i) => i + 1);
      expect(registers.write(name, bytes), name).toBeUndefined();
      expect(registers.read(name), name).toEqual(bytes);
    }
  });

  test('the last vector register is not the first', () => {
    const [first] = kernel.arch.debug.features.flatMap((feature) =>
      feature.registers.filter(({ name }) => /^(xmm|d|v)0$/.test(name)),
    );
    const bytes = new Uint8Array((first?.bits ?? 0) / 8).fill(0x5a);
    registers.write(first?.name ?? '', bytes);
    registers.write(wide[arch], new Uint8Array(bytes.length).fill(1));
    expect(registers.read(first?.name ?? '')).toEqual(bytes);
  });

  test('refuses a register that there is not, and a value too wide', () => {
    expect(registers.write('nobody', new Uint8Array(4))).toContain('no register nobody');
    const { pc } = kernel.arch.roles;
    expect(registers.write(pc, new Uint8Array(3))).toContain('bits, not 24');
  });

  test('refuses to change a system register', () => {
    const all = kernel.arch.debug.features.flatMap((feature) => feature.registers);
    const system = all.filter(({ group, readOnly }) => group === 'system' && readOnly);
    expect(system.length).toBeGreaterThan(0);
    for (const { name } of system) {
      const other = registers.read(name)?.map((byte) => byte ^ 0xff) ?? new Uint8Array();
      expect(registers.write(name, other), name).toContain('only by');
    }
  });

  test('what an exception left can be put back', () => {
    const all = kernel.arch.debug.features.flatMap((feature) => feature.registers);
    const left = all.filter(({ group, readOnly }) => group === 'system' && !readOnly);
    expect(left.length).toBeGreaterThan(0);
    for (const { name, bits } of left) {
      const bytes = new Uint8Array(bits / 8).fill(0x10);
      expect(registers.write(name, bytes), name).toBeUndefined();
      expect(registers.read(name)?.[0], name).toBe(0x10);
    }
  });

  test('system registers show that the MMU is on', () => {
    const at = { i386: 'cr0', amd64: 'cr0', armv7: 'sctlr', aarch64: 'sctlr_el1' }[arch];
    const bit = arch === 'i386' || arch === 'amd64' ? 31n : 0n;
    expect((word(at) >> bit) & 1n).toBe(1n);
  });

  test('a written pc is where the CPU goes on', () => {
    const { pc } = kernel.arch.roles;
    const before = word(pc);
    const target = kernel.symbol('strlen') ?? 0n;
    const bytes = Uint8Array.from({ length: kernel.arch.wordBytes }, (_, i) =>
      Number((target >> BigInt(8 * i)) & 0xffn),
    );
    expect(registers.write(pc, bytes)).toBeUndefined();
    expect(kernel.machine.step()).toBeUndefined();
    const after = word(pc);
    expect(after).not.toBe(before);
    expect(kernel.symbolise(kernel.machine.position.pc).symbol).toBe('strlen');
  });
});
