// Values as trees for people: members of structs, elements of arrays, what pointers
// point to.  A node knows the C expression that means it, so that it can be changed.

import { addr } from '../base/address.ts';
import type { PrintOptions } from '../dwarf/print.ts';
import { printNested } from '../dwarf/print.ts';
import { sizeOf, stripped, typeName } from '../dwarf/type-facts.ts';
import { elementOf, integerOf, memberOf, memoryValue, type Value } from '../dwarf/value.ts';
import type { ValueNode } from './model.ts';

export interface NodeContext {
  /** A C expression that means the value; undefined: there is none. */
  readonly path: string | undefined;
  readonly print: (value: Value, options: PrintOptions) => string;
  readonly symbolAt: (address: bigint) => string | undefined;
  /** Answers what is wrong. */
  readonly assign: (path: string, expression: string) => string | undefined;
}

/** Nobody looks at more elements of one array. */
const CHILDREN_LIMIT = 1000;

export function nodeOf(name: string, value: Value, context: NodeContext): ValueNode {
  const { path, print, symbolAt, assign } = context;
  const { place, type } = value;
  let text: string | undefined;
  return {
    name,
    type: typeName(type),
    expression: path,
    get text() {
      text ??= print(value, { symbolAt });
      return text;
    },
    address: place?.kind === 'memory' ? addr(place.address) : undefined,
    bytes: sizeOf(type),
    children: () => childrenOf(value, { ...context, print: printNested }),
    ...(place !== undefined &&
      path !== undefined && { assign: (expression) => assign(path, expression) }),
  };
}

function childrenOf(value: Value, context: NodeContext): readonly ValueNode[] {
  const type = stripped(value.type);
  const { path } = context;
  const within = (suffix: string): NodeContext => ({
    ...context,
    path: path === undefined ? undefined : `(${path})${suffix}`,
  });
  switch (type.kind) {
    case 'struct':
    case 'union':
    case 'class':
      return type.members.map((member) =>
        member.name === undefined
          ? // Its members are those of the struct around it.
            nodeOf(`<anonymous ${stripped(member.type).kind}>`, memberOf(value, member), context)
          : nodeOf(member.name, memberOf(value, member), within(`.${member.name}`)),
      );
    case 'array': {
      const { element, count = 0 } = type;
      return Array.from({ length: Math.min(count, CHILDREN_LIMIT) }, (_, i) =>
        nodeOf(`[${i}]`, elementOf(value, element, BigInt(i)), within(`[${i}]`)),
      );
    }
    case 'pointer': {
      const address = integerOf(value);
      if (address === undefined || address === 0n || sizeOf(type.to) === undefined) return [];
      const target = memoryValue(type.to, address, value.memory);
      const inner = stripped(type.to).kind;
      const node = nodeOf('*', target, {
        ...context,
        path: path === undefined ? undefined : `*(${path})`,
      });
      // A pointer to a struct is opened to see the struct's members.
      return inner === 'struct' || inner === 'union' ? node.children() : [node];
    }
    default:
      return [];
  }
}
