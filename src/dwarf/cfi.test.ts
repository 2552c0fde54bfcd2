// Unwinding by call frame information that the assembler made from directives: what
// each directive means is in its documentation, so the expectations can be read off.

import { describe, expect, test } from 'vitest';
import { debugObject } from '../../test/support/debug-object.ts';
import { type ArchName, archNames } from '../arch/arch.ts';
import { architectures } from '../arch/registry.ts';
import { CallFrames, type Unwound } from './cfi.ts';
import { bytesOf } from './pieces.ts';

/** Stack pointer, return address and two registers that functions save. */
const numbers = {
  i386: { sp: 4, ra: 8, a: 3, b: 6 },
  amd64: { sp: 7, ra: 16, a: 3, b: 12 },
  armv7: { sp: 13, ra: 14, a: 4, b: 5 },
  aarch64: { sp: 31, ra: 30, a: 19, b: 20 },
} as const;

const SP = 0x1000n;

/** A function of four nops; the directives stand before each of them. */
function unwindWith(
  arch: ArchName,
  section: '.debug_frame' | '.eh_frame',
  directives: readonly [string, string, string, string],
  instruction: number,
): Unwound | undefined {
  const { wordBytes } = architectures[arch];
  const body = directives.map((each) => `${each.replaceAll(';', '\\n')}\\nnop`).join('\\n');
  const cfi = `.cfi_sections ${section}\\n.text\\n.globl f\\nf:\\n.cfi_startproc\\n${body}\\n.cfi_endproc`;
  const object = debugObject(arch, `asm("${cfi}");\nint unused;\n`);
  const bytes = object.sections.get(section);
  if (bytes === undefined) throw new Error(`no ${section}`);
  const address = section === '.eh_frame' ? object.sectionAddress(section) : 0n;
  const { sp: stackPointer } = numbers[arch];
  const frames = new CallFrames([{ name: section, bytes, address }], { wordBytes, stackPointer });
  const nop = arch === 'i386' || arch === 'amd64' ? 1 : 4;
  return frames.unwind({
    pc: object.sectionAddress('.text') + BigInt(instruction * nop),
    // Every register and every word of memory holds its own number.
    register: (number) => (number === stackPointer ? SP : BigInt(number)),
    memory: (at, size) => bytesOf(at, size),
  });
}

describe.for(archNames)('%s', (arch) => {
  const { a, b, ra, sp } = numbers[arch];
  const word = architectures[arch].wordBytes;
  const nothing = '';

  test.for(['.debug_frame', '.eh_frame'] as const)('%s: a row holds until the next', (section) => {
    const directives = [
      `.cfi_def_cfa ${sp}, 32`,
      '.cfi_def_cfa_offset 64',
      nothing,
      nothing,
    ] as const;
    const cfas = [0, 1, 2, 3].map((at) => unwindWith(arch, section, directives, at)?.cfa);
    expect(cfas).toEqual([SP + 32n, SP + 64n, SP + 64n, SP + 64n]);
  });

  test('in the caller the stack pointer is the CFA', () => {
    const done = unwindWith(arch, '.debug_frame', [`.cfi_def_cfa ${sp}, 32`, '', '', ''], 0);
    expect(done?.register(sp)).toBe(SP + 32n);
  });

  test.for([
    ['offset', (n: number) => `.cfi_offset ${n}, -16`, SP + 16n],
    ['undefined', (n: number) => `.cfi_undefined ${n}`, undefined],
    ['same value', (n: number) => `.cfi_same_value ${n}`, BigInt(a)],
    ['register', (n: number) => `.cfi_register ${n}, ${b}`, BigInt(b)],
    // DW_CFA_val_offset of 8 bytes, in the unit that clang uses.
    ['val_offset', (n: number) => `.cfi_escape 0x14, ${n}, ${arch === 'amd64' ? 1 : 2}`, SP + 24n],
    // DW_CFA_expression: DW_OP_lit8, DW_OP_minus: at CFA - 8.
    ['expression', (n: number) => `.cfi_escape 0x10, ${n}, 2, 0x38, 0x1c`, SP + 24n],
    // DW_CFA_val_expression: CFA - 8 itself.
    ['val_expression', (n: number) => `.cfi_escape 0x16, ${n}, 2, 0x38, 0x1c`, SP + 24n],
  ] as const)('a register is found by the rule %s', ([, rule, expected]) => {
    const directives = [`.cfi_def_cfa ${sp}, 32; ${rule(a)}`, '', '', ''] as const;
    expect(unwindWith(arch, '.debug_frame', directives, 0)?.register(a)).toBe(expected);
  });

  test('the return address is found by its rule', () => {
    const directives = [`.cfi_def_cfa ${sp}, 32; .cfi_offset ${ra}, -${word}`, '', '', ''] as const;
    const done = unwindWith(arch, '.debug_frame', directives, 0);
    expect(done?.returnAddress).toBe(SP + 32n - BigInt(word));
  });

  test('what is below the stack pointer has been popped: the register has it again', () => {
    const directives = [`.cfi_def_cfa ${sp}, 16; .cfi_offset ${a}, -24`, '', '', ''] as const;
    expect(unwindWith(arch, '.debug_frame', directives, 0)?.register(a)).toBe(BigInt(a));
  });

  test('states are remembered and restored', () => {
    const directives = [
      `.cfi_def_cfa ${sp}, 32; .cfi_offset ${a}, -16; .cfi_remember_state`,
      `.cfi_def_cfa_offset 48; .cfi_restore ${a}`,
      '.cfi_restore_state',
      '',
    ] as const;
    const saved = [0, 1, 2].map((at) => unwindWith(arch, '.debug_frame', directives, at));
    expect(saved.map((each) => each?.register(a))).toEqual([SP + 16n, BigInt(a), SP + 16n]);
    expect(saved.map((each) => each?.cfa)).toEqual([SP + 32n, SP + 48n, SP + 32n]);
  });

  test('the CFA may be an expression', () => {
    // DW_CFA_def_cfa_expression: DW_OP_breg(sp) 8, DW_OP_plus_uconst 8.
    const directive = `.cfi_escape 0x0f, 4, ${0x70 + sp}, 8, 0x23, 8`;
    const done = unwindWith(arch, '.debug_frame', [directive, '', '', ''], 0);
    expect(done?.cfa).toBe(SP + 16n);
  });

  test('code that is not described is not unwound', () => {
    expect(unwindWith(arch, '.debug_frame', ['', '', '', ''], 4)).toBeUndefined();
  });

  test('a damaged program ends the unwinding', () => {
    const unknownInstruction = '.cfi_escape 0x3e';
    const directives = [unknownInstruction, '', '', ''] as const;
    expect(unwindWith(arch, '.debug_frame', directives, 0)).toBeUndefined();
  });
});

test('a signed return address loses its signature', () => {
  const directives = [
    '.cfi_negate_ra_state; .cfi_escape 0x16, 30, 9, 0x0e, 0x10, 0x32, 0x54, 0x76, 0x98, 0xba, 0xfc, 0xfe',
    '',
    '',
    '',
  ] as const;
  expect(unwindWith('aarch64', '.debug_frame', directives, 0)?.returnAddress).toBe(
    0xffff_ba98_7654_3210n,
  );
});
