// The same input gives the same run, to the instruction: twice over, and however
// the host counts blocks.

import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { type ArchName, archNames } from '../src/arch/arch.ts';
import type { Kernel } from '../src/kernel/kernel.ts';
import { chameleon } from './support/chameleon.ts';
import { bootTest, onlyFiles, sample } from './support/guest.ts';

interface Run {
  readonly trace: readonly string[];
  readonly console: string;
  readonly now: number;
  readonly slices: number;
  readonly ram: string;
}

/** Loads, calls, faults, a watchdog and unloads, with everything that can be seen. */
async function run(arch: ArchName, slices: 'native' | 'callback'): Promise<Run> {
  const files = onlyFiles(sample(arch, 'provider'), sample(arch, 'consumer'));
  const kernel = await bootTest(arch, { slices, files, watchdogNs: 2e6 });
  const trace: string[] = [];
  const { machine } = kernel;
  machine.onException = (event, pc) => {
    const what = event.kind === 'interrupt' ? `exception ${event.number}` : event.kind;
    trace.push(`${what} at 0x${pc.toString(16)}, ${machine.now} ns`);
  };
  work(kernel, arch);
  const ram = createHash('sha256').update(machine.memory.ram).digest('hex');
  const seen = { trace, console: kernel.console, now: machine.now, slices: machine.slices, ram };
  kernel.close();
  return seen;
}

function work(kernel: Kernel, arch: ArchName): void {
  const hello = kernel.load(sample(arch, 'hello'));
  if (hello.ok) hello.module.call('hello_add', 1, 2);
  for (const init of ['nullderef', 'undefined', 'writetext', 'spin'] as const)
    kernel.load(chameleon(arch, { init }));
  const consumer = kernel.load('consumer.ko');
  if (consumer.ok) consumer.module.unload();
  if (hello.ok) hello.module.unload();
}

describe.each(archNames)('%s', (arch) => {
  test('two runs are equal in exceptions, console, time, slices and memory', async () => {
    const first = await run(arch, 'native');
    expect(first.trace).toHaveLength(3);
    expect(await run(arch, 'native')).toEqual(first);
  });

  test('counting blocks in JavaScript gives the same run as in machine code', async () => {
    expect(await run(arch, 'callback')).toEqual(await run(arch, 'native'));
  });

  test('a machine that runs beside another one is not disturbed by it', async () => {
    const alone = await run(arch, 'native');
    const other = await bootTest(arch === 'i386' ? 'aarch64' : 'i386');
    expect(await run(arch, 'native')).toEqual(alone);
    expect(other.load(sample(other.arch.name, 'hello')).ok).toBe(true);
    other.close();
  });
});
