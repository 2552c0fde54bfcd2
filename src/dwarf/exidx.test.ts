// Unwinding by ARM's own tables, which no other architecture has.  The tables are made
// by the assembler from directives; the expectations are what the directives say.

import { describe, expect, test } from 'vitest';
import { assembleObject } from '../../test/support/debug-object.ts';
import type { Unwound } from './cfi.ts';
import { unwindByExidx } from './exidx.ts';
import { bytesOf } from './pieces.ts';

const SP = 0x1000n;

/** Unwinds from the second instruction of a function with these directives. */
function unwindWith(directives: string): Unwound | undefined {
  const source = [
    ...['.syntax unified', '.text', 'first:', '.fnstart', 'nop', '.cantunwind', '.fnend'],
    ...['f:', '.fnstart', directives, 'nop', 'nop', '.fnend'],
    ...['last:', '.fnstart', 'nop', '.cantunwind', '.fnend'],
    // The routine that some entries name.
    ...['.globl __aeabi_unwind_cpp_pr0, __aeabi_unwind_cpp_pr1', '__aeabi_unwind_cpp_pr0:'],
    ...['__aeabi_unwind_cpp_pr1:', 'nop'],
  ].join('\n');
  const { memory, addressOf, sizeOf } = assembleObject('armv7', source);
  return unwindByExidx(
    { address: addressOf('.ARM.exidx'), bytes: sizeOf('.ARM.exidx') },
    {
      pc: addressOf('.text') + 8n,
      register: (number) => (number === 13 ? SP : BigInt(number)),
      // The tables where they are, and around the stack words that hold their address.
      memory: (address, bytes) => memory(address, bytes) ?? bytesOf(address, bytes),
    },
  );
}

describe('armv7', () => {
  test('saved registers are popped lowest first', () => {
    const done = unwindWith('.save {r4, r5, r11, lr}');
    expect([4, 5, 11].map((number) => done?.register(number))).toEqual([SP, SP + 4n, SP + 8n]);
    expect(done?.returnAddress).toBe(SP + 12n);
    expect(done?.cfa).toBe(SP + 16n);
  });

  test('room for locals is given back first', () => {
    const done = unwindWith('.save {r4, lr}\n.pad #24');
    expect(done?.register(4)).toBe(SP + 24n);
    expect(done?.cfa).toBe(SP + 32n);
  });

  test('much room takes another instruction', () => {
    expect(unwindWith('.pad #4096')?.cfa).toBe(SP + 4096n);
  });

  test('a frame pointer says where the stack was', () => {
    // r7 holds 7, and the frame was set up 8 bytes above its end.
    const done = unwindWith('.save {r7, lr}\n.setfp r7, sp');
    expect(done?.register(7)).toBe(7n);
    expect(done?.cfa).toBe(15n);
  });

  test('registers of the VFP are stepped over', () => {
    expect(unwindWith('.vsave {d8-d10}')?.cfa).toBe(SP + 24n);
  });

  test('low registers are popped', () => {
    const done = unwindWith('.save {r0, r1, r4, lr}');
    expect([0, 1, 4].map((number) => done?.register(number))).toEqual([SP, SP + 4n, SP + 8n]);
  });

  test('long descriptions are in a table of their own', () => {
    const done = unwindWith('.save {r4, r6, lr}\n.vsave {d8}\n.pad #2048\n.handlerdata\n.text');
    expect(done?.register(6)).toBe(SP + 2048n + 8n + 4n);
    expect(done?.returnAddress).toBe(SP + 2048n + 8n + 8n);
  });

  test('a leaf returns to the link register', () => {
    expect(unwindWith('')?.returnAddress).toBe(14n);
  });

  test('a function that cannot be unwound is not', () => {
    expect(unwindWith('.cantunwind')).toBeUndefined();
  });
});
