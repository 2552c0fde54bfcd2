// Debugging a module through the Debug Adapter: a client that speaks the protocol to
// the command, with a real guest, on every architecture.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { archNames } from '../src/arch/arch.ts';
import { architectures } from '../src/arch/registry.ts';
import { samplePath } from '../src/host/assets.ts';
import { type CounterModule, counterModule } from './support/counter-module.ts';
import { type DapClient, type DapServer, overPipe, overTcp } from './support/dap-client.ts';

let server: DapServer;
beforeAll(async () => {
  server = await overTcp();
});
afterAll(() => server.stop());

describe.for(archNames)('%s', (arch) => {
  let module: CounterModule;
  beforeAll(() => {
    module = counterModule(arch);
  });
  afterAll(() => module.remove());

  const breakAt =
    (client: DapClient, ...marks: readonly (string | object)[]) =>
    () =>
      client.request('setBreakpoints', {
        source: { path: module.source },
        breakpoints: marks.map((mark) =>
          typeof mark === 'string' ? { line: module.line(mark) } : mark,
        ),
      });

  /** A client whose guest stands at a mark. */
  async function at(...marks: readonly (string | object)[]): Promise<DapClient> {
    const client = server.connect();
    await client.launch({ program: module.program }, breakAt(client, ...marks));
    await client.stop();
    return client;
  }

  test('stops at the first instruction of the module', async () => {
    const client = server.connect();
    await client.launch({ program: module.program, stopOnEntry: true });
    const { reason, frame } = await client.stop();
    expect(reason).toBe('entry');
    expect(frame.source?.path).toBe(module.source);
  });

  test('stops at a line of a module that was not there when it was asked for', async () => {
    const client = server.connect();
    await client.launch({ program: module.program }, breakAt(client, 'SUM'));
    const { breakpoint } = await client.event('breakpoint', (body) => body.breakpoint.verified);
    const { reason, hitBreakpointIds, frame } = await client.stop();
    expect(reason).toBe('breakpoint');
    expect(hitBreakpointIds).toEqual([breakpoint.id]);
    expect(frame).toMatchObject({ name: 'add', line: module.line('SUM') });
  });

  test('tells the stack from the module to the kernel', async () => {
    const client = await at('SUM');
    const stack = await client.stack();
    expect(stack.slice(0, 2)).toMatchObject([
      { name: 'add', line: module.line('SUM'), source: { path: module.source } },
      { name: 'counter_modcmd', line: module.line('CALL') },
    ]);
    expect(stack.some(({ source }) => source?.path?.endsWith('guest/kern/init.c'))).toBe(true);
  });

  test('shows arguments, locals and statics', async () => {
    const client = await at('TOTAL');
    expect(await client.scope('Arguments')).toMatchObject({ a: { value: '10', type: 'int' } });
    expect(await client.scope('Locals')).toMatchObject({ sum: { value: '10' } });
    expect(await client.scope('Statics')).toMatchObject({ total: { value: '0' } });
  });

  test('opens structs, pointers and arrays', async () => {
    const client = await at('LAST');
    const { pair, to, values } = await client.scope('Locals');
    const open = (row: typeof pair) => client.rows(row?.variablesReference ?? 0);
    expect(await open(pair)).toMatchObject({
      first: { value: '66', evaluateName: '(pair).first' },
    });
    expect(await open(to)).toMatchObject({ second: { value: "120 'x'" } });
    expect(values?.indexedVariables).toBe(3);
    expect(await open(values)).toMatchObject({ '[1]': { value: '20' } });
  });

  test('tells the elements of an array in pages', async () => {
    const client = await at('LAST');
    const { variablesReference } = (await client.scope('Locals'))['values'] ?? {};
    const page = { variablesReference, filter: 'indexed', start: 1, count: 1 };
    const { variables } = await client.request('variables', page);
    expect(variables).toMatchObject([{ name: '[1]', value: '20' }]);
  });

  test('shows registers, in hexadecimal and of any frame', async () => {
    const client = await at('SUM');
    const [inner, outer] = await client.stack();
    const { roles } = architectures[arch];
    expect(BigInt((await client.scope('Registers'))[roles.pc]?.value ?? '')).toBe(
      BigInt(inner?.instructionPointerReference ?? ''),
    );
    const { scopes } = await client.request('scopes', { frameId: outer?.id });
    const registers = scopes.find(({ presentationHint }) => presentationHint === 'registers');
    const rows = await client.rows(registers?.variablesReference ?? 0);
    expect(rows[roles.pc]?.value).toBe(outer?.instructionPointerReference);
  });

  test('steps over, into and out', async () => {
    const client = await at('CALL');
    const places: unknown[] = [];
    for (const command of ['stepIn', 'next', 'stepOut', 'next']) {
      await client.request(command, { threadId: 1 });
      const { frame } = await client.stop();
      places.push([frame.name, frame.line]);
    }
    const main = 'counter_modcmd';
    expect(places.slice(0, 3)).toEqual([
      ['add', module.line('SUM')],
      ['add', module.line('TOTAL')],
      [main, module.line('CALL')],
    ]);
    expect(places[3]).toEqual([main, module.line('CALL') - 1]);
  });

  test('steps by instruction', async () => {
    const client = await at('SUM');
    const [before] = await client.stack();
    await client.request('next', { threadId: 1, granularity: 'instruction' });
    const { frame } = await client.stop();
    const addresses = [before, frame].map((each) => BigInt(each?.instructionPointerReference ?? 0));
    const [from = 0n, to = 0n] = addresses;
    expect(to > from && to - from <= 15n).toBe(true);
  });

  test('steps back', async () => {
    const client = await at('RETURN');
    await client.request('stepBack', { threadId: 1 });
    expect((await client.stop()).frame.line).toBe(module.line('TOTAL'));
    expect(await client.scope('Statics')).toMatchObject({ total: { value: '0' } });
  });

  test('goes back to the breakpoint before', async () => {
    const client = await at('TOTAL');
    await client.request('continue', { threadId: 1 });
    await client.stop();
    await client.request('reverseContinue', { threadId: 1 });
    await client.stop();
    expect(await client.scope('Arguments')).toMatchObject({ a: { value: '10' } });
  });

  test('stops where a variable changes, and says how', async () => {
    const client = await at('SUM');
    const [frame] = await client.stack();
    const info = await client.request('dataBreakpointInfo', { name: 'total', frameId: frame?.id });
    await client.request('setDataBreakpoints', { breakpoints: [{ dataId: info.dataId }] });
    await client.request('setBreakpoints', { source: { path: module.source }, breakpoints: [] });
    await client.request('continue', { threadId: 1 });
    const stop = await client.stop();
    expect(stop).toMatchObject({ reason: 'data breakpoint', text: 'total was 0x0, is 0xa' });
    expect(stop.frame.name).toBe('add');
  });

  test('heeds conditions and hit conditions', async () => {
    const client = await at({ line: module.line('SUM'), condition: 'a == 30' });
    expect(await client.scope('Arguments')).toMatchObject({ a: { value: '30' } });
    const other = await at({ line: module.line('SUM'), hitCondition: '2' });
    expect(await other.scope('Arguments')).toMatchObject({ a: { value: '20' } });
  });

  test('tells log points and the console, without stopping', async () => {
    const client = server.connect();
    const log = { line: module.line('TOTAL'), logMessage: 'sum is {sum}' };
    await client.launch({ program: module.program }, breakAt(client, log));
    const texts: string[] = [];
    while (!texts.some((text) => text.includes('counter: 63')))
      texts.push((await client.event('output')).output);
    expect(texts.join('')).toMatch(/sum is 10\n.*sum is 21\n.*sum is 32\n.*counter: 63\n/s);
  });

  test('breaks at functions and at instructions', async () => {
    const client = server.connect();
    const breakpoints = [{ name: 'add' }];
    await client.launch({ program: module.program }, () =>
      client.request('setFunctionBreakpoints', { breakpoints }),
    );
    const { frame } = await client.stop();
    expect(frame.name).toBe('add');
    await client.request('setFunctionBreakpoints', { breakpoints: [] });
    await client.request('setInstructionBreakpoints', {
      breakpoints: [{ instructionReference: frame.instructionPointerReference, offset: 0 }],
    });
    await client.request('continue', { threadId: 1 });
    expect((await client.stop()).frame.name).toBe('add');
    expect(await client.scope('Arguments')).toMatchObject({ a: { value: '20' } });
  });

  test('disassembles exactly as much as is asked for, backwards too', async () => {
    const client = await at('SUM');
    const [frame] = await client.stack();
    const memoryReference = frame?.instructionPointerReference;
    const around = { memoryReference, instructionOffset: -50, instructionCount: 100 };
    const { instructions } = await client.request('disassemble', around);
    expect(instructions).toHaveLength(100);
    expect(BigInt(instructions[50]?.address ?? 0)).toBe(BigInt(memoryReference ?? 0));
    expect(instructions[50]?.line).toBe(module.line('SUM'));
  });

  test('marks what cannot be disassembled', async () => {
    const client = await at('SUM');
    const nowhere = { memoryReference: '0x10', instructionOffset: -2, instructionCount: 5 };
    const { instructions } = await client.request('disassemble', nowhere);
    expect(instructions.map(({ presentationHint }) => presentationHint)).toEqual(
      Array.from({ length: 5 }, () => 'invalid'),
    );
  });

  test('reads and writes memory, and tells of it', async () => {
    const client = await at('LAST');
    const [frame] = await client.stack();
    const found = await client.request('evaluate', { expression: 'total', frameId: frame?.id });
    const { memoryReference } = found;
    const before = await client.request('readMemory', { memoryReference, count: 4 });
    expect(before.data).toBe(Buffer.from([63, 0, 0, 0]).toString('base64'));
    await client.request('writeMemory', {
      memoryReference,
      data: Buffer.from([7]).toString('base64'),
    });
    expect(await client.event('memory')).toMatchObject({ memoryReference });
    const after = await client.request('evaluate', { expression: 'total * 2', frameId: frame?.id });
    expect(after.result).toBe('14');
  });

  test('assigns to variables, registers and expressions', async () => {
    const client = await at('TOTAL');
    const [frame] = await client.stack();
    const { scopes } = await client.request('scopes', { frameId: frame?.id });
    const { variablesReference } = scopes.find(({ name }) => name === 'Locals') ?? {};
    const set = { variablesReference, name: 'sum', value: '40 + 2' };
    expect(await client.request('setVariable', set)).toMatchObject({ value: '42' });
    const expression = { expression: 'last.first', value: '5', frameId: frame?.id };
    expect(await client.request('setExpression', expression)).toMatchObject({ value: '5' });
    await client.request('next', { threadId: 1 });
    await client.stop();
    expect(await client.scope('Statics')).toMatchObject({ total: { value: '42' } });
  });

  test('stops at a fault, before the kernel knows', async () => {
    const client = server.connect();
    await client.launch({ program: module.program, calls: ['counter_fault()'] });
    const { reason, text, frame } = await client.stop();
    expect(reason).toBe('exception');
    expect(text).toMatch(/0x0*18, which is not mapped/);
    expect(frame).toMatchObject({ name: 'counter_fault', line: module.line('FAULT') });
    const info = await client.request('exceptionInfo', { threadId: 1 });
    expect(info).toMatchObject({ exceptionId: 'SIGSEGV', breakMode: 'always' });
    expect(info.details?.stackTrace).toMatch(/^#0 0x[0-9a-f]+ in counter_fault at /);
  });

  test('stops at a fault behind a breakpoint', async () => {
    const client = server.connect();
    const args = { program: module.program, calls: ['counter_fault()'] };
    await client.launch(args, breakAt(client, 'FAULT'));
    expect((await client.stop()).reason).toBe('breakpoint');
    await client.request('continue', { threadId: 1 });
    expect((await client.stop()).text).toMatch(/: read of 0x0*18, which is not mapped/);
  });

  test('goes on behind a fault to the end, with what came of it', async () => {
    const client = server.connect();
    await client.launch({ program: module.program, calls: ['counter_fault()'] });
    await client.stop();
    await client.request('continue', { threadId: 1 });
    const { output } = await client.event('output', ({ category }) => category === 'stderr');
    expect(output).toMatch(/counter_fault/);
    expect(await client.event('exited')).toEqual({ exitCode: 1 });
  });

  test('does commands of the terminal in the debug console', async () => {
    const client = await at('SUM');
    const lines = { expression: '>info breakpoints', context: 'repl' };
    expect((await client.request('evaluate', lines)).result).toMatch(/counter\.c:\d+/);
    await client.request('evaluate', { expression: '>next', context: 'repl' });
    const { reason, frame } = await client.stop();
    expect([reason, frame.line]).toEqual(['step', module.line('TOTAL')]);
  });

  test('refuses a command that is none, and completes those that are', async () => {
    const client = await at('SUM');
    const typo = client.request('evaluate', { expression: '>prnit', context: 'repl' });
    await expect(typo).rejects.toThrow(/prnit/);
    const names = await client.request('completions', { text: '>print su', column: 10 });
    expect(names.targets.map(({ label }) => label)).toContain('sum');
  });

  test('tells of modules that come and go', async () => {
    const client = server.connect();
    await client.launch({ program: module.program });
    const isCounter = ({ module: { name } }: { module: { name: string } }) => name === 'counter';
    const come = await client.event('module', isCounter);
    expect(come).toMatchObject({ reason: 'new', module: { symbolStatus: /lines loaded/ } });
    expect((await client.event('module', isCounter)).reason).toBe('removed');
    await client.event('terminated');
  });

  test('stops at module events when that is wanted', async () => {
    const client = server.connect();
    await client.launch({ program: module.program }, () =>
      client.request('setExceptionBreakpoints', { filters: ['modules'] }),
    );
    expect(await client.stop()).toMatchObject({ reason: 'module', text: 'counter was loaded' });
  });

  test('attach finds the module loaded, and calls can be debugged', async () => {
    const client = server.connect();
    const args = { program: module.program, calls: ['counter_fault()'], unload: false };
    await client.launch(args, breakAt(client, 'PAIR', 'FAULT'), 'attach');
    expect((await client.stop()).frame.line).toBe(module.line('FAULT'));
  });

  test('ends when the module is loaded and unloaded, with status 0', async () => {
    const client = server.connect();
    await client.launch({ program: module.program }, breakAt(client, 'FINI'));
    expect((await client.stop()).frame.line).toBe(module.line('FINI'));
    await client.request('continue', { threadId: 1 });
    expect(await client.event('exited')).toEqual({ exitCode: 0 });
    await client.event('terminated');
  });

  test('stops at nothing when it is run without debugging', async () => {
    const client = server.connect();
    const args = { program: module.program, calls: ['counter_fault()'], noDebug: true };
    await client.launch(args, breakAt(client, 'SUM'));
    expect(await client.event('exited')).toEqual({ exitCode: 1 });
  });

  test('goes back from the unload into the load, and on to the end again', async () => {
    const client = server.connect();
    await client.launch({ program: module.program }, breakAt(client, 'PRINT', 'FINI'));
    await client.stop();
    await client.request('continue', { threadId: 1 });
    expect((await client.stop()).frame.line).toBe(module.line('FINI'));
    await client.request('reverseContinue', { threadId: 1 });
    expect((await client.stop()).frame.line).toBe(module.line('PRINT'));
    await breakAt(client)();
    await client.request('continue', { threadId: 1 });
    expect(await client.event('exited')).toEqual({ exitCode: 0 });
  });

  test('stays when all is done, and goes back from there', async () => {
    const client = server.connect();
    const args = { program: module.program, unload: false, keep: true };
    await client.launch(args, breakAt(client, 'PRINT'));
    await client.stop();
    for (const wanted of [/Everything is done/, /nothing to do/, /nothing to do/]) {
      await client.request('continue', { threadId: 1 });
      expect((await client.stop()).description).toMatch(wanted);
    }
    await client.request('reverseContinue', { threadId: 1 });
    expect((await client.stop()).frame.line).toBe(module.line('PRINT'));
  });

  test('begins again, with the same breakpoints', async () => {
    const client = await at('LAST');
    await client.request('restart', {});
    expect((await client.stop()).frame.line).toBe(module.line('LAST'));
  });

  test('begins again, with the same data breakpoints', async () => {
    const client = await at('LAST');
    const info = await client.request('dataBreakpointInfo', { name: 'total' });
    await client.request('setDataBreakpoints', { breakpoints: [{ dataId: info.dataId }] });
    await client.request('restart', {});
    expect(await client.stop()).toMatchObject({ text: 'total was 0x0, is 0xa' });
  });
});

describe.for(archNames)('%s', (arch) => {
  test('pauses a module that loops, and ends it', async () => {
    const client = server.connect();
    await client.launch({ program: samplePath(arch, 'spin') });
    await client.event('module', ({ module }) => module.name === 'spin');
    await client.request('pause', { threadId: 1 });
    expect(await client.stop()).toMatchObject({ reason: 'pause' });
    await client.request('terminate');
    await client.event('terminated');
  });

  test('hangs up on request while it attaches to a module whose init loops', async () => {
    const client = server.connect();
    await client.request('initialize', {});
    void client.request('attach', { program: samplePath(arch, 'spin') });
    await client.event('output', ({ output }) => output.includes('waiting'));
    await client.request('disconnect');
    await client.closed;
  });
});

describe('an adapter on a pipe', () => {
  const nothing = { program: 'no-such-module.ko' };

  test('ends with status 0 when the client disconnects', async () => {
    const { client, status } = overPipe();
    await client.request('initialize', {});
    await client.request('disconnect');
    expect(await status).toBe(0);
  });

  test('ends with status 0 when the client hangs up', async () => {
    const { client, status } = overPipe();
    await client.request('initialize', {});
    client.close();
    expect(await status).toBe(0);
  });

  test('says what is wrong with a file, and lives on', async () => {
    const { client, status } = overPipe();
    await client.request('initialize', {});
    await expect(client.request('launch', nothing)).rejects.toThrow(
      /no-such-module.ko: no such file/,
    );
    await expect(client.request('threads')).rejects.toThrow(/launch or attach comes first/);
    await client.request('disconnect');
    expect(await status).toBe(0);
  });

  test.each([
    ['no JSON', 'Content-Length: 4\r\n\r\n{{{{', /no JSON/],
    ['no object', 'Content-Length: 1\r\n\r\n1', /wanted an object/],
  ])('complains about %s, and lives on', async (_, bytes, said) => {
    const { client } = overPipe();
    client.write(bytes);
    expect((await client.event('output')).output).toMatch(said);
    await client.request('initialize', {});
    await client.request('disconnect');
  });

  test.each([
    ['no length', 'Content-Type: none\r\n\r\n', /without Content-Length/],
    ['a giant length', 'Content-Length: 99999999999\r\n\r\n', /at most/],
    ['headers without an end', 'x'.repeat(5000), /no end of the headers/],
  ])('hangs up on %s', async (_, bytes, said) => {
    const { client, status } = overPipe();
    client.write(bytes);
    expect((await client.event('output')).output).toMatch(said);
    expect(await status).toBe(0);
  });
});

test('a client that hangs up in the middle leaves the port to others', async () => {
  const rude = server.connect();
  await rude.request('initialize', {});
  rude.write('Content-Length: 100\r\n\r\n{"seq":');
  rude.close();
  await rude.closed;
  const polite = server.connect();
  expect(await polite.request('initialize', {})).toMatchObject({ supportsStepBack: true });
});
