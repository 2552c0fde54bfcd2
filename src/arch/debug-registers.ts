// The registers of an architecture as debuggers list them: in the features, the order
// and the widths of gdb's standard target descriptions (gdb manual, appendix G.5),
// which a target must have whole or not at all, and then a feature of our own with
// system registers.

import type { SystemRegister } from './cpu.ts';

export interface DebugRegister {
  /** As gdb calls it. */
  readonly name: string;
  readonly bits: 16 | 32 | 64 | 80 | 128;
  readonly group: 'general' | 'float' | 'vector' | 'system';
  /** A type that gdb knows, 'vec128', or the id of flags in the same feature. */
  readonly type: string;
  readonly source: RegisterSource;
  /** Only the guest's own instructions can change it, with all that hangs on it. */
  readonly readOnly: boolean;
}

/** Where the value is; 'cpu' is the engine's register of the same name. */
export type RegisterSource =
  | { readonly kind: 'cpu' }
  | { readonly kind: 'system'; readonly register: SystemRegister }
  | { readonly kind: 'table'; readonly table: string; readonly part: 'base' | 'limit' };

/** The bits of a register that have names, from the lowest up. */
export interface DebugFlags {
  readonly id: string;
  readonly bytes: 4;
  readonly fields: readonly (readonly [name: string, low: number, high: number])[];
}

export interface DebugFeature {
  /** 'org.gnu.gdb.i386.core'. */
  readonly name: string;
  readonly flags: readonly DebugFlags[];
  /** May be none: gdb's arm.neon is only a name. */
  readonly registers: readonly DebugRegister[];
}

/** How an architecture looks to debuggers of others. */
export interface DebugDescription {
  /** gdb's name of it, as in `set architecture`. */
  readonly gdbName: string;
  /** LLVM's name of it. */
  readonly triple: string;
  readonly features: readonly DebugFeature[];
  /** What is told with every stop, so that a client that steps need not ask: pc, sp, fp ... */
  readonly expedited: readonly string[];
}

/** Our own feature; gdb lists what it does not know with the rest. */
export const SYSTEM_FEATURE = 'org.modbox.sys';

const CPU = { kind: 'cpu' } as const;

type Width = DebugRegister['bits'];

/** General registers of one width. */
export function general(bits: Width, type: string, ...names: readonly string[]): DebugRegister[] {
  return names.map((name) => ({
    ...{ name, bits, type, group: 'general', source: CPU, readOnly: false },
  }));
}

export function floating(bits: Width, type: string, ...names: readonly string[]): DebugRegister[] {
  return general(bits, type, ...names).map((each) => ({ ...each, group: 'float' }));
}

export function vector(bits: Width, type: string, ...names: readonly string[]): DebugRegister[] {
  return general(bits, type, ...names).map((each) => ({ ...each, group: 'vector' }));
}

/** System registers that the engine has by name. */
export function control(bits: 32 | 64, ...names: readonly string[]): DebugRegister[] {
  return names.map((name) => system(name, bits, CPU));
}

/** One system register from where it is. */
export function system(name: string, bits: 32 | 64, source: RegisterSource): DebugRegister {
  return { name, bits, type: `uint${bits}`, group: 'system', source, readOnly: true };
}

/**
 * One that only keeps what an exception left: debuggers may put back what it was, as
 * gdb does with all registers after a call.
 */
export function syndrome(name: string, bits: 32 | 64, source: RegisterSource): DebugRegister {
  return { ...system(name, bits, source), readOnly: false };
}

/** 'x0' 'x1' ... */
export function numbered(prefix: string, count: number): string[] {
  return Array.from({ length: count }, (_, i) => `${prefix}${i}`);
}
