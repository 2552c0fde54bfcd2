// The adapter as its client sees it, with a guest that only pretends: the order of
// requests and events, what is refused, and what hostile requests do.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FakeDebugger } from '../../test/support/fake-debugger.ts';
import { refuse, succeed } from '../base/result.ts';
import { Adapter } from './adapter.ts';
import type { Open } from './launch.ts';

interface Sent {
  readonly type?: string;
  readonly event?: string;
  readonly command?: string;
  readonly success?: boolean;
  readonly message?: string;
  readonly body?: unknown;
}

const LAUNCH = { program: 'hello.ko', unload: false };
const START = [['initialize'], ['launch', LAUNCH], ['configurationDone']] as const;
type Asked = readonly [command: string, args?: unknown];

class Bench {
  readonly sent: Sent[] = [];
  disconnected = false;
  readonly adapter: Adapter;
  #seq = 0;

  constructor(target: FakeDebugger, open?: Open) {
    const opened = {
      debugger: target,
      file: { name: 'hello.ko', bytes: new Uint8Array() },
      calls: [],
      sources: { locate: () => undefined, lookedIn: () => ['/src/kern/main.c'], identity: String },
      commands: {
        execute: (line: string) => Promise.resolve({ ok: line !== 'fail', text: `did ${line}` }),
        complete: (line: string) => ({ candidates: [`${line}!`], word: line.slice(-2) }),
      },
    };
    this.adapter = new Adapter({
      send: (message) => this.sent.push(message),
      open: open ?? (() => Promise.resolve(succeed(opened))),
      onDisconnect: () => {
        this.disconnected = true;
      },
    });
  }

  /** Sends requests; answers the answer to the last. */
  async ask(...requests: readonly Asked[]): Promise<Sent | undefined> {
    for (const [command, args] of requests)
      await this.adapter.receive({ seq: ++this.#seq, type: 'request', command, arguments: args });
    // What runs by itself comes to a stand in a few turns.
    await new Promise((resolve) => setImmediate(resolve));
    return this.sent.findLast(({ type }) => type === 'response');
  }

  /** Names of events and answers, in order. */
  get order(): readonly string[] {
    return this.sent.map(({ event, command }) => event ?? `${command} done`);
  }

  body(event: string): unknown {
    return this.sent.findLast((each) => each.event === event)?.body;
  }
}

const stepped = { reason: 'step' } as const;
const failing: Open = () => Promise.resolve(refuse(['hello.ko: no such file']));

describe('a session', () => {
  test('begins in the order that the protocol has', async () => {
    const bench = new Bench(new FakeDebugger(stepped));
    await bench.ask(...START);
    expect(bench.order.filter((name) => !/^(module|loadedSource)$/.test(name))).toEqual([
      'initialize done',
      'launch done',
      'initialized',
      'configurationDone done',
      'stopped',
    ]);
  });

  test('answers before it tells of a stop', async () => {
    const bench = new Bench(new FakeDebugger(stepped, stepped));
    await bench.ask(...START, ['next', { threadId: 1 }]);
    expect(bench.order.slice(-2)).toEqual(['next done', 'stopped']);
  });

  test('ends with an exit code and a farewell when all is done', async () => {
    const outcome = {
      kind: 'call',
      symbol: 'f',
      result: { kind: 'refused', reason: 'no symbol f' },
    } as const;
    const bench = new Bench(new FakeDebugger({ reason: 'done', outcome }));
    await bench.ask(...START);
    expect(bench.body('exited')).toEqual({ exitCode: 1 });
    expect(bench.order.at(-1)).toBe('terminated');
  });

  test('closes the guest when the client disconnects', async () => {
    const target = new FakeDebugger(stepped);
    const bench = new Bench(target);
    await bench.ask(...START, ['disconnect']);
    expect([target.closed, bench.disconnected]).toEqual([true, true]);
  });

  test('interrupts a guest that runs when the client disconnects', async () => {
    const target = new FakeDebugger();
    const bench = new Bench(target);
    await bench.ask(...START, ['disconnect']);
    expect([target.closed, bench.disconnected]).toEqual([true, true]);
  });

  test('can be restarted with the same breakpoints', async () => {
    const target = new FakeDebugger(stepped, stepped);
    const bench = new Bench(target);
    const breakpoints = { breakpoints: [{ name: 'hello_add' }] };
    await bench.ask(...START, ['setFunctionBreakpoints', breakpoints], ['restart']);
    const ends = bench.order.filter((name) => /^(restart done|terminated|stopped)$/.test(name));
    expect(ends).toEqual(['stopped', 'restart done', 'stopped']);
    expect(target.breakpoints().at(-1)?.spec.location).toBe('hello_add');
  });

  test('says why nothing could be launched', async () => {
    const bench = new Bench(new FakeDebugger(), failing);
    const answer = await bench.ask(['initialize'], ['launch', LAUNCH]);
    expect(answer).toMatchObject({ success: false, message: 'hello.ko: no such file' });
  });
});

describe('running', () => {
  test.each([
    ['next', {}, { kind: 'line', over: true, reverse: false }],
    ['next', { granularity: 'instruction' }, { kind: 'instruction', over: true, reverse: false }],
    ['stepIn', { granularity: 'line' }, { kind: 'line', over: false, reverse: false }],
    ['stepOut', {}, { kind: 'finish', reverse: false }],
    ['stepBack', {}, { kind: 'line', over: true, reverse: true }],
    ['continue', {}, { kind: 'continue', reverse: false }],
    ['reverseContinue', {}, { kind: 'continue', reverse: true }],
  ])('%s %j', async (command, args, wanted) => {
    const target = new FakeDebugger(stepped, stepped);
    await new Bench(target).ask(...START, [command, { threadId: 1, ...args }]);
    expect(target.resumed.at(-1)).toEqual(wanted);
  });

  test('is paused on request', async () => {
    const bench = new Bench(new FakeDebugger());
    await bench.ask(...START, ['pause', { threadId: 1 }]);
    expect(bench.body('stopped')).toMatchObject({ reason: 'pause', allThreadsStopped: true });
  });

  test('goes on by itself where a module comes and nobody wants to stop', async () => {
    const loaded = { reason: 'module', event: 'loaded', module: 'hello' } as const;
    const bench = new Bench(new FakeDebugger(loaded, stepped));
    await bench.ask(...START);
    expect(bench.body('stopped')).toMatchObject({ reason: 'step' });
  });

  test('stops where a module comes when the filter is ticked', async () => {
    const loaded = { reason: 'module', event: 'loaded', module: 'hello' } as const;
    const bench = new Bench(new FakeDebugger(loaded, stepped));
    const [initialize, launch, done] = START;
    await bench.ask(
      initialize,
      launch,
      ['setExceptionBreakpoints', { filters: ['modules'] }],
      done,
    );
    expect(bench.body('stopped')).toMatchObject({ reason: 'module', text: 'hello was loaded' });
  });

  test.each(['stackTrace', 'next', 'evaluate', 'readMemory'])(
    'makes %s wait for a stop',
    async (command) => {
      const args = { threadId: 1, expression: 'x', memoryReference: '0x0', count: 1 };
      const answer = await new Bench(new FakeDebugger()).ask(...START, [command, args]);
      expect(answer).toMatchObject({ command, success: false });
      expect(answer?.message).toMatch(/the guest is running/);
    },
  );
});

describe('a stack', () => {
  test('is told in pages', async () => {
    const bench = new Bench(new FakeDebugger(stepped));
    const page = { threadId: 1, startFrame: 1, levels: 1 };
    const answer = await bench.ask(...START, ['stackTrace', page]);
    expect(answer?.body).toMatchObject({
      stackFrames: [{ name: 'function_1', line: 11, instructionPointerReference: '0xc0100000' }],
      totalFrames: 3,
    });
  });

  test('has lines as the client counts them', async () => {
    const bench = new Bench(new FakeDebugger(stepped));
    const [, ...others] = START;
    const from0: Asked = ['initialize', { linesStartAt1: false, columnsStartAt1: false }];
    const answer = await bench.ask(from0, ...others, ['stackTrace', { threadId: 1 }]);
    expect(answer?.body).toMatchObject({ stackFrames: [{ line: 9, column: 2 }, {}, {}] });
  });

  test('has sources that say where they were looked for', async () => {
    const bench = new Bench(new FakeDebugger(stepped));
    const source: Asked = ['source', { sourceReference: 1 }];
    const answer = await bench.ask(...START, ['stackTrace', { threadId: 1 }], source);
    expect(answer?.message).toContain('/src/kern/main.c');
  });

  test('is of this stop only', async () => {
    const bench = new Bench(new FakeDebugger(stepped, stepped));
    const stack: Asked = ['stackTrace', { threadId: 1 }];
    const answer = await bench.ask(...START, stack, ['next'], ['scopes', { frameId: 1 }]);
    expect(answer?.message).toMatch(/no frame 1: the guest has gone on/);
  });
});

describe('breakpoints', () => {
  const lines = (...breakpoints: readonly object[]): Asked => [
    'setBreakpoints',
    { source: { path: '/src/hello.c' }, breakpoints },
  ];

  test('that stay keep their number', async () => {
    const bench = new Bench(new FakeDebugger(stepped));
    await bench.ask(...START, lines({ line: 5 }, { line: 7 }));
    const answer = await bench.ask(lines({ line: 7 }, { line: 9 }));
    expect(answer?.body).toMatchObject({ breakpoints: [{ id: 2 }, { id: 4 }] });
  });

  test('that are left out are gone', async () => {
    const target = new FakeDebugger(stepped);
    await new Bench(target).ask(...START, lines({ line: 5 }, { line: 7 }), lines({ line: 7 }));
    expect(target.breakpoints().map(({ spec }) => spec.location)).toEqual(['/src/hello.c:7']);
  });

  test('carry their conditions', async () => {
    const target = new FakeDebugger(stepped);
    const given = { line: 5, condition: 'a > 1', hitCondition: '% 3', logMessage: 'a is {a}' };
    await new Bench(target).ask(...START, lines(given));
    expect(target.breakpoints()[0]?.spec).toMatchObject({
      condition: 'a > 1',
      hitCondition: { test: '%', count: 3 },
      logMessage: 'a is {a}',
    });
  });

  test('with a bad hit condition are not verified, and say why', async () => {
    const bench = new Bench(new FakeDebugger(stepped));
    const answer = await bench.ask(...START, lines({ line: 5, hitCondition: 'often' }));
    expect(answer?.body).toMatchObject({ breakpoints: [{ verified: false, reason: 'failed' }] });
  });

  test('of instructions have offsets', async () => {
    const target = new FakeDebugger(stepped);
    const breakpoints = [{ instructionReference: '0xc0100000', offset: -4 }];
    await new Bench(target).ask(...START, ['setInstructionBreakpoints', { breakpoints }]);
    expect(target.breakpoints()[0]?.spec.location).toBe('*0xc00ffffc');
  });

  test('of data are watchpoints', async () => {
    const target = new FakeDebugger(stepped);
    const info: Asked = ['dataBreakpointInfo', { name: '0xc0100000', asAddress: true, bytes: 4 }];
    expect((await new Bench(target).ask(...START, info))?.body).toMatchObject({
      dataId: '0xc0100000/4/0xc0100000',
    });
    const breakpoints = [{ dataId: '0xc0100000/4/x', accessType: 'readWrite' }];
    await new Bench(target).ask(...START, ['setDataBreakpoints', { breakpoints }]);
    expect(target.watchpoints()[0]?.spec).toMatchObject({ bytes: 4, kind: 'access' });
  });
});

test('memory that is not there is said to be so', async () => {
  const read: Asked = ['readMemory', { memoryReference: '0xc0100008', count: 32 }];
  const answer = await new Bench(new FakeDebugger(stepped)).ask(...START, read);
  expect(answer?.body).toMatchObject({ data: 'AAAAAAAAAAA=', unreadableBytes: 24 });
});

test('the debug console has the commands of the terminal', async () => {
  const line: Asked = ['evaluate', { expression: '>info modules', context: 'repl' }];
  const answer = await new Bench(new FakeDebugger(stepped)).ask(...START, line);
  expect(answer?.body).toMatchObject({ result: 'did info modules' });
});

test('a command of the terminal that fails is a failure', async () => {
  const line: Asked = ['evaluate', { expression: '>fail', context: 'repl' }];
  const answer = await new Bench(new FakeDebugger(stepped)).ask(...START, line);
  expect(answer).toMatchObject({ success: false, message: 'did fail' });
});

test.each([
  ['>brea', { label: 'brea!', start: 4, length: 2 }],
  ['count', { label: 'print count!', start: 4, length: 2 }],
])('the debug console completes "%s"', async (text, target) => {
  const asked: Asked = ['completions', { text: `${text} and more`, column: text.length + 1 }];
  const answer = await new Bench(new FakeDebugger(stepped)).ask(...START, asked);
  expect(answer?.body).toEqual({ targets: [target] });
});

describe('what cannot be meant', () => {
  test.each<[Asked, RegExp]>([
    [['launch', LAUNCH], /initialize comes first/],
    [['setBreakpoints', {}], /initialize comes first/],
    [['threads'], /initialize comes first/],
    [['dance'], /no request dance/],
    [['__proto__'], /no request __proto__/],
    [['initialize', { pathFormat: 'uri' }], /wanted "path"/],
    [['initialize', []], /found an array, wanted an object/],
  ])('%j is refused', async (asked, why) => {
    const answer = await new Bench(new FakeDebugger()).ask(asked);
    expect(answer?.success).toBe(false);
    expect(answer?.message).toMatch(why);
  });

  test.each<[Asked, RegExp]>([
    [['continue'], /configurationDone comes first/],
    [['launch', LAUNCH], /there is a guest already/],
    [['initialize'], /initialize comes once/],
    [['scopes', { frameId: 77 }], /no frame 77/],
    [['variables', { variablesReference: -1 }], /wanted 0 to/],
    [['next', { granularity: 'mile' }], /wanted statement, line or instruction/],
    [['readMemory', { memoryReference: 'here', count: 1 }], /wanted an address/],
    [['disassemble', { memoryReference: '0', instructionCount: 1e9 }], /wanted 0 to 20000/],
    [['setDataBreakpoints', { breakpoints: [{ dataId: '?' }] }], /dataBreakpointInfo/],
    [['writeMemory', { memoryReference: '0xc0100000', data: 'AAAA' }], /not all of the 3 bytes/],
    [['exceptionInfo'], /does not stand at an exception/],
  ])('after launch, %j is refused', async (asked, why) => {
    const [initialize, launch] = START;
    const answer = await new Bench(new FakeDebugger()).ask(initialize, launch, asked);
    expect(answer?.success).toBe(false);
    expect(answer?.message).toMatch(why);
  });

  test.each([null, 7, 'launch', [], {}, { type: 'request' }, { type: 'request', seq: 'one' }])(
    '%j is no message, and not the end',
    async (message) => {
      const bench = new Bench(new FakeDebugger());
      await bench.adapter.receive(message);
      expect((await bench.ask(['initialize']))?.success).toBe(true);
    },
  );

  test('every request with any arguments is answered, and the last as well', async () => {
    const words = ['memoryReference', 'breakpoints', 'source', 'frameId', 'threadId', 'name'];
    const args = fc.dictionary(fc.constantFrom(...words), fc.jsonValue());
    const commands =
      'setBreakpoints setFunctionBreakpoints stackTrace evaluate variables readMemory';
    const command = fc.constantFrom(...commands.split(' '), 'disassemble', 'scopes', 'source');
    const property = fc.asyncProperty(command, args, async (asked, given) => {
      const bench = new Bench(new FakeDebugger(stepped));
      const answer = await bench.ask(...START, [asked, given]);
      expect(answer?.command).toBe(asked);
      expect(String(answer?.message ?? '')).not.toMatch(/bug in modbox/);
    });
    await fc.assert(property, { numRuns: 200 });
  });
});
