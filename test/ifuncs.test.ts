// Indirect functions (STT_GNU_IFUNC) on the CPU: the kernel asks their resolvers once,
// and calls, pointers and other modules all meet the same address.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { archNames } from '../src/arch/arch.ts';
import type { ObjectFile } from '../src/kernel/files.ts';
import type { Kernel } from '../src/kernel/kernel.ts';
import type { Module } from '../src/kernel/module.ts';
import { unwrap } from '../src/kernel/results.ts';
import { buildModule, type Unit } from './support/build-module.ts';
import { bootTest, failureOf, helloWorks, holdings } from './support/guest.ts';

const EFAULT = 14;
const ENOEXEC = 8;
const ETIMEDOUT = 60;

/** `name` is what `resolver` answers; clang's attribute is not for bare machines. */
const indirect = (name: string, resolver: string): string =>
  `__asm__(".globl ${name}\\n.type ${name}, %gnu_indirect_function\\n.set ${name}, ${resolver}");
int ${name}(int);`;

const choosing: Unit = {
  source: `
#include <sys/systm.h>
static int twice(int n) { return 2 * n; }
static int (*choose(unsigned long hwcap))(int)
{
	printf("choose %lu\\n", hwcap);
	return twice;
}
static int (*(*keep)(unsigned long))(int) __attribute__((__used__)) = choose;
${indirect('scale', 'choose')}
${indirect('scale_alias', 'choose')}
int	(*table[])(int) = { scale, scale_alias };
int	call(int);
int	call(int n) { return scale(n) + 1; }
int	jump(int);
int	jump(int n) { return scale(n); }
int	through_table(int);
int	through_table(int n) { return table[0](n); }
int	(*ours(void))(int);
int	(*ours(void))(int) { return scale; }
int	same(void);
int	same(void) { return (void *)scale == (void *)table[0] && table[0] == table[1]; }
static void early(void) { printf("constructor %d\\n", scale(4)); }
static void (*array[])(void) __attribute__((__used__, __section__(".init_array"))) = { early };
`,
};

const asking: Unit = {
  source: `
int	scale(int);
int	call_theirs(int);
int	call_theirs(int n) { return scale(n) + 2; }
int	(*theirs(void))(int);
int	(*theirs(void))(int) { return scale; }
int	tail(int);
int	tail(int n) { return scale(n); }
`,
};

/** A resolver with this body; a constructor tells that it was late. */
const bad = (body: string): Unit => ({
  source: `
#include <sys/systm.h>
int	wanted(int);
static int crash(int n) { return *(volatile int *)(long)n; }
static int (*keep_crash)(int) __attribute__((__used__)) = crash;
static int (*pick(void))(int) { ${body} }
static int (*(*keep)(void))(int) __attribute__((__used__)) = pick;
${indirect('wanted', 'pick')}
static void late(void) { printf("constructor\\n"); }
static void (*array[])(void) __attribute__((__used__, __section__(".init_array"))) = { late };
`,
});

describe.for(archNames)('%s', (arch) => {
  let kernel: Kernel;
  beforeAll(async () => {
    kernel = await bootTest(arch);
    expect(helloWorks(kernel)).toBe(true);
  });
  afterAll(() => kernel.close());

  const built = (name: string, unit: Unit, flags: readonly string[] = []): ObjectFile =>
    buildModule(arch, name, { source: unit.source, flags: [...(unit.flags ?? []), ...flags] });
  const answer = (module: Module, name: string, ...words: number[]): bigint => {
    const result = module.call(name, ...words);
    if (result.kind !== 'returned') throw new Error(`${name}: ${result.kind}`);
    return result.value;
  };

  const position = ['-fPIC', ...(arch === 'amd64' ? ['-mcmodel=small'] : [])];
  const ways: readonly (readonly [string, readonly string[]])[] = [
    ['at fixed addresses', []],
    ['through a global offset table', position],
    ...(arch === 'armv7' ? [['in Thumb code', ['-mthumb']] as const] : []),
  ];
  test.for(ways)('are called by name and by pointer, %s', ([, flags]) => {
    const module = unwrap(kernel.load(built('m', choosing, flags)));
    expect(answer(module, 'call', 20)).toBe(41n);
    expect(answer(module, 'jump', 20)).toBe(40n);
    expect(answer(module, 'through_table', 20)).toBe(40n);
    expect(answer(module, 'scale', 21)).toBe(42n);
    expect(answer(module, 'same')).toBe(1n);
    expect(module.unload().ok).toBe(true);
  });

  test('their resolvers are asked once, before the first constructor', () => {
    const before = kernel.console.length;
    const module = unwrap(kernel.load(built('m', choosing)));
    expect(answer(module, 'call', 1)).toBe(3n);
    expect(module.unload().ok).toBe(true);
    expect(kernel.console.slice(before)).toBe('choose 0\nconstructor 8\n');
  });

  test.for(ways)('other modules meet the same address, %s', ([, flags]) => {
    const owner = unwrap(kernel.load(built('owner', choosing, flags)));
    const user = unwrap(kernel.load(built('user', asking, flags)));
    expect(answer(user, 'call_theirs', 20)).toBe(42n);
    expect(answer(user, 'tail', 20)).toBe(40n);
    expect(answer(user, 'theirs')).toBe(answer(owner, 'ours'));
    expect(failureOf(owner.unload())).toMatchObject({ reason: 'owner is held by user' });
    expect(user.unload().ok && owner.unload().ok).toBe(true);
  });

  test('a report names the function that was chosen, not the stub', () => {
    const module = unwrap(kernel.load(built('m', bad('return crash;'))));
    const result = module.call('wanted', 1);
    expect(result.kind === 'fault' && result.oops.where).toMatchObject({ symbol: 'crash' });
    expect(module.unload().ok).toBe(true);
  });

  test.for([
    [
      'return 0;',
      ENOEXEC,
      /^indirect function 1 of 1 of m: pick\+0x[01]\/0x\w+ \[m\] answered NULL$/,
    ],
    [
      '*(volatile int *)24 = 0; return 0;',
      EFAULT,
      /^indirect function 1 of 1 of m: pick.*: page fault: write to 0x0*18 at pick\+/,
    ],
    ['for (;;) continue;', ETIMEDOUT, /^indirect function 1 of 1 of m: pick.*: watchdog/],
  ] as const)('a resolver that does %s fails the load', ([body, error, reason]) => {
    const before = holdings(kernel);
    const failure = failureOf(kernel.load(built('m', bad(body))));
    expect(failure).toMatchObject({ stage: 'init', error, death: undefined });
    expect(failure.reason).toMatch(reason);
    expect(failure.console).not.toContain('constructor');
    expect(kernel.modules).toEqual([]);
    expect(helloWorks(kernel)).toBe(true);
    expect(holdings(kernel)).toEqual(before);
  });
});
