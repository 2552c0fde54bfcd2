// Branches that do not reach, run on the CPU: modules far away from the kernel call
// it through veneers, ARM and Thumb code call each other, and code compiled with
// -fPIC finds its symbols through a global offset table.

import { describe, expect, test } from 'vitest';
import type { ArchName } from '../src/arch/arch.ts';
import { addr } from '../src/base/address.ts';
import type { HostBootOptions } from '../src/host/boot.ts';
import type { Kernel } from '../src/kernel/kernel.ts';
import type { Module } from '../src/kernel/module.ts';
import { describeProblem } from '../src/kernel/problem.ts';
import { unwrap } from '../src/kernel/results.ts';
import { SEGMENT_INIT_TEXT, SEGMENT_TEXT } from '../src/linker/segments.ts';
import { buildModule, type Unit } from './support/build-module.ts';
import { bootTest, failureOf, holdings } from './support/guest.ts';

interface Far {
  readonly arch: ArchName;
  readonly how: string;
  readonly start: bigint;
  readonly flags?: readonly string[];
  /** Whether the kernel is too far away for a branch. */
  readonly needed: boolean;
}

const MIB = 1n << 20n;
/** Where the kernel puts its modules by itself. */
const NEAR = 0n;

/** amd64 cannot have absolute 32-bit addresses so far away. */
const relocatable = ['-fPIC', '-mcmodel=small'];

const places: readonly Far[] = [
  { arch: 'i386', how: 'anywhere', start: 0x4000_0000n, needed: false },
  {
    arch: 'amd64',
    how: 'beyond 2 GiB',
    start: 0xffff_9000_0000_0000n,
    flags: relocatable,
    needed: true,
  },
  { arch: 'armv7', how: '1 GiB below', start: 0x8000_0000n, needed: true },
  { arch: 'aarch64', how: 'within 4 GiB', start: 0xffff_7fff_9000_0000n, needed: true },
  { arch: 'aarch64', how: 'beyond 4 GiB', start: 0xffff_9000_0000_0000n, needed: true },
];

async function bootFar(far: Far, options: Partial<HostBootOptions> = {}): Promise<Kernel> {
  if (far.start === NEAR) return bootTest(far.arch, options);
  const modulesAt = { start: addr(far.start), end: addr(far.start + 256n * MIB) };
  return bootTest(far.arch, { modulesAt, ...options });
}

/** What both a module's init and its functions call. */
const kernelFunctions = [
  ...['printf', 'snprintf', 'kmem_alloc', 'kmem_zalloc', 'kmem_free', 'kmem_check'],
  ...['memcpy', 'memmove', 'memset', 'memcmp', 'strlen', 'strnlen', 'strcmp', 'strncmp'],
  ...['strchr', 'strlcpy', 'wakeup', 'nanouptime', 'vsnprintf', 'modctl'],
];
const CALLS_OF_EACH = 50;

/** Many calls, of which none is made: the callees do not fit. */
const manyCalls: Unit = {
  source: [
    'volatile int never;',
    'void many(void);',
    ...kernelFunctions.map((name, i) => `extern void f${i}(void) __asm__("${name}");`),
    'void many(void) {',
    ...kernelFunctions.map(
      (_, i) => `if (never == ${i + 1}) { ${`f${i}();`.repeat(CALLS_OF_EACH)} }`,
    ),
    '}',
  ].join('\n'),
};

const worker: Unit = {
  source: `
#include <sys/module.h>

MODULE(MODULE_CLASS_MISC, far, NULL);

static char *kept;
int	far_add(int, int);
int	far_text(char *, int);

int
far_add(int a, int b)
{
	int *p = kmem_alloc(sizeof(*p));
	int sum;

	*p = a;
	sum = *p + b;
	kmem_free(p);
	return sum;
}

int
far_text(char *to, int n)
{
	return snprintf(to, 16, "%s-%d", kept, n);
}

static int __init __attribute__((__noinline__))
far_init(void)
{
	kept = kmem_alloc(8);
	if (kept == NULL)
		return ENOMEM;
	(void)strlcpy(kept, "far", 8);
	printf("far: init\\n");
	return 0;
}

static int
far_modcmd(modcmd_t cmd, void *arg)
{
	(void)arg;
	switch (cmd) {
	case MODULE_CMD_INIT:
		return far_init();
	case MODULE_CMD_FINI:
		kmem_free(kept);
		printf("far: fini\\n");
		return 0;
	default:
		return ENOTTY;
	}
}
`,
};

function withFlags(unit: Unit, flags: readonly string[] = []): Unit {
  return { ...unit, flags: [...(unit.flags ?? []), ...flags] };
}

function s32(module: Module, symbol: string, ...args: (number | Uint8Array)[]): bigint {
  const result = module.call({ symbol, returns: 's32' }, ...args);
  if (result.kind !== 'returned') throw new Error(`${symbol}: ${result.kind}`);
  return result.value;
}

function veneersIn(module: Module, segment: number) {
  return module.view.veneers.emitted.filter((veneer) => veneer.segment === segment);
}

describe.for(places)('$arch, $how', (far) => {
  const build = (...units: Unit[]) =>
    buildModule(far.arch, 'far', ...units.map((unit) => withFlags(unit, far.flags)));

  test('calls give the right results, and one veneer serves all calls to a function', async () => {
    const kernel = await bootFar(far);
    try {
      const before = holdings(kernel);
      const module = unwrap(kernel.load(build(worker, manyCalls)));
      expect(kernel.console).toContain('far: init');
      expect(s32(module, 'far_add', 40, 2)).toBe(42n);
      const text = new Uint8Array(16);
      expect(s32(module, 'far_text', text, 7)).toBe(5n);
      expect(new TextDecoder().decode(text)).toMatch(/^far-7\0/);

      const targets = veneersIn(module, SEGMENT_TEXT).map(({ target }) => target);
      const used = kernelFunctions.map((name) => kernel.symbol(name) as bigint);
      expect(targets.toSorted()).toEqual(far.needed ? used.toSorted() : []);

      expect(module.unload()).toMatchObject({ ok: true, leaks: { blocks: 0 } });
      expect(kernel.console).toContain('far: fini');
      expect(holdings(kernel)).toEqual(before);
    } finally {
      kernel.close();
    }
  });

  test.runIf(far.needed)('veneers of init code go with init memory', async () => {
    const kernel = await bootFar(far);
    try {
      const module = unwrap(kernel.load(build(worker)));
      const init = veneersIn(module, SEGMENT_INIT_TEXT);
      const called = ['kmem_alloc', 'strlcpy', 'printf'].map((name) => kernel.symbol(name));
      const toKernel = init.filter(({ target }) => called.includes(addr(target)));
      expect(toKernel).toHaveLength(called.length);
      for (const { address } of init) expect(kernel.read(address, 4)).toBeUndefined();
      for (const { address } of veneersIn(module, SEGMENT_TEXT))
        expect(kernel.read(address, 4)).toBeDefined();
    } finally {
      kernel.close();
    }
  });

  test.runIf(far.needed)('without veneers the error names distance and limit', async () => {
    const kernel = await bootFar(far, { veneers: false });
    try {
      const { stage, problems } = failureOf(kernel.load(build(worker)));
      expect(stage).toBe('link');
      expect(problems.length).toBeGreaterThan(0);
      for (const sentence of problems.map(describeProblem))
        expect(sentence).toMatch(
          /= -?0x[0-9a-f]+, wanted -0x[0-9a-f]+\.\.0x[0-9a-f]+, out of range by 0x[0-9a-f]+ bytes/,
        );
    } finally {
      kernel.close();
    }
  });
});

/** Jumps to strlen(text) if the second argument is 0, else answers 99. */
const conditional = {
  aarch64: [
    ['CONDBR19', 'cbz w1, strlen\n mov w0, #99\n ret'],
    ['TSTBR14', 'tbz w1, #0, strlen\n mov w0, #99\n ret'],
  ],
  armv7: [
    ['THM_JUMP19', 'cmp r1, #0\n beq.w strlen\n movs r0, #99\n bx lr'],
    ['THM_JUMP11', 'cbnz r1, 1f\n b.n strlen\n 1: movs r0, #99\n bx lr'],
    ['THM_JUMP8', 'cmp r1, #0\n beq.n strlen\n movs r0, #99\n bx lr'],
  ],
} as const;

const conditionalRows = places.flatMap((far) =>
  far.arch === 'aarch64' || far.arch === 'armv7'
    ? conditional[far.arch].map(([type, body]) => ({ ...far, type, body }))
    : [],
);

test.for(conditionalRows)('$arch $how: a branch with $type', async ({ body, ...far }) => {
  const thumb = far.arch === 'armv7' ? '.thumb\n.thumb_func\n' : '';
  const lines = `.text\n.globl f\n.type f, %function\n${thumb}f: ${body}\n.size f, . - f`;
  const unit = { source: `__asm__(${JSON.stringify(lines)});` };
  const kernel = await bootFar(far);
  try {
    const module = unwrap(kernel.load(buildModule(far.arch, 'm', unit)));
    const text = new TextEncoder().encode('seven!!\0');
    expect(s32(module, 'f', text, 0)).toBe(7n);
    expect(s32(module, 'f', text, 1)).toBe(99n);
    const [veneer] = veneersIn(module, SEGMENT_TEXT);
    expect(module.symbol('strlen@veneer')).toBe(veneer?.address);
    const inside = addr((veneer?.address ?? 0n) + 4n);
    expect(kernel.symbolise(inside)).toMatchObject({ symbol: 'strlen@veneer', offset: 4 });
  } finally {
    kernel.close();
  }
});

test('near the kernel room is reserved and nothing emitted', async () => {
  const kernel = await bootTest('aarch64');
  try {
    const { view } = unwrap(kernel.load(buildModule('aarch64', 'far', worker, manyCalls)));
    expect(view.veneers.emitted).toEqual([]);
    expect(view.veneers.reserved).toBeGreaterThanOrEqual(kernelFunctions.length);
  } finally {
    kernel.close();
  }
});

const armSide: Unit = {
  source: `
#include <sys/module.h>

MODULE(MODULE_CLASS_MISC, mixed, NULL);

int	thumb_call(int);
int	thumb_tail(int);
int	thumb_leaf(int);
int	arm_call(int);
int	arm_tail(int);
int	arm_leaf(int);

/* BL that must become BLX. */
int
arm_call(int x)
{
	return 2 * thumb_leaf(x) + 1;
}

/* B, which cannot change the instruction set. */
int
arm_tail(int x)
{
	return thumb_leaf(x + 100);
}

int
arm_leaf(int x)
{
	return x * 3;
}

static int
mixed_modcmd(modcmd_t cmd, void *arg)
{
	(void)arg;
	switch (cmd) {
	case MODULE_CMD_INIT:
	case MODULE_CMD_FINI:
		printf("mixed: %d %d\\n", thumb_call(5), thumb_tail(5));
		return 0;
	default:
		return ENOTTY;
	}
}
`,
  flags: ['-marm'],
};

const thumbSide: Unit = {
  source: `
#include <sys/systm.h>

int	thumb_call(int);
int	thumb_tail(int);
int	thumb_leaf(int);
int	thumb_kernel(const char *);
int	arm_leaf(int);

int
thumb_call(int x)
{
	return arm_leaf(x) + 1;
}

int
thumb_tail(int x)
{
	return arm_leaf(x + 10);
}

int
thumb_leaf(int x)
{
	return x + 7;
}

__used static int
thumb_local(int x)
{
	return x - 2;
}

/* Into the kernel, which is ARM code. */
int
thumb_kernel(const char *s)
{
	char *copy = kmem_alloc(32);
	int n = snprintf(copy, 32, "<%s>", s);

	kmem_free(copy);
	return n;
}
`,
  flags: ['-mthumb'],
};

describe.for([
  { arch: 'armv7', how: 'near', start: NEAR, needed: false },
  { arch: 'armv7', how: 'far', start: 0x8000_0000n, needed: true },
] as const)('ARM and Thumb code, $how the kernel', (place) => {
  test('call each other and the kernel', async () => {
    const kernel = await bootFar({ ...place });
    try {
      const module = unwrap(kernel.load(buildModule('armv7', 'mixed', armSide, thumbSide)));
      expect(kernel.console).toContain('mixed: 16 45');
      expect(s32(module, 'arm_call', 5)).toBe(25n);
      expect(s32(module, 'arm_tail', 5)).toBe(112n);
      expect(s32(module, 'thumb_call', 5)).toBe(16n);
      expect(s32(module, 'thumb_tail', 5)).toBe(45n);
      expect(s32(module, 'thumb_local', 5)).toBe(3n);
      expect(s32(module, 'thumb_kernel', new TextEncoder().encode('abc\0'))).toBe(5n);
      const kinds = module.view.veneers.emitted.map(({ kind }) => kind);
      // To thumb_leaf and arm_leaf; when far, to printf, and to three more from Thumb.
      const toKernel = place.needed ? ['ARM', 'Thumb', 'Thumb', 'Thumb'] : [];
      expect(kinds.toSorted()).toEqual(['ARM', 'Thumb', ...toKernel].toSorted());
      expect(module.unload().ok).toBe(true);
    } finally {
      kernel.close();
    }
  });
});

/** Its own data and functions, and the kernel's, by address. */
const positionIndependent: Unit = {
  source: `
#include <sys/systm.h>

int	pic_counter = 5;
size_t	(*pic_pointer)(const char *) = strlen;
int	pic_own(int);
int	pic_add(int);
int	pic_length(const char *);
int	pic_missing(void);
extern int nobody __attribute__((__weak__));

int
pic_own(int n)
{
	return 2 * n;
}

int
pic_add(int n)
{
	int (*volatile own)(int) = pic_own;

	pic_counter += n;
	return own(pic_counter);
}

int
pic_length(const char *s)
{
	size_t (*volatile length)(const char *) = strlen;

	return (int)(length(s) * 10 + (length == pic_pointer));
}

int
pic_missing(void)
{
	return &nobody == NULL;
}
`,
};

const codeModels: readonly (readonly [ArchName, string, readonly string[]])[] = [
  ['i386', '-fPIC', ['-fPIC']],
  ['i386', '-fPIC without PLT', ['-fPIC', '-fno-plt']],
  ['amd64', '-fPIC', ['-fPIC', '-mcmodel=small']],
  ['amd64', '-fPIC without PLT', ['-fPIC', '-fno-plt', '-mcmodel=small']],
  ['amd64', '-fPIC, large', ['-fPIC', '-mcmodel=large']],
  ['armv7', '-fPIC', ['-fPIC']],
  ['armv7', '-fPIC, Thumb', ['-fPIC', '-mthumb']],
  ['aarch64', '-fPIC', ['-fPIC']],
  ['aarch64', '-fpic', ['-fpic']],
];

describe.for(codeModels)('%s %s', ([arch, , flags]) => {
  const near = { arch, how: 'near', start: NEAR, needed: false };
  const rows = [near, ...places.filter((place) => place.arch === arch)];
  test.for(rows)('finds its symbols in the table, $how', async (place) => {
    const kernel = await bootFar(place);
    try {
      const unit = withFlags(positionIndependent, flags);
      const module = unwrap(kernel.load(buildModule(arch, 'pic', unit)));
      expect(module.view.got).toBeDefined();
      expect(s32(module, 'pic_add', 3)).toBe(16n);
      expect(s32(module, 'pic_add', 4)).toBe(24n);
      expect(s32(module, 'pic_length', new TextEncoder().encode('abc\0'))).toBe(31n);
      expect(s32(module, 'pic_missing')).toBe(1n);
      expect(module.unload().ok).toBe(true);
    } finally {
      kernel.close();
    }
  });
});

/** Functions whose ADRP stands in the last two words of a page. */
const lastWords: Unit = {
  source: `
#include <stdint.h>

__asm__(
    "	.text\\n"
    "	.balign 4096\\n"
    "	.global near_ff8, near_ffc, far_ff8, far_ffc\\n"
    "	.type near_ff8, %function\\n"
    "	.type near_ffc, %function\\n"
    "	.type far_ff8, %function\\n"
    "	.type far_ffc, %function\\n"
    "	.space 0xff8\\n"
    "near_ff8:\\n"
    "	adrp	x0, near_ff8\\n"
    "	add	x0, x0, :lo12:near_ff8\\n"
    "	ret\\n"
    "	.balign 4096\\n"
    "	.space 0xffc\\n"
    "near_ffc:\\n"
    "	adrp	x0, near_ffc\\n"
    "	add	x0, x0, :lo12:near_ffc\\n"
    "	ret\\n"
    "	.balign 4096\\n"
    "	.space 0xff8\\n"
    "far_ff8:\\n"
    "	adrp	x0, printf\\n"
    "	add	x0, x0, :lo12:printf\\n"
    "	ret\\n"
    "	.balign 4096\\n"
    "	.space 0xffc\\n"
    "far_ffc:\\n"
    "	adrp	x0, printf\\n"
    "	add	x0, x0, :lo12:printf\\n"
    "	ret\\n");
`,
};

test('aarch64: an ADRP at the end of a page computes the same another way', async () => {
  const start = 0xffff_7fff_9000_0000n;
  const kernel = await bootFar({ arch: 'aarch64', how: 'within 4 GiB', start, needed: true });
  try {
    const module = unwrap(kernel.load(buildModule('aarch64', 'adrp', lastWords)));
    const word = (symbol: string): number => {
      const bytes = kernel.read(module.symbol(symbol) ?? 0n, 4) ?? new Uint8Array(4);
      return new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
    };
    for (const [symbol, target, first] of [
      ['near_ff8', module.symbol('near_ff8'), 0x1000_0000],
      ['near_ffc', module.symbol('near_ffc'), 0x1000_0000],
      ['far_ff8', kernel.symbol('printf'), 0x1400_0000],
      ['far_ffc', kernel.symbol('printf'), 0x1400_0000],
    ] as const) {
      const result = module.call(symbol);
      expect(result).toMatchObject({ kind: 'returned', value: target });
      // ADR, B
      expect(word(symbol) & 0x9c00_0000).toBe(first);
    }
    const { emitted } = module.view.veneers;
    expect(emitted.map(({ kind }) => kind)).toEqual(['erratum 843419', 'erratum 843419']);
  } finally {
    kernel.close();
  }
});
