// Single steps through what trips steppers up: repeated string instructions,
// predicated ones, exclusive loads and stores, loops whose blocks are linked.  Each
// step is one instruction, and what comes out is what a free run computes.

import { describe, expect, test } from 'vitest';
import type { ArchName } from '../src/arch/arch.ts';
import { architectures } from '../src/arch/registry.ts';
import { addr, plus } from '../src/base/address.ts';
import { Machine } from '../src/machine/machine.ts';
import { assemble } from './support/compiler.ts';
import { testLibrary } from './support/computer.ts';

const RAM = 4 << 20;
const CODE = 0x1000;
const DATA = 0x3000;

interface Case {
  readonly name: string;
  readonly arch: ArchName;
  readonly program: string;
  /** Of the instruction that each step executes, from the first. */
  readonly offsets: readonly number[];
  readonly register: string;
  readonly value: bigint;
  readonly thumb?: boolean;
  /** Where traps are not reached; a debugger puts breakpoints before them. */
  readonly untrapped?: readonly number[];
}

const repeat = (times: number, offsets: readonly number[]): number[] =>
  Array.from({ length: times }, () => offsets).flat();

const armLoad = `movw r1, #${DATA}\nmovt r1, #0x4000`;

const cases: readonly Case[] = [
  {
    name: 'rep movsb, one byte each step',
    arch: 'i386',
    program: `movl $5, %ecx\nmovl $${DATA}, %esi\nmovl $${DATA + 64}, %edi\nrep movsb\nincl %eax`,
    // The last look finds ecx zero.
    offsets: [0, 5, 10, ...repeat(6, [15]), 17],
    register: 'edi',
    value: BigInt(DATA + 64 + 5),
  },
  {
    name: 'rep stosl, one word each step',
    arch: 'amd64',
    program: `movl $3, %ecx\nmovl $${DATA}, %edi\nrep stosl\nincl %eax`,
    offsets: [0, 5, ...repeat(4, [10]), 12],
    register: 'rdi',
    value: BigInt(DATA + 12),
  },
  {
    name: 'a loop of one block, linked to itself',
    arch: 'amd64',
    program: 'movl $4, %ecx\n1: addl %ecx, %eax\ndecl %ecx\njnz 1b\nincl %eax',
    offsets: [0, ...repeat(4, [5, 7, 9]), 11],
    register: 'rax',
    value: 11n,
  },
  {
    name: 'predicated instructions, taken and not',
    arch: 'armv7',
    program: 'mov r0, #1\ncmp r0, #1\naddeq r0, r0, #4\naddne r0, r0, #8\nadd r0, r0, #16',
    offsets: [0, 4, 8, 12, 16],
    register: 'r0',
    value: 21n,
  },
  {
    name: 'ldrex and strex: the exclusive access survives the steps between',
    arch: 'armv7',
    program: `${armLoad}\n1: ldrex r0, [r1]\nadd r0, r0, #3\nstrex r2, r0, [r1]\ncmp r2, #0\nbne 1b\nldr r0, [r1]`,
    offsets: [0, 4, 8, 12, 16, 20, 24, 28],
    register: 'r0',
    value: 3n,
  },
  {
    name: 'ldxr and stxr',
    arch: 'aarch64',
    program: `movz x1, #${DATA}\nmovk x1, #0x4000, lsl #16\n1: ldxr w0, [x1]\nadd w0, w0, #3\nstxr w2, w0, [x1]\ncbnz w2, 1b\nldr w0, [x1]`,
    offsets: [0, 4, 8, 12, 16, 20, 24],
    register: 'x0',
    value: 3n,
  },
  {
    name: 'a loop of two blocks, linked to each other',
    arch: 'aarch64',
    program:
      'mov x0, #0\nmov x1, #3\n1: add x0, x0, x1\nb 2f\n2: subs x1, x1, #1\nb.ne 1b\nadd x0, x0, #1',
    offsets: [0, 4, ...repeat(3, [8, 12, 16, 20]), 24],
    register: 'x0',
    value: 7n,
  },
  {
    name: 'a Thumb IT block of four, two of them not taken',
    arch: 'armv7',
    thumb: true,
    program:
      '.syntax unified\n.thumb\nmovs r0, #1\ncmp r0, #1\nittee eq\naddeq r0, #4\naddeq r0, #8\naddne r0, #16\naddne r0, #32\nadds r0, #64',
    offsets: [0, 2, 4, 6, 8, 10, 12, 14],
    untrapped: [6, 8, 10, 12],
    register: 'r0',
    value: 77n,
  },
];

function machineWith({ arch: name, program, thumb = false }: Case): Machine {
  const arch = architectures[name];
  const machine = new Machine({ arch, library: testLibrary(), ramBytes: RAM });
  machine.memory.ram.set(assemble(name, program), CODE);
  const start = plus(addr(arch.map.ramBase), CODE);
  machine.start(addr(thumb ? start | 1n : start), 0n);
  return machine;
}

describe.for(cases)('$arch: $name', (each) => {
  const { arch: name, offsets, untrapped = [], register, value } = each;
  const base = plus(addr(architectures[name].map.ramBase), CODE);

  test('each step is one instruction', () => {
    const machine = machineWith(each);
    const found = offsets.map(() => {
      const at = Number(machine.position.pc - base);
      expect(machine.step()).toBeUndefined();
      return at;
    });
    expect(found).toEqual(offsets);
    expect(machine.engine.read(register)).toBe(value);
    machine.close();
  });

  test('stopped at a trap on every instruction, it computes the same', () => {
    const machine = machineWith(each);
    for (const offset of new Set(offsets)) {
      const place = plus(base, offset);
      machine.engine.trapCode(place, place, () => true);
    }
    const last = offsets.at(-1) ?? 0;
    const stops: number[] = [];
    while (stops.at(-1) !== last) {
      expect(machine.run(1e6)).toEqual({ kind: 'trap' });
      stops.push(Number(machine.position.pc - base));
    }
    machine.step();
    expect(stops).toEqual(offsets.filter((offset) => !untrapped.includes(offset)));
    expect(machine.engine.read(register)).toBe(value);
    machine.close();
  });
});

test('a breakpoint in an IT block goes to its IT', () => {
  const each = cases.find(({ thumb }) => thumb);
  const { predication } = architectures.armv7;
  if (each === undefined || predication === undefined) throw new Error('no IT blocks');
  const machine = machineWith(each);
  const base = plus(addr(architectures.armv7.map.ramBase), CODE);
  const starts = each.offsets.map((offset) =>
    Number(predication.startOf(machine.memory, plus(base, offset)) - base),
  );
  expect(starts).toEqual([0, 2, 4, 4, 4, 4, 4, 14]);
  machine.close();
});
