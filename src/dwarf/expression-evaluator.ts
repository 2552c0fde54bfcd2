// Walks the tree of an expression.  See expression.ts for what it is for, and
// arithmetic.ts for what numbers do.

import {
  builtIn,
  compared,
  converted,
  floatResult,
  integerResult,
  numberValue,
  type Operand,
  operandOf,
  shifted,
  wrapped,
} from './arithmetic.ts';
import type { Scope, Write } from './expression.ts';
import { castTo, writesFor } from './expression-conversions.ts';
import { BadExpression } from './expression-problems.ts';
import type { Token } from './expression-tokens.ts';
import type { Node, TypeNode } from './expression-tree.ts';
import { findMember } from './find-member.ts';
import type { ArrayType, PointerType, Type } from './model.ts';
import { bytesOf } from './pieces.ts';
import { integerLiteral, plainType } from './plain-types.ts';
import { sizeOf, stripped, typeName } from './type-facts.ts';
import {
  elementOf,
  floatingOf,
  integerOf,
  memberOf,
  memoryValue,
  resultValue,
  type Value,
} from './value.ts';

export class Evaluator {
  readonly writes: Write[] = [];
  readonly #scope: Scope;

  constructor(scope: Scope) {
    this.#scope = scope;
  }

  value(node: Node): Value {
    switch (node.kind) {
      case 'name':
        return this.#name(node.name, node.at);
      case 'register': {
        const value = this.#scope.register(node.name);
        if (value !== undefined) return value;
        throw new BadExpression({ kind: 'unknown-register', at: node.at, name: node.name });
      }
      case 'literal':
        return this.#literal(node.token);
      case 'unary':
        return this.#unary(node.operator, node.operand, node.at);
      case 'sizeof':
        return this.#sizeof(node.operand, node.at);
      case 'cast':
        return this.#cast(this.#type(node.type), node.operand, node.at);
      case 'at': {
        const address = this.#address(this.value(node.operand), node.at);
        return memoryValue(this.#type(node.type), address, this.#scope.memory);
      }
      case 'binary':
        return this.#binary(node.operator, node.left, node.right, node.at);
      case 'assign':
        return this.#assign(node.operator, node.left, node.right, node.at);
      case 'sequence':
        this.value(node.left);
        return this.value(node.right);
      case 'choice':
        return this.value(this.#truth(node.condition) ? node.yes : node.no);
      case 'member':
        return this.#member(node.of, node.name, node.at);
      case 'index': {
        const index = this.#integer(this.value(node.index), node.at);
        return this.#element(this.value(node.of), index, node.at);
      }
    }
  }

  #name(name: string, at: number): Value {
    const { memory, wordBytes } = this.#scope;
    const variable = this.#scope.variable(name);
    if (variable !== undefined) return variable;
    const found = this.#scope.function(name);
    if (found !== undefined) return memoryValue(found.type, found.address, memory);
    const enumerator = this.#scope.enumerator(name);
    if (enumerator !== undefined) {
      const { type, value } = enumerator;
      return resultValue(type, bytesOf(value, type.bytes), memory);
    }
    const symbol = this.#scope.symbol(name);
    if (symbol === undefined) throw new BadExpression({ kind: 'unknown-name', at, name });
    // Its type is unknown: a cast says what to read there, & where it is.
    const type: Type = {
      kind: 'unknown',
      name: `${name} has unknown type; cast it to its declared type`,
    };
    return memoryValue(type, BigInt.asUintN(wordBytes * 8, symbol), memory);
  }

  #literal(token: Token): Value {
    const { memory, wordBytes } = this.#scope;
    const char = builtIn('char', wordBytes);
    switch (token.kind) {
      case 'integer':
        return numberValue(integerLiteral(token, wordBytes), memory);
      case 'float': {
        const type = builtIn(token.single ? 'float' : 'double', wordBytes);
        return numberValue({ kind: 'float', value: token.value, type }, memory);
      }
      case 'character':
        return resultValue(char, Uint8Array.of(token.code), memory);
      case 'string': {
        const { bytes } = token;
        const type: Type = { kind: 'array', element: char, count: bytes.length, vector: false };
        return resultValue(type, bytes, memory);
      }
      default:
        throw new BadExpression({
          kind: 'syntax',
          at: token.at,
          wanted: 'a value',
          found: token.kind,
        });
    }
  }

  #unary(operator: string, operand: Node, at: number): Value {
    const { memory } = this.#scope;
    if (operator === '!') return this.#truthValue(!this.#truth(operand));
    const value = this.value(operand);
    if (operator === '&') return this.#addressOf(value, at);
    if (operator === '*') return this.#target(value, at);
    const number = this.#operand(value, at, operator);
    if (number.kind === 'float') {
      if (operator === '~') throw wrongType(at, operator, 'an integer', value.type);
      const result = operator === '-' ? -number.value : number.value;
      return numberValue({ ...number, value: result }, memory);
    }
    const results: Readonly<Record<string, bigint>> = { '-': -number.value, '~': ~number.value };
    const result = results[operator] ?? number.value;
    return numberValue({ ...number, value: wrapped(result, number.type) }, memory);
  }

  #addressOf(value: Value, at: number): Value {
    const { type, place } = value;
    if (place?.kind === 'memory' && place.bits === undefined)
      return this.#pointer(place.address, type.kind === 'unknown' ? { kind: 'void' } : type);
    throw wrongType(at, '&', 'something in memory', type);
  }

  #pointer(address: bigint, to: Type): Value {
    const { memory, wordBytes } = this.#scope;
    const type: PointerType = { kind: 'pointer', bytes: wordBytes, to };
    return resultValue(type, bytesOf(address, wordBytes), memory);
  }

  /** *value */
  #target(value: Value, at: number): Value {
    const pointer = this.#decayed(value);
    const type = stripped(pointer.type);
    if (type.kind !== 'pointer') throw wrongType(at, '*', 'a pointer', value.type);
    const to = stripped(type.to);
    if (to.kind === 'void') throw wrongType(at, '*', 'a pointer to a type with a size', value.type);
    return memoryValue(type.to, this.#integer(pointer, at), this.#scope.memory);
  }

  /** Arrays and functions are pointers wherever they are computed with. */
  #decayed(value: Value): Value {
    const type = stripped(value.type);
    if (value.place?.kind !== 'memory') return value;
    if (type.kind === 'array') return this.#pointer(value.place.address, type.element);
    return type.kind === 'function' ? this.#pointer(value.place.address, value.type) : value;
  }

  #element(value: Value, index: bigint, at: number): Value {
    const type = stripped(value.type);
    if (type.kind === 'array') return elementOf(value, type.element, index);
    if (type.kind !== 'pointer') throw wrongType(at, '[]', 'an array or a pointer', value.type);
    const to = this.#target(value, at);
    return elementOf(to, to.type, index);
  }

  #member(of: Node, name: string, at: number): Value {
    let value = this.value(of);
    // As in gdb, "." and "->" do the same.
    if (stripped(value.type).kind === 'pointer') value = this.#target(value, at);
    const type = stripped(value.type);
    if (type.kind !== 'struct' && type.kind !== 'union' && type.kind !== 'class')
      throw wrongType(at, `.${name}`, 'a struct or union', value.type);
    const path = findMember(type, name);
    if (path !== undefined) return path.reduce(memberOf, value);
    const members = type.members.flatMap((member) => member.name ?? []);
    throw new BadExpression({ kind: 'no-member', at, name, type: typeName(value.type), members });
  }

  #sizeof(operand: Node | TypeNode, at: number): Value {
    const { memory, wordBytes } = this.#scope;
    const type = operand.kind === 'type' ? this.#type(operand) : this.value(operand).type;
    const size = sizeOf(type);
    if (size === undefined) throw wrongType(at, 'sizeof', 'a type with a size', type);
    const unsigned = builtIn('unsigned long', wordBytes);
    return numberValue({ kind: 'integer', value: BigInt(size), type: unsigned }, memory);
  }

  #type({ name, derived, at }: TypeNode): Type {
    // C's own types exist even where no debug information mentions them.
    let type = this.#scope.type(name) ?? plainType(name, this.#scope.wordBytes);
    if (type === undefined) throw new BadExpression({ kind: 'unknown-type', at, name });
    for (const step of derived) {
      if (step === 'pointer') type = { kind: 'pointer', bytes: this.#scope.wordBytes, to: type };
      else if (step === 'function')
        type = { kind: 'function', returns: type, parameters: [], variadic: true };
      else type = { kind: 'array', element: type, count: step.array, vector: false };
    }
    return type;
  }

  #cast(type: Type, operand: Node, at: number): Value {
    const value = this.value(operand);
    // The symbol's address is known: the cast says what is there.
    if (value.type.kind === 'unknown' && value.place?.kind === 'memory')
      return memoryValue(type, value.place.address, value.memory);
    return this.#converted(this.#decayed(value), type, at);
  }

  #converted(value: Value, type: Type, at: number): Value {
    const cast = castTo(value, type);
    if (cast !== undefined) return cast;
    this.#mustBeKnown(value, at);
    throw wrongType(at, `a conversion to ${typeName(type)}`, 'a number or a pointer', value.type);
  }

  #binary(operator: string, leftNode: Node, rightNode: Node, at: number): Value {
    if (operator === '&&' || operator === '||') {
      const left = this.#truth(leftNode);
      const result =
        operator === '&&' ? left && this.#truth(rightNode) : left || this.#truth(rightNode);
      return this.#truthValue(result);
    }
    const left = this.value(leftNode);
    const right = this.value(rightNode);
    if (operator === '@') return this.#repeated(left, right, at);
    return this.#computed(operator, left, right, at);
  }

  #computed(operator: string, leftValue: Value, rightValue: Value, at: number): Value {
    const [left, right] = [this.#decayed(leftValue), this.#decayed(rightValue)];
    const isPointer = [left, right].map(({ type }) => stripped(type).kind === 'pointer');
    if (isPointer.includes(true)) return this.#withPointer(operator, left, right, at);
    const { memory } = this.#scope;
    const [a, b] = converted(this.#operand(left, at, operator), this.#operand(right, at, operator));
    const truth = compared(operator, a.value, b.value);
    if (truth !== undefined) return this.#truthValue(truth);
    if (a.kind === 'float' || b.kind === 'float') {
      const result = floatResult(operator, Number(a.value), Number(b.value));
      if (result === undefined) throw wrongType(at, operator, 'integers', left.type);
      return numberValue({ kind: 'float', value: result, type: a.type }, memory);
    }
    if ((operator === '/' || operator === '%') && b.value === 0n)
      throw new BadExpression({ kind: 'division-by-zero', at });
    const result = integerResult(operator, a.value, b.value);
    if (result !== undefined) return numberValue({ ...a, value: wrapped(result, a.type) }, memory);
    const alone = this.#operand(left, at, operator);
    const shift = shifted(operator, BigInt(alone.value), b.value) ?? 0n;
    return numberValue({ ...a, type: alone.type, value: wrapped(shift, alone.type) }, memory);
  }

  /** A pointer and a number, or two pointers. */
  #withPointer(operator: string, left: Value, right: Value, at: number): Value {
    const { wordBytes, memory } = this.#scope;
    const [a, b] = [this.#integer(left, at), this.#integer(right, at)];
    const truth = compared(operator, a, b);
    if (truth !== undefined) return this.#truthValue(truth);
    const [leftType, rightType] = [stripped(left.type), stripped(right.type)];
    if (operator === '-' && leftType.kind === 'pointer' && rightType.kind === 'pointer') {
      const size = BigInt(sizeOf(leftType.to) || 1);
      const distance = BigInt.asIntN(wordBytes * 8, a - b) / size;
      const type = builtIn('long', wordBytes);
      return numberValue({ kind: 'integer', value: distance, type }, memory);
    }
    const [pointer, count] = leftType.kind === 'pointer' ? [left, b] : [right, a];
    const type = stripped(pointer.type);
    const forward = operator === '+' || (operator === '-' && pointer === left);
    if (type.kind !== 'pointer' || !forward) throw wrongType(at, operator, 'numbers', pointer.type);
    const distance = count * BigInt(sizeOf(type.to) || 1);
    const base = pointer === left ? a : b;
    const address = operator === '-' ? base - distance : base + distance;
    return resultValue(pointer.type, bytesOf(address, wordBytes), memory);
  }

  /** value@count */
  #repeated(value: Value, countValue: Value, at: number): Value {
    const count = Number(this.#integer(countValue, at));
    if (value.place?.kind !== 'memory') throw wrongType(at, '@', 'something in memory', value.type);
    if (!(count > 0 && count <= REPEAT_LIMIT))
      throw wrongType(at, '@', `a count from 1 to ${REPEAT_LIMIT}`, countValue.type);
    const type: ArrayType = { kind: 'array', element: value.type, count, vector: false };
    return memoryValue(type, value.place.address, value.memory);
  }

  #assign(operator: string, leftNode: Node, rightNode: Node, at: number): Value {
    const left = this.value(leftNode);
    const right = this.value(rightNode);
    const result =
      operator === '' ? this.#decayed(right) : this.#computed(operator, left, right, at);
    const inner = stripped(left.type).kind;
    const whole = inner === 'struct' || inner === 'union' || inner === 'class' || inner === 'array';
    const same = whole && sizeOf(left.type) === sizeOf(right.type);
    const value = same ? right : this.#converted(result, left.type, at);
    const written = writesFor(left, value);
    if (!written.ok) throw new BadExpression({ kind: 'not-assignable', at, why: written.why });
    this.writes.push(written.write);
    return { ...value, type: left.type };
  }

  #truth(node: Node): boolean {
    const value = this.#decayed(this.value(node));
    const floating = floatingOf(value);
    return floating === undefined ? this.#integer(value, node.at) !== 0n : floating !== 0;
  }

  #truthValue(truth: boolean): Value {
    const type = builtIn('int', this.#scope.wordBytes);
    return numberValue({ kind: 'integer', value: truth ? 1n : 0n, type }, this.#scope.memory);
  }

  #operand(value: Value, at: number, operation: string): Operand {
    const operand = operandOf(value, this.#scope.wordBytes);
    if (operand !== undefined) return operand;
    this.#mustBeKnown(value, at);
    throw wrongType(at, operation, 'a number', value.type);
  }

  #integer(value: Value, at: number): bigint {
    const integer = integerOf(value);
    if (integer !== undefined) return integer;
    this.#mustBeKnown(value, at);
    throw wrongType(at, 'this', 'an integer or a pointer', value.type);
  }

  #address(value: Value, at: number): bigint {
    const address = this.#integer(this.#decayed(value), at);
    return BigInt.asUintN(this.#scope.wordBytes * 8, address);
  }

  #mustBeKnown(value: Value, at: number): void {
    const content = value.content();
    if (content.ok && content.gone.length === 0) return;
    const why = content.ok ? 'optimized out' : content.why;
    throw new BadExpression({ kind: 'no-value', at, what: 'The operand', why });
  }
}

/** value@count: gdb's own limit is a matter of memory, ours of a front end's patience. */
const REPEAT_LIMIT = 1 << 20;

function wrongType(at: number, operation: string, wanted: string, type: Type): BadExpression {
  const found = type.kind === 'unknown' ? type.name : typeName(type);
  return new BadExpression({ kind: 'wrong-type', at, operation, wanted, found });
}
