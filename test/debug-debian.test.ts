// Stacks in modules that somebody else compiled for somebody else's kernel, without debug
// information: by .ARM.exidx, by ORC, by frame records, or by looking, which is said.

import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { archNames } from '../src/arch/arch.ts';
import type { StackFrame } from '../src/debug/model.ts';
import { debugKernel } from '../src/debug/open.ts';
import { debianPath } from '../src/host/assets.ts';
import { bootTest } from './support/guest.ts';

/** Where nothing but looking tells who called. */
const guessing: readonly string[] = ['i386'];

for (const arch of archNames) {
  const name = debianPath(process.env, arch, 'cordic');

  test.skipIf(!existsSync(name))(`${arch}: at each instruction to the first calls`, async () => {
    const session = debugKernel(await bootTest(arch, { watchdogNs: 1e12 }), undefined);
    session.begin({ kind: 'load', file: { name, bytes: readFileSync(name) } });
    await session.resume({ kind: 'continue' });
    session.addBreakpoint({ location: 'cordic_calc_iq' });
    session.begin({ kind: 'call', symbol: 'cordic_calc_iq', words: [0n, 45n] });
    await session.resume({ kind: 'continue' });
    const caller = (): StackFrame | undefined =>
      session.frames().find((frame) => frame.function === 'arch_call');
    expect(session.frames()[0]?.function).toBe('cordic_calc_iq');
    for (let i = 0; i < 5; i++) {
      expect(caller()?.guessed === true).toBe(guessing.includes(arch) && i > 0);
      expect(caller()?.cfa).toBeDefined();
      await session.resume({ kind: 'instruction' });
    }
    session.close();
  });
}
