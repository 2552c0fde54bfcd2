// Run control of the debugger, without lines: where it stops, that the run is the
// same whether it is looked at or not, and that time goes both ways.

import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { archNames } from '../src/arch/arch.ts';
import { addr } from '../src/base/address.ts';
import type { DebugStop } from '../src/debug/model.ts';
import type { Session } from '../src/debug/session.ts';
import { bareSession } from './support/bare-view.ts';
import { bootTest, sample } from './support/guest.ts';

describe.for(archNames)('%s', (arch) => {
  let session: Session;

  beforeEach(async () => {
    session = bareSession(await bootTest(arch, { watchdogNs: 1e12 }));
  });

  afterEach(() => session.close());

  const load = (name: string): void => {
    expect(session.begin({ kind: 'load', file: sample(arch, name) })).toBeUndefined();
  };
  const go = (reverse = false): Promise<DebugStop> =>
    session.resume({ kind: 'continue' }, { reverse });
  const stepi = (count: number, reverse = false): Promise<DebugStop> =>
    session.resume({ kind: 'instruction', count }, { reverse });

  test('a load runs to its end', async () => {
    load('hello');
    expect(await go()).toMatchObject({
      reason: 'done',
      outcome: { kind: 'load', result: { ok: true } },
    });
  });

  test('a pending breakpoint stops in the module that it waited for', async () => {
    const { places } = session.addBreakpoint({ location: 'hello_add' });
    expect(places).toEqual([]);
    load('hello');
    expect(await go()).toMatchObject({ reason: 'done' });
    session.begin({ kind: 'call', symbol: 'hello_add', words: [1n, 2n] });
    const stop = await go();
    expect(stop).toMatchObject({ reason: 'breakpoint', breakpoints: [{ id: 1, hits: 1 }] });
    expect(session.kernel.symbolise(stop.pc)).toMatchObject({ symbol: 'hello_add', offset: 0 });
    expect(await go()).toMatchObject({
      reason: 'done',
      outcome: { kind: 'call', result: { kind: 'returned', value: 3n } },
    });
  });

  test('the first instruction of a module', async () => {
    session.catch({ entry: true });
    load('hello');
    const stop = await go();
    expect(stop).toMatchObject({ reason: 'entry', module: 'hello' });
    expect(session.kernel.symbolise(stop.pc).module).toBe('hello');
  });

  test('a module event, before any of its code runs', async () => {
    session.catch({ modules: true });
    load('hello');
    expect(await go()).toMatchObject({ reason: 'module', event: 'loaded', module: 'hello' });
    expect(session.kernel.console).not.toContain('here I am');
    expect(await go()).toMatchObject({ reason: 'done' });
  });

  test('stepping back is stepping forward undone, instruction by instruction', async () => {
    session.catch({ entry: true });
    load('hello');
    const stops = [await go()];
    for (let i = 0; i < 40; i++) stops.push(await stepi(1));
    const positions = stops.map(({ position }) => position);
    for (let i = 39; i >= 0; i--) expect((await stepi(1, true)).position).toEqual(positions[i]);
    expect((await stepi(40)).position).toEqual(positions[40]);
  });

  test('a moment is the same, stepped to or stopped at', async () => {
    session.catch({ entry: true });
    load('hello');
    const entry = await go();
    const stepped: DebugStop['position'][] = [];
    for (let i = 0; i < 12; i++) stepped.push((await stepi(1)).position);
    session.seek(entry.position);
    for (const { pc } of stepped) session.addBreakpoint({ location: `*0x${pc.toString(16)}` });
    for (const position of stepped) expect((await go()).position).toEqual(position);
  });

  test('the run is the same with breakpoints that are hit many times', async () => {
    let hits = 0;
    const toTheEnd = async (): Promise<DebugStop> => {
      for (;;) {
        const stop = await go();
        if (stop.reason !== 'breakpoint') return stop;
        hits++;
      }
    };
    const end = async (): Promise<unknown> => {
      load('workload');
      await toTheEnd();
      session.begin({ kind: 'call', symbol: 'workload_run', words: [1n] });
      const { position } = await toTheEnd();
      return { position, slices: session.kernel.machine.slices };
    };
    const plain = await end();
    session.close();
    session = bareSession(await bootTest(arch, { watchdogNs: 1e12 }));
    session.addBreakpoint({ location: 'wakeup' });
    session.addBreakpoint({ location: 'sort' });
    expect(await end()).toEqual(plain);
    expect(hits).toBeGreaterThan(5);
  });

  test('backwards to breakpoints, in the reverse order, and to the beginning', async () => {
    session.addBreakpoint({ location: 'wakeup' });
    load('hello');
    const hits: DebugStop['position'][] = [];
    let stop = await go();
    for (; stop.reason === 'breakpoint'; stop = await go()) hits.push(stop.position);
    expect(hits.length).toBeGreaterThan(2);
    for (const position of hits.toReversed())
      expect(await go(true)).toMatchObject({ reason: 'breakpoint', position });
    expect(await go(true)).toMatchObject({ reason: 'history-begin' });
    expect(session.kernel.modules).toEqual([]);
    for (const position of hits) expect((await go()).position).toEqual(position);
  });

  test('a write to watched bytes: the old value, the new one, and who wrote', async () => {
    const { arch: record } = session;
    const address = session.kernel.symbol('modules');
    if (address === undefined) throw new Error('the kernel has no modules');
    session.addWatchpoint({ address, bytes: record.wordBytes, kind: 'write' });
    load('hello');
    const stop = await go();
    if (stop.reason !== 'watchpoint') throw new Error(stop.reason);
    const [hit] = stop.hits;
    expect(hit).toMatchObject({ access: 'write', watchpoint: { id: 1, hits: 1 } });
    expect(hit?.old).toEqual(new Uint8Array(record.wordBytes));
    expect(session.read(address, record.wordBytes)).toEqual(hit?.new);
    expect(session.kernel.symbolise(addr(hit?.pc ?? 0n)).symbol).toBe('module_create');
    expect(await go()).toMatchObject({ reason: 'done' });
    const back = await go(true);
    expect(back).toMatchObject({ reason: 'watchpoint', pc: hit?.pc });
    expect(session.read(address, record.wordBytes)).toEqual(hit?.old);
  });

  test('who wrote these bytes last', async () => {
    load('hello');
    const { position } = await go();
    const address = session.kernel.symbol('modules');
    if (address === undefined) throw new Error('the kernel has no modules');
    const write = await session.lastWrite(address, session.arch.wordBytes);
    expect(session.kernel.symbolise(addr(write?.pc ?? 0n)).symbol).toBe('module_create');
    expect(session.position).toEqual(position);
  });

  test('a fault stops at its instruction, and the kernel takes it afterwards', async () => {
    load('nullderef');
    const stop = await go();
    expect(stop).toMatchObject({ reason: 'exception', exception: { signal: 11 } });
    expect(session.kernel.symbolise(stop.pc).module).toBe('nullderef');
    expect(await go()).toMatchObject({
      reason: 'done',
      outcome: { kind: 'load', result: { ok: false, failure: { stage: 'init' } } },
    });
  });

  test('a fault is the same fault after steps backwards', async () => {
    load('nullderef');
    const fault = await go();
    await stepi(3, true);
    const again = await go();
    expect(again).toEqual(fault);
  });

  test('what was changed by hand is changed again when time comes back', async () => {
    session.addBreakpoint({ location: 'hello_add' });
    load('hello');
    await go();
    session.begin({ kind: 'call', symbol: 'hello_add', words: [1n, 2n] });
    const { position } = await go();
    const [first] = session.arch.registers;
    if (first === undefined) throw new Error('no registers');
    const bytes = new Uint8Array(first.bits / 8).fill(0x5a);
    expect(session.writeRegister(first.name, bytes)).toBeUndefined();
    const written = session.kernel.machine.engine.read(first.name);
    await stepi(3);
    await go(true);
    expect(session.position).toEqual(position);
    expect(session.kernel.machine.engine.read(first.name)).toBe(written);
  });

  test('back over a jump that was made by hand', async () => {
    session.addBreakpoint({ location: 'hello_add' });
    load('hello');
    await go();
    session.begin({ kind: 'call', symbol: 'hello_add', words: [1n, 2n] });
    const entry = await go();
    const { pc } = entry;
    const steps = [(await stepi(1)).position];
    const bytes = new Uint8Array(session.arch.wordBytes);
    for (let i = 0; i < bytes.length; i++) bytes[i] = Number((pc >> BigInt(8 * i)) & 0xffn);
    session.writeRegister(session.arch.roles.pc, bytes);
    steps.push(session.position, (await stepi(1)).position);
    expect(steps.map((position) => position.pc)).toEqual([steps[2]?.pc, pc, steps[0]?.pc]);
    expect((await stepi(1, true)).position).toEqual(steps[1]);
    expect((await stepi(1, true)).position).toEqual(entry.position);
  });

  test('an interrupt stops a guest that runs', async () => {
    load('workload');
    await go();
    session.begin({ kind: 'call', symbol: 'workload_run', words: [600n] });
    const running = go();
    setImmediate(() => session.interrupt());
    expect(await running).toMatchObject({ reason: 'interrupt' });
  });
});
