// Modules of FreeBSD, illumos and old NetBSD, compiled from a few lines of C:
// described by `info`, refused by `run` and `check` with a sentence that says why.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { type ArchName, archNames } from '../src/arch/arch.ts';
import { describeProblem } from '../src/kernel/problem.ts';
import { buildShared, compileObject } from './support/build-module.ts';
import { modbox } from './support/command.ts';
import { bootTest, failureOf } from './support/guest.ts';

const folder = mkdtempSync(join(tmpdir(), 'modbox-foreign-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** `next` is what newer kernels have in struct sysinit. */
const freebsd = (next: string): string => `
#define SET(set, sym) static const void *const p_##sym \\
    __attribute__((__section__("set_" #set), __used__)) = &sym
struct meta { int version, type; const void *data; const char *cval; };
struct sysinit { unsigned subsystem, order; ${next} void (*func)(const void *); const void *udata; };
static int event(void *module, int what, void *arg) { return 0; }
void module_register_init(const void *);
static void early(const void *arg) { }
static const struct { const char *name; int (*event)(void *, int, void *); void *priv; }
    data = { "usbus/mouse", event, 0 };
static const struct { int min, preferred, max; } dep = { 1300000, 1300139, 1399999 }, usb = { 1, 2, 3 };
static const int version = 7;
static const int table[12];
static const struct { const char *descr, *bus; const void *table; int bytes, entries; }
    pnp = { "U16:vendor;U16:product", "uhub", table, 16, 3 };
static const struct meta m1 = { 1, 1, &dep, "kernel" }, m2 = { 1, 2, &data, "usbus/mouse" },
    m3 = { 1, 3, &version, "mouse" }, m4 = { 1, 1, &usb, "usb" }, m5 = { 1, 4, &pnp, "uhub" };
SET(modmetadata_set, m1); SET(modmetadata_set, m2); SET(modmetadata_set, m3);
SET(modmetadata_set, m4); SET(modmetadata_set, m5);
static const struct sysinit s1 = { .subsystem = 0x3100000, .order = 2, .func = module_register_init, .udata = &data },
    s2 = { .subsystem = 0x0700000, .order = 9, .func = early };
SET(sysinit_set, s1); SET(sysinit_set, s2);
`;

const illumos = `
__asm__(".pushsection .dynstr,\\"a\\",%progbits\\n.asciz \\"\\"\\n.asciz \\"misc/foo\\"\\n"
    ".asciz \\"drv/bar\\"\\n.popsection");
__asm__(".pushsection .dynamic,\\"a\\",%6\\n.dc.a 1, 1, 1, 10, 0, 0\\n.popsection");
extern int mod_driverops, mod_install(const void *), mod_info(const void *, void *);
static struct { void *ops; const char *info; } drv = { &mod_driverops, "a null driver" };
static struct { int rev; void *linkage[7]; } modlinkage __attribute__((__used__)) = { 1, { &drv } };
const char _depends_on[] = "fs/ufs  misc/baz";
int _init(void) { return mod_install(&modlinkage); }
int _info(void *p) { return mod_info(&modlinkage, p); }
int _fini(void) { return 0; }
`;

const lkm = `
int lkmdispatch(void *, int, int);
int gurka_lkmentry(void *table, int cmd, int ver) { return lkmdispatch(table, cmd, ver); }
`;

const flags = ['-Wno-unused-parameter'];

// Not linked: ld.lld -r takes no dynamic section.
function built(arch: ArchName, name: string, source: string): string {
  const path = join(folder, `${name}-${arch}.ko`);
  writeFileSync(path, compileObject(arch, { source, flags }));
  return path;
}

function infoOf(path: string) {
  const { status, stdout } = modbox('info', path, '--json');
  expect(status).toBe(1);
  return JSON.parse(stdout);
}

describe.for(archNames)('%s', (arch) => {
  test.for([
    ['old', ''],
    ['new', 'const void *next;'],
  ] as const)('FreeBSD, with the %s struct sysinit', ([layout, next]) => {
    const found = infoOf(built(arch, layout, freebsd(next)));
    expect(found).toMatchObject({
      flavour: 'freebsd',
      name: 'mouse',
      requires: ['kernel', 'usb'],
      foreign: {
        modules: ['usbus/mouse'],
        versions: [{ name: 'mouse', version: 7 }],
        depends: [
          { module: 'kernel', min: 1300000, preferred: 1300139, max: 1399999 },
          { module: 'usb', min: 1, preferred: 2, max: 3 },
        ],
        pnp: [{ bus: 'uhub', table: 'U16:vendor;U16:product', entries: 3 }],
        sysinitLayout: layout,
        sets: [
          { name: 'modmetadata_set', elements: 5 },
          { name: 'sysinit_set', elements: 2 },
        ],
      },
    });
    expect(found.foreign.init).toMatchObject([
      { subsystem: 0x70_0000, order: 9 },
      { subsystem: 0x310_0000, order: 2, function: 'module_register_init' },
    ]);
  });

  test('FreeBSD, as the shared object that its kernels for i386 and ARM load', () => {
    const { bytes } = buildShared(arch, 'mouse.ko', {}, { source: freebsd(''), flags });
    const path = join(folder, `shared-${arch}.ko`);
    writeFileSync(path, bytes);
    const found = infoOf(path);
    expect(found).toMatchObject({
      ...{ flavour: 'freebsd', name: 'mouse', requires: ['kernel', 'usb'] },
      foreign: { modules: ['usbus/mouse'], sysinitLayout: 'old' },
    });
    expect(found.foreign.init).toMatchObject([
      { subsystem: 0x70_0000 },
      { function: 'module_register_init' },
    ]);
  });

  test('illumos: what it needs, both ways to say it, and its linkage', () => {
    expect(infoOf(built(arch, 'illumos', illumos))).toMatchObject({
      flavour: 'illumos',
      requires: ['misc/foo', 'drv/bar', 'fs/ufs', 'misc/baz'],
      foreign: { entries: ['_init', '_info', '_fini'], linkage: ['a null driver'] },
    });
  });

  test('an LKM by its entry', () => {
    expect(infoOf(built(arch, 'lkm', lkm))).toMatchObject({
      flavour: 'lkm',
      name: 'gurka',
      foreign: { entry: 'gurka_lkmentry' },
    });
    const other = lkm.replace('gurka_lkmentry', 'xxxinit');
    expect(infoOf(built(arch, 'xxx', other))).toMatchObject({ flavour: 'lkm', name: null });
  });

  test.for<[string, string, string]>([
    ['FreeBSD', freebsd(''), 'module_register_init'],
    ['illumos', illumos, 'mod_install'],
    ['NetBSD before 5.0', lkm, 'lkmdispatch'],
  ])(
    'a module of %s is refused by a load, which says what is lacking',
    async ([name, source, lacks]) => {
      const kernel = await bootTest(arch);
      const failure = failureOf(
        kernel.load({ name: 'm.ko', bytes: compileObject(arch, { source, flags }) }),
      );
      expect(failure).toMatchObject({ stage: 'open', error: 8 });
      expect(failure.problems.map(describeProblem)).toEqual([
        expect.stringMatching(
          `^m.ko: is a module of ${name}.*wanted one of NetBSD.*lacks ${lacks}`,
        ),
      ]);
      kernel.close();
    },
  );
});

test('the text has a row for each fact', () => {
  const { stdout } = modbox('info', built('amd64', 'text', freebsd('')));
  expect(stdout).toMatch(/^module {7}mouse: FreeBSD, declares usbus\/mouse$/m);
  expect(stdout).toMatch(/^requires {5}kernel 1300000 to 1399999, best 1300139$/m);
  expect(stdout).toMatch(/^sysinit {6}0x700000 0x9 /m);
  expect(stdout).toMatch(/^problem: .*is a module of FreeBSD/m);
});
