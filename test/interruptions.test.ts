// A run that is cut up by a debugger is the same run: stepped through, paused, and
// stopped at traps, it ends at the same nanosecond with the same bytes in RAM.

import { createHash } from 'node:crypto';
import { afterEach, describe, expect, test } from 'vitest';
import { archNames } from '../src/arch/arch.ts';
import { addr, plus } from '../src/base/address.ts';
import { Machine } from '../src/machine/machine.ts';
import type { Stop } from '../src/machine/stop.ts';
import { bootTest, sample } from './support/guest.ts';

/** How a stop for the host is reached. */
type Drive = (machine: Machine, limit: number) => Stop;

const { run } = Machine.prototype;

afterEach(() => {
  Machine.prototype.run = run;
});

/** Loads, runs and unloads modules; answers all that must be equal. */
async function outcomeOf(
  arch: (typeof archNames)[number],
  drive: Drive,
  prepare: (machine: Machine, symbol: (name: string) => bigint) => void = () => {},
) {
  const kernel = await bootTest(arch);
  const { machine } = kernel;
  prepare(machine, (name) => {
    const found = kernel.symbol(name);
    if (found === undefined) throw new Error(`the kernel has no ${name}`);
    return found;
  });
  Machine.prototype.run = function (limit) {
    return drive(this, limit);
  };
  for (const name of ['hello', 'workload']) {
    const loaded = kernel.load(sample(arch, name));
    if (!loaded.ok) throw new Error(loaded.failure.reason);
    if (name === 'workload') loaded.module.call('workload_run', 1);
    loaded.module.unload();
  }
  return {
    now: machine.now,
    slices: machine.slices,
    ram: createHash('sha256').update(machine.memory.ram).digest('hex'),
    console: kernel.console,
  };
}

const free: Drive = (machine, limit) => run.call(machine, limit);

const stepped: Drive = (machine) => {
  for (;;) {
    const stop = machine.step();
    if (stop !== undefined) return stop;
  }
};

/** Pauses after `gap` nanoseconds at most, and steps a little now and then. */
function paused(gap: number, steps: number): Drive {
  let count = 0;
  return (machine, limit) => {
    for (;;) {
      const stop = run.call(machine, limit, machine.now + 1 + ((count++ * 7919) % gap));
      if (stop.kind !== 'paused') return stop;
      for (let i = 0; i < steps; i++) {
        const stepStop = machine.step();
        if (stepStop !== undefined) return stepStop;
      }
    }
  };
}

/** Goes on at each trap. */
const trapped: Drive = (machine, limit) => {
  for (;;) {
    const stop = run.call(machine, limit);
    if (stop.kind !== 'trap') return stop;
  }
};

describe.for(archNames)('%s', (arch) => {
  test.for([
    ['stepped through', stepped],
    ['paused at every block', paused(1, 0)],
    ['paused here and there', paused(997, 0)],
    ['paused and stepped', paused(9973, 7)],
  ] as const)('%s it is the same run', async ([, drive]) => {
    expect(await outcomeOf(arch, drive)).toEqual(await outcomeOf(arch, free));
  });

  test('stopped at traps it is the same run', async () => {
    let hits = 0;
    const width = arch === 'i386' || arch === 'amd64' ? 1 : 4;
    const outcome = await outcomeOf(arch, trapped, (machine, symbol) => {
      for (const name of ['strlen', 'memcpy', 'kmem_alloc', 'tsleep', 'wakeup']) {
        const start = addr(symbol(name) & ~1n);
        for (let i = 0; i < 64; i += width)
          machine.engine.trapCode(plus(start, i), plus(start, i), () => {
            hits++;
            return true;
          });
      }
    });
    expect(hits).toBeGreaterThan(100);
    expect(outcome).toEqual(await outcomeOf(arch, free));
  });

  test('a trap where no code can be is not noticed by the CPU', async () => {
    const { machine, arch: record } = await bootTest(arch);
    const before = machine.engine.saveState().slice();
    const nowhere = record.map.modulesStart;
    machine.engine.trapCode(nowhere, nowhere, () => true).remove();
    expect(Buffer.compare(machine.engine.saveState(), before)).toBe(0);
  });
});
