// Lines, functions and scopes of C that clang compiled, for every architecture, in
// every version of DWARF and every packing.  What is expected is read off the source.

import { describe, expect, test } from 'vitest';
import { debugObject, lineOf, SOURCE_FILE } from '../../test/support/debug-object.ts';
import { archNames } from '../arch/arch.ts';
import { evaluateNumber } from './evaluate.ts';
import { openDwarf } from './info.ts';
import { describeDwarfProblem } from './problems.ts';

const source = `
struct point { int x, y; };
enum color { RED, GREEN = 5 };
int ext(int);
static int counter = 3;	/* COUNTER */
static inline __attribute__((always_inline)) int square(int v)
{
	int r = v * v;
	return r + ext(v);	/* SQUARE */
}
__attribute__((noinline)) int add(int a, int b)	/* ADD */
{
	int sum = a + b;	/* SUM */
	/* GAP */
	counter += sum;	/* AFTER */
	for (int i = 0; i < b; i++) {
		int inner = i * sum;
		sum += ext(inner);	/* INNER */
	}
	return sum;
}
int outer(struct point *p, enum color c)
{
	static int calls = 0;
	calls++;
	int q = square(p->x);	/* CALL */
	q += square(p->y);	/* CALL2 */
	return add(q, c) + calls;
}
`;

const variants = [
  ['DWARF 5', ['-O0']],
  ['DWARF 4', ['-O0', '-gdwarf-4']],
  ['DWARF 3', ['-O0', '-gdwarf-3']],
  ['DWARF 2', ['-O0', '-gdwarf-2']],
  ['64-bit DWARF', ['-O0', '-gdwarf64']],
  ['type units', ['-O0', '-fdebug-types-section']],
  ['type units of DWARF 4', ['-O0', '-gdwarf-4', '-fdebug-types-section']],
  ['zlib', ['-O0', '-gz=zlib']],
  ['zstd', ['-O0', '-gz=zstd']],
  ['a section for each function', ['-O0', '-ffunction-sections', '-fdata-sections']],
  ['optimised code', ['-O2']],
  ['optimised code in DWARF 4', ['-O2', '-gdwarf-4']],
] as const;

const nowhere = { register: () => undefined, memory: () => undefined };

const line = (mark: string): number => lineOf(source, `/* ${mark} */`);

describe.for(archNames)('%s', (arch) => {
  const has64 = arch === 'amd64' || arch === 'aarch64';
  const rows = variants.filter(([name]) => has64 || name !== '64-bit DWARF');

  describe.for(rows)('%s', ([, flags]) => {
    const { info, sections, sectionAddress } = debugObject(arch, source, flags);
    const text = flags.some((flag) => flag === '-ffunction-sections') ? '.text.add' : '.text';

    test('a function has its name, place and code', () => {
      const [add, ...others] = info.functionNamed('add');
      expect(others).toEqual([]);
      expect(add?.entry).toBe(sectionAddress(text));
      expect(add?.declared).toMatchObject({ file: SOURCE_FILE, line: line('ADD') });
      expect(add?.parameters.map(({ name }) => name)).toEqual(['a', 'b']);
      expect(info.functionAt(add?.entry ?? 0n)).toBe(add);
    });

    test('an address has its line, a line its address', () => {
      const [start, ...others] = info.addressesOf('sample.c', line('INNER'));
      expect(others).toEqual([]);
      expect(start).toMatchObject({ function: 'add', line: line('INNER'), inlined: false });
      const at = info.lineAt(start?.address ?? 0n);
      expect(at).toMatchObject({ file: SOURCE_FILE, line: line('INNER'), isStatement: true });
    });

    test('of a line without code the next one counts', () => {
      const [start] = info.addressesOf(SOURCE_FILE, line('GAP'));
      expect(start?.line).toBe(line('AFTER'));
    });

    test('an inlined line has addresses in its copies, and the calls are known', () => {
      const starts = info.addressesOf('sample.c', line('SQUARE'));
      const chains = starts.map(({ address }) => info.inlinedAt(address));
      const calls = chains.flatMap((chain) => chain.map(({ name, call }) => [name, call.line]));
      const copies = [
        ['square', line('CALL')],
        ['square', line('CALL2')],
      ];
      // Optimised code may have no statement of the second copy left.
      expect(copies.slice(0, calls.length)).toEqual(calls);
      expect(calls.length).toBeGreaterThan(flags[0] === '-O0' ? 1 : 0);
    });

    test('variables come innermost first', () => {
      const [start] = info.addressesOf('sample.c', line('INNER'));
      const names = info.variablesAt(start?.address ?? 0n).map(({ name }) => name);
      expect(names).toEqual(['inner', 'i', 'a', 'b', 'sum', 'counter']);
    });

    test('a static variable of a function is one', () => {
      const [start] = info.addressesOf('sample.c', line('CALL'));
      const found = info.variablesAt(start?.address ?? 0n).find(({ name }) => name === 'calls');
      expect(found?.kind).toBe('static');
    });

    test('nothing is found wrong', () => {
      expect(info.problems()).toEqual([]);
      expect(sections.problems).toEqual([]);
    });
  });

  test.for([['-O0'], ['-O0', '-gdwarf-4']])(
    'an object that was moved is found there: %o',
    (flags) => {
      const { info, sections } = debugObject(arch, source, flags);
      const bias = 0x10_0000n;
      const moved = openDwarf(sections, has64 ? 8 : 4, { bias });
      if (!moved.ok) throw new Error('not opened');
      const [add] = info.functionNamed('add');
      const entry = (add?.entry ?? 0n) + bias;
      expect(moved.value.functionNamed('add')[0]?.entry).toBe(entry);
      expect(moved.value.functionAt(entry)?.name).toBe('add');
      // The line of its brace.
      expect(moved.value.lineAt(entry)?.line).toBe(line('ADD') + 1);
      const [counter] = moved.value.globalNamed('counter');
      const [before] = info.globalNamed('counter');
      const at = (variable: typeof counter): bigint =>
        variable?.location.kind === 'expression'
          ? (evaluateNumber(variable.location.expression, nowhere) ?? 0n)
          : 0n;
      expect(at(counter)).toBe(at(before) + bias);
    },
  );

  test('a breakpoint on a function goes behind its prologue, to the first line', () => {
    const { info } = debugObject(arch, source);
    const [add] = info.functionNamed('add');
    expect(add?.prologueEnd).toBeGreaterThan(add?.entry ?? 0n);
    expect(info.lineAt(add?.prologueEnd ?? 0n)?.line).toBe(line('SUM'));
    const [start] = info.addressesOf('sample.c', line('ADD') + 1);
    expect(start?.address).toBe(add?.prologueEnd);
  });
});

test('an object without debug information is refused, with advice', () => {
  const opened = openDwarf({ get: () => undefined }, 8);
  const text = opened.ok ? '' : opened.problems.map(describeDwarfProblem).join();
  expect(text).toBe(
    'has no .debug_info: it was built without -g, or was stripped; build it with -g',
  );
});

test('split debug information is refused, with advice', () => {
  // A unit of version 5 and type DW_UT_split_compile.
  const unit = Uint8Array.from([16, 0, 0, 0, 5, 0, 5, 8, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8]);
  const sections = { get: (name: string) => (name === '.debug_info' ? unit : undefined) };
  const opened = openDwarf(sections, 8);
  const text = opened.ok ? '' : opened.problems.map(describeDwarfProblem).join();
  expect(text).toContain('compile without -gsplit-dwarf');
});

test('a unit whose entries are in another file still has lines, and says what is missing', () => {
  const flags = [
    '-O0',
    '-gsplit-dwarf',
    '-Xclang',
    '-split-dwarf-file',
    '-Xclang',
    'elsewhere.dwo',
  ];
  const { info } = debugObject('amd64', source, flags);
  expect(info.addressesOf('sample.c', line('SUM'))).toHaveLength(1);
  expect(info.problems().map(describeDwarfProblem).join()).toContain('-gsplit-dwarf');
});
