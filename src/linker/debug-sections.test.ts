// Debug sections as a debugger gets them: relocated, unpacked, joined, or refused with
// a reason.  Objects are clang's, changed where a test says so.

import { describe, expect, test } from 'vitest';
import { compileObject } from '../../test/support/compiler.ts';
import { archNames } from '../arch/arch.ts';
import { architectures } from '../arch/registry.ts';
import { type Addr, plus } from '../base/address.ts';
import { viewOf } from '../base/bytes.ts';
import { contentOf, type ElfObject } from '../object/elf/model.ts';
import { readElf } from '../object/elf/reader.ts';
import { describeDebugSectionProblem, LinkedDebugSections } from './debug-sections.ts';
import { planLayout } from './link.ts';

const source = 'int value = 1; int get(void) { return value; }';
/** So much that packing pays. */
const much = Array.from(
  { length: 60 },
  (_, i) => `struct s${i} { int a${i}; long b${i}; } v${i}; int f${i}(int x) { return x + ${i}; }`,
).join('\n');
const where: (name: (typeof archNames)[number]) => Addr = (name) =>
  architectures[name].map.modulesStart;

function open(bytes: Uint8Array): ElfObject {
  const read = readElf(bytes);
  if (!read.ok) throw new Error(JSON.stringify(read.problems));
  return read.value;
}

function sectionsOf(name: (typeof archNames)[number], object: ElfObject): LinkedDebugSections {
  const arch = architectures[name];
  const layout = planLayout(object, arch);
  if (!layout.ok) throw new Error('not laid out');
  const bases = layout.value.segments.map((_, i) => plus(where(name), i * 0x1000));
  return new LinkedDebugSections({ object, arch, placed: { layout: layout.value, bases } });
}

/** Where the content of a section lies in its file. */
function offsetOf(object: ElfObject, name: string): number {
  const section = object.sections.find((each) => each.name === name);
  if (section === undefined) throw new Error(`no ${name}`);
  return section.offset;
}

describe.for(archNames)('%s', (name) => {
  const { wordBytes } = architectures[name];

  test('addresses in them are those that the sections got', () => {
    const object = open(compileObject(name, source, ['-g', '-gdwarf-5', '-O0']));
    const addresses = sectionsOf(name, object).get('.debug_addr') ?? new Uint8Array(64);
    const view = viewOf(addresses);
    const read = (at: number) =>
      wordBytes === 8 ? view.getBigUint64(at, true) : BigInt(view.getUint32(at, true));
    const found = [read(8), read(8 + wordBytes)];
    // Text is the first segment, and the data, the last, begins a page of its own.
    expect(found).toContain(where(name));
    expect(found.filter((each) => each % 0x1000n === 0n)).toHaveLength(2);
    expect(new Set(found).size).toBe(2);
  });

  test.for(['zlib', 'zstd'])('those packed with %s are the same', (format) => {
    const plain = sectionsOf(name, open(compileObject(name, much, ['-g', '-O0'])));
    const flags = ['-g', '-O0', `-gz=${format}`];
    const packed = sectionsOf(name, open(compileObject(name, much, flags)));
    for (const section of ['.debug_info', '.debug_str', '.debug_abbrev', '.debug_line'])
      expect(packed.get(section)).toEqual(plain.get(section));
  });

  test.for(['zlib', 'zstd'])('a damaged one packed with %s is refused', (format) => {
    const bytes = compileObject(name, much, ['-g', '-O0', `-gz=${format}`]);
    const header = wordBytes === 8 ? 24 : 12;
    const at = offsetOf(open(bytes), '.debug_info') + header;
    bytes.fill(0xee, at, at + 8);
    const sections = sectionsOf(name, open(bytes));
    expect(sections.get('.debug_info')).toBeUndefined();
    const said = sections.problems.map(describeDebugSectionProblem).join();
    expect(said).toMatch(new RegExp(`^\\.debug_info: .*${format}.*fetch the file again$`));
  });

  test('one that says it unpacks to more than there can be is refused', () => {
    const bytes = compileObject(name, much, ['-g', '-O0', '-gz=zlib']);
    const at = offsetOf(open(bytes), '.debug_info') + (wordBytes === 8 ? 8 : 4);
    viewOf(bytes).setUint32(at, 0x7fff_ffff, true);
    const sections = sectionsOf(name, open(bytes));
    expect(sections.get('.debug_info')).toBeUndefined();
    expect(sections.problems.map(describeDebugSectionProblem).join()).toContain('limit');
  });

  test('one packed in an unknown way is refused', () => {
    const bytes = compileObject(name, much, ['-g', '-O0', '-gz=zlib']);
    viewOf(bytes).setUint32(offsetOf(open(bytes), '.debug_info'), 7, true);
    const sections = sectionsOf(name, open(bytes));
    expect(sections.get('.debug_info')).toBeUndefined();
    expect(sections.problems.map(describeDebugSectionProblem)).toEqual([
      '.debug_info is compressed in way 7, wanted zlib (1) or zstd (2)',
    ]);
  });

  test('the file itself is not changed', () => {
    const object = open(compileObject(name, source, ['-g', '-O0']));
    const section = object.sections.find((each) => each.name === '.debug_addr');
    if (section === undefined) throw new Error('no .debug_addr');
    const before = Uint8Array.from(contentOf(object, section));
    sectionsOf(name, object).get('.debug_addr');
    expect(contentOf(object, section)).toEqual(before);
  });

  test('a section that is not there is none', () => {
    const object = open(compileObject(name, source, ['-O0']));
    expect(sectionsOf(name, object).get('.debug_info')).toBeUndefined();
  });

  test('a linked object is left as it is', () => {
    const object = open(compileObject(name, source, ['-g', '-O0']));
    const section = object.sections.find((each) => each.name === '.debug_addr');
    if (section === undefined) throw new Error('no .debug_addr');
    const arch = architectures[name];
    const sections = new LinkedDebugSections({ object, arch, placed: undefined });
    expect(sections.get('.debug_addr')).toEqual(contentOf(object, section));
  });
});
