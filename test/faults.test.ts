// Faults in a module's init: contained, told on the console and in the failure,
// and the kernel is as it was.  And those that no kernel survives: a death that is
// reported, never a hang.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { archNames } from '../src/arch/arch.ts';
import type { Kernel } from '../src/kernel/kernel.ts';
import { describeOops } from '../src/kernel/oops.ts';
import { describeDeath, type LoadFailure, unwrap } from '../src/kernel/results.ts';
import { type Action, chameleon } from './support/chameleon.ts';
import { bootTest, failureOf, helloWorks, holdings, sample } from './support/guest.ts';

const EFAULT = 14;
const ETIMEDOUT = 60;

/** What an init does, and what the oops says of it. */
const contained: readonly (readonly [Action, object, RegExp])[] = [
  [
    'nullderef',
    { kind: 'page-fault', access: 'read', address: 24n, module: 'chameleon' },
    /^page fault: read of 0x18 at chameleon_do\+/,
  ],
  [
    'wildjump',
    { kind: 'page-fault', access: 'exec', address: 0x1234_0000n, module: 'chameleon' },
    /^page fault: exec of 0x12340000 at 0x12340000$/,
  ],
  [
    'undefined',
    { kind: 'undefined', module: undefined },
    /^undefined instruction at cpu_undefined\+/,
  ],
  ['breakpoint', { kind: 'breakpoint', module: undefined }, /^breakpoint at cpu_breakpoint\+/],
  ['syscall', { kind: 'svc', module: undefined }, /^supervisor call at cpu_syscall\+/],
  ['divide', { kind: 'divide', module: undefined }, /^divide error at cpu_divide\+/],
  [
    'writetext',
    { kind: 'page-fault', access: 'write', module: 'chameleon' },
    /^page fault: write of 0x[0-9a-f]+ at chameleon_do\+/,
  ],
  [
    'writerodata',
    { kind: 'page-fault', access: 'write', module: 'chameleon' },
    /^page fault: write of 0x[0-9a-f]+ at chameleon_do\+/,
  ],
  [
    'execdata',
    { kind: 'page-fault', access: 'exec', module: 'chameleon' },
    /^page fault: exec of 0x[0-9a-f]+ at scratch\+0x0\//,
  ],
  ['panic', { kind: 'panic', module: 'chameleon' }, /^assertion failed at chameleon_do\+/],
  ['assertion', { kind: 'panic', module: 'chameleon' }, /^assertion failed at chameleon_do\+/],
  ['freetwice', { kind: 'panic', module: 'chameleon' }, /^assertion failed at chameleon_do\+/],
];

/** What these architectures cannot do. */
const absent: Readonly<Record<string, readonly Action[]>> = {
  i386: ['execdata'], // there is no bit against execution
  amd64: [],
  armv7: ['divide'], // division by zero is zero
  aarch64: ['divide'],
};

function oopsOf(failure: LoadFailure): NonNullable<LoadFailure['oops']> {
  if (failure.oops === undefined) throw new Error(`no oops: ${failure.reason}`);
  return failure.oops;
}

describe.each(archNames)('%s', (arch) => {
  let kernel: Kernel;
  beforeAll(async () => {
    kernel = await bootTest(arch);
    expect(helloWorks(kernel)).toBe(true);
  });
  afterAll(() => kernel.close());

  const rows = contained.filter(([action]) => !absent[arch]?.includes(action));
  test.for(rows)('an init that does %s is contained', ([init, oops, sentence]) => {
    const before = holdings(kernel);
    const failure = failureOf(kernel.load(chameleon(arch, { init })));
    expect(failure).toMatchObject({ error: EFAULT, stage: 'init', problems: [], death: undefined });
    expect(failure.oops).toMatchObject(oops);
    expect(describeOops(oopsOf(failure))).toMatch(sentence);
    expect(kernel.modules).toEqual([]);
    expect(helloWorks(kernel)).toBe(true);
    expect(holdings(kernel)).toEqual(before);
  });

  test('the words of a panic are the reason', () => {
    const failure = failureOf(kernel.load(chameleon(arch, { init: 'panic' })));
    expect(failure.reason).toContain('the chameleon is unhappy');
    expect(failure.console).toContain('panic: the chameleon is unhappy\n');
  });

  test('an endless loop is ended by the watchdog', () => {
    const before = holdings(kernel);
    const failure = failureOf(kernel.load(chameleon(arch, { init: 'spin' })));
    expect(failure).toMatchObject({ error: ETIMEDOUT, stage: 'init', death: undefined });
    expect(oopsOf(failure)).toMatchObject({ kind: 'watchdog', module: 'chameleon' });
    expect(helloWorks(kernel)).toBe(true);
    expect(holdings(kernel)).toEqual(before);
  });

  test('a fini that faults does not keep the module', () => {
    const before = holdings(kernel);
    const module = unwrap(kernel.load(sample(arch, 'finifault')));
    const failure = failureOf(module.unload());
    expect(failure).toMatchObject({ error: EFAULT, stage: 'fini' });
    expect(oopsOf(failure)).toMatchObject({ kind: 'page-fault', access: 'write', address: 0n });
    expect(kernel.modules).toEqual([]);
    expect(helloWorks(kernel)).toBe(true);
    expect(holdings(kernel)).toEqual(before);
  });

  test('a fini in an endless loop does not keep the module', () => {
    const module = unwrap(kernel.load(chameleon(arch, { fini: 'spin' })));
    expect(failureOf(module.unload())).toMatchObject({ error: ETIMEDOUT, stage: 'fini' });
    expect(kernel.modules).toEqual([]);
    expect(helloWorks(kernel)).toBe(true);
  });

  test('the oops has names: where, how it got there, and the registers', () => {
    const oops = oopsOf(failureOf(kernel.load(sample(arch, 'nullderef'))));
    expect(oops.where).toMatchObject({ symbol: 'weigh', module: 'nullderef' });
    const path = oops.backtrace.map(({ symbol }) => symbol);
    expect(path[0]).toBe('weigh');
    expect(path).toEqual(
      expect.arrayContaining(['modcall', 'guard_call', 'module_init', 'module_load', 'server']),
    );
    expect(path.at(-1)).toBe('thread_start');
    expect(Object.keys(oops.registers)).toEqual(kernel.arch.registers.map(({ name }) => name));
    expect(oops.registers[kernel.arch.roles.pc]).toBe(oops.where.address);
  });

  test('the record and the console tell the same', () => {
    const failure = failureOf(kernel.load(sample(arch, 'nullderef')));
    const oops = oopsOf(failure);
    const digits = kernel.arch.wordBytes * 2;
    for (const [name, value] of Object.entries(oops.registers))
      expect(failure.console).toMatch(
        new RegExp(`\\b${name} +0x${value.toString(16).padStart(digits, '0')}\\b`),
      );
    const told = failure.console.split('Backtrace:\n')[1]?.trimEnd().split('\n');
    const known = oops.backtrace.map(({ symbol, offset, size, module }) => {
      const place = module === undefined ? '' : ` [${module}]`;
      return `  ${symbol}+0x${offset.toString(16)}/0x${size.toString(16)}${place}`;
    });
    expect(told).toEqual(known);
  });

  // Each architecture changes to another stack when this one is used up.
  test('an init that recurses without end is contained', () => {
    const before = holdings(kernel);
    for (let i = 0; i < 3; i++) {
      const failure = failureOf(kernel.load(chameleon(arch, { init: 'overflow' })));
      expect(failure).toMatchObject({ error: EFAULT, stage: 'init', death: undefined });
      const oops = oopsOf(failure);
      expect(oops).toMatchObject({ kind: 'page-fault', access: 'write', module: 'chameleon' });
      expect(oops.where).toMatchObject({ symbol: 'overflow', module: 'chameleon' });
      // In the guard page below the stack, a frame at most from where sp stands.
      expect(kernel.read(oops.address ?? 0n, 1)).toBeUndefined();
      const sp = oops.registers[kernel.arch.roles.sp] ?? 0n;
      expect(Math.abs(Number(sp - (oops.address ?? 0n)))).toBeLessThan(512);
      expect(oops.backtrace.map(({ symbol }) => symbol)).toEqual(Array(32).fill('overflow'));
      expect(helloWorks(kernel)).toBe(true);
      expect(holdings(kernel)).toEqual(before);
    }
  });

  describe('a loop with interrupts disabled', () => {
    test('is stopped, and every later request says why it cannot be', async () => {
      const other = await bootTest(arch);
      const hello = unwrap(other.load(sample(arch, 'hello')));
      const failure = failureOf(other.load(chameleon(arch, { init: 'spinmasked' })));
      expect(failure.death).toMatchObject({ kind: 'limit' });
      expect(other.death).toEqual(failure.death);
      const words = /no sign of life .* may loop with interrupts disabled/;
      expect(describeDeath(failure.death ?? { kind: 'idle' })).toMatch(words);
      const slices = other.machine.slices;
      expect(failureOf(other.load(sample(arch, 'hello'))).death).toBe(other.death);
      expect(failureOf(hello.unload()).death).toBe(other.death);
      expect(hello.call('hello_add', 1, 2)).toEqual({ kind: 'died', death: other.death });
      expect(hello.call('hello_add', 'text', 2)).toMatchObject({ kind: 'died' });
      expect(other.machine.slices).toBe(slices);
      other.close();
    });
  });
});
