// What clients read of the objects that are loaded.

import { describe, expect, test } from 'vitest';
import { addr } from '../base/address.ts';
import type { LoadedObject } from '../debug/model.ts';
import { libraryList, pathOf } from './documents.ts';
import { TargetFiles } from './files.ts';
import { bytesOfBinary, hexOfText } from './hex.ts';

function object(id: number | undefined, name: string, ...addresses: number[]): LoadedObject {
  const sections = addresses.map((address, i) => ({
    ...{ name: `.s${i}`, address: addr(address), bytes: i % 2 },
  }));
  const bytes = Uint8Array.from({ length: 20_000 }, (_, i) => i & 0xff);
  return { id, name, file: `${name}.ko`, bytes, sections, hasLines: true };
}

const kernel = object(undefined, 'kernel', 0x1000);

describe('the library list', () => {
  test('has one address for each section, in their order, empty and absent ones too', () => {
    const list = libraryList([kernel, object(1, 'hello', 0x3000, 0x1000, 0, 0x2000)]);
    const addresses = [...list.matchAll(/<section address="(\w+)"/g)].map(([, each]) => each);
    expect(addresses).toEqual(['0x3000', '0x1000', '0x0', '0x2000']);
  });

  test('leaves out the kernel, which is the program', () => {
    expect(libraryList([kernel])).not.toContain('<library ');
  });

  test('is XML whatever a module is called', () => {
    const list = libraryList([object(1, '<"&\u0001', 0x1000)]);
    expect(list).toContain('name="/modbox/&lt;&quot;&amp;?.ko"');
  });
});

describe('files', () => {
  const hello = object(1, 'hello', 0x1000);
  const files = new TargetFiles(() => [kernel, hello]);
  const open = (path: string): string => files.serve(`open:${hexOfText(path)},0,1c0`);

  test('are those of the list', () => {
    expect(open(pathOf(hello))).toBe('F3');
    expect(open(pathOf(kernel))).toBe('F4');
    expect(open('just probing')).toBe('F-1,2');
    expect(files.serve('close:3')).toBe('F0');
    expect(files.serve('close:3')).toBe('F-1,9');
    expect(files.serve('close:4')).toBe('F0');
  });

  test('have their size, big-endian, in 64 bytes', () => {
    open(pathOf(hello));
    const [head, stat = ''] = files.serve('fstat:3').split(';', 2);
    expect(head).toBe('F40');
    const bytes = bytesOfBinary(files.serve('fstat:3').slice(4));
    expect(stat.length).toBeGreaterThan(0);
    expect(new DataView(bytes.buffer).getBigUint64(28)).toBe(20_000n);
    files.serve('close:3');
  });

  test('are read in parts that fit a packet, to their end', () => {
    open(pathOf(hello));
    const part = files.serve('pread:3,ffff,0');
    const length = Number.parseInt(part.slice(1, part.indexOf(';')), 16);
    expect(length).toBeLessThan(0x2000);
    expect(bytesOfBinary(part.slice(part.indexOf(';') + 1)).length).toBe(length);
    expect(files.serve(`pread:3,10,${(19_999).toString(16)}`)).toBe(`F1;${'\x1f'}`);
    expect(files.serve('pread:3,10,5000')).toBe('F0;');
    files.serve('close:3');
  });

  test('are open in bounded numbers', () => {
    const opened = Array.from({ length: 70 }, () => open(pathOf(hello)));
    expect(opened.at(-1)).toBe('F-1,18');
  });
});
