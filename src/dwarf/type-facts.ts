// What can be said of any type: its size, its name as C writes it, what it is behind
// typedefs and qualifiers.  Damaged debug information may have types that contain
// themselves: everything here ends.

import type { FunctionType, Type } from './model.ts';

/** Typedefs of typedefs, pointers to pointers: no program has more. */
const DEPTH_LIMIT = 64;

/** Without typedefs and qualifiers around it. */
export function stripped(type: Type): Type {
  let inner = type;
  for (let i = 0; i < DEPTH_LIMIT; i++) {
    if (inner.kind === 'typedef') inner = inner.to;
    else if (inner.kind === 'qualified') inner = inner.of;
    else return inner;
  }
  return { kind: 'unknown', name: 'a type that is its own definition' };
}

/** In bytes; undefined: it has none, or nobody knows it. */
export function sizeOf(type: Type, depth = 0): number | undefined {
  if (depth > DEPTH_LIMIT) return undefined;
  const inner = stripped(type);
  switch (inner.kind) {
    case 'base':
    case 'pointer':
    case 'enum':
      return inner.bytes;
    case 'struct':
    case 'union':
    case 'class':
      return inner.incomplete ? undefined : inner.bytes;
    case 'array': {
      const element = sizeOf(inner.element, depth + 1);
      return element === undefined || inner.count === undefined ? undefined : element * inner.count;
    }
    case 'typedef':
    case 'qualified':
    case 'function':
    case 'void':
    case 'unknown':
      return undefined;
  }
}

/** As C declares it: "struct foo *", "int (*)(void)", "char [16]". */
export function typeName(type: Type): string {
  return declare(type, '', 0);
}

/** The declaration of `name` with this type: "int (*handler)(int)". */
export function declaration(type: Type, name: string): string {
  return declare(type, name, 0);
}

function declare(type: Type, inner: string, depth: number): string {
  if (depth > DEPTH_LIMIT) return `...${space(inner)}`;
  switch (type.kind) {
    case 'base':
    case 'typedef':
    case 'unknown':
      return `${type.name}${space(inner)}`;
    case 'void':
      return `void${space(inner)}`;
    case 'struct':
    case 'union':
    case 'class':
    case 'enum':
      return `${type.kind} ${type.name ?? '{...}'}${space(inner)}`;
    case 'qualified': {
      const { qualifier, of } = type;
      // Behind the star of a pointer, before anything else.
      if (of.kind === 'pointer')
        return declare(of.to, pointed(of.to, `* ${qualifier}${space(inner)}`), depth + 1);
      return `${qualifier} ${declare(of, inner, depth + 1)}`;
    }
    case 'pointer':
      return declare(type.to, pointed(type.to, `*${inner}`), depth + 1);
    case 'array':
      return declare(type.element, `${inner}[${type.count ?? ''}]`, depth + 1);
    case 'function':
      return declare(type.returns, `${inner}(${parametersOf(type, depth)})`, depth + 1);
  }
}

/** Arrays and functions bind tighter than a star. */
function pointed(to: Type, inner: string): string {
  return to.kind === 'array' || to.kind === 'function' ? `(${inner})` : inner;
}

function space(inner: string): string {
  return inner === '' ? '' : ` ${inner}`;
}

function parametersOf({ parameters, variadic }: FunctionType, depth: number): string {
  const names = parameters.map((each) => declare(each, '', depth + 1));
  if (variadic && names.length > 0) names.push('...');
  if (names.length > 0) return names.join(', ');
  return variadic ? '' : 'void';
}
