// Shared objects (ET_DYN) as modules of a booted kernel, made by the pinned compiler
// and ld.lld: whatever a linker leaves to the loader, seen from the CPU.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { archNames } from '../src/arch/arch.ts';
import type { Kernel } from '../src/kernel/kernel.ts';
import { unwrap } from '../src/kernel/results.ts';
import { buildShared, type SharedSpec } from './support/build-module.ts';
import { bootTest, holdings } from './support/guest.ts';

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
});
