// Damaged debug information: whatever the bytes are, every question has an answer, and
// none is an exception.  The damage is the same in every run.

import { describe, expect, test } from 'vitest';
import { debugObject } from '../../test/support/debug-object.ts';
import { type ArchName, archNames } from '../arch/arch.ts';
import { architectures } from '../arch/registry.ts';
import { type Random, seededRandom } from '../base/random.ts';
import { CallFrames } from './cfi.ts';
import { unwindByExidx } from './exidx.ts';
import { evaluateExpression } from './expression.ts';
import { openDwarf } from './info.ts';
import type { DebugInfo, Frame } from './model.ts';
import { printValue } from './print.ts';
import { describeDwarfProblem } from './problems.ts';
import { scopeOf } from './scope.ts';
import { declaration } from './type-facts.ts';

const source = `
struct node { struct node *next; char name[8]; int lo : 3; struct { int x, y; } in; };
enum color { RED, GREEN = 5 };
static int counter;
int ext(int);
static inline __attribute__((always_inline)) int twice(int v) { int w = 2 * v; return ext(w); }
int walk(struct node *n, enum color c)
{
	int sum = c;
	for (; n; n = n->next) {
		int here = twice(n->in.x);
		sum += here;
	}
	counter += sum;
	return sum;
}
`;

const variants = [
  ['-O2'],
  ['-O0', '-gdwarf-4'],
  ['-O1', '-gdwarf-3'],
  ['-O0', '-gdwarf-4', '-fdebug-types-section'],
] as const;

const sections = [
  ...['.debug_info', '.debug_abbrev', '.debug_line', '.debug_str', '.debug_line_str'],
  ...['.debug_str_offsets', '.debug_addr', '.debug_loclists', '.debug_rnglists'],
  ...['.debug_loc', '.debug_ranges', '.debug_types', '.debug_frame'],
];

/** Some bytes changed, copied over others or cut off. */
function damaged(bytes: Uint8Array, random: Random): Uint8Array {
  const copy = Uint8Array.from(bytes);
  for (let i = random.below(5); i >= 0; i--) {
    const at = random.below(copy.length);
    const kind = random.below(4);
    if (kind === 0) copy[at] = random.below(256);
    else if (kind === 1) copy[at] = [0, 1, 0x7f, 0x80][random.below(4)] ?? 0;
    else if (kind === 2) copy.fill(0xff, at, at + 4);
    else copy.copyWithin(at, random.below(copy.length), random.below(copy.length));
  }
  return random.below(8) === 0 ? copy.subarray(0, random.below(copy.length)) : copy;
}

/** Asks everything, at every address around the code. */
function askAll(info: DebugInfo, start: bigint, wordBytes: 4 | 8): void {
  for (let pc = start; pc < start + 0x80n; pc += 9n) {
    info.lineAt(pc);
    info.inlinedAt(pc);
    const found = info.functionAt(pc);
    if (found !== undefined) {
      declaration(found.type, found.name);
      info.linesIn({ low: found.entry, high: found.prologueEnd + 16n });
    }
    const frame: Frame = {
      pc,
      register: (number) => BigInt(number),
      memory: (address, bytes) =>
        new Uint8Array(Math.min(bytes, 1 << 20)).fill(Number(address & 7n)),
      cfa: () => 0x1000n,
      caller: () => ({ ...frame, returnAddress: pc + 4n }),
    };
    const none = (): undefined => undefined;
    const scope = scopeOf({ infos: [info], frame, wordBytes, register: none, symbol: none });
    const names = info.variablesAt(pc).map(({ name }) => name);
    for (const text of [...names, '*n', 'n->in.x', 'sizeof(struct node)', 'GREEN', 'walk']) {
      const done = evaluateExpression(text, scope);
      if (done.ok) printValue(done.value.value);
    }
  }
  info.files();
  info.addressesOf('sample.c', 11);
  info.functionNamed('twice');
  info.globalNamed('counter');
  for (const problem of info.problems()) describeDwarfProblem(problem);
}

function survive(arch: ArchName, flags: readonly string[], mutants: number): number {
  const object = debugObject(arch, source, [...flags, '-fforce-dwarf-frame']);
  const { wordBytes } = architectures[arch];
  const start: bigint = object.sectionAddress('.text');
  const random = seededRandom(mutants);
  const whole = new Map(sections.map((name) => [name, object.sections.get(name)]));
  const names = sections.filter((name) => (whole.get(name)?.length ?? 0) > 0);
  let opened = 0;
  for (let i = 0; i < mutants; i++) {
    const name = names[i % names.length] ?? '';
    const bytes = damaged(whole.get(name) ?? new Uint8Array(1), random);
    const get = (wanted: string) => (wanted === name ? bytes : whole.get(wanted));
    const info = openDwarf({ get }, wordBytes);
    if (info.ok) askAll(info.value, start, wordBytes);
    if (info.ok) opened++;
    const frames = [
      { name: '.debug_frame', bytes: get('.debug_frame') ?? bytes, address: 0n },
    ] as const;
    const tables = new CallFrames(frames, { wordBytes, stackPointer: 7 });
    for (let pc = start; pc < start + 0x80n; pc += 9n)
      tables.unwind({ pc, register: (number) => BigInt(number), memory: () => undefined });
  }
  return opened;
}

describe.for(archNames)('%s', (arch) => {
  test.for(variants)('80 times damaged, %s answers every question', (flags) => {
    expect(survive(arch, flags, 80)).toBeGreaterThan(40);
  });
});

test('tables for ARM that are noise are survived', () => {
  const random = seededRandom(1);
  const unwound = Array.from({ length: 2000 }, () => {
    const words = Array.from({ length: 16 }, () => random.below(256));
    const memory = (address: bigint, bytes: number) =>
      Uint8Array.from({ length: bytes }, (_, i) => words[(Number(address) + i) % 16] ?? 0);
    const frame = { pc: 0x8000n, register: (number: number) => BigInt(number), memory };
    return unwindByExidx({ address: 0x1000n, bytes: 64 }, frame);
  });
  expect(unwound.some((each) => each === undefined)).toBe(true);
});
