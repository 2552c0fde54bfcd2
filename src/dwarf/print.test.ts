// Values as gdb 13 prints them: what is expected was printed by it, from this source,
// on all four architectures.

import { describe, expect, test } from 'vitest';
import { debugObject } from '../../test/support/debug-object.ts';
import { archNames } from '../arch/arch.ts';
import type { Frame } from './model.ts';
import { printValue } from './print.ts';
import { stripped } from './type-facts.ts';
import { memoryValue, readVariable } from './value.ts';

const source = `
enum color { RED, GREEN = 5, BLUE = -1 };
enum flags { FA = 1, FB = 2, FC = 4 };
struct point { int x, y; };
struct node {
	struct node *next;
	char name[16];
	struct point at;
	union { int i; float f; } u;
	unsigned int lo : 3, mid : 7;
	int hi : 12;
	enum color color;
	enum flags fl;
	_Bool on;
	int (*op)(int, int);
	struct { int deep; char c; };
};
int add(int a, int b) { return a + b; }
int table[2][3] = {{1,2,3},{4,5,6}};
struct node head = { 0, "first", {1,-2}, {.i = 7}, 1, 2, -3, GREEN, FA|FC, 1, add, {9, '\\n'} };
struct point points[3] = {{1,2},{1,2},{3,4}};
struct point same[20];
char buffer[300] = "some text";
char full[4] = "abcd";
char runs[64] = "aaaaaaaaaaaaaaaaaaaabc";
int many[300] = {[3] = 1, [4] = 1};
double tenth = 0.1, tiny = 1e-7, large = 1e22;
float third = 1 / 3.0f;
long long negative = -5;
unsigned long long largest = ~0ull;
char x = 'x', newline = '\\n', quote = '\\'', minus = -1;
unsigned char byte = 200;
_Bool yes = 1;
enum color blue = BLUE;
enum color strange = 77;
enum flags none = 0, both = 3, unknown = 16, some = 12;
const int constant = 4;
union { int i; float f; } either = { .f = 2.5 };
struct opaque;
void *nothing;
`;

const rows = [
  ['table', '{{1, 2, 3}, {4, 5, 6}}'],
  ['points', '{{x = 1, y = 2}, {x = 1, y = 2}, {x = 3, y = 4}}'],
  ['same', '{{x = 0, y = 0} <repeats 20 times>}'],
  ['buffer', `"some text", '\\000' <repeats 290 times>`],
  ['full', '"abcd"'],
  ['runs', `'a' <repeats 20 times>, "bc", '\\000' <repeats 41 times>`],
  ['many', '{0, 0, 0, 1, 1, 0 <repeats 295 times>}'],
  ['tenth', '0.10000000000000001'],
  ['tiny', '9.9999999999999995e-08'],
  ['large', '1e+22'],
  ['third', '0.333333343'],
  ['negative', '-5'],
  ['largest', '18446744073709551615'],
  ['x', "120 'x'"],
  ['newline', "10 '\\n'"],
  ['quote', "39 '\\''"],
  ['byte', "200 '\\310'"],
  ['yes', 'true'],
  ['blue', 'BLUE'],
  ['strange', '77'],
  ['none', '0'],
  ['both', '(FA | FB)'],
  ['unknown', '(unknown: 0x10)'],
  ['some', '(FC | unknown: 0x8)'],
  ['constant', '4'],
  ['either', '{i = 1075838976, f = 2.5}'],
  ['nothing', '(void *) 0x0'],
] as const;

describe.for(archNames)('%s', (arch) => {
  const { info, memory, symbolAt } = debugObject(arch, source);
  const frame: Frame = { pc: 0n, register: () => undefined, memory, cfa: () => undefined };
  const print = (name: string): string => {
    const [variable] = info.globalNamed(name);
    return variable === undefined ? '' : printValue(readVariable(variable, frame), { symbolAt });
  };

  test.for(rows)('%s is %s', ([name, expected]) => {
    expect(print(name)).toBe(expected);
  });

  test('a struct with everything in it', () => {
    const add = info.functionNamed('add')[0]?.entry.toString(16);
    expect(print('head')).toBe(
      '{next = 0x0, name = "first\\000\\000\\000\\000\\000\\000\\000\\000\\000\\000", ' +
        'at = {x = 1, y = -2}, u = {i = 7, f = 9.80908925e-45}, lo = 1, mid = 2, hi = -3, ' +
        `color = GREEN, fl = (FA | FC), on = true, op = 0x${add} <add>, {deep = 9, c = 10 '\\n'}}`,
    );
  });

  test('an array of arrays that never ends is cut soon', () => {
    const [table] = info.globalNamed('table');
    if (table === undefined) throw new Error('no table');
    const element = {
      kind: 'array',
      element: stripped(table.type),
      count: 1e6,
      vector: false,
    } as const;
    const type = { kind: 'array', element, count: 1e6, vector: false } as const;
    let reads = 0;
    const zeros = (_: bigint, bytes: number): Uint8Array => {
      reads++;
      return new Uint8Array(bytes);
    };
    const text = printValue(memoryValue(type, 0n, zeros));
    expect(text.length).toBeLessThan(200_000);
    expect(reads).toBeLessThan(1_000_000);
  });

  test('what cannot be read says so', () => {
    const [table] = info.globalNamed('head');
    const nowhere = { ...frame, memory: () => undefined };
    const text = table && printValue(readVariable(table, nowhere));
    expect(text).toMatch(/^<error: Cannot access memory at address 0x[0-9a-f]+>$/);
  });
});
