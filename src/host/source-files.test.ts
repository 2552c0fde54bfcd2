// Where a source file may be that a compiler called by some name.

import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { root } from './assets.ts';
import { type SourcePlaces, sourceFiles } from './source-files.ts';

let folder: string;
beforeAll(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'modbox-')));
  mkdirSync(join(folder, 'drivers', 'net'), { recursive: true });
  writeFileSync(join(folder, 'drivers', 'net', 'dummy.c'), '');
  symlinkSync(join(folder, 'drivers'), join(folder, 'link'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const nowhere: SourcePlaces = { sourceMap: [], sourcePath: [], folders: [] };
const dummy = (): string => join(folder, 'drivers', 'net', 'dummy.c');

describe('a source file is found', () => {
  test.each<[string, string, () => Partial<SourcePlaces>]>([
    ['relative to a folder', 'drivers/net/dummy.c', () => ({ folders: [folder] })],
    ['with a dot in front', './net/dummy.c', () => ({ folders: [join(folder, 'drivers')] })],
    [
      'by its last name',
      '/build/x/dummy.c',
      () => ({ sourcePath: [join(folder, 'drivers', 'net')] }),
    ],
    [
      'by its last names',
      '/build/x/net/dummy.c',
      () => ({ sourcePath: [join(folder, 'drivers')] }),
    ],
    [
      'where it was moved to',
      '/build/x/net/dummy.c',
      () => ({
        sourceMap: [['/build/x', join(folder, 'drivers')]],
      }),
    ],
  ])('%s', (_, name, places) => {
    expect(sourceFiles({ ...nowhere, ...places() }).locate(name)).toBe(dummy());
  });

  test('by its absolute name', () => {
    expect(sourceFiles(nowhere).locate(dummy())).toBe(dummy());
  });

  test('in the guest kernel that modbox brings', () => {
    const name = './guest/kern/main.c';
    expect(sourceFiles(nowhere).locate(name)).toBe(join(root, 'guest', 'kern', 'main.c'));
  });
});

test('a folder is no source file', () => {
  expect(sourceFiles({ ...nowhere, folders: [folder] }).locate('drivers/net')).toBeUndefined();
});

test('every place is named where a file was looked for', () => {
  const files = sourceFiles({ ...nowhere, sourcePath: [folder], folders: ['/somewhere'] });
  expect(files.locate('a/b.c')).toBeUndefined();
  expect(files.lookedIn('a/b.c')).toEqual([
    '/somewhere/a/b.c',
    join(root, 'a', 'b.c'),
    join(folder, 'a', 'b.c'),
    join(folder, 'b.c'),
  ]);
});

test('a path through a link is the same file', () => {
  const { identity } = sourceFiles(nowhere);
  expect(identity(join(folder, 'link', 'net', 'dummy.c'))).toBe(identity(dummy()));
});
