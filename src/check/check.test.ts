// Each thing that can keep a module from loading, in an object made to have it.

import { describe, expect, test } from 'vitest';
import { type LinuxSpec, linuxModule } from '../../test/support/linux-module.ts';
import { type ArchName, archNames } from '../arch/arch.ts';
import { architectures } from '../arch/registry.ts';
import { identify } from '../flavour/flavour.ts';
import * as C from '../object/elf/constants.ts';
import { readElf } from '../object/elf/reader.ts';
import { type CheckReport, type CheckRequest, check } from './check.ts';
import { explain } from './explain.ts';
import { describeSymversProblem, parseSymvers } from './symvers.ts';
import { type Export, exportOf, type KnownModule, type Target } from './target.ts';
import { compareVermagic } from './vermagic.ts';

const magic = '6.1.0-50-test SMP mod_unload modversions ';

function target(exports: readonly Export[], more: Partial<Target> = {}): Target {
  const known = new Map(exports.map((each) => [each.name, each]));
  return {
    name: 'a kernel',
    exports: () => known,
    vermagic: undefined,
    crcs: new Map(),
    wantsVersions: true,
    loadsRequired: true,
    ...more,
  };
}

function read(name: ArchName, spec: LinuxSpec) {
  const object = readElf(linuxModule(name, spec));
  if (!object.ok) throw new Error(JSON.stringify(object.problems));
  return object.value;
}

function known(name: ArchName, spec: LinuxSpec, file = `${spec.name}.ko`): KnownModule {
  const described = identify(read(name, spec), architectures[name], 'x');
  if (!described.ok) throw new Error('it does not describe itself');
  return { file, description: described.value };
}

function checked(
  name: ArchName,
  spec: LinuxSpec,
  more: Partial<CheckRequest> & Pick<CheckRequest, 'target'>,
): CheckReport {
  return check({
    subject: { file: 'module.ko', object: read(name, spec), arch: architectures[name] },
    fileName: 'module',
    loaded: [],
    later: [],
    find: () => undefined,
    around: () => [],
    ...more,
  });
}

describe.each(archNames)('%s', (arch) => {
  test('a module that lacks nothing would load, without a word', () => {
    const report = checked(
      arch,
      { imports: ['f'], modinfo: ['license=GPL', `vermagic=${magic}`], versions: { f: 1 } },
      { target: target([exportOf({ name: 'f', crc: 1, gpl: true })], { vermagic: magic }) },
    );
    expect(report).toMatchObject({ wouldLoad: true, findings: [], notCompared: [] });
  });

  test('an undefined symbol has its place, near names, and who would have it', () => {
    const other = known(arch, { name: 'other', exports: [{ name: 'wanted_symbol' }] });
    const later = known(arch, { name: 'later', exports: [{ name: 'wanted_symbol' }] });
    const report = checked(
      arch,
      { imports: ['wanted_symbol'] },
      {
        target: target([exportOf({ name: 'wanted_symbl' })]),
        later: [later],
        around: () => [other],
      },
    );
    expect(report.findings).toMatchObject([
      {
        kind: 'undefined-symbol',
        fatal: true,
        symbol: 'wanted_symbol',
        first: { section: '.data', offset: 0 },
        uses: 1,
        nearest: ['wanted_symbl'],
        providers: [
          { module: 'later', why: 'later' },
          { module: 'other', file: 'other.ko', why: 'not-required' },
        ],
      },
    ]);
  });

  test('exports of required modules count, in the encoding of the architecture', () => {
    const spec = { name: 'needed', exports: [{ name: 'f', gpl: true, namespace: 'N', crc: 5 }] };
    const needed = known(arch, spec);
    expect(needed.description.exports).toEqual([{ name: 'f', gpl: true, namespace: 'N', crc: 5 }]);
    const modinfo = ['license=GPL', 'depends=needed', 'import_ns=N'];
    const request = { target: target([]), find: () => needed };
    const good = checked(arch, { imports: ['f'], modinfo, versions: { f: 5 } }, request);
    expect(good).toMatchObject({ wouldLoad: true, findings: [] });
    const bad = checked(arch, { imports: ['f'], modinfo, versions: { f: 6 } }, request);
    expect(bad.findings).toMatchObject([
      { kind: 'version', symbol: 'f', exporter: 'needed', wanted: 5, found: 6 },
    ]);
  });

  test('GPL-only symbols, namespaces and versions are told all at once', () => {
    const report = checked(
      arch,
      {
        imports: ['free', 'spaced'],
        modinfo: ['license=Proprietary', 'import_ns=OTHER'],
        versions: { module_layout: 1, free: 2, spaced: 3 },
      },
      {
        target: target([
          exportOf({ name: 'module_layout', crc: 0x10 }),
          exportOf({ name: 'free', gpl: true, crc: 2 }),
          exportOf({ name: 'spaced', namespace: 'SPACE', module: 'space', crc: 0x30 }),
        ]),
      },
    );
    expect(report.wouldLoad).toBe(false);
    expect(report.findings).toMatchObject([
      { kind: 'gpl-only', symbol: 'free', licence: 'Proprietary', fatal: true },
      { kind: 'namespace', symbol: 'spaced', namespace: 'SPACE', imported: ['OTHER'] },
      { kind: 'version', symbol: 'module_layout', wanted: 0x10, found: 1, exporter: undefined },
      { kind: 'version', symbol: 'spaced', wanted: 0x30, found: 3, exporter: 'space' },
    ]);
  });

  test('a kernel that asks for no versions makes a note of a module without', () => {
    const report = checked(
      arch,
      { imports: ['f'] },
      { target: target([exportOf({ name: 'f', crc: 1 })], { wantsVersions: false }) },
    );
    expect(report).toMatchObject({
      wouldLoad: true,
      findings: [{ kind: 'version', symbol: 'f', wanted: 1, found: undefined, fatal: false }],
    });
  });

  const tls = { i386: 17, amd64: 19, armv7: 108, aarch64: 549 } as const;
  test('a section with W and X, a relocation nobody knows, and undefined symbols together', () => {
    const report = checked(
      arch,
      {
        imports: ['nowhere'],
        sections: [
          {
            name: '.both',
            flags: C.SHF_ALLOC | C.SHF_WRITE | C.SHF_EXECINSTR,
            bytes: new Uint8Array(16),
          },
        ],
        relocations: [
          { section: '.text', offset: 0, type: tls[arch], symbol: 'nowhere' },
          { section: '.text', offset: 8, type: tls[arch], symbol: 'nowhere' },
        ],
      },
      { target: target([]) },
    );
    expect(report.findings.map(({ kind }) => kind).sort()).toEqual([
      'undefined-symbol',
      'unknown-relocation',
      'writable-text',
    ]);
    const unknown = report.findings.find(({ kind }) => kind === 'unknown-relocation');
    expect(unknown).toMatchObject({
      first: { section: '.text', offset: 0, relocation: expect.stringMatching(/^R_\w+_TLS/) },
      uses: 2,
      specification: expect.stringMatching(/AAELF|System V ABI/),
    });
    for (const finding of report.findings)
      expect(explain(finding, 'module.ko', 'a kernel').what).not.toBe('');
  });

  test('vermagic is compared field by field; the release is only noted beside versions', () => {
    const modinfo = ['license=GPL', 'vermagic=5.10.0 preempt mod_unload modversions '];
    const request = { target: target([], { vermagic: magic }) };
    expect(checked(arch, { modinfo, versions: { x: 1 } }, request).findings).toMatchObject([
      {
        kind: 'vermagic',
        field: 'release',
        wanted: '6.1.0-50-test',
        found: '5.10.0',
        fatal: false,
      },
      { kind: 'vermagic', field: 'SMP', wanted: 'SMP', found: undefined, fatal: true },
      { kind: 'vermagic', field: 'preemption', wanted: undefined, found: 'preempt', fatal: true },
    ]);
    expect(checked(arch, { modinfo }, request).findings[0]).toMatchObject({ fatal: true });
  });
});

const arch = 'amd64';

test('without vermagic there is nothing to compare', () => {
  const report = checked(arch, {}, { target: target([], { vermagic: magic }) });
  expect(report.findings).toMatchObject([{ kind: 'no-vermagic', fatal: true }]);
});

test('a target that does not say is said so', () => {
  const report = checked(arch, {}, { target: target([]) });
  expect(report).toMatchObject({ wouldLoad: true, notCompared: ['vermagic', 'versions'] });
});

test('a module without any versions is refused where there are some', () => {
  const crcs = new Map([['module_layout', 7]]);
  const without = checked(arch, {}, { target: target([], { crcs }) });
  expect(without.findings).toMatchObject([{ kind: 'version', found: undefined, fatal: true }]);
  const one = checked(arch, { versions: { other: 1 } }, { target: target([], { crcs }) });
  expect(one.findings).toMatchObject([{ kind: 'version', found: undefined, fatal: false }]);
});

describe('requirements', () => {
  const modules: Readonly<Record<string, KnownModule>> = {
    b: known(arch, { name: 'b', modinfo: ['depends=c'] }),
    c: known(arch, { name: 'c', modinfo: ['depends=module,gone'] }),
  };
  const find = (name: string) => modules[name];

  test('are walked to the end: what is missing, and what goes round', () => {
    const report = checked(arch, { modinfo: ['depends=b'] }, { target: target([]), find });
    expect(report.findings).toMatchObject([
      { kind: 'circular-requirement', path: ['module', 'b', 'c', 'module'] },
      { kind: 'missing-requirement', module: 'gone', path: ['module', 'b', 'c', 'gone'] },
    ]);
  });

  test('that cannot be read say why', () => {
    const unusable = { file: 'b.ko.xz', reason: 'is truncated' };
    const report = checked(
      arch,
      { modinfo: ['depends=b'] },
      { target: target([]), find: () => unusable },
    );
    expect(report.findings).toMatchObject([{ kind: 'unusable-requirement', ...unusable }]);
  });

  test('that a Module.symvers names need no file', () => {
    const exports = [exportOf({ name: 'f', module: 'b' })];
    const report = checked(arch, { modinfo: ['depends=b'] }, { target: target(exports) });
    expect(report.findings).toEqual([]);
  });
});

test('names that are taken, too long, or not those of the file', () => {
  const name = 'n'.repeat(56);
  const report = checked(
    arch,
    { name },
    { target: target([]), loaded: [known(arch, { name }, 'first.ko')] },
  );
  expect(report.findings).toMatchObject([
    { kind: 'name-taken', name, by: 'first.ko', fatal: true },
    { kind: 'name-differs', name, fileName: 'module', fatal: false },
    { kind: 'name-too-long', bytes: 56, limit: 55, fatal: true },
  ]);
  const shorter = checked(arch, { name: 'n'.repeat(55) }, { target: target([]) });
  expect(shorter.wouldLoad).toBe(true);
});

test('a module that does not describe itself is told with what it lacks', () => {
  const spec = {
    versions: {},
    sections: [{ name: '__versions', bytes: [1, 2, 3] }],
    imports: ['f'],
  };
  const report = checked(arch, spec, { target: target([]) });
  expect(report.findings.map(({ kind }) => kind)).toContain('undefined-symbol');
});

describe('Module.symvers', () => {
  test.for<[string, Partial<Export>]>([
    ['0x82164fbb\tprintk\tvmlinux\tEXPORT_SYMBOL', { name: 'printk', crc: 0x82164fbb }],
    ['0x00000000\tf\tvmlinux\tEXPORT_SYMBOL_GPL\t', { crc: undefined, gpl: true }],
    [
      '0x1\tf\tdrivers/usb/usb-storage\tEXPORT_SYMBOL\tUSB',
      { module: 'usb-storage', namespace: 'USB' },
    ],
    [
      '0x1\tf\tUSB\tdrivers/usb/core\tEXPORT_SYMBOL_GPL',
      { module: 'core', namespace: 'USB', gpl: true },
    ],
  ])('%j', ([line, expected]) => {
    const parsed = parseSymvers(`${line}\n`);
    expect(parsed.ok && [...parsed.value.values()]).toMatchObject([expected]);
  });

  test.for<[string, RegExp]>([
    ['', /^f:1: found nothing/],
    ['0x1\tf\tvmlinux', /^f:1: found .* wanted at least four fields/],
    ['crc\tf\tvmlinux\tEXPORT_SYMBOL', /wanted a CRC/],
    ['0x1\t\tvmlinux\tEXPORT_SYMBOL', /wanted the name/],
    ['0x1\tf\tvmlinux\tSYMBOL', /wanted EXPORT_SYMBOL/],
  ])('%j is refused with its line', ([line, expected]) => {
    const parsed = parseSymvers(line);
    const problems = parsed.ok ? [] : parsed.problems;
    expect(problems.map((each) => describeSymversProblem(each, 'f'))).toMatchObject([
      expect.stringMatching(expected),
    ]);
  });
});

test.for<[string, string, readonly string[]]>([
  [magic, magic.trim(), []],
  ['6.1 SMP 686 ', '6.1 SMP 586 ', ['processor']],
  ['6.1 SMP preempt ', '6.1 SMP preempt_rt ', ['preemption']],
  [
    '6.1 SMP ARMv7 p2v8 ',
    '6.2 ARMv6 p2v8 RANDSTRUCT_ab ',
    ['release', 'SMP', 'RANDSTRUCT', 'processor'],
  ],
])('%j against %j: %j', ([wanted, found, fields]) => {
  expect(compareVermagic(wanted, found).map(({ field }) => field)).toEqual(fields);
});
