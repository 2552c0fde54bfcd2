// The client's paths and the compiler's names for the same files.

import { describe, expect, test } from 'vitest';
import { Fields } from './fields.ts';
import { Sources } from './sources.ts';

const disk: Readonly<Record<string, string>> = {
  './hello.c': '/src/hello.c',
  'other/main.c': '/src/other/main.c',
};
const sources = (): Sources =>
  new Sources({
    locate: (file) => disk[file],
    lookedIn: (file) => [`/src/${file}`],
    identity: (path) => path.replace('/link/', '/src/'),
  });

describe("the compiler's name for a client's file", () => {
  test.each([
    ['is that of the file found there', '/src/hello.c', './hello.c'],
    ['is found through links', '/link/hello.c', './hello.c'],
    [
      'of several that are nowhere, is the one with the longest common end',
      '/x/net/a.c',
      '/b/net/a.c',
    ],
    ['is not that of another file of the same name', '/elsewhere/main.c', '/elsewhere/main.c'],
  ])('%s', (_, path, wanted) => {
    const known = ['./hello.c', 'other/main.c', '/b/a.c', '/b/net/a.c'];
    expect(sources().guestFile(path, known)).toBe(wanted);
  });
});

describe('a source', () => {
  test('that is on this computer has its path, and no number', () => {
    expect(sources().source('./hello.c', false)).toEqual({ name: 'hello.c', path: '/src/hello.c' });
  });

  test('that is not has a number, the same each time', () => {
    const all = sources();
    const one = all.source('/b/a.c', true);
    expect(one).toMatchObject({ sourceReference: 1, presentationHint: 'deemphasize' });
    all.source('/b/c.c', true);
    expect(all.source('/b/a.c', true)).toEqual(one);
  });

  test.each([{ sourceReference: 1 }, { source: { sourceReference: 1 } }])(
    'without text says where it was looked for: %j',
    (args) => {
      const all = sources();
      all.source('/b/a.c', false);
      expect(() => all.text(new Fields(args, 'source'))).toThrow(/\/src\/\/b\/a\.c/);
    },
  );

  test('that nobody was told of is refused', () => {
    const args = new Fields({ sourceReference: 3 }, 'source');
    expect(() => sources().text(args)).toThrow(/no source 3/);
  });
});
