// Stacks as the debugger tells them: of a module's functions, inlined ones too, of
// interrupted code, of threads that wait, of code without debug information, and of a
// stack that somebody overwrote.

import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { archNames } from '../src/arch/arch.ts';
import { addr } from '../src/base/address.ts';
import type { DebugStop, StackFrame } from '../src/debug/model.ts';
import { debugKernel } from '../src/debug/open.ts';
import type { Session } from '../src/debug/session.ts';
import { lineOf } from './support/debug-object.ts';
import { bootTest, sample } from './support/guest.ts';
import { NESTED_FILE, nestedModule, nestedSource } from './support/nested-module.ts';

const named = (frames: readonly StackFrame[]): readonly (string | undefined)[] =>
  frames.map((frame) => frame.function);

describe.for(archNames)('%s', (arch) => {
  let session: Session;

  beforeEach(async () => {
    session = debugKernel(await bootTest(arch, { watchdogNs: 1e12 }), undefined);
  });

  afterEach(() => session.close());

  const go = (): Promise<DebugStop> => session.resume({ kind: 'continue' });

  /** Loads the module and stops where it was asked to. */
  async function stopAt(location: string, ...flags: readonly string[]): Promise<DebugStop> {
    session.addBreakpoint({ location });
    session.begin({ kind: 'load', file: nestedModule(arch, ...flags) });
    const stop = await go();
    expect(stop.reason).toBe('breakpoint');
    return stop;
  }

  test('goes from a module through the kernel to where the thread began', async () => {
    await stopAt('inner');
    const functions = named(session.frames());
    expect(functions.slice(0, 5)).toEqual(['inner', 'middle', 'outer', 'nested_modcmd', 'modcall']);
    expect(functions).toContain('module_load');
    expect(functions.at(-1)).toBe('thread_start');
  });

  test('each frame is at the line of its call', async () => {
    await stopAt('inner');
    const [, ...callers] = session.frames();
    expect(callers.slice(0, 3)).toMatchObject(
      ['MIDDLE', 'OUTER', 'LOADED'].map((mark) => ({
        ...{ file: NESTED_FILE, line: lineOf(nestedSource, mark), module: 'nested' },
      })),
    );
  });

  test('an inlined function has a frame of its own, on that of its caller', async () => {
    await stopAt('inner');
    const [, middle, outer] = session.frames();
    expect([middle?.inlined, outer?.inlined]).toEqual([true, false]);
    expect(middle?.cfa).toBe(outer?.cfa);
  });

  test('the kernel has lines, and no folder of the computer that built it', async () => {
    await stopAt('inner');
    const files = session.frames().flatMap(({ module, file }) => (module ? [] : (file ?? [])));
    expect(files).toContain('guest/kern/guard.c');
    expect(files.filter((file) => !file.startsWith('guest/'))).toEqual([]);
  });

  test('at most as many as are asked for', async () => {
    await stopAt('inner');
    expect(named(session.frames(undefined, 2))).toEqual(['inner', 'middle']);
  });

  test('a caller keeps the registers that calls keep, and has lost the others', async () => {
    await stopAt('inner');
    const outer = session.frames().find((frame) => frame.function === 'outer');
    const { dwarfRegisters, frames, roles } = session.arch;
    const known = dwarfRegisters.filter((name) => outer?.register(name) !== undefined);
    const kept = dwarfRegisters.filter((name) => frames.kept.has(name) || name === roles.pc);
    expect(known).toEqual(kept);
  });

  test('is the same at every instruction of a function', async () => {
    await stopAt('inner');
    const callers = (): readonly unknown[] =>
      session
        .frames()
        .slice(1)
        .map(({ pc, cfa, function: name }) => ({ pc, cfa, name }));
    const before = callers();
    // Back to its first instruction, then to its last.
    while (session.frames(undefined, 1)[0]?.offset !== 0)
      await session.resume({ kind: 'instruction' }, { reverse: true });
    let steps = 0;
    for (; session.frames(undefined, 1)[0]?.function === 'inner'; steps++) {
      expect(callers()).toEqual(before);
      await session.resume({ kind: 'instruction' });
    }
    expect(steps).toBeGreaterThan(4);
  });

  test('in a handler the interrupted code has the registers that it had', async () => {
    session.begin({ kind: 'load', file: sample(arch, 'nullderef') });
    expect(await go()).toMatchObject({ reason: 'exception' });
    const names = session.arch.dwarfRegisters;
    const registersOf = (frame: StackFrame | undefined): unknown =>
      names.map((name) => [name, name.endsWith('flags') ? 0n : frame?.register(name)]);
    const [fault] = session.frames();
    const before = registersOf(fault);
    session.addBreakpoint({ location: 'guard_take' });
    await go();
    const interrupted = session.frames().find((frame) => frame.interrupted);
    expect(interrupted).toMatchObject({ function: 'weigh', pc: fault?.pc, line: fault?.line });
    expect(registersOf(interrupted)).toEqual(before);
  });

  test('in a handler the stack goes on behind the interrupted code', async () => {
    session.begin({ kind: 'load', file: sample(arch, 'nullderef') });
    await go();
    const before = session.frames();
    session.addBreakpoint({ location: 'guard_take' });
    await go();
    const after = session.frames();
    const from = after.findIndex((frame) => frame.interrupted);
    expect(from).toBeGreaterThan(1);
    expect(named(after.slice(from))).toEqual(named(before));
  });

  test('in an interrupt the thread that was interrupted is below', async () => {
    session.addBreakpoint({ location: 'interrupt' });
    session.begin({ kind: 'load', file: sample(arch, 'hello') });
    await go();
    const frames = session.frames();
    expect(frames.filter(({ interrupted }) => interrupted)).toHaveLength(1);
    expect(named(frames).at(-1)).toBe('thread_start');
  });

  test('of a thread that sleeps leads from the switch to where it began', async () => {
    session.begin({ kind: 'load', file: sample(arch, 'hello') });
    await go();
    session.addBreakpoint({ location: 'hello_add' });
    session.begin({ kind: 'call', symbol: 'hello_add', words: [1n, 2n] });
    await go();
    const linker = session.threads().find(({ name }) => name === 'linker');
    expect(linker).toMatchObject({ current: false, state: expect.stringMatching(/^sleeping on/) });
    const functions = named(session.frames(linker?.id));
    expect(functions.slice(0, 2)).toEqual(['arch_switched', 'thread_switch']);
    expect(functions).toContain('tsleep');
    expect(functions.at(-1)).toBe('thread_start');
  });

  test('of a thread that has not run yet has nothing below', () => {
    const caller = session.threads().find(({ name }) => name === 'caller');
    expect(named(session.frames(caller?.id))).toEqual(['arch_switched', 'thread_begin']);
  });

  test('there is none of a thread that there is not', () => {
    expect(session.frames(4711)).toEqual([]);
  });

  test('a call of a wild pointer leads to who called', async () => {
    session.begin({ kind: 'load', file: nestedModule(arch) });
    await go();
    session.begin({ kind: 'unload', module: 'nested' });
    expect(await go()).toMatchObject({ reason: 'exception' });
    const [wild, caller, next] = session.frames();
    expect(wild).toMatchObject({ pc: 0n, function: undefined });
    expect(caller).toMatchObject({ function: 'jump', line: lineOf(nestedSource, 'WILD') });
    expect(next?.function).toBe('nested_modcmd');
  });

  test('without debug information: by frame pointers', async () => {
    await stopAt('inner', '-g0');
    const frames = session.frames();
    expect(named(frames).slice(0, 3)).toEqual(['inner', 'outer', 'nested_modcmd']);
    expect(frames.some(({ guessed }) => guessed)).toBe(false);
    expect(named(frames).at(-1)).toBe('thread_start');
  });

  test('without anything: what may be wrong says so', async () => {
    await stopAt('inner', '-g0', '-fomit-frame-pointer', '-momit-leaf-frame-pointer');
    const frames = session.frames();
    expect(named(frames)).toContain('nested_modcmd');
    expect(named(frames)).toContain('modcall');
    const modcall = frames.findIndex((frame) => frame.function === 'modcall');
    expect(frames.slice(0, modcall + 1).some(({ guessed }) => guessed)).toBe(true);
  });

  test('overwritten: what is left of it, and an end', async () => {
    await stopAt('inner');
    const [{ cfa } = { cfa: undefined }] = session.frames();
    for (const fill of [0x00, 0x41, 0xff]) {
      session.write(addr(cfa ?? 0n), new Uint8Array(512).fill(fill));
      const frames = session.frames();
      expect(frames[0]?.function).toBe('inner');
      expect(frames.length).toBeLessThan(8);
    }
  });
});
