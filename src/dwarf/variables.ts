// Variables: who is in scope at an address, and where each of them is.

import * as D from './constants.ts';
import { Cursor, narrow } from './cursor.ts';
import { type Attribute, addressAt, type Die } from './die.ts';
import type { Functions } from './functions.ts';
import type { Lines } from './lines.ts';
import { findInList } from './location-list.ts';
import type { Expression, ExpressionContext, Location, SourcePlace, Variable } from './model.ts';
import type { Store } from './store.ts';
import { baseType, type Types } from './types.ts';
import type { Unit } from './unit.ts';

const DW_OP_addr = 0x03;
const DW_OP_addrx = 0xa1;

export class Variables {
  readonly #store: Store;
  readonly #lines: Lines;
  readonly #functions: Functions;
  readonly #types: Types;
  readonly #contexts = new Map<Unit, ExpressionContext>();

  constructor(store: Store, lines: Lines, functions: Functions, types: Types) {
    this.#store = store;
    this.#lines = lines;
    this.#functions = functions;
    this.#types = types;
  }

  /** Innermost block first; of one block in the order they are declared. */
  inScope(address: bigint): readonly Variable[] {
    const pc = narrow(address);
    const subprogram = this.#functions.at(pc);
    const found: Variable[] = [];
    if (subprogram !== undefined) {
      let [depth, inlineDepth] = [0, 0];
      const scopes = [subprogram, ...this.#functions.scopesAt(subprogram, pc)].map((die) => {
        if (die.tag === D.DW_TAG_inlined_subroutine) [depth, inlineDepth] = [0, inlineDepth + 1];
        else if (die.tag === D.DW_TAG_lexical_block) depth++;
        return { die, depth, inlineDepth };
      });
      for (const scope of scopes.reverse())
        found.push(...this.#ofScope(scope.die, scope.depth, scope.inlineDepth));
    }
    const unit = this.#lines.unitAt(pc);
    return unit === undefined ? found : [...found, ...this.#ofUnit(unit)];
  }

  parametersOf(subprogram: Die): readonly Variable[] {
    return this.#ofScope(subprogram, 0, 0).filter(({ kind }) => kind === 'parameter');
  }

  #ofScope(die: Die, depth: number, inlineDepth: number): readonly Variable[] {
    return this.#store.attempt([], () => {
      const found: Variable[] = [];
      const instances = new Set<number>();
      const add = (child: Die, kept: boolean): void => {
        if (child.tag !== D.DW_TAG_variable && child.tag !== D.DW_TAG_formal_parameter) return;
        const variable = this.describe(child, true, kept);
        if (variable !== undefined) found.push({ ...variable, depth, inlineDepth });
      };
      for (const child of die.children()) {
        const origin = child.reference(D.DW_AT_abstract_origin);
        if (origin !== undefined) instances.add(origin.offset);
        add(child, true);
      }
      // What is left of a variable that was optimised away is in the abstract instance.
      const abstract = die.reference(D.DW_AT_abstract_origin);
      for (const child of abstract?.children() ?? [])
        if (!instances.has(child.offset)) add(child, false);
      return found;
    });
  }

  #ofUnit(unit: Unit): readonly Variable[] {
    return this.#store.attempt([], () => {
      const found: Variable[] = [];
      for (const child of unit.root.children()) {
        if (child.tag !== D.DW_TAG_variable || child.flag(D.DW_AT_declaration)) continue;
        const variable = this.describe(child, false, true);
        if (variable !== undefined) found.push(variable);
      }
      return found;
    });
  }

  /**
   * @param local it is in a function
   * @param kept false: only its abstract entry is left, which has no place
   */
  describe(die: Die, local: boolean, kept: boolean): Variable | undefined {
    const name = die.name();
    if (name === undefined || name === '') return undefined;
    const location = this.locationOf(die);
    const isStatic = location.kind === 'expression' && isFixed(location.expression);
    // An abstract entry tells of statics and of what is merely declared, too.
    if (!kept && location.kind !== 'none' && !isStatic && location.kind !== 'constant')
      return undefined;
    if (local && die.flag(D.DW_AT_declaration)) return undefined;
    const type = this.#types.typeOf(die);
    return {
      name,
      kind: !local
        ? 'global'
        : isStatic
          ? 'static'
          : die.tag === D.DW_TAG_formal_parameter
            ? 'parameter'
            : 'local',
      type,
      declared: this.declared(die),
      location,
      depth: 0,
      inlineDepth: 0,
    };
  }

  /** Where the source declares it. */
  declared(die: Die): SourcePlace | undefined {
    return this.placeFrom(die, D.DW_AT_decl_file, D.DW_AT_decl_line, D.DW_AT_decl_column);
  }

  placeFrom(die: Die, fileAt: number, lineAt: number, columnAt: number): SourcePlace | undefined {
    return this.#store.attempt(undefined, () => {
      const line = die.count(lineAt);
      const unit = die.holderOf(fileAt)?.unit;
      const number = die.count(fileAt);
      if (line === undefined || unit === undefined || number === undefined) return undefined;
      const file = this.#lines.fileOf(unit, number);
      return file === undefined ? undefined : { file, line, column: die.count(columnAt) ?? 0 };
    });
  }

  locationOf(die: Die): Location {
    return this.#store.attempt<Location>({ kind: 'none' }, () => {
      const constant = die.inherited(D.DW_AT_const_value);
      if (constant !== undefined) return constantLocation(constant);
      const holder = die.holderOf(D.DW_AT_location);
      const found = holder?.attribute(D.DW_AT_location);
      if (holder === undefined || found === undefined) return { kind: 'none' };
      return this.#location(holder.unit, found);
    });
  }

  #location(unit: Unit, found: Attribute): Location {
    const context = this.contextOf(unit);
    if (found.kind === 'block')
      return found.bytes.length === 0
        ? { kind: 'none' }
        : { kind: 'expression', expression: { bytes: found.bytes, context } };
    return {
      kind: 'list',
      at: (pc) => {
        const bytes = this.#store.attempt(undefined, () => findInList(unit, found, narrow(pc)));
        return bytes && { bytes, context };
      },
    };
  }

  contextOf(unit: Unit): ExpressionContext {
    let context = this.#contexts.get(unit);
    if (context === undefined) {
      context = this.#makeContext(unit);
      this.#contexts.set(unit, context);
    }
    return context;
  }

  #makeContext(unit: Unit): ExpressionContext {
    const { addressBytes, offsetBytes, version } = unit;
    const store = this.#store;
    return {
      ...{ addressBytes, offsetBytes, version, bias: store.wideBias },
      address: (index) =>
        store.attempt(undefined, () => BigInt(addressAt(unit, index)) & wordMask(addressBytes)),
      baseType: (offset) =>
        store.attempt(undefined, () => {
          const die = unit.die(unit.start + offset);
          return die.tag === D.DW_TAG_base_type ? baseType(die) : undefined;
        }),
      location: (offset) =>
        store.attempt(undefined, () => {
          const die = store.unitAt(offset)?.die(offset);
          return die && this.locationOf(die);
        }),
      call: (offset, inUnit) =>
        store.attempt(undefined, () => {
          const die = inUnit ? unit.die(unit.start + offset) : store.unitAt(offset)?.die(offset);
          const location = die && this.locationOf(die);
          return location?.kind === 'expression' ? location.expression : undefined;
        }),
      frameBase: (pc) => this.#frameBase(pc),
      callSite: (returnAddress, register) => this.#callSite(returnAddress, register),
    };
  }

  #frameBase(pc: bigint): Expression | undefined {
    return this.#store.attempt(undefined, () => {
      const subprogram = this.#functions.at(narrow(pc));
      const found = subprogram?.inherited(D.DW_AT_frame_base);
      if (subprogram === undefined || found === undefined) return undefined;
      const location = this.#location(subprogram.unit, found);
      if (location.kind === 'expression') return location.expression;
      return location.kind === 'list' ? location.at(pc) : undefined;
    });
  }

  /** What the caller knows of a register that it passed. */
  #callSite(returnAddress: bigint, register: number): Expression | undefined {
    return this.#store.attempt(undefined, () => {
      const wanted = narrow(returnAddress);
      const caller = this.#functions.at(wanted - 1);
      const scopes = caller && [caller, ...this.#functions.scopesAt(caller, wanted - 1)];
      for (const scope of scopes ?? [])
        for (const site of scope.children()) {
          const parameter = isCallTo(site, wanted) && parameterIn(site, register);
          if (parameter) return { bytes: parameter, context: this.contextOf(site.unit) };
        }
      return undefined;
    });
  }
}

function wordMask(bytes: 4 | 8): bigint {
  return bytes === 8 ? 0xffff_ffff_ffff_ffffn : 0xffff_ffffn;
}

/** Whether the place is the same wherever it is asked for. */
function isFixed({ bytes }: Expression): boolean {
  return bytes[0] === DW_OP_addr || bytes[0] === DW_OP_addrx;
}

function constantLocation(constant: Attribute): Location {
  switch (constant.kind) {
    case 'constant':
      return { kind: 'constant', value: constant.value };
    case 'block':
      return { kind: 'constant', value: constant.bytes };
    case 'address':
    case 'offset':
      return { kind: 'constant', value: BigInt(constant.value) };
    case 'string':
      return { kind: 'constant', value: new TextEncoder().encode(`${constant.text}\0`) };
    default:
      return { kind: 'none' };
  }
}

function isCallTo(die: Die, returnAddress: number): boolean {
  if (die.tag !== D.DW_TAG_call_site && die.tag !== D.DW_TAG_GNU_call_site) return false;
  const at = die.attribute(
    die.tag === D.DW_TAG_call_site ? D.DW_AT_call_return_pc : D.DW_AT_low_pc,
  );
  return at?.kind === 'address' && at.value === returnAddress;
}

const DW_OP_reg0 = 0x50;
const DW_OP_regx = 0x90;

function parameterIn(site: Die, register: number): Uint8Array | undefined {
  for (const child of site.children()) {
    const { tag } = child;
    if (tag !== D.DW_TAG_call_site_parameter && tag !== D.DW_TAG_GNU_call_site_parameter) continue;
    const place = child.attribute(D.DW_AT_location);
    const value =
      child.attribute(D.DW_AT_call_value) ?? child.attribute(D.DW_AT_GNU_call_site_value);
    if (place?.kind !== 'block' || value?.kind !== 'block') continue;
    if (registerOf(place.bytes) === register) return value.bytes;
  }
  return undefined;
}

/** Which register a simple expression names. */
export function registerOf(bytes: Uint8Array): number | undefined {
  const cursor = new Cursor('an expression', bytes);
  const operation = cursor.done ? 0 : cursor.u8();
  if (operation >= DW_OP_reg0 && operation < DW_OP_reg0 + 32) return operation - DW_OP_reg0;
  return operation === DW_OP_regx ? cursor.uleb() : undefined;
}
