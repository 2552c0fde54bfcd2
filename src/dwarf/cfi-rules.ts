// The programs of call frame information: instructions that change the rules of a row
// until the row of the wanted address is reached.  DWARF 5, section 6.4.2.

import type { Cursor, Narrow } from './cursor.ts';
import { BadDwarf, hex } from './problems.ts';

/** How a register of the caller is found. */
export type Rule =
  | { readonly kind: 'undefined' }
  | { readonly kind: 'same' }
  | { readonly kind: 'register'; readonly register: number }
  /** At, or itself, the CFA plus this. */
  | { readonly kind: 'offset' | 'value offset'; readonly offset: bigint }
  | { readonly kind: 'expression' | 'value expression'; readonly bytes: Uint8Array };

export type CfaRule =
  | { readonly kind: 'register'; readonly register: number; readonly offset: bigint }
  | { readonly kind: 'expression'; readonly bytes: Uint8Array };

/** The row of the table for an address. */
export interface CallFrame {
  readonly cfa: CfaRule;
  /** By DWARF number; a register without a rule has the value it had. */
  readonly rules: ReadonlyMap<number, Rule>;
  readonly returnRegister: number;
  readonly signal: boolean;
  /** AArch64: the return address carries a signature. */
  readonly signedReturn: boolean;
}

const STATE_LIMIT = 64;

/** What all rows of an entry have in common. */
export interface RowFacts {
  readonly codeAlign: number;
  readonly dataAlign: bigint;
  readonly returnRegister: number;
  readonly signal: boolean;
}

/** Fills the rules of one row.  The numbers are DW_CFA_*. */
export class RuleMachine {
  readonly #facts: RowFacts;
  #cfa: CfaRule = { kind: 'register', register: 0, offset: 0n };
  #rules = new Map<number, Rule>();
  #initial: ReadonlyMap<number, Rule> = new Map();
  #signed = false;
  readonly #states: { cfa: CfaRule; rules: Map<number, Rule> }[] = [];

  constructor(facts: RowFacts) {
    this.#facts = facts;
  }

  keepInitial(): void {
    this.#initial = new Map(this.#rules);
  }

  frame(): CallFrame {
    const { returnRegister, signal } = this.#facts;
    return {
      ...{ cfa: this.#cfa, rules: this.#rules, returnRegister, signal },
      signedReturn: this.#signed,
    };
  }

  /** Until the rows are behind `pc`. */
  run(cursor: Cursor, start: Narrow, pc: Narrow, readAddress?: (cursor: Cursor) => Narrow): void {
    let location = start;
    while (!cursor.done) {
      const byte = cursor.u8();
      const [operation, operand] = [byte & 0xc0, byte & 0x3f];
      let advance = 0;
      if (operation === 0x40) advance = operand;
      else if (operation === 0x80) this.#offset(operand, cursor.wideUleb());
      else if (operation === 0xc0) this.#restore(operand);
      else if (byte === 0x01) location = readAddress?.(cursor) ?? 0;
      else if (byte === 0x02) advance = cursor.u8();
      else if (byte === 0x03) advance = cursor.u16();
      else if (byte === 0x04) advance = cursor.u32();
      else this.#other(byte, cursor);
      location += advance * this.#facts.codeAlign;
      if (location > pc) return;
    }
  }

  #offset(register: number, factored: bigint): void {
    this.#rules.set(register, { kind: 'offset', offset: factored * this.#facts.dataAlign });
  }

  #restore(register: number): void {
    const initial = this.#initial.get(register);
    if (initial === undefined) this.#rules.delete(register);
    else this.#rules.set(register, initial);
  }

  #setOffset(offset: bigint): void {
    if (this.#cfa.kind === 'register') this.#cfa = { ...this.#cfa, offset };
  }

  #other(operation: number, cursor: Cursor): void {
    const { dataAlign } = this.#facts;
    switch (operation) {
      case 0x00: // nop
        break;
      case 0x05: // offset_extended
        this.#offset(cursor.uleb(), cursor.wideUleb());
        break;
      case 0x06: // restore_extended
        this.#restore(cursor.uleb());
        break;
      case 0x07: // undefined
        this.#rules.set(cursor.uleb(), { kind: 'undefined' });
        break;
      case 0x08: // same_value
        this.#rules.set(cursor.uleb(), { kind: 'same' });
        break;
      case 0x09: // register
        this.#rules.set(cursor.uleb(), { kind: 'register', register: cursor.uleb() });
        break;
      case 0x0a: // remember_state
        if (this.#states.length >= STATE_LIMIT) throw tooDeep(cursor);
        this.#states.push({ cfa: this.#cfa, rules: new Map(this.#rules) });
        break;
      case 0x0b: {
        // restore_state
        const state = this.#states.pop();
        if (state !== undefined) [this.#cfa, this.#rules] = [state.cfa, state.rules];
        break;
      }
      case 0x0c: // def_cfa
        this.#cfa = { kind: 'register', register: cursor.uleb(), offset: cursor.wideUleb() };
        break;
      case 0x12: {
        // def_cfa_sf
        const register = cursor.uleb();
        this.#cfa = { kind: 'register', register, offset: cursor.wideSleb() * dataAlign };
        break;
      }
      case 0x0d: {
        // def_cfa_register
        const offset = this.#cfa.kind === 'register' ? this.#cfa.offset : 0n;
        this.#cfa = { kind: 'register', register: cursor.uleb(), offset };
        break;
      }
      case 0x0e: // def_cfa_offset
        this.#setOffset(cursor.wideUleb());
        break;
      case 0x13: // def_cfa_offset_sf
        this.#setOffset(cursor.wideSleb() * dataAlign);
        break;
      case 0x0f: // def_cfa_expression
        this.#cfa = { kind: 'expression', bytes: cursor.block(cursor.uleb()) };
        break;
      case 0x10: // expression
        this.#expression('expression', cursor);
        break;
      case 0x16: // val_expression
        this.#expression('value expression', cursor);
        break;
      case 0x11: // offset_extended_sf
        this.#offset(cursor.uleb(), cursor.wideSleb());
        break;
      case 0x14: // val_offset
        this.#valueOffset(cursor.uleb(), cursor.wideUleb());
        break;
      case 0x15: // val_offset_sf
        this.#valueOffset(cursor.uleb(), cursor.wideSleb());
        break;
      case 0x2d: // AARCH64_negate_ra_state
      case 0x2c: // AARCH64_negate_ra_state_with_pc
        this.#signed = !this.#signed;
        break;
      case 0x2e: // GNU_args_size, which only exceptions need
        cursor.skipLeb();
        break;
      case 0x2f: // GNU_negative_offset_extended
        this.#offset(cursor.uleb(), -cursor.wideUleb());
        break;
      default:
        throw unknown(cursor, operation);
    }
  }

  #expression(kind: 'expression' | 'value expression', cursor: Cursor): void {
    const register = cursor.uleb();
    this.#rules.set(register, { kind, bytes: cursor.block(cursor.uleb()) });
  }

  #valueOffset(register: number, factored: bigint): void {
    this.#rules.set(register, { kind: 'value offset', offset: factored * this.#facts.dataAlign });
  }
}

function unknown({ section, at }: Cursor, operation: number): BadDwarf {
  return new BadDwarf({
    ...{ kind: 'unsupported', section, offset: at, what: `instruction ${hex(operation)}` },
    instead: 'compile without the option that makes it',
  });
}

function tooDeep({ section, at }: Cursor): BadDwarf {
  const [what, wanted] = ['the number of remembered states', `at most ${STATE_LIMIT}`];
  return new BadDwarf({ kind: 'damaged', section, offset: at, what, wanted, found: 'more' });
}
