// modbox map: the whole text for a module we compile, on every architecture.

import { describe, expect, test } from 'vitest';
import { archNames } from '../src/arch/arch.ts';
import { samplePath } from '../src/host/assets.ts';
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

test.for<[string, string]>([
  ['0x1001', 'a multiple of 4096'],
  ['0x100000000', 'below 0x100000000'],
  ['here', 'a multiple of 4096'],
])('--base %s is refused: wanted %s', ([base, wanted]) => {
  const { status, stderr } = modbox('map', samplePath('i386', 'hello'), '--base', base);
  expect(status).toBe(2);
  expect(stderr).toContain(wanted);
});
