// A booted kernel: its banner and clock, the life of a module, what init memory
// becomes, and what is counted when a module goes.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { archNames } from '../src/arch/arch.ts';
import { describeFailure } from '../src/index.ts';
import type { Kernel } from '../src/kernel/kernel.ts';
import { unwrap } from '../src/kernel/results.ts';
import { chameleon, testModule } from './support/chameleon.ts';
import { bootTest, failureOf, helloWorks, holdings, onlyFiles, sample } from './support/guest.ts';

describe.each(archNames)('%s', (arch) => {
  let kernel: Kernel;
  beforeAll(async () => {
    kernel = await bootTest(arch, { files: onlyFiles(sample(arch, 'hello')) });
  });
  afterAll(() => kernel.close());

  /** What the guest prints while `work` runs. */
  const printed = (work: () => void): string => {
    const start = kernel.machine.console.length;
    work();
    return kernel.machine.console.textSince(start);
  };

  test('the kernel says who it is and how much RAM it has', () => {
    expect(kernel.console).toMatch(
      new RegExp(`^modbox kernel: ${arch}, 16384 KiB RAM, 1[456]\\d{3} KiB free\n`),
    );
  });

  test('booting takes some, and less than two milliseconds, of virtual time', async () => {
    const other = await bootTest(arch);
    expect(other.machine.now).toBeGreaterThan(10_000);
    expect(other.machine.now).toBeLessThan(2_000_000);
    other.close();
  });

  test.for([4, 64, 128] as const)('boots with %i MiB of RAM', async (mebibytes) => {
    const other = await bootTest(arch, { ramBytes: mebibytes << 20 });
    expect(other.console).toContain(`${mebibytes * 1024} KiB RAM`);
    expect(helloWorks(other)).toBe(true);
    other.close();
  });

  test('hello comes, adds and goes', () => {
    const text = printed(() => {
      const hello = unwrap(kernel.load('hello.ko'));
      expect(hello.name).toBe('hello');
      expect(kernel.modules.map(({ name }) => name)).toEqual(['hello']);
      expect(hello.call('hello_add', 2, 3)).toMatchObject({ kind: 'returned', value: 5n });
      expect(hello.unload()).toEqual({ ok: true, leaks: { blocks: 0, bytes: 0, records: [] } });
      expect(kernel.modules).toEqual([]);
    });
    expect(text).toBe('hello: here I am\nhello: good-bye\n');
  });

  test('the console is told byte by byte to who listens', async () => {
    const heard: number[] = [];
    const other = await bootTest(arch, { onConsole: (byte) => heard.push(byte) });
    expect(new TextDecoder().decode(Uint8Array.from(heard))).toBe(other.console);
    other.close();
  });

  test('loading and unloading leaves pages and heap as they were', () => {
    expect(helloWorks(kernel)).toBe(true);
    const before = holdings(kernel);
    for (let i = 0; i < 5; i++) expect(helloWorks(kernel)).toBe(true);
    expect(holdings(kernel)).toEqual(before);
  });

  test('a module that is loaded is not loaded again', () => {
    const hello = unwrap(kernel.load('hello.ko'));
    const failure = failureOf(kernel.load('hello.ko'));
    expect(failure).toMatchObject({ error: 17, stage: 'policy' });
    expect(failure.reason).toBe('a module named hello is loaded already');
    expect(hello.unload().ok).toBe(true);
  });

  test('a file that is not there is named', () => {
    const failure = failureOf(kernel.load('nowhere.ko'));
    expect(failure).toMatchObject({ error: 2, stage: 'open', oops: undefined, death: undefined });
    expect(describeFailure(failure)).toBe('nowhere.ko: no such file');
  });

  test('a module is unloaded once', () => {
    const hello = unwrap(kernel.load('hello.ko'));
    expect(hello.unload().ok).toBe(true);
    expect(failureOf(hello.unload())).toMatchObject({
      error: 2,
      stage: 'policy',
      reason: 'there is no such module',
    });
  });

  test('a failed init is reported with what it returned, and its memory comes back', () => {
    expect(helloWorks(kernel)).toBe(true);
    const before = holdings(kernel);
    const failure = failureOf(kernel.load(sample(arch, 'failing')));
    expect(failure).toMatchObject({ error: 22, stage: 'init', oops: undefined, problems: [] });
    expect(failure.reason).toBe('init of failing returned 22');
    expect(failure.console).toBe('failing: there is memory, but no device\n');
    expect(holdings(kernel)).toEqual(before);
  });

  test('an undefined symbol fails at link, with its name and place', () => {
    const before = holdings(kernel);
    const failure = failureOf(kernel.load(sample(arch, 'needs_missing')));
    expect(failure).toMatchObject({ error: 8, stage: 'link', oops: undefined });
    expect(describeFailure(failure)).toMatch(
      /^needs_missing\.ko: symbol missing_function is not defined: .* the first at \.text\+0x/,
    );
    expect(holdings(kernel)).toEqual(before);
  });

  test('twins come in order and go in reverse', () => {
    const text = printed(() => unwrap(kernel.load(sample(arch, 'twins'))).unload());
    expect(text).toBe(
      'twins: castor comes\ntwins: pollux comes\ntwins: pollux goes\ntwins: castor goes\n',
    );
  });

  test('when the second module of an object refuses, the first is finished', () => {
    const file = { name: 'halfway.ko', bytes: testModule(arch, 'halfway') };
    const failure = failureOf(kernel.load(file));
    expect(failure).toMatchObject({ error: 16, stage: 'init' });
    expect(failure.reason).toBe('init of unwilling returned 16');
    expect(failure.console).toBe(
      'halfway: willing comes\nhalfway: unwilling refuses\nhalfway: willing goes\n',
    );
    expect(kernel.modules).toEqual([]);
  });

  test('what a module did not give back is counted when it goes', () => {
    expect(helloWorks(kernel)).toBe(true);
    const before = holdings(kernel);
    const leaky = unwrap(kernel.load(chameleon(arch, { init: 'leak' })));
    expect(leaky.unload()).toMatchObject({ ok: true, leaks: { blocks: 3, bytes: 3 * 100 } });
    expect(holdings(kernel)).toEqual(before);
  });

  test('the memory that only init needs is gone after init', () => {
    const module = unwrap(kernel.load(chameleon(arch)));
    const gone = module.view.segments.filter(({ disposable }) => disposable);
    expect(gone.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['init text', 'init data']),
    );
    for (const { base } of gone) {
      expect(kernel.read(base, 1)).toBeUndefined();
      const result = module.call('chameleon_peek', base);
      if (result.kind !== 'fault') throw new Error(result.kind);
      expect(result.oops).toMatchObject({ kind: 'freed', access: 'read', address: base });
    }
    expect(module.unload().ok).toBe(true);
  });

  test('the pages around a segment are not mapped', () => {
    const module = unwrap(kernel.load(chameleon(arch)));
    for (const { base, bytes } of module.view.segments.filter((each) => !each.disposable)) {
      const end = (base + BigInt(bytes) + 4095n) & ~4095n;
      expect(kernel.read(base - 1n, 1)).toBeUndefined();
      expect(kernel.read(base, bytes)).toHaveLength(bytes);
      expect(kernel.read(end, 1)).toBeUndefined();
    }
    expect(module.unload().ok).toBe(true);
  });

  test('code that the host writes over code that ran is what runs next', () => {
    const module = unwrap(kernel.load(chameleon(arch)));
    const from = module.symbol('chameleon_negate');
    if (from === undefined) throw new Error('it has no such function');
    expect(module.call('chameleon_negate', 1)).not.toMatchObject({ value: 1n });
    // xor eax, eax; ret - mov x0, #0; ret - mov r0, #0; bx lr
    const zero = {
      i386: [0x31, 0xc0, 0xc3],
      amd64: [0x31, 0xc0, 0xc3],
      armv7: [0x00, 0x00, 0xa0, 0xe3, 0x1e, 0xff, 0x2f, 0xe1],
      aarch64: [0x00, 0x00, 0x80, 0xd2, 0xc0, 0x03, 0x5f, 0xd6],
    } as const;
    expect(kernel.write(from, Uint8Array.from(zero[arch]))).toBe(true);
    expect(module.call('chameleon_negate', 1)).toMatchObject({ kind: 'returned', value: 0n });
    expect(kernel.write(0n, new Uint8Array(1))).toBe(false);
    expect(module.unload().ok).toBe(true);
  });

  test('a module runs its own code where another has run before', () => {
    for (const requires of ['hello', '', 'hello', '']) {
      const module = unwrap(kernel.load(chameleon(arch, { requires })));
      expect(module.call('chameleon_length', 'four')).toMatchObject({ value: 4n });
      for (const each of [...kernel.modules].reverse()) expect(each.unload().ok).toBe(true);
    }
  });

  test('a refusing fini keeps the module, and it can be called', async () => {
    const other = await bootTest(arch);
    const stubborn = unwrap(other.load(chameleon(arch, { fini: 'refuse' })));
    expect(failureOf(stubborn.unload())).toMatchObject({
      error: 22,
      stage: 'fini',
      reason: 'fini of chameleon returned 22',
    });
    expect(other.modules).toEqual([stubborn]);
    expect(stubborn.call('chameleon_length', 'four')).toMatchObject({ value: 4n });
    other.close();
  });
});
