// An entry of debug information (a DIE): its attributes, and its place in the tree.

import { type Abbreviation, type AttributeSpec, skipForm, unknownForm } from './abbreviations.ts';
import * as D from './constants.ts';
import { Cursor, type Narrow } from './cursor.ts';
import { BadDwarf, hex } from './problems.ts';
import type { Unit } from './unit.ts';

/** The value of an attribute, by the class its form belongs to. */
export type Attribute =
  | { readonly kind: 'address'; readonly value: Narrow }
  /** Signed only if the form is; whoever knows the type reads its bits. */
  | { readonly kind: 'constant'; readonly value: bigint }
  /** In the section that the attribute is about. */
  | { readonly kind: 'offset'; readonly value: number }
  /** In the unit's table of lists. */
  | { readonly kind: 'index'; readonly value: number }
  | { readonly kind: 'block'; readonly bytes: Uint8Array }
  | { readonly kind: 'string'; readonly text: string }
  /** In the unit's section, or in .debug_info if another unit may be meant. */
  | { readonly kind: 'reference'; readonly offset: number; readonly global: boolean }
  | { readonly kind: 'signature'; readonly value: bigint }
  | { readonly kind: 'flag'; readonly value: boolean };

/** Of entries that stand for others: no compiler chains more. */
const ORIGIN_LIMIT = 8;

export class Die {
  readonly unit: Unit;
  /** In the unit's section. */
  readonly offset: number;
  readonly tag: number;
  readonly #abbreviation: Abbreviation;
  readonly #attributesAt: number;

  constructor(unit: Unit, offset: number, abbreviation: Abbreviation, attributesAt: number) {
    this.unit = unit;
    this.offset = offset;
    this.tag = abbreviation.tag;
    this.#abbreviation = abbreviation;
    this.#attributesAt = attributesAt;
  }

  has(attribute: number): boolean {
    return this.#abbreviation.specs.some((spec) => spec.attribute === attribute);
  }

  attribute(attribute: number): Attribute | undefined {
    const { specs } = this.#abbreviation;
    const index = specs.findIndex((spec) => spec.attribute === attribute);
    const wanted = specs[index];
    if (wanted === undefined) return undefined;
    const cursor = this.unit.cursor(this.#attributesAt);
    for (let i = 0; i < index; i++) skipForm(cursor, specs[i]?.form ?? 0, this.unit);
    return readForm(this.unit, cursor, wanted);
  }

  /** The attribute, of this entry or of the one it is an instance of. */
  inherited(attribute: number): Attribute | undefined {
    return this.holderOf(attribute)?.attribute(attribute);
  }

  /** The entry that has the attribute: this one or one it is an instance of. */
  holderOf(attribute: number): Die | undefined {
    let die: Die | undefined = this;
    for (let i = 0; die !== undefined && i < ORIGIN_LIMIT; i++, die = die.origin())
      if (die.has(attribute)) return die;
    return undefined;
  }

  /** What this is an instance or the definition of. */
  origin(): Die | undefined {
    return this.reference(D.DW_AT_abstract_origin) ?? this.reference(D.DW_AT_specification);
  }

  name(): string | undefined {
    return this.text(D.DW_AT_name);
  }

  text(attribute: number): string | undefined {
    const found = this.inherited(attribute);
    return found?.kind === 'string' ? found.text : undefined;
  }

  flag(attribute: number): boolean {
    const found = this.inherited(attribute);
    return found?.kind === 'flag' && found.value;
  }

  /** A constant that counts something; undefined: it is none, or no safe number. */
  count(attribute: number): number | undefined {
    const found = this.inherited(attribute);
    // An old form may be either.
    if (found?.kind !== 'constant' && found?.kind !== 'offset') return undefined;
    const value = Number(found.value);
    return Number.isSafeInteger(value) ? value : undefined;
  }

  /** The entry that the attribute refers to. */
  reference(attribute: number): Die | undefined {
    const found = this.attribute(attribute);
    const { store } = this.unit;
    if (found?.kind === 'signature') {
      const unit = store.typeUnit(found.value);
      return unit?.die(unit.typeOffset);
    }
    if (found?.kind !== 'reference') return undefined;
    const unit = found.global ? store.unitAt(found.offset) : this.unit;
    return unit?.die(found.offset);
  }

  /** The entry it is in; undefined: it is the unit's own. */
  parent(): Die | undefined {
    const { offsets, parents } = this.unit.tree;
    const offset = offsets[parents[this.unit.indexOf(this.offset)] ?? -1];
    return offset === undefined ? undefined : this.unit.die(offset);
  }

  *children(): Generator<Die, void, undefined> {
    if (!this.#abbreviation.hasChildren) return;
    const { offsets, ends } = this.unit.tree;
    const self = this.unit.indexOf(this.offset);
    const end = ends[self] ?? 0;
    for (let i = self + 1; i < end; i = ends[i] ?? end) {
      const offset = offsets[i];
      if (offset !== undefined) yield this.unit.die(offset);
    }
  }
}

function readForm(unit: Unit, cursor: Cursor, { form, implicit }: AttributeSpec): Attribute {
  const { offsetBytes, addressBytes } = unit;
  switch (form) {
    case D.DW_FORM_addr: {
      const value = cursor.address(addressBytes);
      return { kind: 'address', value: value + unit.store.bias };
    }
    case D.DW_FORM_addrx:
      return indexedAddress(unit, cursor.uleb());
    case D.DW_FORM_addrx1:
      return indexedAddress(unit, cursor.u8());
    case D.DW_FORM_addrx2:
      return indexedAddress(unit, cursor.u16());
    case D.DW_FORM_addrx3:
      return indexedAddress(unit, cursor.u24());
    case D.DW_FORM_addrx4:
      return indexedAddress(unit, cursor.u32());
    case D.DW_FORM_data1:
      return { kind: 'constant', value: BigInt(cursor.u8()) };
    case D.DW_FORM_data2:
      return { kind: 'constant', value: BigInt(cursor.u16()) };
    case D.DW_FORM_data4:
    case D.DW_FORM_data8: {
      const bytes = form === D.DW_FORM_data4 ? 4 : 8;
      // Before version 4 there was no form of its own for offsets.
      if (unit.version < 4 && bytes === offsetBytes)
        return { kind: 'offset', value: cursor.offset(bytes) };
      return { kind: 'constant', value: cursor.unsigned(bytes) };
    }
    case D.DW_FORM_data16:
      return { kind: 'block', bytes: cursor.block(16) };
    case D.DW_FORM_sdata:
      return { kind: 'constant', value: cursor.wideSleb() };
    case D.DW_FORM_udata:
      return { kind: 'constant', value: cursor.wideUleb() };
    case D.DW_FORM_implicit_const:
      return { kind: 'constant', value: implicit };
    case D.DW_FORM_flag:
      return { kind: 'flag', value: cursor.u8() !== 0 };
    case D.DW_FORM_flag_present:
      return { kind: 'flag', value: true };
    case D.DW_FORM_block1:
      return { kind: 'block', bytes: cursor.block(cursor.u8()) };
    case D.DW_FORM_block2:
      return { kind: 'block', bytes: cursor.block(cursor.u16()) };
    case D.DW_FORM_block4:
      return { kind: 'block', bytes: cursor.block(cursor.u32()) };
    case D.DW_FORM_block:
    case D.DW_FORM_exprloc:
      return { kind: 'block', bytes: cursor.block(cursor.uleb()) };
    case D.DW_FORM_string:
      return { kind: 'string', text: cursor.string() };
    case D.DW_FORM_strp:
      return { kind: 'string', text: stringAt(unit, '.debug_str', cursor.offset(offsetBytes)) };
    case D.DW_FORM_line_strp:
      return {
        kind: 'string',
        text: stringAt(unit, '.debug_line_str', cursor.offset(offsetBytes)),
      };
    case D.DW_FORM_strx:
      return indexedString(unit, cursor.uleb());
    case D.DW_FORM_strx1:
      return indexedString(unit, cursor.u8());
    case D.DW_FORM_strx2:
      return indexedString(unit, cursor.u16());
    case D.DW_FORM_strx3:
      return indexedString(unit, cursor.u24());
    case D.DW_FORM_strx4:
      return indexedString(unit, cursor.u32());
    case D.DW_FORM_sec_offset:
      return { kind: 'offset', value: cursor.offset(offsetBytes) };
    case D.DW_FORM_loclistx:
    case D.DW_FORM_rnglistx:
      return { kind: 'index', value: cursor.uleb() };
    case D.DW_FORM_ref1:
      return { kind: 'reference', offset: unit.start + cursor.u8(), global: false };
    case D.DW_FORM_ref2:
      return { kind: 'reference', offset: unit.start + cursor.u16(), global: false };
    case D.DW_FORM_ref4:
      return { kind: 'reference', offset: unit.start + cursor.u32(), global: false };
    case D.DW_FORM_ref8:
      return { kind: 'reference', offset: unit.start + cursor.offset(8), global: false };
    case D.DW_FORM_ref_udata:
      return { kind: 'reference', offset: unit.start + cursor.uleb(), global: false };
    case D.DW_FORM_ref_addr: {
      const bytes = unit.version <= 2 ? addressBytes : offsetBytes;
      return { kind: 'reference', offset: cursor.offset(bytes), global: true };
    }
    case D.DW_FORM_ref_sig8:
      return { kind: 'signature', value: cursor.u64() };
    case D.DW_FORM_indirect: {
      const actual = cursor.uleb();
      if (actual === D.DW_FORM_indirect) throw unknownForm(cursor, actual);
      return readForm(unit, cursor, { attribute: 0, form: actual, implicit: 0n });
    }
    default:
      throw unknownForm(cursor, form);
  }
}

export function stringAt(unit: Pick<Unit, 'store'>, section: string, offset: number): string {
  return new Cursor(section, unit.store.section(section), offset).string();
}

/** Where entry `index` of a table of `bytes` each stands. */
function slot(unit: Unit, section: string, base: number, index: number, bytes: number): Cursor {
  const content = unit.store.section(section);
  const offset = base + index * bytes;
  if (offset + bytes <= content.length) return new Cursor(section, content, offset);
  throw new BadDwarf({
    ...{ kind: 'damaged', section, offset: base, what: 'an index in the table' },
    ...{ wanted: `below ${hex(Math.max(0, content.length - base))} bytes`, found: `${index}` },
  });
}

function indexedString(unit: Unit, index: number): Attribute {
  const base = unit.base(D.DW_AT_str_offsets_base);
  const { offsetBytes } = unit;
  const at = slot(unit, '.debug_str_offsets', base, index, offsetBytes).offset(offsetBytes);
  return { kind: 'string', text: stringAt(unit, '.debug_str', at) };
}

function indexedAddress(unit: Unit, index: number): Attribute {
  return { kind: 'address', value: addressAt(unit, index) };
}

/** Entry `index` of the unit's part of .debug_addr. */
export function addressAt(unit: Unit, index: number): Narrow {
  const base = unit.base(D.DW_AT_addr_base);
  const { addressBytes } = unit;
  const value = slot(unit, '.debug_addr', base, index, addressBytes).address(addressBytes);
  return value + unit.store.bias;
}

/** Where list `index` of the unit begins in .debug_rnglists or .debug_loclists. */
export function listAt(unit: Unit, section: string, attribute: number, index: number): number {
  const base = unit.base(attribute);
  return base + slot(unit, section, base, index, unit.offsetBytes).offset(unit.offsetBytes);
}
