// Options that are wrong, and what is said of them.

import { describe, expect, test } from 'vitest';
import { endingOf, InputError, UsageError } from './errors.ts';
import { meant, numberOption, parseOptions } from './options.ts';
import { parseRunOptions } from './run-options.ts';

describe('names', () => {
  test.for([
    ['rnu', '; did you mean run?'],
    ['inf', '; did you mean info?'],
    ['i', '; did you mean info?'],
    ['Run', '; did you mean run?'],
    ['quxquux', '; see modbox help'],
  ])('%s%s', ([word, hint]) => {
    expect(meant(word ?? '', ['run', 'info', 'help'])).toBe(hint);
  });
});

describe('parseOptions', () => {
  const table = { json: { type: 'boolean' }, arch: { type: 'string' } } as const;

  test('gives values and positionals', () => {
    const { values, positionals } = parseOptions('run', ['a', '--json', '--arch', 'x', 'b'], table);
    expect({ ...values }).toEqual({ json: true, arch: 'x' });
    expect(positionals).toEqual(['a', 'b']);
  });

  test.for<[string, string]>([
    ['--jsno', 'run: no option --jsno; did you mean --json?'],
    ['-z', 'run: no option -z; see modbox help'],
    ['--arch', "run: option '--arch <value>' argument missing"],
    ['--json=1', "run: option '--json' does not take an argument"],
  ])('refuses %s', ([argument, sentence]) => {
    expect(() => parseOptions('run', [argument], table)).toThrow(new UsageError(sentence));
  });
});

test.for<[string, number | undefined]>([
  ['8', 8],
  ['1024', 1024],
  ['7.9', undefined],
  ['1025', undefined],
  ['-8', undefined],
  ['0x10', undefined],
  ['', undefined],
])('a number of 8 to 1024: %s', ([text, value]) => {
  const limits = { min: 8, max: 1024, unit: 'MiB' };
  if (value !== undefined) expect(numberOption('ram', text, limits)).toBe(value);
  else expect(() => numberOption('ram', text, limits)).toThrow('wanted 8 to 1024 MiB');
});

describe('modbox run', () => {
  test('understands everything at once', () => {
    const line =
      'a.ko --call f(1):u8 --call g() b.ko --keep --path . --ram 16 --watchdog 0.5 --arch armv7 -q';
    const options = parseRunOptions(line.split(' '));
    expect(options).toMatchObject({
      files: ['a.ko', 'b.ko'],
      arch: { name: 'armv7' },
      calls: [{ symbol: 'f', returns: 'u8' }, { symbol: 'g' }],
      keep: true,
      searchPath: ['.'],
      ramBytes: 16 << 20,
      watchdogNs: 5e8,
      json: false,
      quiet: true,
    });
  });

  test.for<[string, RegExp]>([
    ['', /name the file of a module/],
    ['a.ko a.ko', /a.ko is named twice/],
    ['a.ko --arch x86', /--arch: no x86: i386, amd64, armv7, aarch64/],
    ['a.ko --ram 10', /wanted a multiple of 4 MiB/],
    ['a.ko --watchdog 0', /wanted 0.001 to 86400 seconds/],
    ['a.ko --path nowhere', /--path nowhere: no such folder/],
    ['a.ko --call f', /--call 'f': wanted "\("/],
  ])('refuses "%s"', ([line, sentence]) => {
    expect(() => parseRunOptions(line.split(' ').filter(Boolean))).toThrow(sentence);
  });
});

describe('what was thrown', () => {
  test('a usage error ends with 2', () => {
    expect(endingOf(new UsageError('no'), false)).toEqual({ status: 2, message: 'modbox: no' });
  });

  test('every problem of the input is a line', () => {
    const { message } = endingOf(new InputError('a: bad\nb: bad'), false);
    expect(message).toBe('modbox: a: bad\nmodbox: b: bad');
  });

  test('anything else is a bug, whose stack is shown on request', () => {
    const thrown = new Error('oh');
    expect(endingOf(thrown, false)).toEqual({
      status: 70,
      message: 'modbox: bug: oh\nset MODBOX_TRACE=1 for the stack',
    });
    expect(endingOf(thrown, true).message).toContain('options.test.ts');
  });
});
