// `modbox gdb` as stock gdb sees it, on every architecture: one session through a
// module's load, one that waits for a module, one that ends in a fault.

import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { archNames } from '../src/arch/arch.ts';
import { type CounterModule, counterModule } from './support/counter-module.ts';
import { gdbMissing, gdbVersion, runGdb, type Served, serveGuest } from './support/gdb.ts';
import { onlyFiles, sample } from './support/guest.ts';

/** The register that says where the page tables are. */
const pageTables = { i386: 'cr3', amd64: 'cr3', armv7: 'ttbr0', aarch64: 'ttbr1_el1' } as const;

type Said = Readonly<Record<string, string>>;

const why = gdbVersion === undefined ? ` (${gdbMissing})` : '';

describe.skipIf(gdbVersion === undefined).for(archNames)(`gdb and %s${why}`, (arch) => {
  let module: CounterModule;
  beforeAll(() => {
    module = counterModule(arch);
  });
  afterAll(() => module.remove());

  const program = () => ({ name: 'counter.ko', bytes: readFileSync(module.program) });
  const at = (mark: string): string => `counter.c:${module.line(mark)}`;

  describe('through a load', () => {
    let served: Served;
    let said: Said;
    beforeAll(async () => {
      served = await serveGuest(arch, { file: program() });
      said = await runGdb(module.folder, served.port, {
        backtrace: ['bt'],
        libraries: ['info sharedlibrary'],
        threads: ['info threads'],
        other: ['thread 1', 'bt 1', 'thread 2'],
        code: ['x/2i $pc', 'disassemble'],
        registers: [`info registers ${pageTables[arch]}`],
        break: [`tbreak ${at('CALL')}`, 'continue'],
        locals: ['info locals', 'print pair', 'print values[1]', 'print *to'],
        assign: ['set var values[1] = 21', 'print values[1]'],
        step: ['step'],
        stepi: ['stepi', 'stepi'],
        finish: ['finish'],
        next: ['next', 'next'],
        watch: ['watch total', 'continue'],
        unwatch: ['delete', 'info breakpoints'],
        back: ['stepi', 'print/x $pc', 'stepi', 'reverse-stepi', 'print/x $pc'],
        entry: ['tbreak add', 'reverse-continue'],
        before: ['print total'],
        hard: ['hbreak add', 'continue'],
        access: ['delete', 'awatch last', 'continue', 'delete'],
        monitor: ['monitor dmesg', 'monitor regs'],
        call: ['print add(3, 4)'],
        loaded: ['continue'],
        lsmod: ['monitor lsmod'],
        idle: ['continue'],
      });
    }, 60_000);
    afterAll(() => served.close());

    test('needs no command but target remote to show source', () => {
      expect(said['connect']).toContain(`counter_modcmd (`);
      expect(said['connect']).toMatch(/at \.?\/?counter\.c:\d+/);
      expect(said['connect']).not.toMatch(/warning: (?!File transfers)/);
    });

    test('sees callers in the kernel', () => {
      expect(said['backtrace']).toMatch(/in module_init \(.*load|init\.c:\d+/);
      expect(said['backtrace']).toMatch(/in thread_start .*thread\.c:\d+/);
    });

    test('lists the module with its symbols', () => {
      expect(said['libraries']).toMatch(/Yes\s+target:\/modbox\/counter\.ko/);
    });

    test('lists the threads of the guest', () => {
      expect(said['threads']).toMatch(/\* 2 .*"linker" \(running\)/);
      expect(said['threads']).toMatch(/1 .*"idle" \(ready\) .*arch_switched/);
    });

    test('sees the stack of a thread that does not run', () => {
      expect(said['other']).toMatch(/#0 .*arch_switch/);
    });

    test('disassembles the module', () => {
      expect(said['code']).toMatch(/^=> 0x[0-9a-f]+ <counter_modcmd(\+\d+)?>/m);
      expect(said['code']).toContain('End of assembler dump.');
    });

    test('shows system registers', () => {
      expect(said['registers']).toMatch(/^\w+ +0x[0-9a-f]*[1-9a-f][0-9a-f]*/);
    });

    test('stops at a source line', () => {
      expect(said['break']).toMatch(/Temporary breakpoint 1, counter_modcmd/);
      expect(said['break']).toContain(`${module.line('CALL')}\t`);
    });

    test('prints locals', () => {
      expect(said['locals']).toContain('values = {10, 20, 30}');
      expect(said['locals']).toContain("{first = 3, second = 120 'x'}");
      expect(said['locals']).toContain('i = 0');
    });

    test('changes a local', () => {
      expect(said['assign']).toContain('= 21');
    });

    test('steps into a call, and finishes it', () => {
      expect(said['step']).toContain('add (a=10, b=0)');
      expect(said['finish']).toMatch(/Value returned is \$\d+ = 10/);
    });

    test('steps over lines', () => {
      expect(said['next']).not.toContain('add (');
      expect(said['next']).toMatch(/^\d+\t/m);
    });

    test('stops where a watched variable changes, with both values', () => {
      expect(said['watch']).toMatch(
        /Hardware watchpoint \d+: total\n\nOld value = 10\nNew value = 32/,
      );
    });

    test('stops where bytes are accessed', () => {
      expect(said['access']).toMatch(/Hardware access \(read\/write\) watchpoint \d+: last/);
    });

    test('stops at a hardware breakpoint', () => {
      expect(said['hard']).toMatch(/Breakpoint \d+, add \(a=30, b=2\)/);
    });

    test('steps an instruction back', () => {
      const [first, second] = [...(said['back'] ?? '').matchAll(/= (0x[0-9a-f]+)/g)];
      expect(first?.[1]).toBeDefined();
      expect(second?.[1]).toBe(first?.[1]);
    });

    test('continues backwards to a breakpoint', () => {
      expect(said['entry']).toMatch(/Temporary breakpoint \d+, add \(a=21, b=1\)/);
      expect(said['before']).toContain('= 10');
    });

    test('calls a function of the module', () => {
      expect(said['call']).toMatch(/^\$\d+ = 7$/m);
    });

    test('has monitor commands', () => {
      expect(said['monitor']).toContain('modbox kernel:');
      expect(said['lsmod']).toMatch(/^counter +\d+ /m);
    });

    test('stops when the module is loaded, and ends when it is unloaded', () => {
      expect(said['loaded']).toMatch(/counter: \d+\nmodbox: counter is loaded/);
      expect(said['idle']).toContain('exited normally');
    });

    test('makes no error of ours', () => {
      expect(served.errors).toEqual([]);
    });
  });

  describe('before a module is there', () => {
    let served: Served;
    let said: Said;
    beforeAll(async () => {
      const files = onlyFiles(sample(arch, 'hello'));
      served = await serveGuest(arch, { file: program(), files, stopAt: 'boot' });
      said = await runGdb(module.folder, served.port, {
        begin: ['reverse-stepi'],
        pending: [`break ${at('SUM')}`, 'break hello_modcmd'],
        hit: ['continue'],
        again: ['continue', 'delete 1', 'continue'],
        insmod: ['monitor insmod hello.ko', 'continue'],
        libraries: ['info sharedlibrary'],
        detach: ['detach'],
      });
    }, 60_000);
    afterAll(() => served.close());

    test('stands in the kernel', () => {
      expect(said['connect']).toMatch(/kmain|linker_init/);
    });

    test('has no history before it was booted', () => {
      expect(said['begin']).toContain('No more reverse-execution history');
    });

    test('takes a breakpoint in it, pending, and stops there', () => {
      expect(said['pending']).toContain('pending');
      expect(said['hit']).toMatch(/Breakpoint 1, add \(a=10, b=0\)/);
      expect(said['again']).toMatch(/Breakpoint 1, add \(a=20, b=1\)/);
    });

    test('resolves another when a module is loaded on command', () => {
      expect(said['insmod']).toMatch(/Breakpoint 2, hello_modcmd \(cmd=MODULE_CMD_INIT/);
      expect(said['libraries']).toMatch(/counter\.ko[\s\S]*hello\.ko/);
    });

    test('runs to its end when gdb detaches, and the next client finds a fresh one', async () => {
      expect(said['detach']).toContain('detached');
      const next = await runGdb(module.folder, served.port, { where: ['bt 1'], kill: ['kill'] });
      expect(next['where']).toMatch(/kmain|linker_init/);
      expect(served.said.join('')).toContain('modbox: counter is unloaded');
      expect(served.errors).toEqual([]);
    });
  });

  describe('at a fault', () => {
    let served: Served;
    let said: Said;
    beforeAll(async () => {
      served = await serveGuest(arch, { file: program(), stopAt: 'none' });
      said = await runGdb(module.folder, served.port, {
        call: ['monitor call counter_fault', 'continue'],
        frame: ['bt 1'],
        again: ['reverse-stepi', 'reverse-stepi', 'continue'],
        on: ['continue'],
        end: ['continue'],
      });
    }, 60_000);
    afterAll(() => served.close());

    test('receives SIGSEGV at its line', () => {
      expect(said['call']).toContain('received signal SIGSEGV');
      expect(said['frame']).toMatch(
        new RegExp(`counter_fault .*counter\\.c:${module.line('FAULT')}`),
      );
    });

    test('receives it again after going back', () => {
      expect(said['again']).toContain('received signal SIGSEGV');
    });

    test('is told what the fault is', () => {
      expect(said['call']).toMatch(/modbox: .*read of 0x0*18, which is not mapped/);
    });

    test('sees the guest contain it', () => {
      expect(said['on']).toContain('Oops: page fault');
      expect(said['on']).toContain('modbox: counter_fault faulted');
    });

    test('is told that the program was ended by it', () => {
      expect(said['end']).toContain('Program terminated with signal SIGSEGV');
      expect(said['end']).not.toContain('exited normally');
      expect(served.errors).toEqual([]);
    });
  });
});

describe.skipIf(gdbVersion === undefined)(`gdb and Thumb code${why}`, () => {
  test('stops at lines, steps and goes back', async () => {
    const module = counterModule('armv7', ['-mthumb']);
    const file = { name: 'counter.ko', bytes: readFileSync(module.program) };
    const served = await serveGuest('armv7', { file });
    const said = await runGdb(module.folder, served.port, {
      thumb: ['print $cpsr', 'x/i $pc'],
      break: [`break counter.c:${module.line('TOTAL')}`, 'continue', 'print sum'],
      next: ['next', 'reverse-next'],
      finish: ['finish'],
    });
    expect(said['thumb']).toMatch(/\[.*\bT\b.*\]/);
    expect(said['break']).toMatch(/Breakpoint 1, add \(a=10, b=0\)[\s\S]*= 10/);
    expect(said['next']).toContain(`${module.line('TOTAL')}\t`);
    expect(said['finish']).toContain('Value returned is');
    await served.close();
    module.remove();
  });
});
