// From a function's registers to its caller's, whatever tells how: call frame
// information, ARM's and Linux's own tables, the chain of frame pointers, and where
// nothing tells, the first thing on the stack that looks like the address behind a call.

import type { Arch, FrameChange, Frames } from '../arch/arch.ts';
import { type Addr, addr } from '../base/address.ts';
import type { Unwound } from '../dwarf/cfi.ts';
import { unwindByExidx } from '../dwarf/exidx.ts';
import { once } from '../dwarf/once.ts';
import { unsignedOf } from '../dwarf/pieces.ts';
import type { SourceObject } from './source-object.ts';
import type { Sources } from './sources.ts';

/** As many of the bytes as can be read, or undefined. */
export type ReadGuest = (address: bigint, bytes: number) => Uint8Array | undefined;

/** A function that was called and has not returned, inlined ones apart. */
export interface RawFrame {
  /** Where it executes: for a caller behind the call. */
  readonly pc: Addr;
  /** Within the instruction that executes. */
  readonly lookupPc: Addr;
  /** Nothing is known of it if the pc is wild. */
  readonly object: SourceObject | undefined;
  /** It was interrupted by what it called. */
  readonly interrupted: boolean;
  /** Its return address was found by looking for one. */
  readonly guessed: boolean;
  /** Its registers are those of the CPU. */
  readonly isCpu: boolean;
  /** By DWARF number. */
  register(number: number): bigint | undefined;
  cfa(): bigint | undefined;
  caller(): RawFrame | undefined;
}

/** Where to begin. */
export interface Start {
  readonly pc: Addr;
  /** These are the CPU's registers, not those of a thread that waits for it. */
  readonly isCpu: boolean;
  register(number: number): bigint | undefined;
}

/** Where the stack goes on, and who said so. */
type Found = Omit<Unwound, 'cfa'> & {
  readonly cfa: bigint | undefined;
  readonly guessed?: boolean;
};

/** Words of the stack to look through for a return address. */
const SCAN_LIMIT = 512;
const CALL_BYTES = 8;
/** To look through for a prologue or an epilogue. */
const CODE_BYTES = 96;

export class Unwinder {
  readonly #arch: Arch;
  readonly #sources: Sources;
  readonly #read: ReadGuest;
  readonly #sp: number;
  readonly #fp: number;
  readonly #link: number | undefined;
  readonly #kept: ReadonlySet<number>;

  constructor(arch: Arch, sources: Sources, read: ReadGuest) {
    const { dwarfRegisters, roles, frames } = arch;
    this.#arch = arch;
    this.#sources = sources;
    this.#read = read;
    this.#sp = dwarfRegisters.indexOf(roles.sp);
    this.#fp = dwarfRegisters.indexOf(frames.pointer);
    this.#kept = new Set([...frames.kept].map((name) => dwarfRegisters.indexOf(name)));
    this.#link = frames.link === undefined ? undefined : dwarfRegisters.indexOf(frames.link);
  }

  /** The innermost frame, which leads to the others. */
  first({ pc, register, isCpu }: Start): RawFrame {
    return this.#frame(pc, { interrupted: true, guessed: false, isCpu, register }, true);
  }

  /** @param interrupted it is not behind a call: no need to look before the pc */
  #frame(
    pc: Addr,
    known: Pick<RawFrame, 'interrupted' | 'guessed' | 'isCpu' | 'register'>,
    innermost: boolean,
  ): RawFrame {
    const lookupPc = known.interrupted ? pc : addr(pc - 1n);
    const object = this.#sources.at(lookupPc);
    const values = new Map<number, bigint | undefined>();
    const register = (number: number): bigint | undefined => {
      if (!values.has(number)) values.set(number, known.register(number));
      return values.get(number);
    };
    const found = once(() => this.#unwind({ pc, lookupPc, object, ...known, register }));
    const caller = once(() => this.#callerOf(found(), pc, register(this.#sp)));
    return {
      ...{ pc, lookupPc, object, caller, ...known, register },
      interrupted: known.interrupted && !innermost,
      cfa: () => found()?.cfa,
    };
  }

  #callerOf(found: Found | undefined, from: Addr, sp: bigint | undefined): RawFrame | undefined {
    const { returnAddress, cfa, signal = false } = found ?? {};
    if (found === undefined || returnAddress === undefined || returnAddress === 0n)
      return undefined;
    // Stacks grow down, but a trap may have come from another one.
    const isBehind = cfa === undefined || sp === undefined || cfa >= sp;
    if (!signal && !isBehind) return undefined;
    const pc = addr(this.#arch.thumbState === undefined ? returnAddress : returnAddress & ~1n);
    // A damaged stack may say that a function is its own caller, or that nothing is.
    if (pc === from && cfa === sp) return undefined;
    if (this.#sources.at(pc)?.isCode(pc) !== true) return undefined;
    const { register, guessed = false } = found;
    // An interrupt gives everything back, a call does not.
    const known = (number: number): bigint | undefined =>
      signal || this.#kept.has(number) ? register(number) : undefined;
    return this.#frame(pc, { interrupted: signal, guessed, isCpu: false, register: known }, false);
  }

  #unwind(frame: Omit<RawFrame, 'caller' | 'cfa'>): Found | undefined {
    const { object, lookupPc, register } = frame;
    const at = { pc: lookupPc, register, memory: this.#read };
    if (object?.isCode(lookupPc) !== true) return this.#fromWildPc(frame);
    const byCfi = object.callFrames.unwind(at);
    // Who handles exceptions does not return as functions do, and who has no caller never.
    if (byCfi?.signal === true || (byCfi && byCfi.returnAddress === undefined)) return byCfi;
    const told = this.#unsettled(frame) ?? byCfi ?? object.orc?.unwind(at);
    if (told !== undefined) return told;
    return (
      this.#byTable(frame, object) ??
      this.#byFramePointer(frame) ??
      this.#atEntry(frame) ??
      this.#byScan(frame)
    );
  }

  /** .ARM.exidx is only about the places of calls, when the frame is complete. */
  #byTable(frame: Omit<RawFrame, 'caller' | 'cfa'>, object: SourceObject): Found | undefined {
    const { lookupPc, register } = frame;
    const table = object.exidxAt(lookupPc);
    if (table === undefined) return undefined;
    if (object.symbols.at(lookupPc)?.offset === 0) return this.#behindCall(frame, 0);
    return unwindByExidx(table, { pc: lookupPc, register, memory: this.#read });
  }

  /** Somebody called what is no code: the call is the last thing that was done. */
  #fromWildPc(frame: Omit<RawFrame, 'caller' | 'cfa'>): Found | undefined {
    return frame.interrupted ? this.#behindCall(frame, 0) : undefined;
  }

  /**
   * At a function's first instruction nothing has been done yet.  Later the return
   * address is still in its register if the function calls nobody.
   */
  #atEntry(frame: Omit<RawFrame, 'caller' | 'cfa'>): Found | undefined {
    const place = frame.object?.symbols.at(frame.pc);
    if (place === undefined || !frame.interrupted) return undefined;
    const isEntry = place.offset === 0;
    const link = isEntry || this.#link === undefined ? undefined : frame.register(this.#link);
    const from = link === undefined ? undefined : this.#sources.at(addr(link))?.symbols;
    const isLeaf = from !== undefined && from.at(addr((link ?? 0n) - 1n))?.symbol !== place.symbol;
    return isEntry || isLeaf ? this.#behindCall(frame, 0) : undefined;
  }

  /** While the frame is being built or left. */
  #unsettled(frame: Omit<RawFrame, 'caller' | 'cfa'>): Found | undefined {
    const { unsettled } = this.#arch.frames;
    const sp = frame.register(this.#sp);
    if (unsettled === undefined || sp === undefined || !frame.interrupted) return undefined;
    const { pc, object } = frame;
    const entry = object?.info?.functionAt(pc)?.entry ?? object?.symbols.at(pc)?.symbol.address;
    const change = this.#leaving(frame, unsettled) ?? (entry && this.#entered(entry, pc));
    return change && this.#changed(frame, sp, change);
  }

  /** In the straight code at a function's beginning. */
  #entered(entry: bigint, pc: bigint): FrameChange | undefined {
    const { unsettled } = this.#arch.frames;
    const distance = Number(pc - entry);
    if (unsettled === undefined || distance <= 0 || distance >= CODE_BYTES) return undefined;
    return this.#withCode(entry, (code) => unsettled.entering(code, distance));
  }

  #leaving(
    { pc, object }: Pick<RawFrame, 'pc' | 'object'>,
    unsettled: NonNullable<Frames['unsettled']>,
  ): FrameChange | undefined {
    const change = this.#withCode(pc, (code) => unsettled.leaving(code));
    if (change?.branch === undefined) return change;
    // A branch within the function is none that leaves it.
    const target = addr(pc + BigInt(change.branch));
    return this.#sources.at(target)?.symbols.at(target)?.offset === 0 &&
      object?.symbols.at(pc)?.symbol.address !== target
      ? change
      : undefined;
  }

  #withCode<T>(address: bigint, use: (code: DataView) => T): T | undefined {
    const bytes = this.#read(address, CODE_BYTES);
    return bytes && use(new DataView(bytes.buffer, bytes.byteOffset, bytes.length));
  }

  #changed(
    frame: Pick<RawFrame, 'register'>,
    sp: bigint,
    { cfa: above, saved }: FrameChange,
  ): Found {
    const { dwarfRegisters } = this.#arch;
    const cfa = sp + BigInt(above);
    const register = (number: number): bigint | undefined => {
      if (number === this.#sp) return cfa;
      const place = saved.get(dwarfRegisters[number] ?? '');
      return place === undefined ? frame.register(number) : this.#word(sp + BigInt(place));
    };
    const returnAddress = this.#link === undefined ? undefined : register(this.#link);
    return { cfa, returnAddress, register, signal: false };
  }

  /** @param pushed words that the function has put on the stack, the first a frame pointer */
  #behindCall(frame: Pick<RawFrame, 'register'>, pushed: number): Found | undefined {
    const { wordBytes } = this.#arch;
    const sp = frame.register(this.#sp);
    if (sp === undefined) return undefined;
    const link = this.#link;
    const at = sp + BigInt(pushed * wordBytes);
    const returnAddress = link === undefined ? this.#word(at) : frame.register(link);
    if (returnAddress === undefined || !this.#isBehindCall(returnAddress)) return undefined;
    const cfa = link === undefined ? at + BigInt(wordBytes) : sp;
    const register = (number: number): bigint | undefined => {
      if (number === this.#sp) return cfa;
      return number === this.#fp && pushed > 0 ? this.#word(sp) : frame.register(number);
    };
    return { cfa, returnAddress, register, signal: false };
  }

  /** By the chain that the function is part of, if it keeps a frame pointer. */
  #byFramePointer(frame: Omit<RawFrame, 'caller' | 'cfa'>): Found | undefined {
    const { wordBytes, frames } = this.#arch;
    const place = frame.object?.symbols.at(frame.lookupPc);
    const kept = place && this.#withCode(place.symbol.address, (code) => frames.pointerKept(code));
    if (kept === undefined || place === undefined) return undefined;
    if (frame.interrupted && place.offset < kept.set)
      return this.#behindCall(frame, place.offset < kept.pushed ? 0 : 1);
    const [fp, sp] = [frame.register(this.#fp), frame.register(this.#sp)];
    if (fp === undefined || fp % BigInt(wordBytes) !== 0n || (sp !== undefined && fp < sp))
      return undefined;
    const [next, returnAddress] = [this.#word(fp), this.#word(fp + BigInt(wordBytes))];
    if (next === undefined || returnAddress === undefined) return undefined;
    // A chain ends with a record of zeros.
    const ends = returnAddress === 0n;
    if (!ends && !this.#isBehindCall(returnAddress)) return undefined;
    const cfa = frames.recordAtTop ? fp + BigInt(2 * wordBytes) : undefined;
    const register = (number: number): bigint | undefined => {
      if (number === this.#fp) return next;
      return number === this.#sp ? cfa : undefined;
    };
    return { cfa, returnAddress, register, signal: false };
  }

  #byScan(frame: Pick<RawFrame, 'register'>): Found | undefined {
    const { wordBytes } = this.#arch;
    const sp = frame.register(this.#sp);
    for (let i = 0; sp !== undefined && i < SCAN_LIMIT; i++) {
      const at = sp + BigInt(i * wordBytes);
      const word = this.#word(at);
      if (word === undefined) return undefined;
      if (!this.#isBehindCall(word)) continue;
      const above = at + BigInt(wordBytes);
      const cfa = this.#link === undefined ? above : undefined;
      // Who keeps no frame pointer leaves that of its caller alone, as a rule.
      const register = (number: number): bigint | undefined => {
        if (number === this.#sp) return above;
        return number === this.#fp ? frame.register(number) : undefined;
      };
      return { cfa, returnAddress: word, register, signal: false, guessed: true };
    }
    return undefined;
  }

  /** Whether there is code at the address and a call before it. */
  #isBehindCall(address: bigint): boolean {
    const pc = this.#arch.thumbState === undefined ? address : address & ~1n;
    if (this.#sources.at(addr(pc - 1n))?.isCode(addr(pc - 1n)) !== true) return false;
    const code = this.#read(pc - BigInt(CALL_BYTES), CALL_BYTES);
    return code !== undefined && this.#arch.frames.endsWithCall(code);
  }

  #word(address: bigint): bigint | undefined {
    const bytes = this.#read(address, this.#arch.wordBytes);
    return bytes && unsignedOf(bytes);
  }
}
