// .debug_abbrev: what attributes, in which forms, the entries of a unit have.  An
// abbreviation whose forms all have one size knows it, so that most entries of a
// unit are stepped over in one addition.

import * as D from './constants.ts';
import { Cursor } from './cursor.ts';
import { BadDwarf, hex } from './problems.ts';

export interface AttributeSpec {
  readonly attribute: number;
  readonly form: number;
  /** Of DW_FORM_implicit_const. */
  readonly implicit: bigint;
}

export interface Abbreviation {
  readonly tag: number;
  readonly hasChildren: boolean;
  readonly specs: readonly AttributeSpec[];
  /** What all attributes occupy; undefined: it varies. */
  readonly fixedBytes: number | undefined;
}

/** By code. */
export type Abbreviations = ReadonlyMap<number, Abbreviation>;

/** The sizes of forms depend on the unit. */
export interface FormSizes {
  readonly addressBytes: 4 | 8;
  readonly offsetBytes: 4 | 8;
  readonly version: number;
}

/** One table may not describe more; 100 attributes is far beyond any compiler. */
const ABBREVIATION_LIMIT = 1 << 16;
const ATTRIBUTE_LIMIT = 256;

export function readAbbreviations(
  section: Uint8Array,
  offset: number,
  sizes: FormSizes,
): Abbreviations {
  const cursor = new Cursor('.debug_abbrev', section, offset);
  const table = new Map<number, Abbreviation>();
  for (;;) {
    const at = cursor.at;
    const code = cursor.done ? 0 : cursor.uleb();
    if (code === 0) return table;
    if (table.size >= ABBREVIATION_LIMIT) throw tooMany('a table', at, ABBREVIATION_LIMIT);
    const tag = cursor.uleb();
    const hasChildren = cursor.u8() !== 0;
    const specs = readSpecs(cursor);
    // Of two with one code the first counts.
    if (!table.has(code))
      table.set(code, { tag, hasChildren, specs, fixedBytes: fixedBytes(specs, sizes) });
  }
}

function readSpecs(cursor: Cursor): readonly AttributeSpec[] {
  const specs: AttributeSpec[] = [];
  for (;;) {
    const at = cursor.at;
    const attribute = cursor.uleb();
    const form = cursor.uleb();
    if (attribute === 0 && form === 0) return specs;
    if (specs.length >= ATTRIBUTE_LIMIT) throw tooMany('an abbreviation', at, ATTRIBUTE_LIMIT);
    const implicit = form === D.DW_FORM_implicit_const ? cursor.wideSleb() : 0n;
    specs.push({ attribute, form, implicit });
  }
}

function tooMany(what: string, offset: number, limit: number): BadDwarf {
  const [wanted, found] = [`at most ${limit} entries`, 'longer'];
  return new BadDwarf({ kind: 'damaged', section: '.debug_abbrev', offset, what, wanted, found });
}

function fixedBytes(specs: readonly AttributeSpec[], sizes: FormSizes): number | undefined {
  let bytes = 0;
  for (const { form } of specs) {
    const size = formBytes(form, sizes);
    if (size === undefined) return undefined;
    bytes += size;
  }
  return bytes;
}

/** What the form occupies; undefined: it varies. */
function formBytes(form: number, sizes: FormSizes): number | undefined {
  switch (form) {
    case D.DW_FORM_addr:
      return sizes.addressBytes;
    // DWARF 2 said: the size of an address.
    case D.DW_FORM_ref_addr:
      return sizes.version <= 2 ? sizes.addressBytes : sizes.offsetBytes;
    case D.DW_FORM_strp:
    case D.DW_FORM_sec_offset:
    case D.DW_FORM_line_strp:
    case D.DW_FORM_strp_sup:
      return sizes.offsetBytes;
    default:
      return fixedForms.get(form);
  }
}

const fixedForms: ReadonlyMap<number, number> = new Map([
  [D.DW_FORM_flag_present, 0],
  [D.DW_FORM_implicit_const, 0],
  [D.DW_FORM_data1, 1],
  [D.DW_FORM_flag, 1],
  [D.DW_FORM_ref1, 1],
  [D.DW_FORM_strx1, 1],
  [D.DW_FORM_addrx1, 1],
  [D.DW_FORM_data2, 2],
  [D.DW_FORM_ref2, 2],
  [D.DW_FORM_strx2, 2],
  [D.DW_FORM_addrx2, 2],
  [D.DW_FORM_strx3, 3],
  [D.DW_FORM_addrx3, 3],
  [D.DW_FORM_data4, 4],
  [D.DW_FORM_ref4, 4],
  [D.DW_FORM_strx4, 4],
  [D.DW_FORM_addrx4, 4],
  [D.DW_FORM_ref_sup4, 4],
  [D.DW_FORM_data8, 8],
  [D.DW_FORM_ref8, 8],
  [D.DW_FORM_ref_sig8, 8],
  [D.DW_FORM_ref_sup8, 8],
  [D.DW_FORM_data16, 16],
]);

/** Steps over the value of one attribute. */
export function skipForm(cursor: Cursor, form: number, sizes: FormSizes): void {
  const fixed = formBytes(form, sizes);
  if (fixed !== undefined) {
    cursor.skip(fixed);
    return;
  }
  switch (form) {
    case D.DW_FORM_string:
      cursor.skipString();
      break;
    case D.DW_FORM_block1:
      cursor.skip(cursor.u8());
      break;
    case D.DW_FORM_block2:
      cursor.skip(cursor.u16());
      break;
    case D.DW_FORM_block4:
      cursor.skip(cursor.u32());
      break;
    case D.DW_FORM_block:
    case D.DW_FORM_exprloc:
      cursor.skip(cursor.uleb());
      break;
    case D.DW_FORM_sdata:
    case D.DW_FORM_udata:
    case D.DW_FORM_ref_udata:
    case D.DW_FORM_strx:
    case D.DW_FORM_addrx:
    case D.DW_FORM_loclistx:
    case D.DW_FORM_rnglistx:
      cursor.skipLeb();
      break;
    case D.DW_FORM_indirect: {
      const actual = cursor.uleb();
      if (actual === D.DW_FORM_indirect) throw unknownForm(cursor, actual);
      skipForm(cursor, actual, sizes);
      break;
    }
    default:
      throw unknownForm(cursor, form);
  }
}

export function unknownForm(cursor: Cursor, form: number): BadDwarf {
  return new BadDwarf({
    kind: 'unsupported',
    section: cursor.section,
    offset: cursor.at,
    what: `an attribute of form ${hex(form)}`,
    instead: 'compile without -gsplit-dwarf, and do not run dwz on the object',
  });
}
