// Where breakpoints go and what is where: names, lines and expressions as addresses, the
// kernel and modules section by section, and the guest's address space by name.

import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { archNames } from '../src/arch/arch.ts';
import { addr, plus } from '../src/base/address.ts';
import type { DebugStop, MemoryRegion } from '../src/debug/model.ts';
import { debugKernel } from '../src/debug/open.ts';
import type { Session } from '../src/debug/session.ts';
import { lineOf } from './support/debug-object.ts';
import { bootTest } from './support/guest.ts';
import { NESTED_FILE, nestedModule, nestedSource } from './support/nested-module.ts';

describe.for(archNames)('%s', (arch) => {
  let session: Session;

  beforeEach(async () => {
    session = debugKernel(await bootTest(arch, { watchdogNs: 1e12 }), undefined);
  });

  afterEach(() => session.close());

  const go = (): Promise<DebugStop> => session.resume({ kind: 'continue' });

  async function load(...flags: readonly string[]): Promise<void> {
    session.begin({ kind: 'load', file: nestedModule(arch, ...flags) });
    await go();
  }

  const placesOf = (location: string) => session.addBreakpoint({ location }).places;
  const problemOf = (location: string) => session.addBreakpoint({ location }).problem;
  const symbol = (name: string) => addr(session.kernel.symbol(name) ?? 0n);
  const regionAt = (address: bigint): MemoryRegion | undefined =>
    session.regions().find(({ start, end }) => address >= start && address < end);

  test('a name means behind the prologue', async () => {
    await load('-O0');
    const [place] = placesOf('inner');
    expect(place).toMatchObject({ file: NESTED_FILE, module: 'nested' });
    expect(place?.line).toBe(lineOf(nestedSource, 'int twice'));
    expect(session.kernel.symbolise(addr(place?.address ?? 0n)).offset).toBeGreaterThan(0);
  });

  test('a name of a module does not mean that of another', async () => {
    await load();
    expect(placesOf('nested:inner')).toHaveLength(1);
    expect(problemOf('nested:kmain')).toBe('No symbol "kmain" in nested.');
    expect(placesOf('kernel:kmain')).toHaveLength(1);
  });

  test('a function that was inlined begins where its body stands', async () => {
    expect(placesOf('middle')).toEqual([]);
    session.begin({ kind: 'load', file: nestedModule(arch) });
    expect(await go()).toMatchObject({ reason: 'breakpoint' });
    const [middle, outer] = session.frames();
    expect(middle).toMatchObject({ function: 'middle', inlined: true, offset: 0 });
    expect(outer).toMatchObject({ function: 'outer', inlined: false });
  });

  test('a name in a file means the function of that file', async () => {
    await load();
    expect(placesOf('nested.c:inner')).toEqual(placesOf('inner'));
    expect(placesOf('main.c:inner')).toEqual([]);
  });

  test('a line means where its code begins', async () => {
    await load('-O0');
    const line = lineOf(nestedSource, 'INNER');
    expect(placesOf(`nested.c:${line}`)).toMatchObject([{ file: NESTED_FILE, line }]);
  });

  test('a line without a file is one of where the guest stands', async () => {
    session.addBreakpoint({ location: 'inner' });
    await load();
    const line = lineOf(nestedSource, 'INNER');
    expect(placesOf(`${line}`)).toEqual(placesOf(`${NESTED_FILE}:${line}`));
  });

  test('an address is taken as it is, and named', () => {
    const address = plus(symbol('kmain'), 4);
    const [place] = placesOf('*kmain + 4');
    expect(place).toMatchObject({ address, file: 'guest/kern/main.c', module: undefined });
    expect(place?.where).toMatch(/^kmain\+4 at guest\/kern\/main\.c:\d+$/);
  });

  test('assembly has lines and names, too', () => {
    expect(placesOf('arch_switch')).toMatchObject([
      { address: symbol('arch_switch'), file: `guest/arch/${arch}/switch.S` },
    ]);
  });

  test('without debug information a name is its symbol', async () => {
    await load('-g0');
    const [place] = placesOf('inner');
    expect(session.kernel.symbolise(addr(place?.address ?? 0n))).toMatchObject({
      ...{ symbol: 'inner', offset: 0, module: 'nested' },
    });
  });

  test('and so is the address of one', async () => {
    await load('-g0');
    const [inner] = placesOf('inner');
    const [place] = placesOf('*inner + 0x4');
    expect(place?.address).toBe(plus(inner?.address ?? addr(0n), 4));
  });

  test.for([
    ['inner', 'No symbol "inner" in the kernel and 0 modules; pending.'],
    ['nested.c:3', 'No source file named nested.c in the kernel and 0 modules; pending.'],
    ['main.c:9999', 'No line 9999 in file "main.c".'],
    ['*nothing', 'No symbol "nothing" in current context.'],
  ] as const)('%s has no place yet: %s', ([location, problem]) => {
    expect(problemOf(location)).toBe(problem);
  });

  test('sections are told in the order of their headers, each where it is', async () => {
    await load();
    const nested = session.objects().find(({ name }) => name === 'nested');
    expect(nested?.id).toBeDefined();
    const text = nested?.sections.find(({ name }) => name === '.text');
    const [inner] = placesOf('inner');
    const offset = Number((inner?.address ?? 0n) - (text?.address ?? 0n));
    expect(offset).toBeGreaterThanOrEqual(0);
    expect(offset).toBeLessThan(text?.bytes ?? 0);
    expect(nested?.hasLines).toBe(true);
  });

  test('the kernel comes first, with its own sections', () => {
    const [kernel] = session.objects();
    expect(kernel).toMatchObject({ id: undefined, name: 'kernel', hasLines: true });
    expect(kernel?.sections.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['.text', '.rodata', '.data', '.bss']),
    );
  });

  test('a module that is gone is told of no more', async () => {
    session.begin({ kind: 'load', file: nestedModule(arch) });
    await go();
    session.catch({ exceptions: false });
    session.begin({ kind: 'unload', module: 'nested' });
    await go();
    expect(session.objects().map(({ name }) => name)).toEqual(['kernel']);
    expect(session.sourceFiles()).not.toContain(NESTED_FILE);
  });

  test('memory is named for what it is', async () => {
    await load();
    const [inner] = placesOf('inner');
    expect(regionAt(inner?.address ?? 0n)).toMatchObject({
      ...{ name: 'module nested text', writable: false, executable: true },
    });
    expect(regionAt(symbol('kmain'))).toMatchObject({
      ...{ name: 'kernel .text', writable: false, executable: true },
    });
    const sp = session.evaluate('(unsigned long)$sp');
    expect(regionAt(sp.ok ? BigInt(sp.value.text) : 0n)?.name).toBe('stack of thread 1 linker');
    expect(session.regions().at(-1)?.name ?? '').toMatch(/^(devices|RAM)$/);
  });

  test('memory is told as the page tables have it', async () => {
    await load();
    const { memory } = session.kernel.machine;
    for (const { start, end, writable, executable } of session.regions())
      for (const at of [start, addr(end - 1n)])
        expect(memory.translate(at)).toMatchObject({ writable, executable });
    expect(session.regions().some(({ name }) => name === 'devices')).toBe(true);
  });

  test('between two regions nothing is mapped, or something else is', async () => {
    await load();
    const regions = session.regions();
    regions.slice(1).forEach((region, i) => {
      const before = regions[i];
      if (before === undefined) throw new Error('no region');
      expect(region.start).toBeGreaterThanOrEqual(before.end);
      if (region.start === before.end)
        expect({ ...region, ...bounds }).not.toEqual({ ...before, ...bounds });
      else expect(session.kernel.machine.memory.translate(before.end)).toBeUndefined();
    });
  });
});

const bounds = { start: 0n, end: 0n };
