// Makes types out of their entries.  Every type is made once and then shared, so two
// types of one unit are equal if they are the same object.

import * as D from './constants.ts';
import { Cursor } from './cursor.ts';
import type { Die } from './die.ts';
import type {
  ArrayType,
  BaseType,
  Encoding,
  EnumType,
  FunctionType,
  Member,
  QualifiedType,
  StructType,
  Type,
} from './model.ts';
import { once } from './once.ts';
import type { Store } from './store.ts';
import { sizeOf } from './type-facts.ts';
import type { Unit } from './unit.ts';

const voidType: Type = { kind: 'void' };

/** Finds the definition of what one unit only declares. */
export type FindDefinition = (tag: number, name: string) => Die | undefined;

export class Types {
  readonly #store: Store;
  readonly #define: FindDefinition;
  readonly #made = new Map<Unit, Map<number, Type>>();

  constructor(store: Store, define: FindDefinition) {
    this.#store = store;
    this.#define = define;
  }

  /** DW_AT_type of the entry or of what it is an instance of; void without one. */
  typeOf(die: Die): Type {
    return this.#store.attempt<Type>({ kind: 'unknown', name: 'damaged type' }, () => {
      const holder = die.holderOf(D.DW_AT_type);
      if (holder === undefined) return voidType;
      const target = holder.reference(D.DW_AT_type);
      return target === undefined ? { kind: 'unknown', name: 'missing type' } : this.of(target);
    });
  }

  /** The type that the entry defines. */
  of(die: Die): Type {
    let made = this.#made.get(die.unit);
    if (made === undefined) {
      made = new Map();
      this.#made.set(die.unit, made);
    }
    let type = made.get(die.offset);
    if (type === undefined) {
      type = this.#make(die);
      made.set(die.offset, type);
    }
    return type;
  }

  #make(die: Die): Type {
    switch (die.tag) {
      case D.DW_TAG_base_type:
        return baseType(die);
      case D.DW_TAG_pointer_type:
      case D.DW_TAG_reference_type:
      case D.DW_TAG_rvalue_reference_type: {
        const to = once(() => this.typeOf(die));
        return {
          kind: 'pointer',
          bytes: die.count(D.DW_AT_byte_size) ?? die.unit.addressBytes,
          get to() {
            return to();
          },
        };
      }
      case D.DW_TAG_structure_type:
        return this.#struct(die, 'struct');
      case D.DW_TAG_union_type:
        return this.#struct(die, 'union');
      case D.DW_TAG_class_type:
        return this.#struct(die, 'class');
      case D.DW_TAG_array_type:
        return this.#array(die);
      case D.DW_TAG_enumeration_type:
        return this.#enumeration(die);
      case D.DW_TAG_subroutine_type:
      case D.DW_TAG_subprogram:
        return this.functionType(die);
      case D.DW_TAG_typedef: {
        const to = once(() => this.typeOf(die));
        return {
          kind: 'typedef',
          name: die.name() ?? '',
          get to() {
            return to();
          },
        };
      }
      case D.DW_TAG_const_type:
        return this.#qualified(die, 'const');
      case D.DW_TAG_volatile_type:
        return this.#qualified(die, 'volatile');
      case D.DW_TAG_restrict_type:
        return this.#qualified(die, 'restrict');
      case D.DW_TAG_atomic_type:
        return this.#qualified(die, '_Atomic');
      default:
        return { kind: 'unknown', name: die.name() ?? `type with tag ${die.tag}` };
    }
  }

  #qualified(die: Die, qualifier: QualifiedType['qualifier']): Type {
    const of = once(() => this.typeOf(die));
    return {
      kind: 'qualified',
      qualifier,
      get of() {
        return of();
      },
    };
  }

  #struct(die: Die, kind: StructType['kind']): Type {
    const name = die.name();
    const incomplete = die.flag(D.DW_AT_declaration);
    if (incomplete) {
      const full = die.reference(D.DW_AT_signature) ?? this.#definitionOf(die, name);
      if (full !== undefined && !full.flag(D.DW_AT_declaration)) return this.of(full);
    }
    const bytes = die.count(D.DW_AT_byte_size) ?? 0;
    const members = once(() => this.#store.attempt([], () => this.#members(die)));
    return {
      ...{ kind, name, bytes, incomplete },
      get members() {
        return members();
      },
    };
  }

  #definitionOf(die: Die, name: string | undefined): Die | undefined {
    return name === undefined ? undefined : this.#define(die.tag, name);
  }

  #members(die: Die): readonly Member[] {
    const members: Member[] = [];
    for (const child of die.children()) {
      // Without a place it is a static member of a class.
      if (child.tag !== D.DW_TAG_member || child.flag(D.DW_AT_external)) continue;
      members.push(this.#member(child));
    }
    return members;
  }

  #member(die: Die): Member {
    const type = this.typeOf(die);
    const name = die.name();
    const size = die.count(D.DW_AT_bit_size);
    const byte = memberOffset(die);
    if (size === undefined) return { name, type, offset: byte, bits: undefined };
    const first = byte * 8 + bitOffset(die, size, sizeOf(type) ?? 4);
    const offset = Math.floor(first / 8);
    return { name, type, offset, bits: { offset: first - offset * 8, size } };
  }

  #array(die: Die): Type {
    return this.#store.attempt<Type>({ kind: 'unknown', name: 'damaged array' }, () => {
      const counts: (number | undefined)[] = [];
      for (const child of die.children())
        if (child.tag === D.DW_TAG_subrange_type) counts.push(elementCount(child));
      if (counts.length === 0) counts.push(undefined);
      const vector = die.flag(D.DW_AT_GNU_vector);
      const [first, ...rest] = counts;
      return this.#dimension(die, first, rest, vector);
    });
  }

  #dimension(
    die: Die,
    count: number | undefined,
    rest: readonly (number | undefined)[],
    vector: boolean,
  ): ArrayType {
    const [next, ...others] = rest;
    const element = once(
      (): Type =>
        rest.length === 0 ? this.typeOf(die) : this.#dimension(die, next, others, vector),
    );
    return {
      ...{ kind: 'array', count, vector },
      get element() {
        return element();
      },
    };
  }

  #enumeration(die: Die): Type {
    const name = die.name();
    if (die.flag(D.DW_AT_declaration)) {
      const full = die.reference(D.DW_AT_signature) ?? this.#definitionOf(die, name);
      if (full !== undefined && !full.flag(D.DW_AT_declaration)) return this.of(full);
    }
    const bytes = die.count(D.DW_AT_byte_size) ?? 4;
    const signed = this.#isSignedEnum(die);
    const values = once(() => this.#store.attempt([], () => enumerators(die, bytes, signed)));
    return {
      ...{ kind: 'enum', name, bytes, signed },
      get enumerators() {
        return values();
      },
    };
  }

  #isSignedEnum(die: Die): boolean {
    const encoding = die.count(D.DW_AT_encoding);
    if (encoding !== undefined) return encoding === D.DW_ATE_signed;
    if (die.has(D.DW_AT_type)) {
      const underlying = this.typeOf(die);
      return underlying.kind === 'base' && underlying.encoding === 'signed';
    }
    return this.#store.attempt(false, () =>
      [...die.children()].some((child) => {
        const value = child.attribute(D.DW_AT_const_value);
        return value?.kind === 'constant' && value.value < 0n;
      }),
    );
  }

  functionType(die: Die): FunctionType {
    const returns = once(() => this.typeOf(die));
    const takes = once(() =>
      this.#store.attempt({ parameters: [], variadic: true }, () => this.#parameters(die)),
    );
    return {
      kind: 'function',
      get returns() {
        return returns();
      },
      get parameters() {
        return takes().parameters;
      },
      get variadic() {
        return takes().variadic;
      },
    };
  }

  #parameters(die: Die): Pick<FunctionType, 'parameters' | 'variadic'> {
    const children = [...(die.origin() ?? die).children()];
    const parameters = children
      .filter(({ tag }) => tag === D.DW_TAG_formal_parameter)
      .map((child) => this.typeOf(child));
    const open = children.some(({ tag }) => tag === D.DW_TAG_unspecified_parameters);
    return { parameters, variadic: open || !die.flag(D.DW_AT_prototyped) };
  }
}

function enumerators(die: Die, bytes: number, signed: boolean): EnumType['enumerators'] {
  const found: { name: string; value: bigint }[] = [];
  for (const child of die.children()) {
    if (child.tag !== D.DW_TAG_enumerator) continue;
    const value = child.attribute(D.DW_AT_const_value);
    const raw = value?.kind === 'constant' || value?.kind === 'offset' ? BigInt(value.value) : 0n;
    const bits = Math.min(bytes, 8) * 8;
    found.push({
      name: child.name() ?? '',
      value: signed ? BigInt.asIntN(bits, raw) : BigInt.asUintN(bits, raw),
    });
  }
  return found;
}

const encodings: ReadonlyMap<number, Encoding> = new Map<number, Encoding>([
  [D.DW_ATE_address, 'address'],
  [D.DW_ATE_boolean, 'boolean'],
  [D.DW_ATE_complex_float, 'complex'],
  [D.DW_ATE_float, 'float'],
  [D.DW_ATE_signed, 'signed'],
  [D.DW_ATE_signed_char, 'signed char'],
  [D.DW_ATE_unsigned, 'unsigned'],
  [D.DW_ATE_unsigned_char, 'unsigned char'],
  [D.DW_ATE_UTF, 'utf'],
]);

export function baseType(die: Die): BaseType {
  return {
    kind: 'base',
    name: die.name() ?? '',
    bytes: die.count(D.DW_AT_byte_size) ?? 0,
    encoding: encodings.get(die.count(D.DW_AT_encoding) ?? 0) ?? 'unsigned',
  };
}

const DW_OP_plus_uconst = 0x23;

/** In bytes; DWARF 2 has an expression that adds it. */
function memberOffset(die: Die): number {
  const place = die.attribute(D.DW_AT_data_member_location);
  if (place?.kind !== 'block') return die.count(D.DW_AT_data_member_location) ?? 0;
  const cursor = new Cursor('.debug_info', place.bytes);
  return cursor.u8() === DW_OP_plus_uconst ? cursor.uleb() : 0;
}

/** From the byte of the member to its first bit. */
function bitOffset(die: Die, size: number, typeBytes: number): number {
  const modern = die.count(D.DW_AT_data_bit_offset);
  if (modern !== undefined) return modern;
  // Until version 3 counted from the most significant bit of the storage unit.
  const fromTop = die.count(D.DW_AT_bit_offset);
  if (fromTop === undefined) return 0;
  return (die.count(D.DW_AT_byte_size) ?? typeBytes) * 8 - fromTop - size;
}

/** undefined: not known before it runs. */
function elementCount(die: Die): number | undefined {
  const count = die.count(D.DW_AT_count);
  if (count !== undefined) return Math.max(0, count);
  const bound = die.attribute(D.DW_AT_upper_bound);
  if (bound?.kind !== 'constant' && bound?.kind !== 'offset') return undefined;
  const last = BigInt(bound.value);
  // An array of none: its last index is -1, in whatever width.
  if (last === -1n || last === 0xffff_ffffn || last === 0xffff_ffff_ffff_ffffn) return 0;
  return Number(last) + 1;
}
