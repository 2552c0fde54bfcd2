// What DWARF says, in words a debugger can use: lines, functions, variables and
// types.  Everything is made when somebody asks for it; a type refers to others
// through getters, because C's types go in circles.  Addresses are where the code
// runs: the sections have been relocated.
// DWARF 5, https://dwarfstd.org/dwarf5std.html

import type { Addr } from '../base/address.ts';
import type { DwarfProblem } from './problems.ts';

/**
 * The debug sections of one object by name (".debug_info"), relocated and
 * decompressed; several of one name are one behind the other.  Asked when needed.
 */
export interface DebugSections {
  get(name: string): Uint8Array | undefined;
}

/** Where something stands in a source file. */
export interface SourcePlace {
  /** With the folder as the compiler had it, without "." in it: "modules/hello/hello.c". */
  readonly file: string;
  /** From 1; 0: the compiler cannot tell. */
  readonly line: number;
  /** From 1; 0: the whole line. */
  readonly column: number;
}

/** The source line of an address. */
export interface SourceLine extends SourcePlace {
  /** A place to stop at: the start of a statement. */
  readonly isStatement: boolean;
  /** The addresses of this row of the table: low up to, not including, high. */
  readonly low: Addr;
  readonly high: Addr;
}

/** A row of the line table, for stepping. */
export interface LineRow extends SourceLine {
  /** Where a breakpoint on the function's entry goes. */
  readonly prologueEnd: boolean;
  readonly epilogueBegin: boolean;
}

/** An address where a breakpoint on a source line goes. */
export interface LineStart extends SourcePlace {
  readonly address: Addr;
  /** The function the address is in; the innermost inlined one, if it is in any. */
  readonly function: string | undefined;
  readonly inlined: boolean;
}

/** Addresses from low up to, not including, high. */
export interface Range {
  readonly low: Addr;
  readonly high: Addr;
}

export interface FunctionInfo {
  readonly name: string;
  /** What the symbol table calls it, where that is another name. */
  readonly linkageName: string | undefined;
  readonly declared: SourcePlace | undefined;
  /** Lowest first; a compiler may put rare code elsewhere. */
  readonly ranges: readonly Range[];
  /** Where it is called. */
  readonly entry: Addr;
  /** The first address at which parameters can be read. */
  readonly prologueEnd: Addr;
  readonly external: boolean;
  readonly type: FunctionType;
  readonly parameters: readonly Variable[];
}

/** A call that the compiler replaced by the function's body. */
export interface InlinedFrame {
  readonly name: string;
  /** Where in the enclosing function the call stands. */
  readonly call: SourcePlace;
  readonly declared: SourcePlace | undefined;
  readonly ranges: readonly Range[];
  /** Its first address. */
  readonly entry: Addr;
}

export interface Variable {
  readonly name: string;
  /** parameter and local: of a function; static: with an address of its own. */
  readonly kind: 'parameter' | 'local' | 'static' | 'global';
  readonly type: Type;
  readonly declared: SourcePlace | undefined;
  readonly location: Location;
  /** How many blocks it is inside of, in its function; 0 for parameters. */
  readonly depth: number;
  /**
   * Which function it belongs to at the address that was asked for: 0 the function
   * itself, n the n-th of inlinedAt(), counted from 1.
   */
  readonly inlineDepth: number;
}

/** How to find a variable; src/dwarf/locate.ts evaluates it. */
export type Location =
  /** Nowhere: the compiler removed it. */
  | { readonly kind: 'none' }
  | { readonly kind: 'constant'; readonly value: bigint | Uint8Array }
  | { readonly kind: 'expression'; readonly expression: Expression }
  /** Elsewhere at other addresses. */
  | { readonly kind: 'list'; readonly at: (pc: bigint) => Expression | undefined };

/** A DWARF expression with what is needed to evaluate it. */
export interface Expression {
  readonly bytes: Uint8Array;
  readonly context: ExpressionContext;
}

export interface ExpressionContext {
  readonly addressBytes: 4 | 8;
  /** The bytes of an offset into another section: 8 in 64-bit DWARF. */
  readonly offsetBytes: 4 | 8;
  readonly version: number;
  /** What the bias adds to DW_OP_addr. */
  readonly bias: bigint;
  /** Entry `index` of .debug_addr. */
  address(index: number): bigint | undefined;
  /** The base type at this offset in the unit, for typed expressions. */
  baseType(offset: number): BaseType | undefined;
  /** The location of the variable at this offset in .debug_info, for implicit pointers. */
  location(offset: number): Location | undefined;
  /** The expression of the entry at this offset in the unit (or .debug_info), for DW_OP_call. */
  call(offset: number, inUnit: boolean): Expression | undefined;
  /** DW_AT_frame_base of the function at pc. */
  frameBase(pc: bigint): Expression | undefined;
  /** The value on entry of a parameter, from the caller's call site: its expression. */
  callSite(returnAddress: bigint, register: number): Expression | undefined;
}

/** A frame of the stack, for whoever evaluates in it; only what is known is told. */
export interface Frame {
  /** Where it executes: in a caller the address of the call, not behind it. */
  readonly pc: bigint;
  /** By DWARF number; the value that the frame had. */
  register(number: number): bigint | undefined;
  /** undefined: not all of it can be read. */
  memory(address: bigint, bytes: number): Uint8Array | undefined;
  /** The canonical frame address, DW_OP_call_frame_cfa. */
  cfa(): bigint | undefined;
  /** The frame that called this one, for DW_OP_entry_value. */
  caller?(): (Frame & { readonly returnAddress: bigint }) | undefined;
}

// ---- Types

export type Encoding =
  | 'signed'
  | 'unsigned'
  | 'boolean'
  | 'float'
  | 'complex'
  | 'signed char'
  | 'unsigned char'
  | 'utf'
  | 'address';

export interface BaseType {
  readonly kind: 'base';
  readonly name: string;
  readonly bytes: number;
  readonly encoding: Encoding;
}

export interface PointerType {
  readonly kind: 'pointer';
  readonly bytes: number;
  readonly to: Type;
}

export interface StructType {
  readonly kind: 'struct' | 'union' | 'class';
  /** undefined: it has none. */
  readonly name: string | undefined;
  /** 0 if only declared. */
  readonly bytes: number;
  readonly members: readonly Member[];
  /** Declared, and defined nowhere in this object. */
  readonly incomplete: boolean;
}

export interface Member {
  /** undefined: an unnamed struct or union, whose members count as those of this one. */
  readonly name: string | undefined;
  readonly type: Type;
  /** In bytes; of a bit field that of its first bit, rounded down. */
  readonly offset: number;
  /** undefined: not a bit field. */
  readonly bits: { readonly offset: number; readonly size: number } | undefined;
}

export interface ArrayType {
  readonly kind: 'array';
  /** Arrays of arrays for more than one dimension. */
  readonly element: Type;
  /** undefined: not known, as of a flexible member. */
  readonly count: number | undefined;
  readonly vector: boolean;
}

export interface EnumType {
  readonly kind: 'enum';
  readonly name: string | undefined;
  readonly bytes: number;
  readonly signed: boolean;
  readonly enumerators: readonly { readonly name: string; readonly value: bigint }[];
}

export interface FunctionType {
  readonly kind: 'function';
  readonly returns: Type;
  readonly parameters: readonly Type[];
  /** It ends in "...", or it has no prototype. */
  readonly variadic: boolean;
}

export interface TypedefType {
  readonly kind: 'typedef';
  readonly name: string;
  readonly to: Type;
}

export interface QualifiedType {
  readonly kind: 'qualified';
  readonly qualifier: 'const' | 'volatile' | 'restrict' | '_Atomic';
  readonly of: Type;
}

export interface VoidType {
  readonly kind: 'void';
}

/** Something that is no type of C, or that the debug information got wrong. */
export interface UnknownType {
  readonly kind: 'unknown';
  readonly name: string;
}

export type Type =
  | BaseType
  | PointerType
  | StructType
  | ArrayType
  | EnumType
  | FunctionType
  | TypedefType
  | QualifiedType
  | VoidType
  | UnknownType;

// ---- The questions

/** The debug information of one object.  No method throws on damaged sections. */
export interface DebugInfo {
  /** undefined: no code of this object that its lines tell of. */
  lineAt(address: bigint): SourceLine | undefined;
  /**
   * Where code of this line begins: of each function and each inlined copy its first
   * address.  Of a line without code, the next that has some.  Those that start a
   * function's prologue are moved behind it.
   * @param file its last components are enough: "hello.c", "hello/hello.c"
   */
  addressesOf(file: string, line: number): readonly LineStart[];
  /** All rows between two addresses, lowest first. */
  linesIn(range: { readonly low: bigint; readonly high: bigint }): readonly LineRow[];
  /** All source files that lines tell of. */
  files(): readonly string[];
  functionAt(address: bigint): FunctionInfo | undefined;
  functionNamed(name: string): readonly FunctionInfo[];
  /** Outermost first: the last is the one whose code is at the address. */
  inlinedAt(address: bigint): readonly InlinedFrame[];
  /** Where the body of a function so called stands in place of calls, lowest first. */
  inlinedNamed(name: string): readonly InlinedFrame[];
  /** What is in scope: innermost block first, the unit's own statics and globals last. */
  variablesAt(address: bigint): readonly Variable[];
  /** Variables with static storage outside functions, definitions only. */
  globalNamed(name: string): readonly Variable[];
  /**
   * A type by its C name: "struct foo", "union u", "enum e", "unsigned int" or a
   * typedef's name.
   * @param near prefer the unit whose code is at this address
   */
  typeNamed(name: string, near?: bigint): Type | undefined;
  /** The value of an enumerator, and its enum. */
  enumeratorNamed(name: string): { readonly value: bigint; readonly type: EnumType } | undefined;
  /** What was found wrong while answering. */
  problems(): readonly DwarfProblem[];
}

export interface DwarfOptions {
  /** Added to every address: of a shared object that was moved when it was loaded. */
  readonly bias?: bigint;
}
