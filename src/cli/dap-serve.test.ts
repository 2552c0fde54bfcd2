// One client on a pair of streams: what ends it, and what becomes of one that sends or
// takes too much.

import { PassThrough, Writable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { FakeDebugger } from '../../test/support/fake-debugger.ts';
import { succeed } from '../base/result.ts';
import { encodeFrame } from '../dap/framing.ts';
import type { Open } from '../dap/launch.ts';
import { serveDap } from './dap-serve.ts';

const MIB = 1 << 20;

function openFake(target: FakeDebugger): Open {
  const opened = {
    debugger: target,
    file: { name: 'hello.ko', bytes: new Uint8Array() },
    calls: [],
    sources: { locate: () => undefined, lookedIn: () => [], identity: String },
    commands: {
      execute: () => Promise.resolve({ ok: true, text: '' }),
      complete: () => ({ candidates: [], word: '' }),
    },
  };
  return () => Promise.resolve(succeed(opened));
}

/** What a client sends for these commands. */
function requests(...commands: readonly string[]): Uint8Array {
  return Buffer.concat(
    commands.map((command, i) => {
      const args = command === 'launch' ? { program: 'hello.ko' } : {};
      return encodeFrame({ seq: i + 1, type: 'request', command, arguments: args });
    }),
  );
}

describe('a client', () => {
  test('that does not read what it is sent is dropped', async () => {
    const target = new FakeDebugger();
    const name = 'x'.repeat(8 * MIB);
    target.loaded = [
      { id: 1, name, file: '', bytes: new Uint8Array(), sections: [], hasLines: false },
    ];
    const input = new PassThrough();
    const output = new Writable({ write: () => undefined });
    const streams = { input, output, hangUp: () => input.destroy() };
    const served = serveDap(streams, openFake(target));
    const asked = Array.from({ length: 20 }, () => 'modules');
    input.write(requests('initialize', 'launch'));
    input.write(requests(...asked));
    await served;
    expect(output.writableLength).toBeGreaterThan(64 * MIB);
    expect(target.closed).toBe(true);
  });

  test('that hangs up while the guest runs ends the guest', async () => {
    const target = new FakeDebugger();
    const input = new PassThrough();
    const streams = { input, output: new PassThrough(), hangUp: () => input.destroy() };
    const served = serveDap(streams, openFake(target));
    input.end(requests('initialize', 'launch', 'configurationDone'));
    await served;
    expect(target.closed).toBe(true);
  });

  test('that sends a thousand requests at once has them answered in order', async () => {
    const input = new PassThrough();
    const output = new PassThrough();
    const streams = { input, output, hangUp: () => output.end() };
    const commands = Array.from({ length: 1000 }, (_, i) => (i === 0 ? 'initialize' : 'threads'));
    const served = serveDap(streams, openFake(new FakeDebugger()));
    input.end(requests(...commands));
    const sent = await Promise.all([output.toArray(), served]).then(([chunks]) =>
      Buffer.concat(chunks).toString(),
    );
    const answered = [...sent.matchAll(/"request_seq":(\d+)/g)].map((match) => Number(match[1]));
    expect(answered).toEqual(commands.map((_, i) => i + 1));
  });
});
