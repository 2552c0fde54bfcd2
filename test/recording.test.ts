// A run saved to a file and had again: the same moment, to the instruction.

import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { archNames } from '../src/arch/arch.ts';
import { decodeRecording } from '../src/debug/recording.ts';
import type { Session } from '../src/debug/session.ts';
import { openRecording, openSession } from '../src/host/debug.ts';
import { sample } from './support/guest.ts';

const options = { ramBytes: 16 << 20 };

function recordOf(session: Session): Uint8Array {
  const bytes = session.record();
  if (bytes === undefined) throw new Error('it cannot be recorded');
  return bytes;
}

describe.for(archNames)('%s', (arch) => {
  test('a fault in init is had again at its instruction, with its past', async () => {
    const session = await openSession({ arch, ...options });
    session.begin({ kind: 'load', file: sample(arch, 'nullderef') });
    const fault = await session.resume({ kind: 'continue' });
    expect(fault.reason).toBe('exception');
    const bytes = recordOf(session);
    expect(bytes.length).toBeLessThan(800_000);
    session.close();

    const again = await openRecording(bytes);
    if (!again.ok) throw new Error(again.problems.join());
    expect(again.value.position).toEqual(fault.position);
    expect(again.value.frames()[0]).toMatchObject({ function: 'weigh', module: 'nullderef' });
    const back = { kind: 'line' } as const;
    expect(await again.value.resume(back, { reverse: true })).toMatchObject({ reason: 'step' });
    again.value.close();
  });

  test('what was changed by hand is part of it', async () => {
    const session = await openSession({ arch, ...options });
    session.addBreakpoint({ location: 'hello_add' });
    session.begin({ kind: 'load', file: sample(arch, 'hello') });
    await session.resume({ kind: 'continue' });
    session.begin({ kind: 'call', symbol: 'hello_add', words: [20n, 22n] });
    await session.resume({ kind: 'continue' });
    const [frame] = session.frames();
    const sp = frame?.register(session.arch.roles.sp) ?? 0n;
    const below = (sp - 64n) as typeof session.position.pc;
    session.write(below, Uint8Array.of(0xab));
    await session.resume({ kind: 'instruction' });
    const { position } = session;
    const again = await openRecording(recordOf(session));
    session.close();
    if (!again.ok) throw new Error(again.problems.join());
    expect(again.value.position).toEqual(position);
    expect(again.value.read(below, 1)).toEqual(Uint8Array.of(0xab));
    again.value.close();
  });
});

describe('a file that is no recording is refused in words', () => {
  const packed = (value: unknown): Uint8Array => gzipSync(JSON.stringify(value));
  test.for([
    ['not gzip', Uint8Array.of(1, 2, 3), /no recording of modbox/],
    ['not JSON', gzipSync('{'), /no recording of modbox/],
    ['of another format', packed({ format: 'x' }), /its format is "x"/],
    ['without a member', packed({ format: 'modbox recording 1' }), /arch of the recording/],
    ['not an object', packed(null), /not an object/],
  ] as const)('%s', ([, bytes, sentence]) => {
    const decoded = decodeRecording(bytes);
    expect(decoded.ok ? [] : decoded.problems).toEqual([expect.stringMatching(sentence)]);
  });
});
