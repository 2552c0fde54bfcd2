// Files of expectations: what they come to, and what is said of those that are wrong.

import { describe, expect, test } from 'vitest';
import type { Suite, TestCase } from './model.ts';
import { describeSuiteProblem } from './problems.ts';
import { defaultSuite, readSuite } from './read.ts';

function read(text: string): Suite {
  const result = readSuite('a/crc16.test.toml', text);
  if (!result.ok) throw new Error(result.problems.map(describeSuiteProblem).join('\n'));
  return result.value;
}

function problems(text: string): readonly string[] {
  const result = readSuite('a.test.toml', text);
  return result.ok ? [] : result.problems.map(describeSuiteProblem);
}

function onlyCase(text: string): TestCase | undefined {
  return read(`[[case]]\nname = "c"\n${text}`).cases[0];
}

describe('a suite', () => {
  test('is about the module whose name its file has, and has the default case', () => {
    expect(read('')).toMatchObject({
      name: 'crc16',
      module: 'crc16',
      archs: undefined,
      requires: [],
      cases: [{ name: 'loads, inits, exits, leaks nothing', life: { leaks: { blocks: 0 } } }],
    });
  });

  test('may name its module, architectures, requirements and budget', () => {
    const text =
      'module = "lib/{arch}/x-y.ko"\narch = ["i386"]\nrequires = ["z"]\nbudget = "1.5ms"';
    expect(read(text)).toMatchObject({
      name: 'x-y',
      module: 'lib/{arch}/x-y.ko',
      archs: ['i386'],
      requires: ['z'],
      budgetNs: 1_500_000,
    });
  });

  test('of a module without a file is that module', () => {
    expect(defaultSuite('lib/a.ko.xz')).toMatchObject({ name: 'a', module: 'lib/a.ko.xz' });
  });
});

describe('a case', () => {
  test('with a call has one step, and begins with the module loaded', () => {
    expect(onlyCase('call = "f(1)"\nreturns = 2')).toMatchObject({
      line: 1,
      life: undefined,
      steps: [{ call: { symbol: 'f' }, returns: { comparison: '==' } }],
    });
  });

  test('may have several steps, each with its line', () => {
    const steps = '[[case.step]]\ncall = "f()"\nlet = "x"\n[[case.step]]\ncall = "g(x)"';
    expect(onlyCase(steps)).toMatchObject({
      steps: [{ let: 'x' }, { call: { symbol: 'g' } }],
    });
    expect(onlyCase(steps)?.steps.map(({ line }) => line)).toEqual([3, 6]);
  });

  test.for([
    ['', { failure: undefined, fault: undefined, leaks: { blocks: 0 } }],
    ['leaks = 0\ncall = "f()"', { failure: undefined }],
    ['init = 0', { failure: undefined }],
    ['init = -19', { failure: { stage: 'init', error: { number: 19 } } }],
    ['init = "-ENODEV"', { failure: { stage: 'init', error: { name: 'ENODEV' } } }],
    ['leaks = { blocks = 1, bytes = 16 }', { leaks: { blocks: 1, bytes: 16, registered: 0 } }],
    ['leaks = { registered = 2 }', { leaks: { blocks: 0, bytes: undefined, registered: 2 } }],
    ['fault = "divide"', { fault: { kind: 'divide', symbol: undefined } }],
    ['fails = { stage = "link", text = "a.b" }', { failure: { stage: 'link', text: /a.b/u } }],
  ] as const)('%s is about the life of the module', ([text, life]) => {
    expect(onlyCase(text)?.life).toMatchObject(life);
  });

  test.for([
    ['5', { comparison: '==', operand: { kind: 'integer', value: 5n } }],
    ['"0xffffffffffffffff"', { operand: { value: 0xffff_ffff_ffff_ffffn } }],
    ['"!= 0"', { comparison: '!=', operand: { value: 0n } }],
    ['"<= -1"', { comparison: '<=', operand: { value: -1n } }],
    ['"-EINVAL"', { operand: { kind: 'errno', name: 'EINVAL', negative: true } }],
    ['"EINVAL"', { operand: { kind: 'errno', name: 'EINVAL', negative: false } }],
    ['"x + 8"', { operand: { kind: 'name', name: 'x', offset: 8n } }],
    ['"&f"', { operand: { kind: 'symbol', name: 'f' } }],
  ] as const)('returns = %s is understood', ([text, returns]) => {
    expect(onlyCase(`call = "f()"\nreturns = ${text}`)?.steps[0]?.returns).toMatchObject(returns);
  });

  test.for([
    [`out = 'x"00ff"'`, { kind: 'bytes', bytes: Uint8Array.of(0, 255) }],
    [`out = 'b64"AP8="'`, { kind: 'bytes', bytes: Uint8Array.of(0, 255) }],
    [`out = '"a"'`, { kind: 'bytes', bytes: Uint8Array.of(97) }],
    ['"out + 4 : u16" = 7', { kind: 'value', type: 'u16', value: { comparison: '==' } }],
    [`"&f : s8" = "< 0"`, { kind: 'value', type: 's8', value: { comparison: '<' } }],
  ] as const)('memory = { %s } is understood', ([text, wanted]) => {
    const step = onlyCase(`call = "f()"\nmemory = { ${text} }`)?.steps[0];
    expect(step?.memory).toMatchObject([{ wanted }]);
  });

  test('of the console says lines, patterns and any number of lines', () => {
    expect(onlyCase('console = ["/^a.$/", "...", "b"]')?.console).toEqual([
      { kind: 'regexp', regexp: /^a.$/u },
      { kind: 'any' },
      { kind: 'exact', text: 'b' },
    ]);
  });
});

describe('what is wrong', () => {
  test.for<[string, string]>([
    ['x = ', 'a.test.toml:1: column 5: '],
    ['moduel = "a"', 'a.test.toml:1: moduel: no such key; did you mean module?'],
    ['\nmodule = 5', 'a.test.toml:2: module: wrong type: found an integer, wanted a string'],
    ['arch = "i386"', 'a.test.toml:1: arch: wrong type: found a string, wanted a list of strings'],
    ['arch = ["i386", 1]', 'found an integer, wanted a list of strings'],
    ['arch = ["x86"]', 'a.test.toml:1: arch: "x86" is none of i386, amd64, armv7, aarch64'],
    [
      'case = 1',
      'a.test.toml:1: case: wrong type: found an integer, wanted a list of tables, [[case]]',
    ],
    ['budget = "soon"', 'budget: "soon" is no time; wanted one such as "20ms", in ns, us, ms or s'],
    ['budget = 9999', 'budget: 9999 ns is out of range, wanted 10us to 86400s of virtual time'],
    ['budget = "86401s"', 'is out of range'],
    ['[[case]]\ncall = "f()"', 'a.test.toml:1: case[0].name: is missing'],
    ['[[case]]\nname = ""', 'a.test.toml:2: case[0].name: wanted one line of 1 to 200 characters'],
  ])('%j: %s', ([text, sentence]) => {
    expect(problems(text).join('\n')).toContain(sentence);
  });

  test.for<[string, string]>([
    ['retruns = 1\ncall = "f()"', ':3: case[0].retruns: no such key; did you mean returns?'],
    ['call = "f("', ':3: case[0].call: wanted an integer'],
    ['returns = 1', 'case[0].returns: is about a call, and there is none beside it'],
    ['call = "f()"\nreturns = 1.5', 'found a float, wanted an integer or a string such as'],
    ['call = "f()"\nreturns = "-EINVLA"', 'no error EINVLA; did you mean EINVAL'],
    ['call = "f()"\nreturns = "1 2"', 'wanted the end before "2"'],
    ['call = "f()"\nlet = "1"', 'case[0].let: "1" is no name: letters, digits and _'],
    [
      'call = "f()"\nfault = "page"',
      'case[0].fault: "page" is none of page-fault, undefined, divide',
    ],
    [
      'call = "f()"\nfault = "divide"\nreturns = 0',
      'what a call that faults leaves is not looked at',
    ],
    ['fault = { symbol = "f" }', 'case[0].fault.kind: is missing'],
    [
      'fault = { kind = "svc", sybmol = "f" }',
      ':3: case[0].fault.sybmol: no such key; did you mean symbol?',
    ],
    [
      'call = "f()"\nmemory = { "out" = "ff" }',
      'case[0].memory.out: wanted x"hex", b64"base64" or',
    ],
    ['call = "f()"\nmemory = { "out : u9" = 1 }', 'no type u9'],
    ['console = ["/(/"]', 'case[0].console: "(" is no regular expression'],
    ['leaks = -1', 'case[0].leaks: -1 is out of range'],
    ['leaks = { byts = 1 }', 'case[0].leaks.byts: no such key; did you mean bytes?'],
    ['init = "EINVAL"\nfails = {}', 'case[0].init: is there beside fails'],
    ['init = "EINVAL"\ncall = "f()"', 'case[0].init: nothing can be called then'],
    ['call = "f()"\n[[case.step]]\ncall = "g()"', 'case[0].call: is there beside step'],
    ['[[case.step]]\nlet = "x"', ':3: case[0].step[0].call: is missing'],
    ['skip = true', 'found true or false, wanted a string'],
  ])('in a case: %j: %s', ([text, sentence]) => {
    expect(problems(`[[case]]\nname = "c"\n${text}`).join('\n')).toContain(sentence);
  });

  test('is told all at once, each with its line', () => {
    const text = '[[case]]\nname = "a"\nx = 1\n\n[[case]]\nname = "b"\ncall = 2';
    expect(problems(text).map((each) => each.split(' ')[0])).toEqual([
      'a.test.toml:3:',
      'a.test.toml:7:',
    ]);
  });

  test('two cases of one name', () => {
    const twice = '[[case]]\nname = "a"\n[[case]]\nname = "a"';
    expect(problems(twice).join()).toContain('"a" on line 3 is the name of the case on line 1');
  });

  test('a name of 200 characters will do, one of 201 will not', () => {
    const named = (length: number): string => `[[case]]\nname = "${'x'.repeat(length)}"`;
    expect(problems(named(200))).toEqual([]);
    expect(problems(named(201))).toHaveLength(1);
  });
});
