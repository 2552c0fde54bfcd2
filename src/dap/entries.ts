// Rows of the variables view: C values, whose parts open when somebody looks, and
// registers.  A row can be assigned to, and watched if it is in memory.

import { formatAddr } from '../base/address.ts';
import type { Debugger, RegisterValue, StackFrame, ValueNode, WatchSpec } from '../debug/model.ts';
import type { Variable } from './protocol.ts';

export interface Entry {
  readonly name: string;
  readonly value: string;
  readonly type: string | undefined;
  /** An expression that means the same in a watch. */
  readonly evaluateName: string | undefined;
  readonly memoryReference: string | undefined;
  /** Its parts; undefined: it has none. */
  readonly parts: (() => readonly Entry[]) | undefined;
  /** How many of the parts are elements of an array. */
  readonly elements: number;
  readonly readOnly: boolean;
  /** Answers what is wrong. */
  assign(expression: string): string | undefined;
  /** Where it is; undefined: not in memory. */
  readonly watch: Pick<WatchSpec, 'address' | 'bytes'> | undefined;
}

export function entryOf(node: ValueNode): Entry {
  const { name, text, type, address, bytes, expression } = node;
  const children = node.children();
  return {
    name,
    value: text,
    type,
    evaluateName: expression,
    memoryReference: address === undefined ? undefined : formatAddr(address),
    parts: children.length === 0 ? undefined : () => node.children().map(entryOf),
    elements: children.filter((child) => child.name.startsWith('[')).length,
    readOnly: node.assign === undefined,
    assign: (given) =>
      node.assign === undefined ? `${name} cannot be assigned to` : node.assign(given),
    watch: address === undefined || bytes === undefined ? undefined : { address, bytes },
  };
}

/** The registers of some groups as a frame has them. */
export function registerEntries(
  target: Debugger,
  frame: StackFrame,
  groups: readonly RegisterValue['group'][],
): readonly Entry[] {
  const all = target.registers().filter(({ group }) => groups.includes(group));
  const innermost = frame.index === 0;
  return all.flatMap((register) => {
    const value = innermost ? wholeOf(register.bytes) : frame.register(register.name);
    return value === undefined ? [] : [registerEntry(target, register, value, innermost)];
  });
}

function registerEntry(
  target: Debugger,
  { name, bits, group }: RegisterValue,
  value: bigint,
  innermost: boolean,
): Entry {
  const text = `0x${value.toString(16).padStart(Math.ceil(bits / 4), '0')}`;
  const isWord = group === 'general' && bits === target.arch.wordBytes * 8;
  return {
    name,
    value: text,
    type: `${bits} bits`,
    evaluateName: `$${name}`,
    memoryReference: isWord ? text : undefined,
    parts: undefined,
    elements: 0,
    readOnly: !innermost,
    assign: (expression) =>
      innermost
        ? assignRegister(target, name, bits, expression)
        : `${name} of a caller cannot be changed, only that of the innermost frame`,
    watch: undefined,
  };
}

function assignRegister(
  target: Debugger,
  name: string,
  bits: number,
  expression: string,
): string | undefined {
  const literal = /^\s*(-?)(0x[0-9a-f]+|[0-9]+)\s*$/i.exec(expression);
  if (literal === null) {
    const found = target.evaluate(`$${name}`);
    if (!found.ok) return found.problem;
    return found.value.assign === undefined
      ? `$${name} takes a number, found "${expression}"`
      : found.value.assign(expression);
  }
  const [, sign, digits = '0'] = literal;
  const value = BigInt(digits) * (sign === '-' ? -1n : 1n);
  if (value >= 1n << BigInt(bits) || value < -(1n << BigInt(bits - 1)))
    return `${expression} does not fit the ${bits} bits of ${name}`;
  return target.writeRegister(name, bytesOf(BigInt.asUintN(bits, value), bits / 8));
}

/** Little-endian bytes as one number. */
function wholeOf(bytes: Uint8Array): bigint {
  return bytes.reduceRight((value, byte) => (value << 8n) | BigInt(byte), 0n);
}

function bytesOf(value: bigint, count: number): Uint8Array {
  return Uint8Array.from({ length: count }, (_, i) => Number((value >> BigInt(8 * i)) & 0xffn));
}

/** A row as the protocol has it. @param reference what its parts are asked for with, or 0 */
export function variableOf(entry: Entry, reference: number): Variable {
  const { name, value, type, evaluateName, memoryReference, elements } = entry;
  return {
    name,
    value,
    type,
    evaluateName,
    memoryReference,
    variablesReference: reference,
    indexedVariables: elements > 0 ? elements : undefined,
    presentationHint: entry.readOnly ? { attributes: ['readOnly'] } : undefined,
  };
}
