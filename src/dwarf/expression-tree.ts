// Reads a C expression into a tree.  Whether "(name)" begins a cast depends on what
// the name is: who evaluates says which names are types, as C's own grammar needs.

import { isTypeWord } from './base-names.ts';
import { BadExpression } from './expression-problems.ts';
import { type Token, tokens } from './expression-tokens.ts';

export type Node = { readonly at: number } & (
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'register'; readonly name: string }
  | { readonly kind: 'literal'; readonly token: Token }
  | { readonly kind: 'unary'; readonly operator: string; readonly operand: Node }
  | { readonly kind: 'sizeof'; readonly operand: Node | TypeNode }
  | { readonly kind: 'cast'; readonly type: TypeNode; readonly operand: Node }
  /** gdb's {type} address. */
  | { readonly kind: 'at'; readonly type: TypeNode; readonly operand: Node }
  | {
      readonly kind: 'binary';
      readonly operator: string;
      readonly left: Node;
      readonly right: Node;
    }
  | {
      readonly kind: 'assign';
      /** The operator of a compound assignment; '' is a plain one. */
      readonly operator: string;
      readonly left: Node;
      readonly right: Node;
    }
  | { readonly kind: 'sequence'; readonly left: Node; readonly right: Node }
  | { readonly kind: 'choice'; readonly condition: Node; readonly yes: Node; readonly no: Node }
  | { readonly kind: 'member'; readonly of: Node; readonly name: string; readonly arrow: boolean }
  | { readonly kind: 'index'; readonly of: Node; readonly index: Node }
);

export interface TypeNode {
  readonly kind: 'type';
  readonly at: number;
  /** "unsigned int", "struct foo", "u32". */
  readonly name: string;
  /** From the inside out: what is made of the named type. */
  readonly derived: readonly ('pointer' | 'function' | { readonly array: number })[];
}

export type IsType = (name: string) => boolean;

/** More would need more stack than there is. */
const DEPTH_LIMIT = 200;

/** @throws BadExpression */
export function parse(text: string, isType: IsType): Node {
  return new Parser(tokens(text), isType).whole();
}

/** Operators of two operands, the loosest first. */
const levels: readonly (readonly string[])[] = [
  ['||'],
  ['&&'],
  ['|'],
  ['^'],
  ['&'],
  ['==', '!='],
  ['<', '>', '<=', '>='],
  ['<<', '>>'],
  // gdb's array of so many elements.
  ['@'],
  ['+', '-'],
  ['*', '/', '%'],
];

const assignments = ['=', '+=', '-=', '*=', '/=', '%=', '&=', '|=', '^=', '<<=', '>>='];
const prefixes = ['-', '+', '!', '~', '*', '&'];
const tags = ['struct', 'union', 'enum'];
const qualifiers = ['const', 'volatile', 'restrict', '_Atomic'];

class Parser {
  readonly #tokens: readonly Token[];
  readonly #isType: IsType;
  #next = 0;
  #depth = 0;

  constructor(all: readonly Token[], isType: IsType) {
    this.#tokens = all;
    this.#isType = isType;
  }

  whole(): Node {
    const node = this.#sequence();
    if (this.#peek().kind !== 'end') throw this.#wrong('the end');
    return node;
  }

  #peek(ahead = 0): Token {
    const token = this.#tokens[this.#next + ahead] ?? this.#tokens.at(-1);
    return token ?? { kind: 'end', at: 0 };
  }

  #take(): Token {
    const token = this.#peek();
    this.#next++;
    return token;
  }

  #isOperator(texts: readonly string[], ahead = 0): boolean {
    const token = this.#peek(ahead);
    return token.kind === 'operator' && texts.includes(token.text);
  }

  #expect(text: string): void {
    if (!this.#isOperator([text])) throw this.#wrong(`"${text}"`);
    this.#next++;
  }

  #wrong(wanted: string): BadExpression {
    const token = this.#peek();
    const found =
      'text' in token ? `"${token.text}"` : token.kind === 'end' ? 'the end' : token.kind;
    return new BadExpression({ kind: 'syntax', at: token.at, wanted, found });
  }

  #nested<T>(parse: () => T): T {
    this.#depth++;
    if (this.#depth > DEPTH_LIMIT)
      throw new BadExpression({ kind: 'too-deep', at: this.#peek().at, limit: DEPTH_LIMIT });
    const result = parse();
    this.#depth--;
    return result;
  }

  /** What stands before a comma counts for its assignments only. */
  #sequence(): Node {
    let left = this.#assignment();
    while (this.#isOperator([','])) {
      const { at } = this.#take();
      left = { kind: 'sequence', at, left, right: this.#assignment() };
    }
    return left;
  }

  #assignment(): Node {
    const left = this.#choice();
    if (!this.#isOperator(assignments)) return left;
    const token = this.#take();
    const operator = token.kind === 'operator' ? token.text.slice(0, -1) : '';
    const right = this.#nested(() => this.#assignment());
    return { kind: 'assign', at: token.at, operator, left, right };
  }

  #choice(): Node {
    const condition = this.#binary(0);
    if (!this.#isOperator(['?'])) return condition;
    const { at } = this.#take();
    const yes = this.#nested(() => this.#assignment());
    this.#expect(':');
    const no = this.#nested(() => this.#choice());
    return { kind: 'choice', at, condition, yes, no };
  }

  #binary(level: number): Node {
    const operators = levels[level];
    if (operators === undefined) return this.#unary();
    let left = this.#binary(level + 1);
    while (this.#isOperator(operators)) {
      const token = this.#take();
      const operator = token.kind === 'operator' ? token.text : '';
      left = { kind: 'binary', at: token.at, operator, left, right: this.#binary(level + 1) };
    }
    return left;
  }

  #unary(): Node {
    return this.#nested(() => this.#unaryInside());
  }

  #unaryInside(): Node {
    const token = this.#peek();
    const { at } = token;
    if (token.kind === 'operator' && prefixes.includes(token.text)) {
      this.#next++;
      return { kind: 'unary', at, operator: token.text, operand: this.#unary() };
    }
    if (token.kind === 'name' && token.text === 'sizeof') {
      this.#next++;
      if (this.#isOperator(['(']) && this.#beginsType(1))
        return { kind: 'sizeof', at, operand: this.#typeInside('(', ')') };
      return { kind: 'sizeof', at, operand: this.#unary() };
    }
    if (this.#isOperator(['(']) && this.#beginsType(1)) {
      const type = this.#typeInside('(', ')');
      return { kind: 'cast', at, type, operand: this.#unary() };
    }
    if (this.#isOperator(['{'])) {
      const type = this.#typeInside('{', '}');
      return { kind: 'at', at, type, operand: this.#unary() };
    }
    return this.#postfix();
  }

  #postfix(): Node {
    let node = this.#primary();
    for (;;) {
      const { at } = this.#peek();
      if (this.#isOperator(['.', '->'])) {
        const arrow = this.#isOperator(['->']);
        this.#next++;
        const name = this.#take();
        if (name.kind !== 'name') {
          this.#next--;
          throw this.#wrong('the name of a member');
        }
        node = { kind: 'member', at, of: node, name: name.text, arrow };
      } else if (this.#isOperator(['['])) {
        this.#next++;
        const index = this.#nested(() => this.#assignment());
        this.#expect(']');
        node = { kind: 'index', at, of: node, index };
      } else if (this.#isOperator(['('])) {
        throw new BadExpression({ kind: 'no-calls', at });
      } else {
        return node;
      }
    }
  }

  #primary(): Node {
    const token = this.#take();
    const { at } = token;
    switch (token.kind) {
      case 'name':
        return { kind: 'name', at, name: token.text };
      case 'register':
        return { kind: 'register', at, name: token.text };
      case 'integer':
      case 'float':
      case 'character':
      case 'string':
        return { kind: 'literal', at, token };
      case 'operator':
        if (token.text === '(') {
          const inside = this.#nested(() => this.#sequence());
          this.#expect(')');
          return inside;
        }
    }
    this.#next--;
    throw this.#wrong('a value');
  }

  /** Whether the token so far ahead begins the name of a type. */
  #beginsType(ahead: number): boolean {
    const token = this.#peek(ahead);
    if (token.kind !== 'name') return false;
    const { text } = token;
    return (
      tags.includes(text) || qualifiers.includes(text) || isTypeWord(text) || this.#isType(text)
    );
  }

  #typeInside(open: string, close: string): TypeNode {
    this.#expect(open);
    const { at } = this.#peek();
    const name = this.#typeName();
    const derived = this.#derived();
    this.#expect(close);
    return { kind: 'type', at, name, derived };
  }

  #typeName(): string {
    const words: string[] = [];
    for (;;) {
      const token = this.#peek();
      if (token.kind !== 'name') break;
      const { text } = token;
      const last = words.at(-1);
      const named = last !== undefined && !words.every(isTypeWord);
      if (qualifiers.includes(text)) {
        this.#next++;
        continue;
      }
      if (named && !(words.length === 1 && tags.includes(words[0] ?? ''))) break;
      if (words.length > 0 && words.every(isTypeWord) && !isTypeWord(text)) break;
      words.push(text);
      this.#next++;
    }
    if (words.length === 0) throw this.#wrong('a type');
    return words.join(' ');
  }

  /** "*", "* const *", "[4]" and "(*)()" behind the name. */
  #derived(): TypeNode['derived'] {
    const derived: TypeNode['derived'][number][] = [...this.#stars()];
    if (this.#isOperator(['(']) && this.#isOperator(['*'], 1)) {
      this.#next++;
      const inner = this.#nested(() => this.#derived());
      this.#expect(')');
      return [...derived, ...this.#suffixes(), ...inner];
    }
    return [...derived, ...this.#suffixes()];
  }

  #stars(): readonly 'pointer'[] {
    const stars: 'pointer'[] = [];
    for (;;) {
      const token = this.#peek();
      if (this.#isOperator(['*'])) stars.push('pointer');
      else if (token.kind !== 'name' || !qualifiers.includes(token.text)) return stars;
      this.#next++;
    }
  }

  #suffixes(): TypeNode['derived'] {
    const sizes: { readonly array: number }[] = [];
    while (this.#isOperator(['['])) {
      this.#next++;
      const size = this.#take();
      if (size.kind !== 'integer') throw this.#wrong('a number of elements');
      sizes.push({ array: Number(size.value) });
      this.#expect(']');
    }
    if (sizes.length > 0) return sizes.reverse();
    if (!this.#isOperator(['('])) return [];
    // What a function takes does not matter to its address.
    while (!this.#isOperator([')'])) {
      if (this.#peek().kind === 'end') throw this.#wrong('")"');
      this.#next++;
    }
    this.#next++;
    return ['function'];
  }
}
