// Debug information against code that runs: the CPU is stepped to a line, and what the
// debug information says of the frames, variables and callers there must be what the
// program has computed.  Translation is off; the object lies in RAM.

import { describe, expect, test } from 'vitest';
import { type ArchName, archNames } from '../src/arch/arch.ts';
import { architectures } from '../src/arch/registry.ts';
import { type Addr, addr, plus } from '../src/base/address.ts';
import { CallFrames, type Unwound } from '../src/dwarf/cfi.ts';
import { unwindByExidx } from '../src/dwarf/exidx.ts';
import { evaluateExpression } from '../src/dwarf/expression.ts';
import type { Frame } from '../src/dwarf/model.ts';
import { printValue } from '../src/dwarf/print.ts';
import { scopeOf } from '../src/dwarf/scope.ts';
import { Engine } from '../src/engine/engine.ts';
import { testLibrary } from './support/computer.ts';
import { type DebugObject, debugObject, lineOf } from './support/debug-object.ts';

const source = `
struct point { int x, y; };
struct pair { long first, second; };
enum color { RED, GREEN = 5 };
static int counter = 3;
volatile int sink;
__attribute__((noinline)) int leaf(int v)
{
	sink += v;	/* LEAF */
	return sink;
}
static inline __attribute__((always_inline)) int twice(int w)
{
	int doubled = w * 2;
	sink = leaf(doubled);	/* TWICE */
	return doubled;
}
__attribute__((noinline)) int add(struct point *p, int b, const char *name)
{
	int sum = p->x + b;
	for (int i = 0; i < 2; i++) {
		int inner = i + sum * 10;
		counter += leaf(inner);	/* INNER */
		sum += twice(i);
	}
	return sum + name[0];
}
int start(void)
{
	struct point here = { 7, 8 };
	enum color c = GREEN;
	int result = add(&here, 30, "abc");	/* START */
	return result + here.y + c;
}
`;

const RAM = 1 << 20;
const CODE = 0x10000;
/** Nobody's code: where start() returns to. */
const RETURN = 0x100;

/** Registers by DWARF number, as they are while the CPU stands still. */
interface Stopped {
  readonly object: DebugObject;
  readonly frame: Frame;
  /** Innermost first, as far as start(). */
  readonly frames: readonly Frame[];
}

function stopAt(name: ArchName, flags: readonly string[], mark: string, exidx = false): Stopped {
  const arch = architectures[name];
  const base = addr(arch.map.ramBase);
  const object = debugObject(name, source, [...flags, '-fforce-dwarf-frame'], plus(base, CODE));
  const engine = new Engine({ library: testLibrary(), arch, ramBytes: RAM });
  try {
    for (const { base: to, bytes } of object.segments) engine.ram.set(bytes, Number(to - base));
    const [wanted] = object.info.addressesOf('sample.c', lineOf(source, `/* ${mark} */`));
    const [start] = object.info.functionNamed('start');
    if (wanted === undefined || start === undefined) throw new Error('no such line');
    callStart(engine, name, base);
    let pc: Addr = start.entry;
    for (let steps = 0; pc !== wanted.address; steps++) {
      if (steps > 1000) throw new Error('the line is not reached');
      const stop = engine.step(pc, true);
      if (stop.kind !== 'stepped') throw new Error(stop.kind);
      pc = engine.pc;
    }
    const registers = arch.dwarfRegisters.map((each) => engine.read(each));
    const ram = Uint8Array.from(engine.ram);
    const memory = (address: bigint, bytes: number): Uint8Array | undefined => {
      const at = Number(address - base);
      return at >= 0 && at + bytes <= RAM ? ram.subarray(at, at + bytes) : undefined;
    };
    const frames = backtrace(name, object, pc, registers, memory, exidx);
    const [frame] = frames;
    if (frame === undefined) throw new Error('no frame');
    return { object, frame, frames };
  } finally {
    engine.close();
  }
}

/** The stack and the return address as the calling convention has them. */
function callStart(engine: Engine, name: ArchName, base: Addr): void {
  const arch = architectures[name];
  const top = plus(base, RAM - 0x1000);
  const isX86 = name === 'i386' || name === 'amd64';
  engine.write(arch.roles.sp, isX86 ? top - BigInt(arch.wordBytes) : top);
  if (isX86) engine.ram.set([RETURN & 0xff, RETURN >> 8], RAM - 0x1000 - arch.wordBytes);
  else engine.write(arch.dwarfRegisters[name === 'armv7' ? 14 : 30] ?? '', plus(base, RETURN));
}

function backtrace(
  name: ArchName,
  object: DebugObject,
  pc: Addr,
  registers: readonly bigint[],
  memory: Frame['memory'],
  exidx: boolean,
): readonly Frame[] {
  const { wordBytes, dwarfRegisters, roles } = architectures[name];
  const bytes = object.sections.get('.debug_frame');
  if (bytes === undefined) throw new Error('no .debug_frame');
  const stackPointer = dwarfRegisters.indexOf(roles.sp);
  const tables = new CallFrames([{ name: '.debug_frame', bytes, address: 0n }], {
    ...{ wordBytes, stackPointer },
  });
  const unwind = (frame: Pick<Frame, 'pc' | 'register' | 'memory'>): Unwound | undefined => {
    if (!exidx) return tables.unwind(frame);
    const address = object.sectionAddress('.ARM.exidx');
    return unwindByExidx({ address, bytes: object.sectionBytes('.ARM.exidx') }, frame);
  };
  const frames: Frame[] = [];
  let here = { pc: BigInt(pc), register: (n: number) => registers[n], memory };
  let back: bigint = pc;
  for (let depth = 0; depth < 10; depth++) {
    const up = unwind(here);
    const next = up && up.returnAddress !== undefined && { up, returnAddress: up.returnAddress };
    const caller = (): (Frame & { returnAddress: bigint }) | undefined => {
      const frame = frames[depth + 1];
      return frame && next ? { ...frame, returnAddress: next.returnAddress } : undefined;
    };
    frames.push({ ...here, cfa: () => up?.cfa, caller });
    if (!next || object.info.functionAt(next.returnAddress - 1n) === undefined) break;
    back = next.returnAddress - 1n;
    here = { pc: back, register: next.up.register, memory };
  }
  return frames;
}

/** What the expression is in a frame, printed. */
function print({ object }: Stopped, frame: Frame | undefined, text: string): string {
  if (frame === undefined) return 'no frame';
  const { wordBytes, info, symbolAt } = object;
  const none = (): undefined => undefined;
  const scope = scopeOf({ infos: [info], frame, wordBytes, register: none, symbol: none });
  const done = evaluateExpression(text, scope);
  return done.ok ? printValue(done.value.value, { symbolAt }) : (done.problems[0]?.kind ?? '');
}

const names = ({ object, frames }: Stopped): readonly (string | undefined)[] =>
  frames.map(({ pc }) => object.info.functionAt(pc)?.name);

describe.for(archNames)('%s', (arch) => {
  describe.for(['-O0', '-O1', '-O2'])('%s', (level) => {
    const frameless = [level, '-fomit-frame-pointer'];

    test('the callers are found', () => {
      expect(names(stopAt(arch, [level], 'LEAF'))).toEqual(['leaf', 'add', 'start']);
      expect(names(stopAt(arch, frameless, 'LEAF'))).toEqual(['leaf', 'add', 'start']);
    });

    test('a caller goes on in the line of its call', () => {
      const { object, frames } = stopAt(arch, frameless, 'LEAF');
      const lines = frames.map(({ pc }) => object.info.lineAt(pc)?.line);
      expect(lines.slice(1)).toEqual([
        lineOf(source, '/* INNER */'),
        lineOf(source, '/* START */'),
      ]);
    });

    test.for([
      ['v', /^370$/],
      ['sink', /^0$/],
      ['counter + 1', /^4$/],
    ] as const)('%s has the value that the program computed', ([text, expected]) => {
      const stopped = stopAt(arch, [level], 'LEAF');
      expect(print(stopped, stopped.frame, text)).toMatch(expected);
    });

    // What is gone may be said to be gone, but not to be something else.
    test.for([
      ['p->x', '7'],
      ['*p', '{x = 7, y = 8}'],
      ['b', '30'],
      ['sum', '37'],
      ['i', '0'],
      ['inner', '370'],
      ['name', /^0x[0-9a-f]+.* "abc"$/],
    ] as const)('%s of the caller is right, or known to be gone', ([text, expected]) => {
      const stopped = stopAt(arch, [level], 'LEAF');
      const found = print(stopped, stopped.frames[1], text);
      if (level === '-O0') expect(found).toMatch(expected);
      else
        expect(found === 'no-value' || found === '<optimized out>' ? expected : found).toEqual(
          typeof expected === 'string' ? expected : expect.stringMatching(expected),
        );
    });
  });

  test('an inlined function has variables of its own', () => {
    const stopped = stopAt(arch, ['-O0'], 'TWICE');
    expect(print(stopped, stopped.frame, 'w')).toBe('0');
    expect(print(stopped, stopped.frame, 'doubled')).toBe('0');
    expect(print(stopped, stopped.frame, 'sum')).toBe('unknown-name');
  });
});

test.for(['-O0', '-O2'])('armv7: .ARM.exidx finds the callers as well: %s', (level) => {
  const stopped = stopAt('armv7', [level, '-funwind-tables'], 'LEAF', true);
  expect(names(stopped)).toEqual(['leaf', 'add', 'start']);
});
