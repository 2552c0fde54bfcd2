// Variables and expressions of a running guest, compared with what the source says:
// read in any frame, printed as gdb prints them, changed, and seen to have changed.

import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { archNames } from '../src/arch/arch.ts';
import type { DebugStop, StackFrame, ValueNode } from '../src/debug/model.ts';
import { debugKernel } from '../src/debug/open.ts';
import type { Session } from '../src/debug/session.ts';
import { bootTest } from './support/guest.ts';
import { nestedModule } from './support/nested-module.ts';

const texts = (nodes: readonly ValueNode[]): unknown =>
  Object.fromEntries(nodes.map(({ name, text }) => [name, text]));

describe.for(archNames)('%s', (arch) => {
  let session: Session;

  beforeEach(async () => {
    session = debugKernel(await bootTest(arch, { watchdogNs: 1e12 }), undefined);
  });

  afterEach(() => session.close());

  const go = (): Promise<DebugStop> => session.resume({ kind: 'continue' });

  /** Stops behind the prologue of inner(), by default in code that is not optimised. */
  async function stopInInner(...flags: readonly string[]): Promise<readonly StackFrame[]> {
    session.addBreakpoint({ location: 'inner' });
    session.begin({ kind: 'load', file: nestedModule(arch, ...flags) });
    expect(await go()).toMatchObject({ reason: 'breakpoint' });
    return session.frames();
  }

  /** What an expression is printed as, or the problem with it. */
  function print(expression: string, frame?: StackFrame): string {
    const done = session.evaluate(expression, frame);
    return done.ok ? done.value.text : done.problem;
  }

  test('parameters and locals of a function', async () => {
    const [inner] = await stopInInner('-O0');
    await session.resume({ kind: 'line', over: true });
    const locals = inner === undefined ? [] : session.locals(inner);
    expect(locals.map(({ name, role, type }) => [name, role, type])).toEqual([
      ['depth', 'parameter', 'int'],
      ['p', 'parameter', 'const struct point *'],
      ['twice', 'local', 'int'],
    ]);
    expect(texts(locals)).toMatchObject({ depth: '25', twice: '50' });
  });

  test.for(['-O0', '-O2'])('parameters in optimised code as in other: %s', async (flag) => {
    await stopInInner(flag);
    expect(print('depth')).toBe('25');
    expect(print('depth * 2')).toBe('50');
  });

  test('an inlined function and the one around it have their own', async () => {
    const [, middle, outer] = await stopInInner('-O0');
    if (middle === undefined || outer === undefined) throw new Error('no frames');
    expect(texts(session.locals(middle))).toMatchObject({ n: '5', more: '25' });
    expect(session.locals(outer).map(({ name }) => name)).toEqual(['n']);
    expect([print('more', middle), print('more', outer)]).toEqual([
      '25',
      'No symbol "more" in current context.',
    ]);
  });

  test.for([
    [
      '*p',
      /^\{x = 3, y = -4, name = 0x[0-9a-f]+ .*"first", tint = GREEN, next = 0x[0-9a-f]+ <second>\}$/,
    ],
    ['p->x + p->y', /^-1$/],
    ['p->name', /^0x[0-9a-f]+ "first"$/],
    ['p->next->tint', /^BLUE$/],
    ['table', /^\{10, 20, 30, 40\}$/],
    ['table[1]@2', /^\{20, 30\}$/],
    ['sizeof(struct point)', /^(20|32)$/],
    ['(enum colour)5', /^GREEN$/],
    ['&second', /^\(struct point \*\) 0x[0-9a-f]+ <second>$/],
    ['depth > 20 && p->x == 3', /^1$/],
    ['curthread->td_name', /^"linker", '\\000' <repeats \d+ times>$/],
    ['*(short *)&table', /^10$/],
  ] as const)('%s is printed as gdb prints it', async ([expression, text]) => {
    await stopInInner('-O0');
    expect(print(expression)).toMatch(text);
  });

  test.for([
    ['nothing', 'No symbol "nothing" in current context.'],
    ['*(int *)0', 'Cannot access memory at address 0x0'],
    ['p->z', /^There is no member named z in /],
    ['$xyz', /^There is no register "\$xyz"/],
    ['1 +', /^A syntax error/],
  ] as const)('%s: what is wrong with it', async ([expression, problem]) => {
    await stopInInner('-O0');
    expect(print(expression)).toMatch(problem);
  });

  test('registers, by the names of the architecture and by roles', async () => {
    await stopInInner();
    const { pc, sp } = session.arch.roles;
    expect(print(`(unsigned long)$${pc}`)).toBe(`${session.stop?.pc}`);
    expect(print(`$pc == $${pc} && $sp == $${sp}`)).toBe('1');
  });

  test('registers of a caller are those that it had', async () => {
    const [inner, , outer] = await stopInInner();
    expect(print('(unsigned long)$sp', outer)).toBe(`${inner?.cfa}`);
  });

  test('an assignment changes what the program does', async () => {
    const [, middle] = await stopInInner('-O0');
    expect(print('depth = 100')).toBe('100');
    expect(print('first.x = 1000')).toBe('1000');
    expect(print('n = 1', middle)).toBe('1');
    await go();
    expect(session.kernel.console).toContain('nested: 1402\n');
  });

  test('a register can be assigned to, one of a caller not', async () => {
    const [, , outer] = await stopInInner();
    const name = session.arch.dwarfRegisters[1];
    expect(print(`$${name} = 77`)).toBe('77');
    expect(print(`$${name}`)).toBe('77');
    expect(print('$sp = 0', outer)).toMatch(/of a caller cannot be changed$/);
  });

  test('a struct opens to its members, and a pointer to what it points to', async () => {
    await stopInInner('-O0');
    const done = session.evaluate('p');
    const members = done.ok ? done.value.children() : [];
    expect(members.map(({ name }) => name)).toEqual(['x', 'y', 'name', 'tint', 'next']);
    const next = members.find(({ name }) => name === 'next');
    expect(next?.children().find(({ name }) => name === 'x')?.text).toBe('30');
  });

  test('a member that was opened can be assigned to', async () => {
    await stopInInner('-O0');
    const done = session.evaluate('table');
    const second = done.ok ? done.value.children()[1] : undefined;
    expect(second).toMatchObject({ name: '[1]', text: '20', bytes: 2 });
    expect(second?.assign?.('0x123')).toBeUndefined();
    expect(print('table[1]')).toBe('291');
  });

  test('without debug information a symbol has still an address', async () => {
    await stopInInner('-g0');
    expect(print('&sink')).toContain('<sink>');
    expect(print('depth')).toBe('No symbol "depth" in current context.');
  });
});
