// Shared objects (ET_DYN) as modules of a booted kernel, made by the pinned compiler
// and ld.lld: whatever a linker leaves to the loader, seen from the CPU.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { archNames } from '../src/arch/arch.ts';
import { architectures } from '../src/arch/registry.ts';
import type { ObjectFile } from '../src/kernel/files.ts';
import type { Kernel } from '../src/kernel/kernel.ts';
import { describeProblem } from '../src/kernel/problem.ts';
import { type LoadFailure, unwrap } from '../src/kernel/results.ts';
import { DF_1_NOKSYMS, DT } from '../src/object/elf/constants.ts';
import { buildModule, buildShared, type SharedSpec } from './support/build-module.ts';
import { bootTest, failureOf, heapBytes, holdings, onlyFiles } from './support/guest.ts';

/** A little of what needs relocating: data, pointers to it, calls and a function pointer. */
const counter = `
int counter = 7;
int *pointer = &counter;
static int step = 3;
static int *hidden = &step;
static int add(int n) { return n + *hidden; }
static int (*const fn)(int) = add;
int (*volatile chosen)(int);
int bump(int n)
{
	chosen = fn;
	counter += chosen(n);
	return *pointer;
}
`;

const netbsd = `
#include <sys/module.h>
#include <sys/systm.h>
MODULE(MODULE_CLASS_MISC, soa, "");
static int
soa_modcmd(modcmd_t cmd, void *arg)
{
	(void)arg;
	printf(cmd == MODULE_CMD_INIT ? "soa: init\\n" : "soa: fini\\n");
	return 0;
}
`;

/** As `llvm-strip --strip-sections` leaves it. */
function withoutSections({ name, bytes }: ObjectFile): ObjectFile {
  const copy = Uint8Array.from(bytes);
  const wide = copy[4] === 2;
  copy.fill(0, wide ? 40 : 32, wide ? 48 : 36);
  copy.fill(0, wide ? 60 : 48, wide ? 64 : 52);
  return { name, bytes: copy };
}

describe.each(archNames)('%s', (arch) => {
  let kernel: Kernel;
  beforeAll(async () => {
    kernel = await bootTest(arch);
  });
  afterAll(() => kernel.close());

  const shared = (file: string, source: string, spec: SharedSpec = {}) =>
    buildShared(arch, file, spec, { source });

  const ways: readonly (readonly [string, readonly string[]])[] = [
    ['as ld.lld makes it', []],
    ['with RELR', ['-z', 'pack-relative-relocs']],
    ['with RELA', ['-z', 'rela']],
    ['with REL', ['-z', 'rel', '--apply-dynamic-relocs']],
    ['with a System V hash table', ['--hash-style=sysv']],
    ['with a GNU hash table', ['--hash-style=gnu']],
    ['bound to itself', ['-Bsymbolic']],
    ['linked at an address', ['--image-base=0x40000']],
    ['with pages of 64 KiB', ['-z', 'max-page-size=65536']],
    ['with code and data on the same pages', ['-z', 'noseparate-code']],
    ['without names', ['--strip-all']],
  ];

  test.for(ways)('a shared object %s works, and leaves nothing behind', ([, link]) => {
    const before = holdings(kernel);
    const module = unwrap(kernel.load(shared('libcount.so', counter, { link })));
    expect(module.name).toBe('libcount');
    expect(module.call('bump', 1)).toMatchObject({ kind: 'returned', value: 11n });
    expect(module.call('bump', 2)).toMatchObject({ kind: 'returned', value: 16n });
    expect(module.unload().ok).toBe(true);
    expect(holdings(kernel)).toEqual(before);
  });

  test('a NetBSD module is found in its set', () => {
    const module = unwrap(kernel.load(shared('soa.kmod', netbsd)));
    expect(module.name).toBe('soa');
    expect(module.unload().ok).toBe(true);
    expect(kernel.console).toContain('soa: init\nsoa: fini\n');
  });

  test('and without section headers between two symbols', () => {
    const asks = `${netbsd}
extern const void *__start_link_set_modules[], *__stop_link_set_modules[];
long set_bytes(void) { return (char *)__stop_link_set_modules - (char *)__start_link_set_modules; }
`;
    const file = withoutSections(shared('soa.kmod', asks));
    const module = unwrap(kernel.load(file));
    expect(module.name).toBe('soa');
    expect(module.call('set_bytes').kind).toBe('returned');
    expect(module.unload().ok).toBe(true);
  });

  test('a Linux module that is a shared object is refused', () => {
    const source = '__attribute__((section(".gnu.linkonce.this_module"), used)) int this_module;';
    expect(told(failureOf(kernel.load(shared('linux.so', source))))).toContain('link it with -r');
  });

  test('a shared object without section headers works', () => {
    const module = unwrap(kernel.load(withoutSections(shared('libbare.so', counter))));
    expect(module.call('bump', 1)).toMatchObject({ kind: 'returned', value: 11n });
    expect(module.unload().ok).toBe(true);
  });

  const word = architectures[arch].wordBytes === 8 ? 'quad' : 'long';

  test('relocations in code are applied before it is protected', () => {
    const text = `
int value = 42;
static int hidden = 100;
int *const keep = &hidden;
extern int *first __attribute__((visibility("hidden")));
extern int *second __attribute__((visibility("hidden")));
__asm__(".pushsection .text\\n.balign 8\\n"
    ".globl first, second\\n"
    "first: .${word} value\\nsecond: .${word} hidden\\n.popsection");
int sum(void) { return *first + *second; }
`;
    const module = unwrap(kernel.load(shared('libtext.so', text, { link: ['-z', 'notext'] })));
    expect(module.call('sum')).toMatchObject({ kind: 'returned', value: 142n });
    expect(module.unload().ok).toBe(true);
  });

  test('constructors run in the order of DT_INIT and DT_INIT_ARRAY', () => {
    const source = `
#include <sys/systm.h>
void first(void) { printf("first "); }
void last(void) { printf("last\\n"); }
__attribute__((constructor(200))) static void c2(void) { printf("200 "); }
__attribute__((constructor(100))) static void c1(void) { printf("100 "); }
__attribute__((destructor)) static void d(void) { printf("down "); }
`;
    const link = ['-init=first', '-fini=last'];
    const module = unwrap(kernel.load(shared('libctors.so', source, { link })));
    expect(kernel.console).toMatch(/first 100 200 $/);
    expect(module.unload().ok).toBe(true);
    expect(kernel.console).toMatch(/first 100 200 down last\n$/);
  });

  const indirect = `
static int one(int n) { return n + 1; }
static void *resolve(void) { return one; }
int plus(int) __attribute__((ifunc("resolve")));
static int minus(int) __attribute__((ifunc("resolve")));
int (*pointer)(int) = plus;
int twice(int n) { return plus(n) + minus(n); }
int by_pointer(int n) { return pointer(n); }
int equal(void) { return pointer == plus; }
`;

  test('indirect functions are chosen by their resolvers', () => {
    const before = holdings(kernel);
    const module = unwrap(kernel.load(shared('libifunc.so', indirect)));
    expect(module.call('twice', 20)).toMatchObject({ kind: 'returned', value: 42n });
    expect(module.call('by_pointer', 4)).toMatchObject({ kind: 'returned', value: 5n });
    expect(module.call('equal')).toMatchObject({ kind: 'returned', value: 1n });
    expect(module.call('plus', 1)).toMatchObject({ kind: 'returned', value: 2n });
    expect(module.unload().ok).toBe(true);
    expect(holdings(kernel)).toEqual(before);
  });

  test('read-only after relocation means read-only', () => {
    const source = `
const int *const table[] = { (const int *)&table, 0 };
void spoil(void) { *(volatile long *)&table[1] = 1; }
`;
    const module = unwrap(kernel.load(shared('librelro.so', source)));
    expect(module.call('spoil')).toMatchObject({ kind: 'fault' });
    expect(module.unload().ok).toBe(true);
  });

  const base = 'int base(void) { return 40; }\n';
  const user = 'int base(void);\nint use(void) { return base() + 2; }\n';

  test('what DT_NEEDED names is loaded first, and held', async () => {
    const provider = shared('libbase.so.1', base);
    const file = shared('libuser.so', user, { needs: [provider] });
    const own = await bootTest(arch, { files: onlyFiles(provider) });
    const module = unwrap(own.load(file));
    expect(own.modules.map(({ name }) => name)).toEqual(['libbase', 'libuser']);
    expect(module.call('use')).toMatchObject({ kind: 'returned', value: 42n });
    expect(failureOf(own.modules[0]?.unload() ?? module.unload()).reason).toContain('libuser');
    own.close();
  });

  test('one that is not there is told by name', () => {
    const file = shared('libuser.so', user, { needs: [shared('libbase.so.1', base)] });
    const failure = failureOf(kernel.load(file));
    expect(failure).toMatchObject({ stage: 'require', error: 2 });
    expect(told(failure)).toContain('libuser: requires module libbase');
  });

  test('relocatable and shared objects use each other', () => {
    const low = unwrap(kernel.load(shared('liblow.so', base)));
    const middle = 'int base(void);\nint middle(void) { return base() + 1; }\n';
    const ko = unwrap(kernel.load(buildModule(arch, 'middle', { source: middle })));
    const top = 'int middle(void);\nint top(void) { return middle() + 1; }\n';
    const high = unwrap(kernel.load(shared('libhigh.so', top)));
    expect(high.call('top')).toMatchObject({ kind: 'returned', value: 42n });
    for (const module of [high, ko, low]) expect(module.unload().ok).toBe(true);
  });

  const versioned = (...versions: readonly string[]) =>
    shared(
      'libver.so',
      versions
        .map(
          (version, i) =>
            `int value_${i}(void) { return ${i + 1}; }
__asm__(".symver value_${i}, value@${i === versions.length - 1 ? '@' : ''}${version}");`,
        )
        .join('\n'),
      { versions: versions.map((version) => `${version} { global: value; };`).join('\n') },
    );
  const wants = 'int value(void);\nint get(void) { return value(); }\n';

  test('each user gets the version that it was linked with', () => {
    const old = shared('libold.so', wants, { needs: [versioned('V1')] });
    const young = shared('libyoung.so', wants, { needs: [versioned('V1', 'V2')] });
    const modules = [versioned('V1', 'V2'), old, young].map((file) => unwrap(kernel.load(file)));
    const values = modules.slice(1).map((module) => module.call('get'));
    expect(values).toMatchObject([{ value: 1n }, { value: 2n }]);
    const plain = unwrap(kernel.load(buildModule(arch, 'plain', { source: wants })));
    expect(plain.call('get')).toMatchObject({ value: 2n });
    for (const module of [plain, ...modules.reverse()]) expect(module.unload().ok).toBe(true);
  });

  test('a version that is missing is told with those that are there', () => {
    const file = shared('libyoung.so', wants, { needs: [versioned('V1', 'V2')] });
    const provider = unwrap(kernel.load(versioned('V1')));
    const failure = failureOf(kernel.load(file));
    expect(told(failure)).toContain('symbol value@V2 is not defined: libver.so has value@V1');
    expect(provider.unload().ok).toBe(true);
  });

  async function heapFor(file: ObjectFile, symbols: 'all' | 'exported' = 'all'): Promise<number> {
    const own = await bootTest(arch, { symbols });
    const before = heapBytes(own);
    unwrap(own.load(file));
    const after = heapBytes(own);
    own.close();
    return after - before;
  }

  test('the guest keeps as many symbols as it is told to', async () => {
    const file = shared('libcount.so', counter);
    const stripped = shared('libcount.so', counter, { link: ['--strip-all'] });
    const [all, exported] = [await heapFor(file), await heapFor(file, 'exported')];
    expect(all - exported).toBeGreaterThanOrEqual(3 * 16);
    expect(await heapFor(stripped)).toBe(exported);
  });

  test('and none of an object with DF_1_NOKSYMS', async () => {
    const file = shared('libcount.so', counter, { link: ['-z', 'nodelete'] });
    const quiet = { name: file.name, bytes: withNoKsyms(file.bytes) };
    expect(await heapFor(quiet)).toBeLessThan(await heapFor(file, 'exported'));
  });
});

/** With the flag set in DT_FLAGS_1, which `-z nodelete` has made. */
function withNoKsyms(bytes: Uint8Array): Uint8Array {
  const copy = Uint8Array.from(bytes);
  const view = new DataView(copy.buffer);
  const word = copy[4] === 2 ? 8 : 4;
  let at = 0;
  while (view.getUint32(at, true) !== DT.FLAGS_1) at += 4;
  view.setUint32(at + word, view.getUint32(at + word, true) | DF_1_NOKSYMS, true);
  return copy;
}

const told = ({ problems, reason }: LoadFailure): string =>
  [reason, ...problems.map(describeProblem)].join('\n');
