// The stack of a thread as people see it: inlined functions have frames of their own,
// each with the line it is at, and every frame has its function, file and registers.

import type { Arch } from '../arch/arch.ts';
import { type Addr, addr, offsetIn } from '../base/address.ts';
import type { DebugInfo, InlinedFrame, SourcePlace } from '../dwarf/model.ts';
import type { StackFrame } from './model.ts';
import type { RawFrame } from './unwind.ts';

/** What a StackFrame was made of. */
export interface FrameOrigin {
  readonly raw: RawFrame;
  /** 0: the function itself; n: the n-th of DebugInfo.inlinedAt(). */
  readonly inlineDepth: number;
}

const origins = new WeakMap<StackFrame, FrameOrigin>();

/** undefined: the frame is not one of framesFrom(). */
export function originOf(frame: StackFrame): FrameOrigin | undefined {
  return origins.get(frame);
}

/** Innermost first, at most `limit`. */
export function framesFrom(first: RawFrame, arch: Arch, limit: number): readonly StackFrame[] {
  const frames: StackFrame[] = [];
  for (let raw: RawFrame | undefined = first; raw !== undefined; raw = raw.caller()) {
    addFrames(frames, raw, arch, limit);
    if (frames.length >= limit) break;
  }
  return frames;
}

/** A function, and before it those that were inlined into it where it executes. */
function addFrames(frames: StackFrame[], raw: RawFrame, arch: Arch, limit: number): void {
  const { object, lookupPc } = raw;
  const inlined = object?.info?.inlinedAt(lookupPc) ?? [];
  let place = object?.info && placeAt(object.info, lookupPc);
  for (let depth = inlined.length; depth >= 0 && frames.length < limit; depth--) {
    const call = inlined[depth - 1];
    const frame = frameOf(raw, call, frames.length, arch, place);
    origins.set(frame, { raw, inlineDepth: depth });
    frames.push(frame);
    place = call?.call;
  }
}

/** Of code that the compiler made up, such as of two lines at once: the line before it. */
function placeAt(info: DebugInfo, pc: Addr): SourcePlace | undefined {
  const place = info.lineAt(pc);
  if (place?.line !== 0) return place;
  const range = info.functionAt(pc)?.ranges.find(({ low, high }) => pc >= low && pc < high);
  const rows = range === undefined ? [] : info.linesIn({ low: range.low, high: pc });
  return rows.findLast(({ line }) => line !== 0);
}

/** @param inlined undefined: the function that the others are inlined into */
function frameOf(
  raw: RawFrame,
  inlined: InlinedFrame | undefined,
  index: number,
  arch: Arch,
  place: SourcePlace | undefined,
): StackFrame {
  const { pc, lookupPc, object, interrupted, guessed } = raw;
  const known = functionOf(raw);
  const entry = inlined?.entry ?? known?.entry;
  const cfa = raw.cfa();
  const hasPlace = place !== undefined && place.line > 0;
  return {
    ...{ index, pc, lookupPc, interrupted, inlined: inlined !== undefined },
    ...(guessed && { guessed }),
    function: inlined?.name ?? known?.name,
    offset: entry === undefined ? undefined : offsetIn(addr(entry), pc),
    module: object?.view?.name,
    file: hasPlace ? place.file : undefined,
    line: hasPlace ? place.line : undefined,
    column: hasPlace && place.column > 0 ? place.column : undefined,
    cfa: cfa === undefined ? undefined : addr(cfa),
    register: (name) => {
      if (name === arch.roles.pc) return pc;
      const number = arch.dwarfRegisters.indexOf(name);
      return number < 0 ? undefined : raw.register(number);
    },
  };
}

/** By debug information, else by symbol. */
export function functionOf({
  object,
  lookupPc,
}: Pick<RawFrame, 'object' | 'lookupPc'>):
  | { readonly name: string; readonly entry: Addr }
  | undefined {
  const found = object?.info?.functionAt(lookupPc);
  if (found !== undefined) return { name: found.name, entry: addr(found.entry) };
  const place = object?.symbols.at(lookupPc);
  return place && { name: place.symbol.name, entry: place.symbol.address };
}
