// A debugger driven at random, forward and back: whatever way a moment is come to, it
// is the same moment, to the last byte of RAM and every register.

import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { archNames } from '../src/arch/arch.ts';
import { seededRandom } from '../src/base/random.ts';
import type { Resume } from '../src/debug/model.ts';
import type { Session } from '../src/debug/session.ts';
import { openSession } from '../src/host/debug.ts';
import { sample } from './support/guest.ts';

const MOVES = 40;

const moves: readonly Resume[] = [
  { kind: 'continue' },
  { kind: 'instruction' },
  { kind: 'instruction', count: 17 },
  { kind: 'instruction', over: true },
  { kind: 'line' },
  { kind: 'line', over: true },
  { kind: 'line', count: 3, over: true },
  { kind: 'finish' },
];

/** RAM and the general registers. */
function stateOf({ kernel, arch }: Session): string {
  const hash = createHash('sha256').update(kernel.machine.memory.ram);
  for (const { name } of arch.registers) hash.update(`${kernel.machine.engine.read(name)} `);
  return hash.digest('hex');
}

describe.for(archNames)('%s', (arch) => {
  test.for([
    [1, 'hello'],
    [6, 'nullderef'],
  ] as const)('seed %d, %s', async ([seed, module]) => {
    const random = seededRandom(seed);
    const session = await openSession({ arch, ramBytes: 16 << 20 });
    for (const location of [`${module}_modcmd`, 'printf', 'module_settle', 'guard_take'])
      session.addBreakpoint({ location });
    session.begin({ kind: 'load', file: sample(arch, module) });
    const known = new Map<string, string>();
    for (let i = 0; i < MOVES; i++) {
      const move = moves[random.below(moves.length)] ?? { kind: 'continue' };
      const stop = await session.resume(move, { reverse: random.below(2) === 0 });
      const { now, entries, pc } = stop.position;
      const moment = `${now} ${entries} ${pc.toString(16)}`;
      const state = stateOf(session);
      expect(known.get(moment) ?? state, `${moment} after ${i} moves`).toBe(state);
      known.set(moment, state);
    }
    expect(known.size).toBeGreaterThan(10);
    session.close();
  });
});
