// The terminal debugger over a real guest: whole transcripts on every architecture, and
// what single commands say.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { archNames } from '../src/arch/arch.ts';
import { root, samplePath } from '../src/host/assets.ts';
import { modbox } from './support/command.ts';
import { type CounterModule, counterModule } from './support/counter-module.ts';
import { expectGolden } from './support/golden.ts';
import { masked, openRepl, type ReplSession } from './support/repl.ts';

const session = [
  ...['tbreak counter_modcmd', 'run', 'tbreak add', 'continue', 'info args', 'next', 'info locals'],
  ...['watch total', 'continue', 'bt 2', 'finish', 'print *to', 'print/x values', 'ptype to'],
  ...['continue', 'info breakpoints', 'reverse-next', 'reverse-next', 'delete'],
  ...['next', 'reverse-stepi', 'continue', 'print total', 'print last', 'unload'],
];

describe.each(archNames)('%s', (arch) => {
  let module: CounterModule;
  let guest: ReplSession;

  beforeAll(() => {
    module = counterModule(arch);
  });
  afterAll(() => module.remove());

  const withGuest = (name: string, body: () => Promise<void>): void => {
    test(name, async () => {
      guest = await openRepl(arch, module.program);
      try {
        await body();
      } finally {
        guest.close();
      }
    });
  };

  withGuest('a session from init to fini, and back', async () => {
    const text = await guest.transcript(...session);
    expectGolden(`debug-counter-${arch}.txt`, masked(text));
  });

  withGuest('start stops at the first instruction of the module', async () => {
    expect(await guest.do('start')).toMatch(/^Entry of counter, 0x\w+ in counter_modcmd \(/);
    expect(await guest.do('print $pc == &counter_modcmd')).toBe('$1 = 1');
    expect(await guest.do('x/2i $pc')).toMatch(/^=> 0x\w+ <counter_modcmd\+0> .*\n {3}0x/);
  });

  withGuest('a breakpoint in the block in which the guest stands is reached', async () => {
    await guest.transcript('start', 'stepi', 'tbreak counter_modcmd');
    expect(await guest.do('continue')).toMatch(/^Temporary breakpoint 1, counter_modcmd/);
    expect(await guest.do('until')).toMatch(/^> 23 /m);
  });

  withGuest('why finds the last write, and reverse-finish the call', async () => {
    await guest.transcript('break add', 'run', 'watch total', 'continue');
    const said = await guest.do('why total');
    expect(said).toContain(`counter.c:${module.line('TOTAL')}\n`);
    expect(said).toMatch(/old: 0 \(0x0\)\n {2}new: 10 \(0xa\)$/);
    expect(await guest.do('reverse-finish')).toContain(`> ${module.line('CALL')} `);
  });

  withGuest('reverse-next passes a call of some thousand bytes of code as one', async () => {
    await guest.transcript(`tbreak counter.c:${module.line('DONE')}`, 'run');
    expect(await guest.do('reverse-next')).toMatch(new RegExp(`^> ${module.line('PRINT')} `, 'm'));
    expect(await guest.do('reverse-next')).toMatch(new RegExp(`^> ${module.line('LAST')} `, 'm'));
  });

  withGuest('an instruction tells which registers it changed', async () => {
    await guest.do('start');
    const { roles } = guest.repl.context.debugger.arch;
    const said = await guest.transcript('stepi', 'stepi', 'stepi');
    expect(said).toMatch(new RegExp(`^ {3}.*${roles.sp}: 0x\\w+ -> 0x\\w+`, 'm'));
    const marked = await guest.do('info registers');
    expect(marked).toMatch(new RegExp(`^\\* ${roles.pc} `, 'm'));
  });

  withGuest('a fault stops at its line, and the guest goes on with its oops', async () => {
    await guest.do('run');
    const said = await guest.do('call counter_fault()');
    expect(said).toMatch(/^Exception: .* read of 0x0*18, which is not mapped\n/);
    expect(said).toContain(`counter.c:${module.line('FAULT')}`);
    expect(await guest.do('continue')).toMatch(/counter_fault faulted and was ended$/);
  });

  withGuest('commands of a breakpoint are done when it is hit', async () => {
    await guest.transcript('break add if a == 20', 'commands', 'print b', 'continue', 'end');
    const said = await guest.do('run');
    expect(said).toContain('\n$1 = 1\n');
    expect(said).toMatch(/counter is loaded$/);
  });

  withGuest('registers and variables can be changed', async () => {
    await guest.transcript('break add', 'run', 'set var a = 100', 'set $x = 7', 'delete');
    expect(await guest.do('print a + $x')).toBe('$1 = 107');
    await guest.do('continue');
    expect(await guest.do('print total')).toBe('$2 = 153');
  });

  withGuest('info lists what there is', async () => {
    await guest.transcript('break add', 'run', 'delete');
    expect(await guest.do('info threads')).toMatch(
      /^\* \d+ {2}linker \(running\) {2}0x\w+ in add \(/m,
    );
    expect(await guest.do('info sections counter')).toMatch(
      /^0x\w+ {2}0x\w+ {2}\.text +in counter$/m,
    );
    expect(await guest.do('info sets')).toMatch(/^counter: link_set_modules at 0x\w+, 1 elements$/);
    expect(await guest.do('info sharedlibrary')).toMatch(
      /^0x\w+ {2}yes +counter +\S+counter\.ko$/m,
    );
    expect(await guest.do('info line add')).toMatch(/^line 14 of counter\.c has code at 0x\w+/);
    await guest.do('continue');
    expect(await guest.do('lsmod')).toMatch(/^counter +\d+ +0x\w+ +netbsd +\S+counter\.ko$/m);
  });

  withGuest('names are completed: commands, symbols, locals, registers', async () => {
    await guest.transcript('break add', 'run');
    const { repl } = guest;
    expect(repl.complete('disas').candidates).toEqual(['disassemble']);
    expect(repl.complete('break counter_').candidates).toContain('counter_modcmd');
    expect(repl.complete('print su')).toMatchObject({ candidates: ['sum'], word: 'su' });
    expect(repl.complete('info bre').candidates).toEqual(['breakpoints']);
    expect(repl.complete('print $').candidates).toContain(
      `$${repl.context.debugger.arch.roles.pc}`,
    );
  });
});

describe('the command', () => {
  const hello = samplePath('amd64', 'hello');
  const debug = (...args: readonly string[]) => modbox('debug', '--batch', ...args);

  test('a script whose expectations hold ends with 0', () => {
    const script = ['-ex', 'break hello_modcmd', '-ex', 'run', '-ex', 'expect hello.c:21'];
    const { status, stdout, stderr } = debug(hello, ...script, '-ex', 'assert 1 + 1 == 2');
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout).toContain('(modbox) expect hello.c:21\n(modbox) assert');
  });

  test('a command that fails ends the script with 1', () => {
    const { status, stdout } = debug(hello, '-ex', 'print nosuch', '-ex', 'echo after');
    expect(status).toBe(1);
    expect(stdout).toBe('(modbox) print nosuch\nNo symbol "nosuch" in current context.\n');
  });

  test('--keep-going does the rest, and remembers', () => {
    const { status, stdout } = debug(hello, '--keep-going', '-ex', 'foo', '-ex', 'echo after');
    expect(status).toBe(1);
    expect(stdout).toMatch(/\(modbox\) echo after\nafter\n$/);
  });

  test('an expectation that does not hold is told', () => {
    const { status, stdout } = debug(hello, '-ex', 'run', '-ex', 'expect /good-?bye/');
    expect(status).toBe(1);
    expect(stdout).toMatch(/the last command printed no \/good-\?bye\/\n$/);
  });

  test('a recording is the same moment again', () => {
    const folder = mkdtempSync(join(tmpdir(), 'modbox-'));
    try {
      const file = join(folder, 'run.modbox');
      const steps = ['-ex', 'break hello_modcmd', '-ex', 'run', '-ex', `record save ${file}`];
      expect(debug(hello, ...steps).status).toBe(0);
      const { stdout } = debug('--replay', file, '-ex', 'info args');
      expect(stdout).toMatch(/^hello_modcmd \(cmd=MODULE_CMD_INIT.*hello\.c:21\n/m);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test('without a terminal, commands come from the standard input', () => {
    const program = join(root, 'bin', 'modbox.js');
    const input = 'run\n\nprint hello_add\nquit\nrun\n';
    const { status, stdout } = spawnSync(process.execPath, [program, 'debug', hello], {
      ...{ input, encoding: 'utf8' },
    });
    expect(status).toBe(0);
    expect(stdout).toMatch(/is loaded\n\(modbox\) print hello_add\n\$1 = \{.*\n\(modbox\) quit\n$/);
  });

  test.for<[readonly string[], string]>([
    [[], 'name the file of a module, or an --arch'],
    [['nosuch.ko'], 'nosuch.ko: no such file'],
    [[hello, '--arch', 'i386'], 'is for amd64, not i386'],
    [[hello, '-x', 'nosuch.gdb'], 'nosuch.gdb: no such file'],
    [[hello, '-ex'], '-ex needs an argument'],
  ])('%j is refused with 2', ([args, message]) => {
    const { status, stderr } = debug(...args);
    expect(status).toBe(2);
    expect(stderr).toContain(message);
  });
});
