// What a debugger can do with a guest, in the words that its three front ends (the
// terminal, gdb's remote protocol, the Debug Adapter Protocol) share.  Session
// implements it.  Runs are deterministic, so time has two directions everywhere.

import type { Arch } from '../arch/arch.ts';
import type { Addr } from '../base/address.ts';
import type { ObjectFile } from '../kernel/files.ts';
import type { Kernel } from '../kernel/kernel.ts';
import type { Death } from '../kernel/requests.ts';
import type { CallResult, LoadResult, UnloadResult } from '../kernel/results.ts';
import type { Position } from '../machine/stop.ts';

/** How to go on.  Every kind stops early at breakpoints, watchpoints and caught events. */
export type Resume =
  | { readonly kind: 'continue' }
  /** `count` instructions; `over`: a call and what it calls are one. */
  | { readonly kind: 'instruction'; readonly count?: number; readonly over?: boolean }
  /** To the start of another source line; `over` as above.  Functions without lines are passed. */
  | { readonly kind: 'line'; readonly count?: number; readonly over?: boolean }
  /** To behind the call of frame number `frame` (default 0); in reverse: to before it. */
  | { readonly kind: 'finish'; readonly frame?: number }
  /** To an address in the current frame, or the return of that frame. */
  | { readonly kind: 'until'; readonly address: Addr };

export interface ResumeOptions {
  /** Backwards in time. */
  readonly reverse?: boolean;
}

/** Why the guest stands still. */
export type DebugStop = {
  readonly position: Position;
  readonly pc: Addr;
} & (
  | { readonly reason: 'breakpoint'; readonly breakpoints: readonly Breakpoint[] }
  | { readonly reason: 'watchpoint'; readonly hits: readonly WatchHit[] }
  /** A step, finish or until is done. */
  | { readonly reason: 'step'; readonly returned?: ReturnedValue | undefined }
  | { readonly reason: 'interrupt' }
  /** At the faulting instruction, before the guest's kernel knows. */
  | { readonly reason: 'exception'; readonly exception: ExceptionInfo }
  /** Linked at its addresses, nothing of it has run; or gone. */
  | { readonly reason: 'module'; readonly event: 'loaded' | 'unloaded'; readonly module: string }
  /** At the module's first instruction. */
  | { readonly reason: 'entry'; readonly module: string }
  /** The request that was asked for is done; the guest is idle. */
  | { readonly reason: 'done'; readonly outcome: Outcome }
  /** There is nothing to do: no request, no thread that will wake. */
  | { readonly reason: 'idle' }
  /** The machine will not run any more. */
  | { readonly reason: 'dead'; readonly death: Death }
  /** Running backwards came to where recording begins. */
  | { readonly reason: 'history-begin' }
);

/** What came of a request. */
export type Outcome =
  | { readonly kind: 'load'; readonly file: string; readonly result: LoadResult }
  | { readonly kind: 'unload'; readonly module: string; readonly result: UnloadResult }
  | { readonly kind: 'call'; readonly symbol: string; readonly result: CallResult };

/** A function's value after `finish`: the registers or memory that hold it. */
export interface ReturnedValue {
  readonly function: string;
  /** As printed for people. */
  readonly text: string;
}

export interface ExceptionInfo {
  /** As POSIX numbers it: 11 segmentation, 4 illegal, 8 arithmetic, 5 trap, 7 bus, 6 abort. */
  readonly signal: number;
  /** "page fault: write to 0x18, which is not mapped". */
  readonly text: string;
  /** undefined: the exception has none. */
  readonly address: Addr | undefined;
}

export interface BreakpointSpec {
  /**
   * 'name', 'file:line', 'line' (of the current file), '*address', '*symbol+4',
   * 'module:name'.  What is not there yet is pending and resolved when a module comes.
   */
  readonly location: string;
  /** A C expression; it is stopped only if it is not 0. */
  readonly condition?: string | undefined;
  /** Hits to pass over first. */
  readonly ignore?: number | undefined;
  /** At which of the other hits to stop; default: at each. */
  readonly hitCondition?: HitCondition | undefined;
  /** Gone once it has stopped. */
  readonly temporary?: boolean | undefined;
  readonly enabled?: boolean | undefined;
  /** Told instead of stopping; expressions in braces are evaluated. */
  readonly logMessage?: string | undefined;
  /** 'user' ones are listed; those of a front end's own are not. */
  readonly owner?: 'user' | 'gdb' | 'internal' | undefined;
}

/** Of the number of a hit, counted from 1: "hit % 3 is 0", "hit >= 5". */
export interface HitCondition {
  readonly test: '==' | '>=' | '>' | '<=' | '<' | '%';
  readonly count: number;
}

export interface Breakpoint {
  readonly id: number;
  readonly spec: BreakpointSpec;
  readonly enabled: boolean;
  readonly hits: number;
  readonly places: readonly BreakpointPlace[];
  /** Why there is no place: "no symbol foo in the kernel and 1 module; pending". */
  readonly problem: string | undefined;
}

export interface BreakpointPlace {
  readonly address: Addr;
  readonly where: string;
  readonly file: string | undefined;
  readonly line: number | undefined;
  readonly module: string | undefined;
}

export interface WatchSpec {
  readonly address: Addr;
  readonly bytes: number;
  readonly kind: 'read' | 'write' | 'access';
  /** For people: the expression that was asked for. */
  readonly expression?: string | undefined;
  readonly condition?: string | undefined;
  /** At which hits to stop; default: at each. */
  readonly hitCondition?: HitCondition | undefined;
  readonly owner?: 'user' | 'gdb' | 'internal' | undefined;
}

export interface Watchpoint {
  readonly id: number;
  readonly spec: WatchSpec;
  readonly hits: number;
}

/** The access is done when the guest stands still; writes stop only if they change something. */
export interface WatchHit {
  readonly watchpoint: Watchpoint;
  readonly access: 'read' | 'write';
  /** The instruction that did it. */
  readonly pc: Addr;
  readonly old: Uint8Array;
  readonly new: Uint8Array;
}

/** A thread of the guest's kernel. */
export interface ThreadInfo {
  readonly id: number;
  readonly name: string;
  readonly current: boolean;
  readonly state: string;
}

/** One function's activation; innermost is number 0.  Inlined functions have frames of their own. */
export interface StackFrame {
  readonly index: number;
  /** Where it executes: for a caller behind the call. */
  readonly pc: Addr;
  /** For symbol and line lookups: within the call. */
  readonly lookupPc: Addr;
  readonly function: string | undefined;
  readonly offset: number | undefined;
  /** undefined: the kernel. */
  readonly module: string | undefined;
  readonly file: string | undefined;
  readonly line: number | undefined;
  readonly column: number | undefined;
  readonly inlined: boolean;
  /** An exception or interrupt happened in it. */
  readonly interrupted: boolean;
  /** Nothing tells who called the frame before; this looks like it. */
  readonly guessed?: true;
  /** Canonical frame address; undefined: not known. */
  readonly cfa: Addr | undefined;
  /** A general register of this frame by the architecture's name; undefined: lost. */
  register(name: string): bigint | undefined;
}

/** A variable or a part of one, for trees. */
export interface ValueNode {
  readonly name: string;
  readonly type: string;
  /** Of a variable in locals(): what it is to its function. */
  readonly role?: 'parameter' | 'local' | 'static' | undefined;
  /** As gdb prints it. */
  readonly text: string;
  /** A C expression that means it in its frame; undefined: there is none. */
  readonly expression?: string | undefined;
  /** Where it is, if in memory. */
  readonly address: Addr | undefined;
  readonly bytes: number | undefined;
  /** Members, elements, what a pointer points to; asked when somebody looks. */
  children(): readonly ValueNode[];
  /** Assigns; answers what is wrong. */
  assign?(expression: string): string | undefined;
}

export type Evaluated =
  | { readonly ok: true; readonly value: ValueNode }
  | { readonly ok: false; readonly problem: string };

export interface RegisterValue {
  readonly name: string;
  readonly group: 'general' | 'float' | 'vector' | 'system';
  readonly bits: number;
  /** Little-endian, bits / 8 bytes. */
  readonly bytes: Uint8Array;
}

/** A module or the kernel, as debuggers list them. */
export interface LoadedObject {
  /** undefined: the kernel. */
  readonly id: number | undefined;
  readonly name: string;
  /** As it was opened; the kernel: "kernel". */
  readonly file: string;
  /** The object's bytes as read. */
  readonly bytes: Uint8Array;
  /** Every SHF_ALLOC section in the order of the section headers, address 0 if it is not in memory. */
  readonly sections: readonly LoadedSection[];
  readonly hasLines: boolean;
}

export interface LoadedSection {
  readonly name: string;
  readonly address: Addr;
  readonly bytes: number;
}

/** A mapped range of the guest's address space. */
export interface MemoryRegion {
  readonly start: Addr;
  readonly end: Addr;
  readonly writable: boolean;
  readonly executable: boolean;
  readonly name: string;
}

export interface DisassembledInstruction {
  readonly address: Addr;
  readonly bytes: Uint8Array;
  readonly mnemonic: string;
  /** Targets with symbols: "call 0xffffffff80105e40 <strlen>". */
  readonly operands: string;
  readonly symbol: string | undefined;
  readonly offset: number | undefined;
  readonly file: string | undefined;
  readonly line: number | undefined;
}

/** What the guest is asked to do; resume() runs it. */
export type DebugRequest =
  | { readonly kind: 'load'; readonly file: ObjectFile }
  | { readonly kind: 'unload'; readonly module: string }
  | { readonly kind: 'call'; readonly symbol: string; readonly words: readonly bigint[] };

/** Which events stop the guest besides breakpoints and watchpoints. */
export interface Catches {
  /** A fault of a module or the kernel; default true. */
  readonly exceptions: boolean;
  /** A module was linked, or is gone; default false. */
  readonly modules: boolean;
  /** The first instruction of each module that is loaded on request; default false. */
  readonly entry: boolean;
}

/** One guest under a debugger. */
export interface Debugger {
  readonly arch: Arch;
  /** For reading only: running it is the debugger's business. */
  readonly kernel: Kernel;
  /** Why the guest stands still; undefined: nothing has run yet. */
  readonly stop: DebugStop | undefined;
  /** Whether resume() is under way. */
  readonly running: boolean;

  /** Told what the guest and breakpoints with a message say, once each. */
  onOutput?: ((source: 'console' | 'log', text: string) => void) | undefined;

  /** Gives the guest something to do, when it has nothing; answers what is wrong. */
  begin(request: DebugRequest): string | undefined;
  /** Runs to the next stop.  One at a time. */
  resume(how: Resume, options?: ResumeOptions): Promise<DebugStop>;
  /** Makes resume() stop soon. */
  interrupt(): void;
  catch(events: Partial<Catches>): void;

  addBreakpoint(spec: BreakpointSpec): Breakpoint;
  /** Changes what the members say; undefined: there is none of this number. */
  changeBreakpoint(id: number, spec: Partial<BreakpointSpec>): Breakpoint | undefined;
  removeBreakpoint(id: number): boolean;
  breakpoints(): readonly Breakpoint[];
  /** Answers what is wrong, as text. */
  addWatchpoint(spec: WatchSpec): Watchpoint | string;
  removeWatchpoint(id: number): boolean;
  watchpoints(): readonly Watchpoint[];

  threads(): readonly ThreadInfo[];
  /** Innermost first, of the current thread or another one; at most `limit` (default 64). */
  frames(thread?: number, limit?: number): readonly StackFrame[];
  /** Of the CPU as it stands. */
  registers(): readonly RegisterValue[];
  /** Little-endian; answers what is wrong. */
  writeRegister(name: string, bytes: Uint8Array): string | undefined;
  /** As many of the bytes as are mapped, from the first. */
  read(address: Addr, bytes: number): Uint8Array;
  /** All or nothing; breakpoints and translated code are looked after. */
  write(address: Addr, bytes: Uint8Array): boolean;
  regions(): readonly MemoryRegion[];

  /** The kernel first, then modules in the order of loading. */
  objects(): readonly LoadedObject[];
  sourceFiles(): readonly string[];
  /** Parameters and locals, innermost block first. */
  locals(frame: StackFrame): readonly ValueNode[];
  /** Variables outside functions, of the source file that the frame's function is in. */
  statics(frame: StackFrame): readonly ValueNode[];
  /** A C expression in a frame (default the innermost): "counter", "*list->next", "$pc", "a[3]@2". */
  evaluate(expression: string, frame?: StackFrame): Evaluated;
  /**
   * `count` instructions from `address`, or beginning `before` instructions earlier.
   * Exactly that many; those that cannot be read have no bytes.
   */
  disassemble(address: Addr, count: number, before?: number): readonly DisassembledInstruction[];

  /** The run up to now as a file, to be had again elsewhere; undefined: not by this one. */
  record?(): Uint8Array | undefined;
  /** The last write to these bytes before now, if one is recorded. */
  lastWrite(address: Addr, bytes: number): Promise<(WatchHit & { position: Position }) | undefined>;
  close(): void;
}
