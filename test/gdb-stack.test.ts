// Stock gdb and modbox's own debugger say the same of a stack: in a module's nested
// calls, behind a trap frame, and of a thread that waits.

import { tmpdir } from 'node:os';
import { describe, expect, test } from 'vitest';
import { type ArchName, archNames } from '../src/arch/arch.ts';
import { debugKernel } from '../src/debug/open.ts';
import type { Session } from '../src/debug/session.ts';
import type { ObjectFile } from '../src/kernel/files.ts';
import { gdbMissing, gdbVersion, runGdb, serveGuest } from './support/gdb.ts';
import { bootTest, sample } from './support/guest.ts';
import { nestedModule } from './support/nested-module.ts';

/** "inner at nested/nested.c:23", innermost first. */
type Stack = readonly string[];

/** Of a backtrace as gdb prints it; frames of trap entry are one line without a place. */
function stackOfGdb(text: string): Stack {
  return [...text.matchAll(/^#\d+ +(?:0x[0-9a-f]+ in )?(\w+) \(.*\) at (?:\.\/)?(\S+)$/gm)].map(
    ([, name, place]) => `${name} at ${place}`,
  );
}

/** gdb shows no function where it says "<signal handler called>". */
function ownStack(session: Session, thread?: number): Stack {
  const frames = session.frames(thread);
  return frames
    .filter((_, i) => frames[i + 1]?.interrupted !== true)
    .map((frame) => `${frame.function} at ${frame.file}:${frame.line}`);
}

async function ownStop(arch: ArchName, file: ObjectFile, location: string): Promise<Session> {
  const session = debugKernel(await bootTest(arch, { watchdogNs: 1e12 }), undefined);
  session.catch({ exceptions: false });
  const [place] = session.addBreakpoint({ location }).places;
  session.begin({ kind: 'load', file });
  const stop = await session.resume({ kind: 'continue' });
  expect(stop.reason, place?.where ?? location).toBe('breakpoint');
  return session;
}

async function gdbStacks(arch: ArchName, file: ObjectFile, pc: string) {
  const served = await serveGuest(arch, { file });
  try {
    return await runGdb(tmpdir(), served.port, {
      reach: ['handle SIGSEGV nostop pass', `break *${pc}`, 'continue'],
      stack: ['backtrace'],
      select: ['thread 1'],
      other: ['backtrace'],
    });
  } finally {
    await served.close();
  }
}

const why = gdbVersion === undefined ? ` (${gdbMissing})` : '';

describe.skipIf(gdbVersion === undefined).for(archNames)(`gdb and %s${why}`, (arch) => {
  test.for([
    ['in nested calls', 'inner', nestedModule(arch)],
    ['behind a trap frame', 'guard_take', sample(arch, 'nullderef')],
  ] as const)('%s', async ([, location, file]) => {
    const session = await ownStop(arch, file, location);
    const said = await gdbStacks(arch, file, `0x${session.stop?.pc.toString(16)}`);
    const [stack, other] = [ownStack(session), ownStack(session, 0)];
    session.close();
    expect(stack.length).toBeGreaterThan(10);
    expect(stackOfGdb(said['stack'] ?? '')).toEqual(stack);
    expect(stackOfGdb(said['other'] ?? '')).toEqual(other);
  });
});
