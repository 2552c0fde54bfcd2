// Call frame information: how to get from a function's frame to its caller's at any
// instruction.  .debug_frame and .eh_frame hold small programs that fill a table, a
// row for each address, a rule for each register.  DWARF 5, section 6.4; .eh_frame:
// https://refspecs.linuxfoundation.org/LSB_5.0.0/LSB-Core-generic/LSB-Core-generic/ehframechpt.html

import type { CallFrame, Rule } from './cfi-rules.ts';
import { CfiTable } from './cfi-table.ts';
import { evaluateNumber } from './evaluate.ts';
import type { ExpressionContext, Frame } from './model.ts';
import { unsignedOf } from './pieces.ts';

/** A section of call frame information, relocated. */
export interface CfiSection {
  readonly name: '.debug_frame' | '.eh_frame';
  readonly bytes: Uint8Array;
  /** Where it is loaded; .debug_frame is not: 0. */
  readonly address: bigint;
  /** Added to absolute addresses in it: of a shared object that was moved. */
  readonly bias?: bigint;
}

export interface CfiOptions {
  readonly wordBytes: 4 | 8;
  /** The stack pointer's DWARF number: in the caller it is the CFA. */
  readonly stackPointer: number;
}

/** One step up the stack. */
export interface Unwound {
  /** The canonical frame address of the frame that was given. */
  readonly cfa: bigint;
  /** Where the caller goes on; undefined: there is none, or nobody knows. */
  readonly returnAddress: bigint | undefined;
  /** A register of the caller, by DWARF number. */
  register(number: number): bigint | undefined;
  /** The frame given is of a handler: its caller was interrupted at returnAddress. */
  readonly signal: boolean;
}

export class CallFrames {
  readonly #tables: readonly CfiTable[];
  readonly #options: CfiOptions;

  /** Sections that are asked first come first. */
  constructor(sections: readonly CfiSection[], options: CfiOptions) {
    this.#tables = sections.map((section) => new CfiTable(section, options.wordBytes));
    this.#options = options;
  }

  /** undefined: nothing is told of the code at frame.pc, or what is told is damaged. */
  unwind(frame: Pick<Frame, 'pc' | 'register' | 'memory'>): Unwound | undefined {
    for (const table of this.#tables) {
      const found = table.frameAt(frame.pc);
      if (found !== undefined) return this.#apply(found, frame);
    }
    return undefined;
  }

  #apply(found: CallFrame, frame: Pick<Frame, 'pc' | 'register' | 'memory'>): Unwound | undefined {
    const { wordBytes, stackPointer } = this.#options;
    const bits = wordBytes * 8;
    const context = contextOf(wordBytes);
    const cfa = ((): bigint | undefined => {
      if (found.cfa.kind === 'expression')
        return evaluateNumber({ bytes: found.cfa.bytes, context }, frame);
      const base = frame.register(found.cfa.register);
      return base === undefined ? undefined : BigInt.asUintN(bits, base + found.cfa.offset);
    })();
    if (cfa === undefined) return undefined;
    const load = (address: bigint): bigint | undefined => {
      const bytes = frame.memory(BigInt.asUintN(bits, address), wordBytes);
      return bytes && unsignedOf(bytes);
    };
    // What is below the stack pointer has been popped, and may be overwritten: compilers
    // leave out that the register is restored.
    const sp = found.signal ? undefined : frame.register(stackPointer);
    const saved = (address: bigint, number: number): bigint | undefined =>
      number !== stackPointer && sp !== undefined && BigInt.asUintN(bits, address) < sp
        ? frame.register(number)
        : load(address);
    const apply = (rule: Rule, number: number): bigint | undefined => {
      switch (rule.kind) {
        case 'undefined':
          return undefined;
        case 'same':
          return frame.register(number);
        case 'register':
          return frame.register(rule.register);
        case 'offset':
          return saved(cfa + rule.offset, number);
        case 'value offset':
          return BigInt.asUintN(bits, cfa + rule.offset);
        case 'expression':
        case 'value expression': {
          const value = evaluateNumber({ bytes: rule.bytes, context }, frame, [cfa]);
          return value === undefined || rule.kind === 'value expression' ? value : load(value);
        }
      }
    };
    const register = (number: number): bigint | undefined => {
      const rule = found.rules.get(number);
      if (rule !== undefined) return apply(rule, number);
      return number === stackPointer ? cfa : frame.register(number);
    };
    const address = register(found.returnRegister);
    return {
      cfa,
      returnAddress:
        address !== undefined && found.signedReturn ? withoutSignature(address) : address,
      register,
      signal: found.signal,
    };
  }
}

/** An address that AArch64 signed: bit 55 says which half of memory, 47 to 0 where in it. */
function withoutSignature(address: bigint): bigint {
  const high = ((address >> 55n) & 1n) === 1n;
  const low = BigInt.asUintN(48, address);
  return high ? low | 0xffff_0000_0000_0000n : low;
}

/** Expressions of call frames know of no unit. */
function contextOf(addressBytes: 4 | 8): ExpressionContext {
  const none = (): undefined => undefined;
  return {
    ...{ addressBytes, offsetBytes: 4, version: 4, bias: 0n },
    ...{ address: none, baseType: none, location: none, call: none, frameBase: none },
    callSite: none,
  };
}
