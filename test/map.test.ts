// modbox map: the whole text for a module we compile, on every architecture.

import { describe, expect, test } from 'vitest';
import { archNames } from '../src/arch/arch.ts';
import { architectures } from '../src/arch/registry.ts';
import { mapOf } from '../src/cli/map-facts.ts';
import { samplePath } from '../src/host/assets.ts';
import { readElf } from '../src/object/elf/reader.ts';
import { buildModule } from './support/build-module.ts';
import { modbox } from './support/command.ts';
import { expectGolden } from './support/golden.ts';

describe.each(archNames)('%s', (arch) => {
  const hello = samplePath(arch, 'hello');

  test('the link map of hello', () => {
    const { status, stdout, stderr } = modbox('map', hello);
    expect([status, stderr]).toEqual([0, '']);
    expectGolden(`map-hello-${arch}.txt`, stdout);
  });

  test('--base moves everything by the same distance', () => {
    const base = '0x10000000';
    const { status, stdout } = modbox('map', hello, '--base', base, '--json');
    expect(status).toBe(0);
    const map: unknown = JSON.parse(stdout);
    expect(map).toMatchObject({
      ok: true,
      arch,
      base,
      name: 'hello',
      segments: [{ name: 'text', base, protection: 'r-x' }, { name: 'rodata' }],
      sets: [{ name: 'link_set_modules', elements: 1 }],
      undefined: [{ name: 'printf', weak: false, uses: 1 }],
    });
  });
});

test.for(archNames)('%s: a base near the end of the address space', (arch) => {
  const hello = samplePath(arch, 'hello');
  const end = 1n << BigInt(architectures[arch].wordBytes * 8);
  const at = (pages: bigint) =>
    modbox('map', hello, '--base', `0x${(end - pages * 4096n).toString(16)}`);
  expect(at(2n).status).toBe(0);
  const { status, stdout } = at(1n);
  expect(status).toBe(1);
  expect(stdout).toMatch(
    ` bytes at 0x${end.toString(16)} do not end below 2^${end.toString(2).length - 1}`,
  );
});

test.for(archNames)('the stubs and slots of indirect functions of %s', (arch) => {
  const source = `
static int (*pick(void))(int) { return 0; }
static int (*(*keep)(void))(int) __attribute__((__used__)) = pick;
__asm__(".globl f, g\\n.type f, %gnu_indirect_function\\n.set f, pick\\n.set g, f");`;
  const file = buildModule(arch, 'm', { source });
  const object = readElf(file.bytes);
  if (!object.ok) throw new Error('the object does not read');
  const record = architectures[arch];
  const map = mapOf({ file, object: object.value, arch: record }, record.map.modulesStart);
  const sections = map.segments.flatMap((segment) => segment.sections);
  const stub = sections.find(({ name }) => name === '(stub of f)');
  expect(stub?.bytes).toBe(record.indirectStub.bytes);
  expect(sections.find(({ name }) => name === '(slot of f)')?.bytes).toBe(record.wordBytes);
  const type = 'indirect function';
  expect(map.symbols.filter((symbol) => symbol.type === type)).toMatchObject([
    { name: 'f', address: stub?.address },
    { name: 'g', address: stub?.address },
  ]);
});

test.for<[string, string]>([
  ['0x1001', 'a multiple of 4096'],
  ['0x100000000', 'below 0x100000000'],
  ['here', 'a multiple of 4096'],
])('--base %s is refused: wanted %s', ([base, wanted]) => {
  const { status, stderr } = modbox('map', samplePath('i386', 'hello'), '--base', base);
  expect(status).toBe(2);
  expect(stderr).toContain(wanted);
});
