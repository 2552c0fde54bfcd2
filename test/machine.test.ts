// The machine and its engine, under guests of a few instructions with translation
// off: how slices end, what a device access does, sleep, interrupts, shared RAM.

import { afterEach, describe, expect, test } from 'vitest';
import { type ArchName, archNames } from '../src/arch/arch.ts';
import { architectures } from '../src/arch/registry.ts';
import { addr } from '../src/base/address.ts';
import { OldLibraryError } from '../src/engine/open.ts';
import { boot } from '../src/host/boot.ts';
import { Machine } from '../src/machine/machine.ts';
import * as registers from '../src/machine/registers.ts';
import { assemble } from './support/compiler.ts';
import { testLibrary } from './support/computer.ts';

const RAM = 4 << 20;
const CODE = 0x1000;

/** The same little programs in four languages. */
interface Words {
  readonly counter: string;
  readonly pointer: string;
  /** counter += 1 */
  readonly count: string;
  readonly sleep: string;
  readonly forever: string;
  /** pointer = the number */
  readonly point: (to: number) => string;
  /** *pointer = counter; counter = *pointer */
  readonly store: string;
  readonly load: string;
}

const x86: Words = {
  counter: 'ecx',
  pointer: 'ebx',
  count: 'incl %ecx',
  sleep: 'hlt',
  forever: '9: jmp 9b',
  point: (to) => `movl $${to}, %ebx`,
  store: 'movl %ecx, (%ebx)',
  load: 'movl (%ebx), %ecx',
};
const words: Readonly<Record<ArchName, Words>> = {
  i386: x86,
  amd64: {
    ...x86,
    counter: 'rcx',
    pointer: 'rbx',
    store: 'movl %ecx, (%rbx)',
    load: 'movl (%rbx), %ecx',
  },
  armv7: {
    counter: 'r0',
    pointer: 'r1',
    count: 'add r0, r0, #1',
    sleep: 'wfi',
    forever: '9: b 9b',
    point: (to) => `movw r1, #${to & 0xffff}\nmovt r1, #${to >>> 16}`,
    store: 'str r0, [r1]',
    load: 'ldr r0, [r1]',
  },
  aarch64: {
    counter: 'x0',
    pointer: 'x1',
    count: 'add x0, x0, #1',
    sleep: 'wfi',
    forever: '9: b 9b',
    point: (to) => `movz x1, #${to & 0xffff}\nmovk x1, #${to >>> 16}, lsl #16`,
    store: 'str w0, [x1]',
    load: 'ldr w0, [x1]',
  },
};

/** Instructions for loops that wait. */
const hints = {
  i386: ['pause'],
  amd64: ['pause'],
  armv7: ['nop'], // and see below
  aarch64: ['yield', 'nop'],
} as const;

describe.each(archNames)('%s', (name) => {
  const arch = architectures[name];
  const { counter, count, sleep, forever, point, store, load } = words[name];
  const machines: Machine[] = [];
  afterEach(() => {
    for (const machine of machines.splice(0)) machine.close();
  });

  const at = (offset: number): number => arch.map.ramBase + offset;
  const newMachine = (slices: 'native' | 'callback' = 'native'): Machine => {
    const machine = new Machine({ arch, library: testLibrary(), ramBytes: RAM, slices });
    machines.push(machine);
    return machine;
  };
  /** A machine at the first of these lines of assembly. */
  const machineWith = (lines: readonly string[], slices?: 'native' | 'callback'): Machine => {
    const machine = newMachine(slices);
    machine.memory.ram.set(assemble(name, lines.join('\n')), CODE);
    machine.start(addr(at(CODE)), 0n);
    return machine;
  };
  const counted = (machine: Machine): number => Number(machine.engine.read(counter));
  const loop = [`1: ${count}`, name.startsWith('a') && name !== 'amd64' ? 'b 1b' : 'jmp 1b'];

  test('a slice ends at the first block boundary at or after its budget', () => {
    const { engine } = machineWith(loop);
    const block = assemble(name, loop.join('\n')).length;
    let pc = addr(at(CODE));
    for (const budget of [1, block - 1, block, block + 1, 10 * block, 10 * block + 1]) {
      const stop = engine.run(pc, budget);
      expect(stop).toEqual({ kind: 'budget' });
      expect(engine.slice.used).toBe(Math.ceil(budget / block) * block);
      pc = engine.pc;
      expect(pc).toBe(addr(at(CODE)));
    }
  });

  test('every byte of code is charged once, however it is sliced', () => {
    const { engine } = machineWith(loop);
    const block = assemble(name, loop.join('\n')).length;
    let used = 0;
    for (let budget = 1; budget < 200; budget++) {
      engine.run(addr(at(CODE)), budget);
      used += engine.slice.used;
    }
    expect(used).toBe(Number(engine.read(counter)) * block);
  });

  test('native and callback slices stop at the same places', () => {
    const program = [count, count, ...loop];
    const stops = (['native', 'callback'] as const).map((slices) => {
      const { engine } = machineWith(program, slices);
      expect(engine.slices).toBe(slices);
      let pc = addr(at(CODE));
      return [1, 3, 50, 1, 1000, 7].map((budget) => {
        const stop = engine.run(pc, budget);
        pc = engine.pc;
        return { ...stop, pc, count: engine.read(counter) };
      });
    });
    expect(stops[1]).toEqual(stops[0]);
  });

  test('virtual time is the bytes of code that ran', () => {
    const machine = machineWith(loop);
    const block = assemble(name, loop.join('\n')).length;
    expect(machine.run(1000)).toMatchObject({ kind: 'limit' });
    expect(machine.now).toBe(Math.ceil(1000 / block) * block);
    expect(machine.now).toBe(counted(machine) * block);
  });

  test('a device write that asks for attention is done exactly once', () => {
    const command = registers.WIRE_DEVICES_PA + registers.WIRE_LINKER + registers.LINKER_COMMAND;
    const machine = machineWith([count, point(command), store, count, forever]);
    expect(machine.run(10_000)).toEqual({ kind: 'attention' });
    expect(machine.linker.commands).toEqual([1]);
    expect(machine.run(10_000)).toMatchObject({ kind: 'limit' });
    expect(machine.linker.commands).toEqual([1]);
    expect(counted(machine)).toBe(2);
  });

  test('a device read sees the register', () => {
    const pending = registers.WIRE_DEVICES_PA + registers.WIRE_INTC + registers.INTC_PENDING;
    const machine = machineWith([point(pending), load, forever]);
    machine.linker.ringRequest();
    machine.intc.write(registers.INTC_ENABLE, registers.INTC_REQUEST);
    machine.run(1000);
    expect(counted(machine)).toBe(registers.INTC_REQUEST);
  });

  test('asleep with nothing to wake it is idle', () => {
    const machine = machineWith([count, sleep, count, sleep]);
    expect(machine.run(1000)).toEqual({ kind: 'idle' });
    expect(machine.run(1000)).toEqual({ kind: 'idle' });
    expect(counted(machine)).toBe(1);
  });

  test('a device write just before sleep is told, and sleep goes on afterwards', () => {
    const command = registers.WIRE_DEVICES_PA + registers.WIRE_LINKER + registers.LINKER_COMMAND;
    const machine = machineWith([point(command), store, sleep, count, forever]);
    expect(machine.run(1000)).toEqual({ kind: 'attention' });
    expect(machine.run(1000)).toEqual({ kind: 'idle' });
    expect(counted(machine)).toBe(0);
    machine.linker.ringCommand();
    machine.intc.write(registers.INTC_ENABLE, registers.INTC_COMMAND);
    machine.run(100);
    expect(counted(machine)).toBe(1);
  });

  test.for(hints[name])('%s is no sleep', (hint) => {
    const machine = machineWith([count, hint, count, forever]);
    expect(machine.run(1000)).toMatchObject({ kind: 'limit' });
    expect(counted(machine)).toBe(2);
  });

  test('asleep with a timer it wakes at the deadline, not before', () => {
    const machine = machineWith([sleep, count, forever]);
    machine.intc.write(registers.INTC_ENABLE, registers.INTC_TIMER);
    machine.timer.write(registers.TIMER_COMPARE_LO, 1000);
    machine.timer.write(registers.TIMER_COMPARE_HI, 0);
    expect(machine.run(999)).toMatchObject({ kind: 'limit' });
    expect([machine.now, counted(machine)]).toEqual([999, 0]);
    expect(machine.run(1)).toMatchObject({ kind: 'limit' });
    expect(machine.now).toBe(1000);
    machine.run(100);
    expect(counted(machine)).toBe(1);
  });

  test('physical memory that is not there is a bus error at the instruction', () => {
    const machine = machineWith([point(0x3000_0000), load, count]);
    const stop = machine.run(1000);
    expect(stop).toMatchObject({ kind: 'dead', reason: expect.stringContaining('bus error') });
    expect(machine.pc).toBe(addr(at(CODE + assemble(name, point(0x3000_0000)).length)));
  });

  test('a store to memory that is not there is one too, and so is a jump', () => {
    expect(machineWith([point(0x3000_0000), store]).run(1000)).toMatchObject({ kind: 'dead' });
    const machine = newMachine();
    machine.start(addr(0x3000_0000), 0n);
    expect(machine.run(1000)).toMatchObject({ kind: 'dead' });
  });

  test('RAM is the same for host and guest', () => {
    const machine = machineWith([point(at(0x8000)), load, count, store, sleep]);
    machine.memory.view.setUint32(0x8000, 41, true);
    expect(machine.run(1000)).toEqual({ kind: 'idle' });
    expect(machine.memory.view.getUint32(0x8000, true)).toBe(42);
  });

  test('code that the host changed runs after a flush', () => {
    const machine = machineWith([count, sleep]);
    machine.run(100);
    machine.memory.ram.set(assemble(name, [count, count, count, sleep].join('\n')), CODE);
    machine.engine.flushTranslations();
    machine.start(addr(at(CODE)), 0n);
    machine.engine.write(counter, 0n);
    machine.run(100);
    expect(counted(machine)).toBe(3);
  });

  test('code that the guest changed is what runs', () => {
    const machine = machineWith([count, forever]);
    machine.run(100);
    expect(counted(machine)).toBe(1);
    const idle = assemble(name, ['nop', 'nop', forever].join('\n'));
    machine.memory.ram.set(assemble(name, [point(at(CODE)), store, forever].join('\n')), 0x4000);
    machine.engine.write(counter, BigInt(new DataView(idle.buffer).getUint32(0, true)));
    machine.start(addr(at(0x4000)), 0n);
    machine.run(100);
    machine.engine.write(counter, 0n);
    machine.start(addr(at(CODE)), 0n);
    machine.run(100);
    expect(counted(machine)).toBe(0);
  });

  test('two machines in one process do not disturb each other', () => {
    const [one, two] = [machineWith(loop), machineWith([count, ...loop])];
    for (let i = 0; i < 5; i++) {
      one.run(100);
      two.run(200);
    }
    const alone = machineWith(loop);
    for (let i = 0; i < 5; i++) alone.run(100);
    expect([one.now, one.pc, counted(one)]).toEqual([alone.now, alone.pc, counted(alone)]);
    two.close();
    one.run(100);
    alone.run(100);
    expect(counted(one)).toBe(counted(alone));
  });

  test.for([0, -RAM, 1, RAM - 1, RAM + 1, RAM + 4096])(
    '%i bytes of RAM are refused',
    (ramBytes) => {
      expect(() => new Machine({ arch, library: testLibrary(), ramBytes })).toThrow(
        `RAM must be a multiple of 4194304 bytes, not ${ramBytes}`,
      );
    },
  );

  test('closing twice is fine', () => {
    const machine = newMachine();
    machine.close();
    expect(() => machine.close()).not.toThrow();
  });

  test('the last word of the power device ends it', () => {
    const off = registers.WIRE_DEVICES_PA + registers.WIRE_POWER + registers.POWER_OFF;
    const machine = machineWith([count, point(off), store, forever]);
    expect(machine.run(1000)).toEqual({ kind: 'off', status: 1 });
    expect(machine.run(1000)).toEqual({ kind: 'off', status: 1 });
  });
});

describe('an interrupt that waits for the CPU', () => {
  const HANDLER = 0x2000;

  test.for(['i386', 'amd64'] as const)(
    'is taken after the instruction behind sti on %s',
    (name) => {
      const arch = architectures[name];
      const machine = new Machine({ arch, library: testLibrary(), ramBytes: RAM });
      const { ram, view } = machine.memory;
      const wide = arch.wordBytes === 8;
      const lidt = wide ? 'movl $0x3000, %ebx\nlidt (%rbx)' : 'lidt 0x3000';
      const stack = wide ? 'movl $0x8000, %esp' : 'movl $0x8000, %esp';
      const code = [stack, lidt, 'incl %ecx', 'sti', 'incl %ecx', 'jmp 1f', '1: incl %ecx', 'hlt'];
      ram.set(assemble(name, code.join('\n')), CODE);
      ram.set(assemble(name, 'movl %ecx, %edx\n1: cli\nhlt\njmp 1b'), HANDLER);
      view.setUint16(0x3000, 0xfff, true);
      view.setUint32(0x3002, 0x4000, true);
      const gate = 0x4000 + 32 * (wide ? 16 : 8);
      const selector = Number(machine.engine.read('cs'));
      view.setUint32(gate, HANDLER | (selector << 16), true);
      view.setUint32(gate + 4, 0x8e00, true);
      machine.linker.ringRequest();
      machine.intc.write(registers.INTC_ENABLE, registers.INTC_REQUEST);
      machine.start(addr(CODE), 0n);
      machine.run(200);
      expect(machine.engine.read(wide ? 'rdx' : 'edx')).toBe(2n);
      machine.close();
    },
  );

  test.for([
    [
      'armv7',
      [
        'mcr p15, 0, r2, c12, c0, 0',
        'cpsid i',
        'add r0, r0, #1',
        'cpsie i',
        'add r0, r0, #1',
        '1: b 1b',
      ],
      ['mov r3, r0', '1: b 1b'],
      0x18,
      'r2',
      'r3',
    ],
    [
      'aarch64',
      [
        'msr vbar_el1, x2',
        'msr daifset, #2',
        'add x0, x0, #1',
        'msr daifclr, #2',
        'add x0, x0, #1',
        '1: b 1b',
      ],
      ['mov x3, x0', '1: b 1b'],
      0x280,
      'x2',
      'x3',
    ],
  ] as const)('is taken when %s unmasks it', ([name, code, handler, offset, base, seen]) => {
    const arch = architectures[name];
    const machine = new Machine({ arch, library: testLibrary(), ramBytes: RAM });
    machine.memory.ram.set(assemble(name, code.join('\n')), CODE);
    machine.memory.ram.set(assemble(name, handler.join('\n')), HANDLER + offset);
    machine.engine.write(base, BigInt(arch.map.ramBase + HANDLER));
    machine.start(addr(arch.map.ramBase + CODE), 0n);
    machine.run(1); // to the first block boundary; the interrupt is masked by then
    machine.linker.ringRequest();
    machine.intc.write(registers.INTC_ENABLE, registers.INTC_REQUEST);
    machine.run(200);
    expect(machine.engine.read(seen)).toBe(1n);
    machine.close();
  });
});

// Unicorn takes the hints for invalid instructions (arm_stop_interrupt, EXCP_YIELD).
test.for([
  ['yield', 'b .', 'limit'],
  ['wfe', 'b .', 'limit'],
  ['yield', 'udf #0', 'undefined'],
] as const)('on armv7 %s is a hint, and %s after it is what it is', ([hint, next, expected]) => {
  const arch = architectures.armv7;
  const machine = new Machine({ arch, library: testLibrary(), ramBytes: RAM });
  machine.memory.ram.set(assemble('armv7', `${hint}\n${hint}\n${next}`), CODE);
  const seen: bigint[] = [];
  machine.onException = (_event, pc) => {
    seen.push(pc);
    return undefined;
  };
  machine.start(addr(arch.map.ramBase + CODE), 0n);
  const stop = machine.run(100);
  machine.close();
  if (expected === 'limit') expect(stop.kind).toBe('limit');
  expect(seen[0]).toBe(expected === 'limit' ? undefined : BigInt(arch.map.ramBase + CODE + 8));
});

describe('libunicorn', () => {
  test('of 2.0 is refused, with the reason and what to do', () => {
    expect(new OldLibraryError(0x0200_01ff, 'lib/libunicorn.so.2').message).toBe(
      'lib/libunicorn.so.2 is libunicorn 2.0.1; modbox needs 2.1 or newer (2.0 has no x86 page ' +
        'translation and takes 100 ms for each flush of translated code). Run `npm run setup` ' +
        'to fetch 2.1.4, or name another library in MODBOX_UNICORN.',
    );
  });

  test('that is not there is an error that names it', async () => {
    await expect(boot({ arch: 'i386', library: '/nowhere/libunicorn.so' })).rejects.toThrow(
      '/nowhere/libunicorn.so',
    );
  });
});
