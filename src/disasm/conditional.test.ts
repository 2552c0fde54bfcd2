// Instructions as Capstone prints them, and whether they go one of two ways.

import { expect, test } from 'vitest';
import {
  conditionalAArch64,
  conditionalArm,
  conditionalX86,
  type IsConditional,
} from './conditional.ts';

type Row = readonly [instruction: string, conditional: boolean];

const rows: readonly (readonly [IsConditional, readonly Row[]])[] = [
  [
    conditionalX86,
    [
      ['je 0x10', true],
      ['jrcxz 0x10', true],
      ['jecxz 0x10', true],
      ['loop 0x10', true],
      ['loopne 0x10', true],
      ['jmp 0x10', false],
      ['jmpq *%rax', false],
      ['ljmp 0x10', false],
      ['callq 0x10', false],
      ['retq ', false],
      ['lodsb (%rsi), %al', false],
      ['cmovne %eax, %ebx', false],
    ],
  ],
  [
    conditionalAArch64,
    [
      ['b.eq #0x10', true],
      ['cbz x0, #0x10', true],
      ['cbnz w1, #0x10', true],
      ['tbz w0, #3, #0x10', true],
      ['tbnz x0, #63, #0x10', true],
      ['b #0x10', false],
      ['bl #0x10', false],
      ['br x3', false],
      ['bic x0, x1, x2', false],
      ['csel x0, x1, x2, eq', false],
    ],
  ],
  [
    conditionalArm,
    [
      ['beq #0x10', true],
      ['ble #0x10', true],
      ['bls #0x10', true],
      ['blt #0x10', true],
      ['blle #0x10', true],
      ['bleq #0x10', true],
      ['bne.w #0x10', true],
      ['bxne lr', true],
      ['blxeq r3', true],
      ['cbz r0, #0x10', true],
      ['cbnz r0, #0x10', true],
      ['popne {r4, pc}', true],
      ['ldmne sp!, {r4, pc}', true],
      ['ldmiaeq sp!, {r4, pc}', true],
      ['ldrls pc, [pc, r0, lsl #2]', true],
      ['movne pc, lr', true],
      ['addls pc, pc, r0, lsl #2', true],
      ['b #0x10', false],
      ['bl #0x10', false],
      ['blx #0x10', false],
      ['bx lr', false],
      ['bics r0, r1, r2', false],
      ['pop {r4, pc}', false],
      ['popne {r4, r5}', false],
      ['ldrne r0, [pc, #4]', false],
      ['movne r0, #1', false],
      ['strne pc, [r0]', false],
    ],
  ],
];

const flat = rows.flatMap(([isConditional, all]) =>
  all.map(([text, expected]) => ({ text, expected, isConditional })),
);

test.for(flat)('$text: $expected', ({ text, expected, isConditional }) => {
  const [mnemonic = '', ...operands] = text.split(' ');
  expect(isConditional({ mnemonic, operands: operands.join(' ') })).toBe(expected);
});
