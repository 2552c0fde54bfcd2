// Evaluates DWARF expressions: a stack machine whose result says where a value is, in
// one piece or several.  DWARF 5, sections 2.5 and 2.6; GNU's operations from before
// version 5 are those of version 5 under other numbers.

import { Cursor } from './cursor.ts';
import { readConstant } from './literals.ts';
import type { BaseType, Expression, ExpressionContext, Frame } from './model.ts';
import * as O from './operations.ts';
import { bytesOf, type Evaluated, type Piece, unsignedOf } from './pieces.ts';
import { BadDwarf, hex } from './problems.ts';
import { registerOf } from './variables.ts';

/** The frame, and what a call frame's rules know, which is less. */
export type EvaluationFrame = Pick<Frame, 'register' | 'memory'> &
  Partial<Pick<Frame, 'pc' | 'cfa' | 'caller'>>;

/** @param initial what is on the stack at the start, as the rules of call frames have it */
export function evaluate(
  { bytes, context }: Expression,
  frame: EvaluationFrame,
  initial: readonly bigint[] = [],
): Evaluated {
  try {
    const machine = new Machine(context, frame, initial, 0);
    return { ok: true, pieces: machine.run(bytes) };
  } catch (error) {
    if (error instanceof Unavailable) return { ok: false, why: error.message };
    if (error instanceof BadDwarf) return { ok: false, why: 'its location is damaged' };
    throw error;
  }
}

/** The same for expressions whose result is a number, as those of call frames. */
export function evaluateNumber(
  expression: Expression,
  frame: EvaluationFrame,
  initial: readonly bigint[] = [],
): bigint | undefined {
  const done = evaluate(expression, frame, initial);
  const [piece] = done.ok ? done.pieces : [];
  if (piece?.kind === 'memory') return piece.address;
  if (piece?.kind === 'register') return frame.register(piece.number);
  return piece?.kind === 'value' ? unsignedOf(piece.bytes) : undefined;
}

/** Ends the evaluation: something is needed that nobody knows. */
class Unavailable extends Error {}

const STEP_LIMIT = 10_000;
const DEPTH_LIMIT = 8;
const STACK_LIMIT = 1024;

class Machine {
  readonly #context: ExpressionContext;
  readonly #frame: EvaluationFrame;
  readonly #depth: number;
  readonly #stack: O.Item[];
  readonly #pieces: Piece[] = [];
  /** A place that is not the address on the stack, until a piece takes it. */
  #place: Piece | undefined;
  #steps = 0;

  constructor(
    context: ExpressionContext,
    frame: EvaluationFrame,
    initial: readonly bigint[],
    depth: number,
  ) {
    this.#context = context;
    this.#frame = frame;
    this.#depth = depth;
    this.#stack = initial.map((bits) => ({ bits, type: undefined }));
  }

  run(bytes: Uint8Array): readonly Piece[] {
    this.#execute(bytes, 0);
    if (this.#pieces.length > 0) return this.#pieces;
    return [this.#takePlace()];
  }

  #execute(bytes: Uint8Array, calls: number): void {
    const cursor = new Cursor('a location', bytes);
    while (!cursor.done) {
      if (++this.#steps > STEP_LIMIT) throw new Unavailable('its location does not end');
      const operation = cursor.u8();
      if (!this.#simple(operation) && !this.#constant(operation, cursor))
        this.#other(operation, cursor, calls);
    }
  }

  #takePlace(): Piece {
    const place = this.#place;
    this.#place = undefined;
    if (place !== undefined) return place;
    if (this.#stack.length === 0) return { kind: 'gone' };
    return { kind: 'memory', address: this.#pop().bits };
  }

  #push(value: bigint, type?: BaseType): void {
    if (this.#stack.length >= STACK_LIMIT) throw new Unavailable('its location is too complex');
    const width = (type?.bytes ?? this.#context.addressBytes) * 8;
    this.#stack.push({ bits: BigInt.asUintN(width, value), type });
  }

  #pop(): O.Item {
    const item = this.#stack.pop();
    if (item === undefined) throw new Unavailable('its location is damaged');
    return item;
  }

  #pick(depth: number): O.Item {
    const item = this.#stack.at(-1 - depth);
    if (item === undefined) throw new Unavailable('its location is damaged');
    return item;
  }

  #register(number: number): bigint {
    const value = this.#frame.register(number);
    if (value === undefined) throw new Unavailable(`register ${number} was not saved`);
    return value;
  }

  /** Operations of one byte that work on the stack alone. */
  #simple(operation: number): boolean {
    const { addressBytes } = this.#context;
    if (operation === O.DW_OP_abs || operation === O.DW_OP_neg || operation === O.DW_OP_not) {
      const result = O.unary(operation, this.#pop(), addressBytes);
      if (result === undefined) throw unsupported(operation);
      this.#stack.push(result);
      return true;
    }
    if (operation < O.DW_OP_and || operation > O.DW_OP_ne) return false;
    // DW_OP_plus_uconst and DW_OP_bra stand among them.
    if (operation === 0x23 || operation === 0x28) return false;
    const right = this.#pop();
    const result = O.binary(operation, this.#pop(), right, addressBytes);
    if (result === undefined) throw new Unavailable('its location divides by zero');
    this.#stack.push(result);
    return true;
  }

  #constant(operation: number, cursor: Cursor): boolean {
    const value = readConstant(operation, cursor);
    if (value !== undefined) this.#push(value);
    return value !== undefined;
  }

  #other(operation: number, cursor: Cursor, calls: number): void {
    const { addressBytes } = this.#context;
    if (operation >= 0x50 && operation < 0x70) {
      this.#place = { kind: 'register', number: operation - 0x50 };
      return;
    }
    if (operation >= 0x70 && operation < 0x90) {
      this.#push(this.#register(operation - 0x70) + cursor.wideSleb());
      return;
    }
    switch (operation) {
      case 0x03: // DW_OP_addr
        this.#push(cursor.unsigned(addressBytes) + this.#context.bias);
        break;
      case 0xa1: // DW_OP_addrx
      case 0xa2: // DW_OP_constx
      case 0xfb: // DW_OP_GNU_addr_index
        this.#push(this.#indexed(cursor.uleb(), operation));
        break;
      case 0x06: // DW_OP_deref
        this.#push(this.#load(this.#pop().bits, addressBytes));
        break;
      case 0x94: // DW_OP_deref_size
        this.#push(this.#load(this.#pop().bits, cursor.u8()));
        break;
      case 0x12: // DW_OP_dup
        this.#stack.push(this.#pick(0));
        break;
      case 0x13: // DW_OP_drop
        this.#pop();
        break;
      case 0x14: // DW_OP_over
        this.#stack.push(this.#pick(1));
        break;
      case 0x15: // DW_OP_pick
        this.#stack.push(this.#pick(cursor.u8()));
        break;
      case 0x16: // DW_OP_swap
        this.#stack.push(...[this.#pop(), this.#pop()]);
        break;
      case 0x17: {
        // DW_OP_rot: the top goes below the two others.
        const [top, second, third] = [this.#pop(), this.#pop(), this.#pop()];
        this.#stack.push(top, third, second);
        break;
      }
      case 0x23: {
        // DW_OP_plus_uconst
        const { bits, type } = this.#pop();
        this.#push(bits + cursor.wideUleb(), type);
        break;
      }
      case 0x28: // DW_OP_bra
      case 0x2f: {
        // DW_OP_skip
        const distance = Number(BigInt.asIntN(16, cursor.unsigned(2)));
        if (operation === 0x2f || this.#pop().bits !== 0n) jump(cursor, distance);
        break;
      }
      case 0x90: // DW_OP_regx
        this.#place = { kind: 'register', number: cursor.uleb() };
        break;
      case 0x91: // DW_OP_fbreg
        this.#push(this.#frameBase() + cursor.wideSleb());
        break;
      case 0x92: // DW_OP_bregx
        this.#push(this.#register(cursor.uleb()) + cursor.wideSleb());
        break;
      case 0x93: // DW_OP_piece
        this.#addPiece(cursor.uleb() * 8, 0);
        break;
      case 0x9d: // DW_OP_bit_piece
        this.#addPiece(cursor.uleb(), cursor.uleb());
        break;
      case 0x96: // DW_OP_nop
        break;
      case 0x98: // DW_OP_call2
        this.#call(cursor.u16(), true, calls);
        break;
      case 0x99: // DW_OP_call4
        this.#call(cursor.u32(), true, calls);
        break;
      case 0x9a: // DW_OP_call_ref
        this.#call(cursor.offset(this.#context.offsetBytes), false, calls);
        break;
      case 0x9c: // DW_OP_call_frame_cfa
        this.#push(this.#cfa());
        break;
      case 0x9e: // DW_OP_implicit_value
        this.#place = { kind: 'value', bytes: cursor.block(cursor.uleb()) };
        break;
      case 0x9f: {
        // DW_OP_stack_value
        const { bits, type } = this.#pop();
        this.#place = { kind: 'value', bytes: bytesOf(bits, type?.bytes ?? addressBytes) };
        break;
      }
      case 0xa0: // DW_OP_implicit_pointer
      case 0xf2: {
        // DW_OP_GNU_implicit_pointer
        const { version, offsetBytes } = this.#context;
        const to = cursor.offset(version <= 2 ? addressBytes : offsetBytes);
        const context = this.#context;
        this.#place = { kind: 'pointer', to, delta: cursor.sleb(), context };
        break;
      }
      case 0xa3: // DW_OP_entry_value
      case 0xf3: // DW_OP_GNU_entry_value
        this.#push(this.#entryValue(cursor.block(cursor.uleb())));
        break;
      case 0xa4: // DW_OP_const_type
      case 0xf4: {
        // DW_OP_GNU_const_type
        const type = this.#type(cursor.uleb());
        this.#push(unsignedOf(cursor.block(cursor.u8())), type);
        break;
      }
      case 0xa5: // DW_OP_regval_type
      case 0xf5: {
        // DW_OP_GNU_regval_type
        const value = this.#register(cursor.uleb());
        this.#push(value, this.#type(cursor.uleb()));
        break;
      }
      case 0xa6: // DW_OP_deref_type
      case 0xf6: {
        // DW_OP_GNU_deref_type
        const bytes = cursor.u8();
        this.#push(this.#load(this.#pop().bits, bytes), this.#type(cursor.uleb()));
        break;
      }
      case 0xa8: // DW_OP_convert
      case 0xf7: // DW_OP_GNU_convert
        this.#stack.push(O.convert(this.#pop(), this.#type(cursor.uleb()), addressBytes));
        break;
      case 0xa9: // DW_OP_reinterpret
      case 0xf9: // DW_OP_GNU_reinterpret
        this.#push(this.#pop().bits, this.#type(cursor.uleb()));
        break;
      default:
        throw unsupported(operation);
    }
  }

  /** The base type at an offset of the unit; 0 means an address. */
  #type(offset: number): BaseType | undefined {
    if (offset === 0) return undefined;
    const type = this.#context.baseType(offset);
    if (type === undefined || type.bytes > 16) throw new Unavailable('its location is damaged');
    return type;
  }

  #indexed(index: number, operation: number): bigint {
    const value = this.#context.address(index);
    if (value === undefined) throw new Unavailable('its location is damaged');
    // Only an address moves with the object.
    return operation === 0xa2 ? value - this.#context.bias : value;
  }

  #load(address: bigint, bytes: number): bigint {
    if (bytes < 1 || bytes > 16) throw new Unavailable('its location is damaged');
    const content = this.#frame.memory(address, bytes);
    if (content === undefined)
      throw new Unavailable(`memory at 0x${address.toString(16)} cannot be read`);
    return unsignedOf(content);
  }

  #cfa(): bigint {
    const cfa = this.#frame.cfa?.();
    if (cfa === undefined) throw new Unavailable('its frame has no known address');
    return cfa;
  }

  #frameBase(): bigint {
    const base = this.#frame.pc === undefined ? undefined : this.#context.frameBase(this.#frame.pc);
    if (base === undefined) throw new Unavailable('its frame has no known base');
    const [piece] = this.#inner(base, this.#frame);
    // A register means the register's content here.
    if (piece?.kind === 'register') return this.#register(piece.number);
    if (piece?.kind === 'value') return unsignedOf(piece.bytes);
    if (piece?.kind !== 'memory') throw new Unavailable('its frame has no known base');
    return piece.address;
  }

  #inner(expression: Expression, frame: EvaluationFrame): readonly Piece[] {
    if (this.#depth >= DEPTH_LIMIT) throw new Unavailable('its location does not end');
    return new Machine(expression.context, frame, [], this.#depth + 1).run(expression.bytes);
  }

  /** What was true on entry, which the caller may still know. */
  #entryValue(bytes: Uint8Array): bigint {
    const register = registerOf(bytes);
    const caller = this.#frame.caller?.();
    const known =
      caller === undefined || register === undefined
        ? undefined
        : this.#context.callSite(caller.returnAddress, register);
    if (caller === undefined || known === undefined) throw new Unavailable('optimized out');
    const [piece] = this.#inner(known, caller);
    if (piece?.kind === 'memory') return piece.address;
    if (piece?.kind === 'value') return unsignedOf(piece.bytes);
    const value = piece?.kind === 'register' ? caller.register(piece.number) : undefined;
    if (value === undefined) throw new Unavailable('optimized out');
    return value;
  }

  #call(offset: number, inUnit: boolean, calls: number): void {
    const called = this.#context.call(offset, inUnit);
    if (called === undefined) return;
    if (calls >= DEPTH_LIMIT) throw new Unavailable('its location does not end');
    this.#execute(called.bytes, calls + 1);
  }

  #addPiece(size: number, offset: number): void {
    this.#pieces.push({ ...this.#takePlace(), bits: { size, offset } });
  }
}

function jump(cursor: Cursor, distance: number): void {
  const to = cursor.at + distance;
  if (to < 0 || to > cursor.end) throw new Unavailable('its location is damaged');
  cursor.at = to;
}

function unsupported(operation: number): Unavailable {
  return new Unavailable(`its location uses operation ${hex(operation)}, which is not supported`);
}
