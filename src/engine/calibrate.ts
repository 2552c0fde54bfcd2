// What an exception leaves in the CPU state and no register shows lies at
// offsets inside uc_context that differ from build to build.  So they are found
// by experiment, once per process: cause one fault with recognisable values in a
// throw-away instance and look for them.

import type { ArchName } from '../arch/arch.ts';
import type { Engine } from './engine.ts';

export interface StateOffsets {
  /** u32: x86 error code, AArch64 syndrome, ARMv7 fault status. */
  readonly code: number;
  /** u64 faulting address, ARM only. */
  readonly address: number | undefined;
  /** u32 syndrome of the last real exception, ARMv7 only. */
  readonly syndrome: number | undefined;
  /** i32 x86 old_exception, which Unicorn never clears; -1 means none. */
  readonly oldException: number | undefined;
}

/** Bytes of code, more than there are. */
const FEW = 4096;
const GP = 13;
const DATA_ABORT_SAME_EL = 0x25;

const known = new Map<string, StateOffsets>();

/** The offsets in the states of a library's CPU, found with a scratch engine of it. */
export function stateOffsets(library: string, name: ArchName, open: () => Engine): StateOffsets {
  const key = `${library} ${name}`;
  const before = known.get(key);
  if (before !== undefined) return before;
  const scratch = open();
  try {
    const found = calibrate(scratch, name);
    known.set(key, found);
    return found;
  } finally {
    scratch.close();
  }
}

function calibrate(engine: Engine, name: ArchName): StateOffsets {
  return name === 'i386' || name === 'amd64' ? calibrateX86(engine) : calibrateArm(engine, name);
}

/** Loading a selector beyond the GDT leaves error code = selector and #GP. */
function calibrateX86(engine: Engine): StateOffsets {
  const before = engine.saveState().slice();
  // mov eax, 0x77775a5c; mov ds, ax
  engine.ram.set([0xb8, 0x5c, 0x5a, 0x77, 0x77, 0x8e, 0xd8], 0);
  engine.run(engine.ramBase, FEW); // to the first event, which is left as it is
  const after = new DataView(engine.saveState().buffer);
  const was = new DataView(before.buffer);
  const at = (view: DataView, wanted: number): number[] =>
    offsets(view, (i) => view.getUint32(i, true) === wanted);
  const code = at(after, 0x5a5c);
  const old = at(after, GP).filter((i) => was.getInt32(i, true) === -1);
  return {
    code: only(code, 'x86 error code'),
    address: undefined,
    syndrome: undefined,
    // old_exception is the last of the exception fields in CPUX86State.
    oldException: only(old.slice(-1), 'x86 old_exception'),
  };
}

/** An exclusive load from an odd address leaves the address and a syndrome. */
function calibrateArm(engine: Engine, name: ArchName): StateOffsets {
  const magic = 0x4000_1235n;
  const load = name === 'armv7' ? [0x9f, 0x0f, 0x91, 0xe1] : [0x20, 0x7c, 0x5f, 0xc8];
  engine.ram.set(load, 0); // ldrex r0, [r1] or ldxr x0, [x1]
  engine.write(name === 'armv7' ? 'r1' : 'x1', magic);
  engine.run(engine.ramBase, FEW); // to the first event, which is left as it is
  const view = new DataView(engine.saveState().buffer);
  const found = offsets(view, (i) => {
    if (i < 8 || i + 8 > view.byteLength || view.getBigUint64(i, true) !== magic) return false;
    return view.getUint32(i - 8, true) >>> 26 === DATA_ABORT_SAME_EL;
  });
  const address = only(found, 'ARM fault address');
  // struct { syndrome; fsr; vaddress }: AArch64 shows the first, ARMv7 the second.
  return name === 'armv7'
    ? { code: address - 4, address, syndrome: address - 8, oldException: undefined }
    : { code: address - 8, address, syndrome: undefined, oldException: undefined };
}

function offsets(view: DataView, matches: (i: number) => boolean): number[] {
  const found: number[] = [];
  for (let i = 0; i + 4 <= view.byteLength; i += 4) if (matches(i)) found.push(i);
  return found;
}

function only(found: readonly number[], what: string): number {
  const [first, second] = found;
  if (first === undefined || second !== undefined)
    throw new Error(
      `cannot find the ${what} in this libunicorn's CPU state (${found.length} places)`,
    );
  return first;
}
