// Expressions with the values that gdb 13 gives them, from this source, and the
// problems of those that have none.

import { describe, expect, test } from 'vitest';
import { debugObject } from '../../test/support/debug-object.ts';
import { archNames } from '../arch/arch.ts';
import { type Evaluation, evaluateExpression, type Scope } from './expression.ts';
import { describeExpressionProblem } from './expression-problems.ts';
import type { Frame } from './model.ts';
import { printValue } from './print.ts';
import { scopeOf } from './scope.ts';
import { typeName } from './type-facts.ts';

const source = `
typedef unsigned int u32;
enum color { RED, GREEN = 5, BLUE = -1 };
enum flags { FA = 1, FB = 2, FC = 4 };
struct point { int x, y; };
struct node {
	struct node *next;
	char name[16];
	struct point at;
	union { int i; float f; } u;
	u32 lo : 3, mid : 7;
	int hi : 12;
	enum color color;
	int (*op)(int, int);
	struct { int deep; };
};
int add(int a, int b) { return a + b; }
int table[2][3] = {{1,2,3},{4,5,6}};
struct node other = { 0, "other", {5,6} };
struct node head = { &other, "first", {1,-2}, {.i = 7}, 1, 2, -3, GREEN, add, {9} };
struct node *nodes = &head;
int *ip = &table[1][1];
double dbl = 1.5;
float flt = 0.1f;
unsigned char uc = 200;
signed char sc = -3;
short sh = -7;
unsigned short ush = 65535;
unsigned long long ubig = ~0ull;
_Bool yes = 1;
enum flags both = 3;
const char *message = "hello";
`;

const values = [
  ['1 + 2 * 3', '7'],
  ['(1 + 2) * 3', '9'],
  ['1 - 1 - 1', '-1'],
  ['-7 / 2', '-3'],
  ['-7 % 3', '-1'],
  ['7.0 / 2', '3.5'],
  ['1 << 4', '16'],
  ['~0', '-1'],
  ['!5', '0'],
  ['1u - 2', '4294967295'],
  ['0xffffffff', '4294967295'],
  ['077', '63'],
  ['5 & 3 | 8', '9'],
  ['1 == 1.0', '1'],
  ['2 > 1 > 0', '1'],
  ['0 ? 2 : 3', '3'],
  ['1, 2', '2'],
  ['1 && 0 || 1', '1'],
  ['(char)65', "65 'A'"],
  ["'\\n' + 1", '11'],
  ['(unsigned char)300', "44 ','"],
  ['(int)3.9', '3'],
  ['(float)1 / 3', '0.333333343'],
  ['(_Bool)5', 'true'],
  ['"abc"', '"abc"'],
  ['sizeof("abc")', '4'],
  ['sizeof table', '24'],
  ['sizeof(struct point)', '8'],
  ['sizeof(int[4])', '16'],
  ['table[1]', '{4, 5, 6}'],
  ['table[1][2]', '6'],
  ['*table[1]', '4'],
  ['table[0][0]@4', '{1, 2, 3, 4}'],
  ['*head.name@3', '"fir"'],
  ['*ip', '5'],
  ['ip[1]', '6'],
  ['*(ip - 1)', '4'],
  ['ip - &table[0][0]', '4'],
  ['head.at', '{x = 1, y = -2}'],
  ['head.next->at.y', '6'],
  ['nodes.at.x', '1'],
  ['(&head)->deep', '9'],
  ['head.lo + head.mid', '3'],
  ['head.hi', '-3'],
  ['{int} &table', '1'],
  ['{struct point} &table', '{x = 1, y = 2}'],
  ['((struct point *)ip)->y', '6'],
  ['GREEN', 'GREEN'],
  ['RED + 1', '1'],
  ['head.color == GREEN', '1'],
  ['(enum color)5', 'GREEN'],
  ['(enum flags)6', '(FB | FC)'],
  ['both == 3', '1'],
  ['FA | FC', '5'],
  ['dbl + flt', '1.6000000014901161'],
  ['flt * 2', '0.200000003'],
  ['uc + 1', '201'],
  ['sh + ush', '65528'],
  ['ubig + 1', '0'],
  ['yes && sc', '1'],
  ['*message', "104 'h'"],
  ['message[1]', "101 'e'"],
  ['(u32)-1', '4294967295'],
  ['ip == 0', '0'],
  ['!ip', '0'],
  ['&head < &other', '0'],
] as const;

const problems = [
  ['nosuch', 'No symbol "nosuch" in current context.'],
  ['$nosuch', 'There is no register "$nosuch".'],
  ['(struct nosuch *)0', 'No struct nosuch in the debug information.'],
  ['head.at.z', 'There is no member named z in struct point; it has x, y.'],
  ['1 +', 'A syntax error in expression: found the end, wanted a value.'],
  ['(1', 'A syntax error in expression: found the end, wanted ")".'],
  ['1 2', 'A syntax error in expression: found integer, wanted the end.'],
  ['1 / 0', 'Division by zero.'],
  ['*5', '* needs a pointer, found int.'],
  ['&head.lo', '& needs something in memory, found u32.'],
  ['head + 1', '+ needs a number, found struct node.'],
  ['add(1, 2)', 'Functions are not called in expressions.'],
  ['5 = 6', 'Left operand of assignment is not an lvalue: it is a result, or in several places.'],
  ['"abc', 'Unmatched double quote.'],
  ['0x', 'Invalid number "0x".'],
  ['1 # 2', 'Invalid character "#" in expression.'],
  ['*(int *)8', 'Cannot access memory at address 0x8'],
  ['((int *)8)[0] + 1', 'The operand has no value: Cannot access memory at address 0x8.'],
] as const;

describe.for(archNames)('%s', (arch) => {
  const { info, memory, symbolAt, wordBytes } = debugObject(arch, source);
  const pc = info.functionNamed('add')[0]?.entry ?? 0n;
  const frame: Frame = { pc, register: () => undefined, memory, cfa: () => undefined };
  const scope: Scope = scopeOf({
    ...{ infos: [info], frame, wordBytes, symbol: () => 0x1234n },
    register: (name) =>
      name === 'sp' ? { value: 0x1000n, bytes: wordBytes, pointer: true } : undefined,
  });
  const unknown: Scope = { ...scope, symbol: () => undefined };
  const evaluated = (text: string, where = unknown): Evaluation => {
    const done = evaluateExpression(text, where);
    if (!done.ok) throw new Error(done.problems.map(describeExpressionProblem).join());
    return done.value;
  };
  const said = (text: string): string => {
    const done = evaluateExpression(text, unknown);
    if (!done.ok) return done.problems.map(describeExpressionProblem).join();
    const content = done.value.value.content();
    return content.ok ? 'it has a value' : content.why;
  };

  test.for(values)('%s is %s', ([text, expected]) => {
    expect(printValue(evaluated(text).value, { symbolAt })).toBe(expected);
  });

  test.for(problems)('%s: %s', ([text, expected]) => {
    expect(said(text)).toBe(expected);
  });

  test.for([
    ['&table', 'int (*)[2][3]'],
    ['&table[1]', 'int (*)[3]'],
    ['table + 1', 'int (*)[3]'],
    ['&add', 'int (*)(int, int)'],
    ['head.op', 'int (*)(int, int)'],
    ['(const char *)message', 'char *'],
    ['$sp', 'void *'],
  ] as const)('%s is of type %s', ([text, expected]) => {
    expect(typeName(evaluated(text).value.type)).toBe(expected);
  });

  test('a symbol without a type is cast to one, or asked for its address', () => {
    expect(printValue(evaluated('&stranger', scope).value)).toBe('(void *) 0x1234');
    expect(evaluated('(int)stranger', scope).value.place).toEqual({
      kind: 'memory',
      address: 0x1234n,
    });
  });

  test('an assignment says what is to be written, in the type of its place', () => {
    const { value, writes } = evaluated('sh = 65537.5');
    const address = evaluated('sh').value.place;
    expect(writes).toEqual([{ ...address, bytes: Uint8Array.of(1, 0) }]);
    expect(printValue(value)).toBe('1');
  });

  test('an assignment to a bit field leaves its neighbours', () => {
    const { writes } = evaluated('head.mid = 127');
    // lo is 1 in three bits, mid the seven above, hi -3 in the next twelve.
    const before = evaluated('head.mid').value.place;
    const address = before?.kind === 'memory' ? before.address : 0n;
    const word = memory(address, 2) ?? new Uint8Array(2);
    expect(writes).toEqual([
      { kind: 'memory', address, bytes: Uint8Array.of((word[0] ?? 0) | 0xf8, (word[1] ?? 0) | 3) },
    ]);
  });

  test('a compound assignment computes first', () => {
    expect(evaluated('*ip += 10').writes).toEqual([
      {
        kind: 'memory',
        address: addressOf('*ip'),
        bytes: Uint8Array.of(15, 0, 0, 0),
      },
    ]);
  });

  test('a register is assigned to by its name', () => {
    expect(evaluated('$sp = $sp + 16').writes).toEqual([
      { kind: 'register', register: 'sp', value: 0x1010n },
    ]);
  });

  test('a struct is assigned as a whole', () => {
    const [write] = evaluated('head.at = other.at').writes;
    expect(write).toMatchObject({ bytes: Uint8Array.of(5, 0, 0, 0, 6, 0, 0, 0) });
  });

  const addressOf = (text: string): bigint => {
    const { place } = evaluated(text).value;
    return place?.kind === 'memory' ? place.address : 0n;
  };

  test.for([
    ['characters', '1'.repeat(5000), 'The expression is longer than 4096 characters'],
    ['parentheses', '('.repeat(1000), 'The expression is nested deeper than 200'],
    ['stars', '*'.repeat(1000), 'The expression is nested deeper than 200'],
  ] as const)('too many %s are refused', ([, text, expected]) => {
    expect(said(text)).toContain(expected);
  });
});
