// Instructions with names: one fact each, on code written out in bytes.

import { expect, test } from 'vitest';
import type { ArchName } from '../arch/arch.ts';
import { architectures } from '../arch/registry.ts';
import { type Addr, addr, offsetIn } from '../base/address.ts';
import { openDecoder } from '../disasm/decoder.ts';
import { Disassembler } from './disassembly.ts';
import type { DisassembledInstruction } from './model.ts';

const start = addr(0xc010_0000n);

/** `code` at `start`, where the function f begins; g is 0x100 bytes further. */
async function disassembler(arch: ArchName, code: readonly number[]): Promise<Disassembler> {
  const { elfMachine, wordBytes } = architectures[arch];
  const decoder = await openDecoder(elfMachine);
  if (decoder === undefined) throw new Error(`no decoder for ${arch}`);
  return new Disassembler(decoder, {
    wordBytes,
    read: (at, bytes) => {
      const offset = offsetIn(start, at);
      return offset < 0 ? new Uint8Array() : Uint8Array.from(code.slice(offset, offset + bytes));
    },
    objectAt: () => undefined,
    symbolAt: (at: Addr) => {
      const offset = offsetIn(start, at);
      if (offset < 0) return undefined;
      return offset < 0x100 ? { symbol: 'f', offset } : { symbol: 'g', offset: offset - 0x100 };
    },
    lineAt: (at) => ({ file: 'f.c', line: offsetIn(start, at) + 1 }),
  });
}

const text = ({ mnemonic, operands }: DisassembledInstruction): string =>
  `${mnemonic} ${operands}`.trim();

test.for<[ArchName, string, readonly number[], string]>([
  ['i386', 'call', [0xe8, 0xfb, 0, 0, 0], 'calll 0xc0100100 <g>'],
  ['i386', 'immediate', [0xb8, 4, 1, 0x10, 0xc0], 'movl $0xc0100104, %eax  # 0xc0100104 <g+4>'],
  ['amd64', 'jump', [0x74, 2], 'je 0xc0100004 <f+4>'],
  ['amd64', 'data', [0x48, 0x8b, 5, 0xf9, 0, 0, 0], 'movq 0xf9(%rip), %rax  # 0xc0100100 <g>'],
  ['armv7', 'call', [0x3e, 0, 0, 0xeb], 'bl 0xc0100100 <g>'],
  ['armv7', 'literal', [0xf8, 0, 0x9f, 0xe5], 'ldr r0, [pc, #0xf8]  @ 0xc0100100 <g>'],
  ['armv7', 'numbered registers', [0x0b, 0xc0, 0xa0, 0xe1], 'mov r12, r11'],
  ['aarch64', 'branch', [0x40, 0, 0, 0x54], 'b.eq 0xc0100008 <f+8>'],
  ['aarch64', 'literal', [0, 8, 0, 0x58], 'ldr x0, #0xc0100100  // 0xc0100100 <g>'],
])('%s: %s', async ([arch, , code, wanted]) => {
  const found = (await disassembler(arch, code)).disassemble(start, 1);
  expect(found.map(text)).toEqual([wanted]);
});

test('an address that two instructions build is told at the second', async () => {
  // movw r0, #0x100; movt r0, #0xc010
  const code = [0, 1, 0, 0xe3, 0x10, 0, 0x4c, 0xe3];
  const found = (await disassembler('armv7', code)).disassemble(start, 2);
  expect(found.map(text)).toEqual(['movw r0, #0x100', 'movt r0, #0xc010  @ 0xc0100100 <g>']);
});

test('going back begins at the function, so that it is in step', async () => {
  // push %ebp; mov $0x55555555, %eax; pop %ebp; ret
  const code = [0x55, 0xb8, 0x55, 0x55, 0x55, 0x55, 0x5d, 0xc3];
  const found = (await disassembler('i386', code)).disassemble(addr(start + 7n), 4, 3);
  expect(found.map(text)).toEqual(['pushl %ebp', 'movl $0x55555555, %eax', 'popl %ebp', 'retl']);
});

test('there are exactly as many as asked for, also where nothing is mapped', async () => {
  const found = (await disassembler('i386', [0xc3])).disassemble(start, 5, 2);
  expect(found.map(({ mnemonic, bytes }) => [mnemonic, bytes.length])).toEqual([
    ['??', 0],
    ['??', 0],
    ['retl', 1],
    ['??', 0],
    ['??', 0],
  ]);
});

test('an address in the middle of an instruction is taken as it is', async () => {
  const code = [0xb8, 0x5d, 0xc3, 0x90, 0x90];
  const found = (await disassembler('i386', code)).disassemble(addr(start + 1n), 3, 1);
  expect(found.map(text)).toEqual(['(bad)', 'popl %ebp', 'retl']);
});

test('what is no instruction is so many bytes', async () => {
  const [bad] = (await disassembler('amd64', [0x06, 0xc3])).disassemble(start, 1);
  const [inst] = (await disassembler('aarch64', [1, 0, 0, 2])).disassemble(start, 1);
  expect([bad?.mnemonic, bad?.bytes.length]).toEqual(['(bad)', 1]);
  expect(inst && text(inst)).toBe('.inst 0x02000001');
});

test('each instruction knows its place', async () => {
  const found = (await disassembler('i386', [0x90, 0x90])).disassemble(start, 2);
  expect(found[1]).toMatchObject({ symbol: 'f', offset: 1, file: 'f.c', line: 2 });
});
