// `modbox gdb` as lldb sees it, on every architecture, with the guest kernel's file
// named: threads, frames, steps, a breakpoint, a watchpoint, detach.

import { spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { archNames } from '../src/arch/arch.ts';
import { root } from '../src/host/assets.ts';
import { type Served, serveGuest } from './support/gdb.ts';
import { sample } from './support/guest.ts';

const lldb = ['lldb', 'lldb-19', 'lldb-20', 'lldb-18', 'lldb-17'].find(
  (name) => spawnSync(name, ['--version']).status === 0,
);
const why = lldb === undefined ? ' (lldb is not installed)' : '';

/** One batch; answers all that lldb printed. */
function runLldb(commands: readonly string[]): Promise<string> {
  const args = ['--no-lldbinit', '--batch', ...commands.flatMap((each) => ['-o', each])];
  const child = spawn(lldb ?? '', args, { cwd: root });
  let text = '';
  child.stdout.on('data', (bytes: Buffer) => {
    text += bytes.toString();
  });
  return new Promise((resolve) => child.once('close', () => resolve(text)));
}

describe.for(archNames)(`lldb and %s${why}`, (arch) => {
  const test = it.skipIf(lldb === undefined);
  let served: Served | undefined;
  let said: string;
  beforeAll(async () => {
    if (lldb === undefined) return;
    served = await serveGuest(arch, { file: sample(arch, 'hello') });
    said = await runLldb([
      `target create ${join('build', 'guest', arch, 'kernel.elf')}`,
      `gdb-remote 127.0.0.1:${served.port}`,
      'thread list',
      'memory region $pc',
      'thread step-inst',
      'breakpoint set -n printf',
      'continue',
      'bt',
      'watchpoint set expression -w write -s 4 -- &curthread',
      'detach',
    ]);
  }, 60_000);
  afterAll(() => served?.close());

  test('lists the threads of the guest', () => {
    expect(said).toMatch(/thread #1: tid = 0x0002/);
    expect(said).toMatch(/arch_switched/);
  });

  test('knows what the memory is', () => {
    expect(said).toContain('r-x module hello text');
  });

  test('steps an instruction', () => {
    expect(said).toContain('stop reason = instruction step into');
  });

  test('stops at a breakpoint, with its arguments and callers', () => {
    expect(said).toMatch(/stop reason = breakpoint 1\.1/);
    expect(said).toMatch(/printf\(fmt="hello: here I am\\n"\)/);
    expect(said).toMatch(/thread_start/);
  });

  test('sets a watchpoint, and detaches', () => {
    expect(said).toContain('Watchpoint created: Watchpoint 1');
    expect(said).toContain('Process 1 detached');
    expect(served?.errors).toEqual([]);
  });
});
