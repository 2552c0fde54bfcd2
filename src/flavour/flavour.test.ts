// What an object says about itself, read before it has an address.

import { describe, expect, test } from 'vitest';
import {
  cStringBytes,
  type ElfSpec,
  littleEndian,
  type RelocationSpec,
  type SymbolSpec,
  writeElf,
} from '../../test/support/elf-writer.ts';
import { type ArchName, archNames } from '../arch/arch.ts';
import { architectures } from '../arch/registry.ts';
import * as C from '../object/elf/constants.ts';
import { readElf } from '../object/elf/reader.ts';
import { identify } from './flavour.ts';
import { describeFlavourProblem } from './problems.ts';

const wordType = { i386: 1, amd64: 1, armv7: 2, aarch64: 257 } as const;

function identified(name: ArchName, spec: Omit<ElfSpec, 'wordBytes' | 'machine'>) {
  const arch = architectures[name];
  const { wordBytes, elfMachine: machine } = arch;
  const read = readElf(writeElf({ ...spec, wordBytes, machine }));
  if (!read.ok) throw new Error('the object does not read');
  return identify(read.value, arch, 'dir/file.kmod');
}

interface Declared {
  readonly name: string;
  readonly required?: string;
}

/** What MODULE() makes of each of these, in one object. */
function netbsdSpec(
  name: ArchName,
  addends: ElfSpec['addends'],
  modules: readonly Declared[],
): Omit<ElfSpec, 'wordBytes' | 'machine'> {
  const word = architectures[name].wordBytes;
  const type = wordType[name];
  const strings: number[] = [];
  const infos: number[] = [];
  const relocations: RelocationSpec[] = [];
  /** A pointer to `value` bytes into `symbol`, whichever way addends are kept. */
  const pointer = (section: string, offset: number, symbol: string, value: number): number[] => {
    relocations.push({ section, offset, type, symbol, addend: value });
    return littleEndian(word, addends === 'in-place' ? value : 0);
  };
  const text = (value: string): number => {
    const at = strings.length;
    strings.push(...cStringBytes(value));
    return at;
  };
  const set = modules.flatMap((module, i) => {
    const at = infos.length;
    infos.push(...littleEndian(4, 1_000_000_000 + i, 1), ...littleEndian(word, 0));
    infos.push(...pointer('.rodata', infos.length, 'strings', text(module.name)));
    const { required } = module;
    if (required === undefined) infos.push(...littleEndian(word, 0));
    else infos.push(...pointer('.rodata', infos.length, 'strings', text(required)));
    return pointer('link_set_modules', i * word, 'infos', at);
  });
  return {
    addends,
    sections: [
      { name: 'link_set_modules', bytes: set, align: word },
      { name: '.rodata', bytes: infos, align: word },
      { name: '.rodata.str', bytes: strings },
    ],
    symbols: [
      { name: 'infos', section: '.rodata', binding: C.STB_LOCAL },
      { name: 'strings', section: '.rodata.str', binding: C.STB_LOCAL },
      { name: 'offered', section: '.rodata' },
      { name: 'weak', section: '.rodata', binding: C.STB_WEAK },
      { name: 'wanted' },
    ],
    relocations,
  };
}

describe.for(archNames)('NetBSD on %s', (name) => {
  test.for(['in-place', 'in-record'] as const)('a module with addends %s', (addends) => {
    const result = identified(
      name,
      netbsdSpec(name, addends, [{ name: 'hello', required: 'a,b' }]),
    );
    expect(result).toMatchObject({
      ok: true,
      value: {
        flavour: 'netbsd',
        name: 'hello',
        modules: [{ name: 'hello', class: 1, version: 1_000_000_000, required: ['a', 'b'] }],
        required: ['a', 'b'],
        exports: [{ name: 'offered' }, { name: 'weak' }],
      },
    });
  });

  test('several modules in one object', () => {
    const modules = [
      { name: 'one', required: 'two,zlib' },
      { name: 'two', required: 'zlib,crypto' },
      { name: 'three' },
    ];
    const result = identified(name, netbsdSpec(name, architectures[name].addends, modules));
    if (!result.ok) throw new Error('refused');
    if (result.value.flavour !== 'netbsd') throw new Error('not recognised');
    expect(result.value.name).toBe('one');
    expect(result.value.modules.map((module) => module.name)).toEqual(['one', 'two', 'three']);
    expect(result.value.modules.map((module) => module.version % 10)).toEqual([0, 1, 2]);
    expect(result.value.required).toEqual(['zlib', 'crypto']);
  });
});

test('a NetBSD module that requires itself is not relieved of it', () => {
  const result = identified('i386', netbsdSpec('i386', 'in-place', [{ name: 'a', required: 'a' }]));
  expect(result).toMatchObject({ ok: true, value: { required: ['a'] } });
});

describe('a NetBSD module is refused', () => {
  const problemsOf = (spec: Omit<ElfSpec, 'wordBytes' | 'machine'>) => {
    const result = identified('amd64', spec);
    return result.ok ? [] : result.problems;
  };
  const good = netbsdSpec('amd64', 'in-record', [{ name: 'hello' }]);
  const withSet = (bytes: readonly number[]) => ({
    ...good,
    sections: good.sections.map((one) =>
      one.name === 'link_set_modules' ? { ...one, bytes } : one,
    ),
  });
  const without = (section: string) => ({
    ...good,
    relocations: good.relocations?.filter((one) => one.section !== section) ?? [],
  });
  const pointingAt = (addend: number) => ({
    ...good,
    relocations: good.relocations?.map((one) => ({ ...one, addend })) ?? [],
  });

  test.for([
    ['when the set is no array of pointers', withSet([...littleEndian(8, 0), 1]), 'bad-size'],
    [
      'when the set is empty',
      { ...without('link_set_modules'), ...withSet([]), relocations: [] },
      'no-modules',
    ],
    ['when no relocation fills the set', without('link_set_modules'), 'bad-pointer'],
    ['when it has no name', without('.rodata'), 'bad-pointer'],
    ['when its pointers leave the object', pointingAt(1 << 20), 'bad-pointer'],
    ['when its pointers point before it', pointingAt(-8), 'bad-pointer'],
    ['when its name is empty', netbsdSpec('amd64', 'in-record', [{ name: '' }]), 'bad-string'],
    [
      'with a name of 32 bytes',
      netbsdSpec('amd64', 'in-record', [{ name: 'x'.repeat(32) }]),
      'bad-string',
    ],
    [
      'when it has the same name twice',
      netbsdSpec('amd64', 'in-record', [{ name: 'x' }, { name: 'x' }]),
      'duplicate-module',
    ],
  ] as const)('%s', ([, spec, kind]) => {
    const problems = problemsOf(spec);
    expect(problems).toContainEqual(expect.objectContaining({ kind }));
    for (const problem of problems) {
      expect(describeFlavourProblem(problem, 'm.kmod')).not.toContain('undefined');
    }
  });

  test('but a name of 31 bytes is good', () => {
    expect(problemsOf(netbsdSpec('amd64', 'in-record', [{ name: 'x'.repeat(31) }]))).toEqual([]);
  });
});

describe.for(archNames)('Linux on %s', (name) => {
  const arch = architectures[name];
  const word = arch.wordBytes;
  const type = wordType[name];
  const version = (symbol: string, crc: number): number[] => {
    const record = [...littleEndian(word, crc), ...cStringBytes(symbol)];
    return [...record, ...new Array<number>(64 - record.length).fill(0)];
  };
  const thisModule = new Array<number>(576).fill(0);
  thisModule.splice(3 * word, 4, ...cStringBytes('own'));
  const text = { section: '.text', type: C.STT_FUNC } as const;
  const symbols: readonly SymbolSpec[] = [
    { name: '__ksymtab_crc7', section: '__ksymtab', binding: C.STB_LOCAL },
    { name: '__ksymtab_crc8', section: '__ksymtab_gpl', binding: C.STB_LOCAL },
    { ...text, name: 'crc7' },
    { ...text, name: 'not_exported' },
    { ...text, name: 'init_module' },
    { ...text, name: 'cleanup_module' },
  ];
  const at = (offset: number, symbol: string) => ({
    section: '.gnu.linkonce.this_module',
    offset,
    type,
    symbol,
  });
  const spec: Omit<ElfSpec, 'wordBytes' | 'machine'> = {
    addends: arch.addends,
    sections: [
      { name: '.text', flags: C.SHF_ALLOC | C.SHF_EXECINSTR, bytes: [1, 2, 3, 4] },
      { name: '__ksymtab', bytes: littleEndian(4, 0, 0, 0) },
      { name: '__ksymtab_gpl', bytes: littleEndian(4, 0, 0, 0) },
      {
        name: '.modinfo',
        bytes: ['license=GPL', 'alias=a=b', 'alias=c', 'depends=x,y', 'name=hello'].flatMap(
          cStringBytes,
        ),
      },
      {
        name: '__versions',
        bytes: [...version('module_layout', 0x9060_323f), ...version('printk', 5)],
      },
      { name: '.gnu.linkonce.this_module', flags: C.SHF_ALLOC | C.SHF_WRITE, bytes: thisModule },
    ],
    symbols,
    relocations: [at(312, 'init_module'), at(520, 'cleanup_module')],
  };

  test('a module describes itself', () => {
    expect(identified(name, spec)).toEqual({
      ok: true,
      value: {
        flavour: 'linux',
        name: 'hello',
        required: ['x', 'y'],
        exports: [
          { name: 'crc7', gpl: false },
          { name: 'crc8', gpl: true },
        ],
        init: 5,
        exit: 6,
        modinfo: [
          { key: 'license', value: 'GPL' },
          { key: 'alias', value: 'a=b' },
          { key: 'alias', value: 'c' },
          { key: 'depends', value: 'x,y' },
          { key: 'name', value: 'hello' },
        ],
        versions: [
          { name: 'module_layout', crc: 0x9060_323f },
          { name: 'printk', crc: 5 },
        ],
      },
    });
  });

  test('a library has neither init nor exit, whatever its symbols are called', () => {
    const result = identified(name, { ...spec, relocations: [] });
    expect(result).toMatchObject({ ok: true, value: { init: undefined, exit: undefined } });
  });

  test('without name= the struct module tells', () => {
    const sections = spec.sections.filter((section) => section.name !== '.modinfo');
    expect(identified(name, { ...spec, sections })).toMatchObject({
      ok: true,
      value: { name: 'own' },
    });
  });
});

test('anything else is plain, and called like its file', () => {
  const spec = {
    ...netbsdSpec('armv7', 'in-place', []),
    sections: [{ name: '.rodata', bytes: [1] }],
  };
  const symbols = [{ name: 'f', section: '.rodata' }, { name: 'g' }];
  expect(identified('armv7', { ...spec, symbols, relocations: [] })).toEqual({
    ok: true,
    value: { flavour: 'plain', name: 'file', required: [], exports: [{ name: 'f', gpl: false }] },
  });
});
