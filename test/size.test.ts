// Objects made to take long: everything that is asked of an object costs about as
// much as the object is large, whatever refers to whatever how often.  What is
// tested is that these tests end in time; each took minutes, or the memory, once.

import { describe, expect, test } from 'vitest';
import type { LinkArch } from '../src/arch/link-arch.ts';
import { architectures } from '../src/arch/registry.ts';
import { identify } from '../src/flavour/flavour.ts';
import type { FlavourProblem } from '../src/flavour/problems.ts';
import * as C from '../src/object/elf/constants.ts';
import { describeElfProblem } from '../src/object/elf/problems.ts';
import { readElf } from '../src/object/elf/reader.ts';
import { cStringBytes, littleEndian, type RelocationSpec, writeElf } from './support/elf-writer.ts';
import { type AnySpec, linkSpec } from './support/link-spec.ts';

const MANY = 20_000;
const LONG = 500_000;
const arch: LinkArch = architectures.amd64;
const WORD = 1;
const W = C.SHF_ALLOC | C.SHF_WRITE;
const numbers = Array.from({ length: MANY }, (_, i) => i);

function objectOf(spec: AnySpec) {
  const { wordBytes, elfMachine: machine } = arch;
  const read = readElf(writeElf({ ...spec, wordBytes, machine }));
  if (!read.ok) throw new Error(read.problems.map(describeElfProblem).join('\n'));
  return read.value;
}

function problemsOf(spec: AnySpec): readonly FlavourProblem[] {
  const described = identify(objectOf(spec), arch, 'm');
  return described.ok ? [] : described.problems;
}

const word = (section: string, offset: number, addend: number): RelocationSpec => ({
  section,
  offset,
  type: WORD,
  symbol: section === 'link_set_modules' ? 'infos' : 'strings',
  addend,
});

/** A set of many modules, each with its own modinfo_t; the strings are shared. */
function manyModules(strings: readonly number[]): AnySpec {
  return {
    addends: 'in-record',
    sections: [
      { name: 'link_set_modules', bytes: new Uint8Array(8 * MANY), align: 8 },
      { name: '.rodata', bytes: new Uint8Array(32 * MANY), align: 8 },
      { name: '.rodata.str', bytes: strings },
    ],
    symbols: [
      { name: 'infos', section: '.rodata' },
      { name: 'strings', section: '.rodata.str' },
    ],
    relocations: numbers.flatMap((i) => [
      word('link_set_modules', i * 8, i * 32),
      word('.rodata', i * 32 + 16, 0),
      word('.rodata', i * 32 + 24, 0),
    ]),
  };
}

describe('NetBSD', () => {
  test('20,000 modules of one name are refused, and not all of them listed', () => {
    const problems = problemsOf(manyModules(cStringBytes('same')));
    expect(problems.length).toBeLessThan(200);
    expect(problems).toContainEqual({ kind: 'duplicate-module', name: 'same' });
  });

  test('20,000 modules that share a name of 500,000 bytes are refused', () => {
    const problems = problemsOf(manyModules(cStringBytes('n'.repeat(LONG))));
    expect(problems[0]).toMatchObject({ kind: 'bad-string', what: 'mi_name' });
    expect(JSON.stringify(problems).length).toBeLessThan(LONG);
  });

  test('20,000 empty places in a set are refused', () => {
    const problems = problemsOf({ ...manyModules([0]), relocations: [] });
    expect(problems.length).toBeLessThan(200);
    expect(problems[0]).toMatchObject({ kind: 'bad-pointer', found: 'is NULL' });
  });
});

test('Linux: 20,000 relocations of struct module against one long name', () => {
  const section = '.gnu.linkonce.this_module';
  const object = objectOf({
    addends: 'in-record',
    sections: [
      { name: section, flags: W, bytes: new Uint8Array(4096), align: 8 },
      { name: '.modinfo', bytes: cStringBytes('name=m') },
    ],
    symbols: [{ name: 'é'.repeat(LONG / 2), id: 'long' }],
    relocations: numbers.map(() => ({
      section,
      offset: 0,
      type: WORD,
      symbol: 'long',
    })),
  });
  expect(identify(object, arch, 'm').ok).toBe(true);
});

test('Linux: 20,000 exports in 20,000 tables', () => {
  const object = objectOf({
    addends: 'in-record',
    sections: [
      { name: '.gnu.linkonce.this_module', flags: W, bytes: new Uint8Array(256) },
      { name: '.modinfo', bytes: cStringBytes('name=m') },
      { name: '__ksymtab_strings', bytes: cStringBytes('n'.repeat(LONG)) },
      ...numbers.map((i) => ({ name: `___ksymtab+${i}`, bytes: new Uint8Array(12) })),
    ],
    symbols: [
      { name: 'strings', section: '__ksymtab_strings' },
      ...numbers.map((i) => ({ name: `__ksymtab_${i}`, section: `___ksymtab+${i}` })),
    ],
    relocations: numbers.map((i) => ({
      section: `___ksymtab+${i}`,
      offset: 8,
      type: 2,
      symbol: 'strings',
      addend: 0,
    })),
  });
  const described = identify(object, arch, 'm');
  expect(described.ok && described.value.exports.length).toBe(20_000);
});

describe('linking', () => {
  const zeros = new Uint8Array(8 * MANY);

  test('20,000 undefined symbols are refused, a thousand of them by name', () => {
    const result = linkSpec(arch, {
      addends: 'in-record',
      sections: [{ name: '.data', flags: W, bytes: zeros, align: 8 }],
      symbols: numbers.map((i) => ({ name: `missing_${i}` })),
      relocations: numbers.map((i) => ({
        section: '.data',
        offset: i * 8,
        type: WORD,
        symbol: `missing_${i}`,
      })),
    });
    const problems = result.ok ? [] : result.problems;
    expect(problems.filter(({ kind }) => kind === 'undefined-symbol')).toHaveLength(1000);
    expect(problems).toContainEqual({ kind: 'more', count: MANY - 1000 });
  });

  test('the bounds of 20,000 sets', () => {
    const result = linkSpec(arch, {
      addends: 'in-record',
      sections: [
        { name: '.data', flags: W, bytes: zeros, align: 8 },
        ...numbers.map((i) => ({ name: `set_${i}`, bytes: [i & 0xff] })),
      ],
      symbols: numbers.map((i) => ({ name: `__stop_set_${i}` })),
      relocations: numbers.map((i) => ({
        section: '.data',
        offset: i * 8,
        type: WORD,
        symbol: `__stop_set_${i}`,
      })),
    });
    expect(result.ok && result.value.sets).toHaveLength(20_000);
  });

  test('20,000 groups of one long signature', () => {
    const object = objectOf({
      addends: 'in-record',
      groups: numbers.map((i) => ({ signature: 'long', members: [`s${i}`] })),
      sections: numbers.map((i) => ({ name: 's', id: `s${i}`, bytes: littleEndian(1, 0) })),
      symbols: [{ name: 'é'.repeat(LONG / 2), id: 'long' }],
    });
    expect(object.sections.filter(({ discarded }) => discarded !== undefined)).toHaveLength(19_999);
  });
});
