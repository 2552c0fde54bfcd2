// Constructors and destructors run on the CPU: in which order, around init and fini
// of every flavour, and what is undone when one of them faults.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { archNames } from '../src/arch/arch.ts';
import { architectures } from '../src/arch/registry.ts';
import type { ObjectFile } from '../src/kernel/files.ts';
import type { Kernel } from '../src/kernel/kernel.ts';
import { describeFailure, type LoadFailure, unwrap } from '../src/kernel/results.ts';
import { planLayout } from '../src/linker/layout.ts';
import { loadSegments } from '../src/linker/relocate.ts';
import * as C from '../src/object/elf/constants.ts';
import { contentOf } from '../src/object/elf/model.ts';
import { readElf } from '../src/object/elf/reader.ts';
import { buildModule, linkWithLld, type Unit } from './support/build-module.ts';
import { littleEndian, writeElf } from './support/elf-writer.ts';
import { bootTest, failureOf, helloWorks, holdings } from './support/guest.ts';

const EFAULT = 14;
const ETIMEDOUT = 60;

type Row = readonly [section: string, ...names: string[]];

/** Functions that print their names, and pointers to them in these sections. */
function printing(
  rows: readonly Row[],
  names = [...new Set(rows.flatMap(([, ...own]) => own))],
): Unit {
  const functions = names.map((name) => `static void ${name}(void) { printf("${name}\\n"); }`);
  const arrays = rows.map(([section, ...own], i) => {
    const place = `__attribute__((__used__, __section__("${section}")))`;
    return `static void (*array${i}[])(void) ${place} = { ${own.join(', ')} };`;
  });
  return { source: ['#include <sys/systm.h>', ...functions, ...arrays].join('\n') };
}

/** A module whose init prints and answers this. */
const netbsd = (answer: string): Unit => ({
  source: `
#include <sys/module.h>
MODULE(MODULE_CLASS_MISC, built, NULL);
static int
built_modcmd(modcmd_t cmd, void *arg)
{
	(void)arg;
	printf(cmd == MODULE_CMD_INIT ? "init\\n" : "fini\\n");
	return ${answer};
}`,
});

const linux: Unit = {
  source: `
int	_printk(const char *, ...);
int	init_module(void);
void	cleanup_module(void);
static const char modinfo[] __attribute__((__used__, __section__(".modinfo"))) = "name=built";
static void come(void) { _printk("come\\n"); }
static void go(void) { _printk("go\\n"); }
int	init_module(void) { _printk("init\\n"); return 0; }
void	cleanup_module(void) { _printk("fini\\n"); }
struct { char name[64]; int (*init)(void); void (*exit)(void); } this_module
    __attribute__((__section__(".gnu.linkonce.this_module"))) =
    { .init = init_module, .exit = cleanup_module };
static void (*array0)(void) __attribute__((__used__, __section__(".init_array"))) = come;
static void (*array1)(void) __attribute__((__used__, __section__(".fini_array"))) = go;`,
};

/** Of the functions, these fail. */
function breaking(...rows: readonly Row[]): Unit {
  const { source } = printing(rows, ['one', 'two', 'three']);
  const failing = `
static void crash(void) { *(volatile int *)24; }
static void loop(void) { for (;;) continue; }
static void assert(void) { panic("no good"); }
static void (*keep[])(void) __attribute__((__used__)) = { one, two, three, crash, loop, assert };
`;
  const at = source.indexOf('static void (*array0');
  return { source: source.slice(0, at) + failing + source.slice(at) };
}

const twoEach = printing([
  ['.init_array', 'one', 'two'],
  ['.fini_array', 'three', 'four'],
]);

describe.for(archNames)('%s', (arch) => {
  let kernel: Kernel;
  beforeAll(async () => {
    kernel = await bootTest(arch);
    expect(helloWorks(kernel)).toBe(true);
  });
  afterAll(() => kernel.close());

  const built = (...units: Unit[]): ObjectFile => buildModule(arch, 'built', ...units);
  /** The lines printed while the module comes and goes. */
  const told = (file: ObjectFile): string[] => {
    const before = kernel.console.length;
    expect(unwrap(kernel.load(file)).unload().ok).toBe(true);
    return kernel.console.slice(before).trim().split('\n');
  };

  test('they stand around init and fini of a NetBSD module', () => {
    const lines = ['one', 'two', 'init', 'fini', 'four', 'three'];
    expect(told(built(netbsd('0'), twoEach))).toEqual(lines);
  });

  test('they are all that a plain object runs', () => {
    expect(told(built(twoEach))).toEqual(['one', 'two', 'four', 'three']);
  });

  test('they stand around init_module and cleanup_module of a Linux module', () => {
    expect(told(built(linux))).toEqual(['come', 'init', 'fini', 'go']);
  });

  test('priorities of attributes, and .ctors merged with .init_array', () => {
    const named = (attribute: string, name: string): string =>
      `__attribute__((__used__, ${attribute})) static void ${name}(void) { printf("${name}\\n"); }`;
    const attributes = [
      '#include <sys/systm.h>',
      named('constructor', 'last'),
      named('constructor(300)', 'second'),
      named('constructor(200)', 'first'),
      named('destructor(200)', 'gone'),
    ].join('\n');
    const old = printing([
      ['.ctors', 'b', 'a'],
      ['.ctors.65285', 'y', 'x'],
      ['.dtors', 'c', 'd'],
    ]);
    const lines = told(built({ source: attributes }, old));
    const come = ['first', 'x', 'y', 'second', 'last', 'a', 'b'];
    expect(lines).toEqual([...come, 'c', 'd', 'gone']);
  });

  test('0 and -1, which crtstuff puts at the ends, are skipped', () => {
    const ends = printing([['.ctors', '(void (*)(void))-1', 'one', '0']], ['one']);
    expect(told(built(ends))).toEqual(['one']);
  });

  /** Loads it in vain, and looks whether all is as before. */
  const failing = (file: ObjectFile): LoadFailure => {
    const before = holdings(kernel);
    const failure = failureOf(kernel.load(file));
    expect(kernel.modules).toEqual([]);
    expect(helloWorks(kernel)).toBe(true);
    expect(holdings(kernel)).toEqual(before);
    return failure;
  };

  test.for([
    ['crash', EFAULT, /^constructor 2 of 3 of built: page fault: read of 0x0*18 at crash\+/],
    ['loop', ETIMEDOUT, /^constructor 2 of 3 of built: watchdog: it ran too long at loop\+/],
    ['assert', EFAULT, /^constructor 2 of 3 of built: panic: no good at assert\+/],
  ] as const)('one that does %s fails the load, and nothing more runs', ([name, error, reason]) => {
    const unit = breaking(['.init_array', 'one', name, 'two'], ['.fini_array', 'three']);
    const failure = failing(built(netbsd('0'), unit));
    expect(failure).toMatchObject({ stage: 'init', error, death: undefined });
    expect(failure.reason).toMatch(reason);
    expect(failure.oops?.module).toBe('built');
    expect(linesIn(failure.console)).toEqual(['one']);
  });

  test('destructors run when init refuses, or faults', () => {
    const refused = failing(built(netbsd('EBUSY'), twoEach));
    expect(refused.reason).toBe('init of built returned 16');
    expect(linesIn(refused.console)).toEqual(['one', 'two', 'init', 'four', 'three']);
    const crashed = failing(built(netbsd('*(volatile int *)24'), twoEach));
    expect(crashed).toMatchObject({ stage: 'init', error: EFAULT });
    expect(linesIn(crashed.console)).toEqual(['one', 'two', 'init', 'four', 'three']);
  });

  test('one that faults as a destructor does not keep the module', () => {
    const before = holdings(kernel);
    const unit = breaking(['.fini_array', 'one', 'crash', 'two']);
    const failure = failureOf(unwrap(kernel.load(built(netbsd('0'), unit))).unload());
    expect(failure).toMatchObject({ stage: 'fini', error: EFAULT });
    expect(failure.reason).toMatch(/^destructor 2 of 3 of built: page fault/);
    expect(linesIn(failure.console)).toEqual(['fini', 'two']);
    expect(kernel.modules).toEqual([]);
    expect(holdings(kernel)).toEqual(before);
  });

  test('a fini that faults does not keep destructors from running, and is the cause', () => {
    const unit = breaking(['.fini_array', 'crash', 'one']);
    const fini = 'cmd == MODULE_CMD_INIT ? 0 : *(volatile int *)48';
    const failure = failureOf(unwrap(kernel.load(built(netbsd(fini), unit))).unload());
    expect(failure.reason).toMatch(/^fini of built: page fault: read of 0x0*30 /);
    expect(linesIn(failure.console)).toEqual(['fini', 'one']);
    expect(failure.console).toMatch(/page fault: read of 0x0*18/);
    expect(kernel.modules).toEqual([]);
  });

  test('they may be init and exit code', () => {
    const placed = (array: string, text: string, name: string): string => `
__attribute__((__section__("${text}"))) static void ${name}(void) { printf("${name}\\n"); }
static void (*p_${name})(void) __attribute__((__used__, __section__("${array}"))) = ${name};`;
    const come = placed('.init_array', '.init.text', 'come');
    const go = placed('.fini_array', '.exit.text', 'go');
    expect(told(built({ source: `#include <sys/systm.h>${come}${go}` }))).toEqual(['come', 'go']);
  });

  test('what a constructor allocates is the module’s', () => {
    const source = `
#include <sys/systm.h>
static void *kept;
__attribute__((__constructor__)) static void come(void) { kept = kmem_alloc(96); }`;
    const unloaded = unwrap(kernel.load(built({ source }))).unload();
    expect(unloaded).toMatchObject({ ok: true, leaks: { blocks: 1, bytes: 96 } });
  });

  test('an array that is no whole number of words is refused', () => {
    const source = `
static const char odd[5] __attribute__((__used__, __section__(".init_array"))) = { 1 };`;
    const failure = failing(built({ source }));
    expect(failure.stage).toBe('open');
    expect(describeFailure(failure)).toContain(
      'section .init_array has 5 bytes, wanted a multiple',
    );
  });
});

/** The printed lines before and after a report of a fault. */
function linesIn(console: string): string[] {
  return console.split('\n').filter((line) => /^[a-z]+$/.test(line));
}

/** Section name to the words in it, in the file's order. */
const families: Readonly<Record<string, readonly (readonly [suffix: string, word: number])[]>> = {
  '.init_array': [
    ['.00200', 1],
    ['', 2],
    ['.9', 3],
    ['.x', 4],
    ['.9', 5],
    ['', 6],
  ],
  '.fini_array': [
    ['', 1],
    ['.65535', 2],
    ['.0', 3],
  ],
  '.ctors': [
    ['.00200', 1],
    ['', 2],
    ['.9', 3],
    ['.65535', 4],
    ['.9', 5],
    ['', 6],
  ],
  '.dtors': [
    ['.65535', 1],
    ['.0', 2],
    ['', 3],
  ],
  '.preinit_array': [
    ['', 1],
    ['', 2],
  ],
};

test.for(Object.keys(families))('%s lies in memory as ld.lld puts it', (family) => {
  const arch = architectures.aarch64;
  const bytes = writeElf({
    ...{ wordBytes: 8, machine: arch.elfMachine, addends: arch.addends },
    sections: (families[family] ?? []).map(([suffix, word], i) => ({
      ...{ name: family + suffix, id: `${i}`, flags: C.SHF_ALLOC | C.SHF_WRITE, align: 8 },
      bytes: littleEndian(8, word),
    })),
  });
  const ours = readElf(bytes);
  const layout = ours.ok ? planLayout(ours.value, arch) : ours;
  if (!ours.ok || !layout.ok) throw new Error('it has no layout');
  const [image] = loadSegments(ours.value, layout.value);
  const theirs = readElf(linkWithLld(bytes));
  if (!theirs.ok) throw new Error('what lld made does not read');
  const section = theirs.value.sections.find(({ name }) => name === family);
  expect(section && [...contentOf(theirs.value, section)]).toEqual(image && [...image]);
});
