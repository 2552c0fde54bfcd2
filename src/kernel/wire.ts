// The host's mirror of guest/include/modbox/wire.h: constants and field offsets.
// test/wire.test.ts compiles the header for every architecture and holds the two
// together, so that neither can change alone.

export const WIRE_MAGIC = 0x786f_6264_6f6dn;
export const WIRE_VERSION = 4;
export const WIRE_SLOTS = 8;
export const WIRE_ARGS = 16;
export const MISSING_STRIDE = 4096;

/** Bits of the boot information's flags. */
export const BOOT = { checks: 1, fillShift: 8, fillMask: 0xff } as const;
export const SLOT = { free: 0, posted: 1, active: 2, done: 3 } as const;
export const REQUEST = { load: 1, unload: 2, call: 3 } as const;
export const COMMAND = { open: 1, fetch: 2, link: 3, close: 4 } as const;
export const FETCH = { manifest: 1, linkinfo: 2 } as const;
export const CLOSE = { live: 1, failed: 2, unloaded: 3 } as const;
/** How struct wire_functions is called. */
export const ORDER = { forward: 0, backward: 1, one: 2 } as const;
export const FLAVOUR = { plain: 0, netbsd: 1, linux: 2 } as const;

export const stages = [
  'none',
  'policy',
  'open',
  'require',
  'memory',
  'link',
  'init',
  'fini',
  'call',
] as const;
export type Stage = (typeof stages)[number];

/** By OOPS_* number. */
export const oopsKinds = [
  'none',
  'page-fault',
  'undefined',
  'divide',
  'breakpoint',
  'svc',
  'alignment',
  'protection',
  'watchdog',
  'panic',
  'other',
  'missing-symbol',
  'heap',
  'freed',
] as const;
export type OopsKind = Exclude<(typeof oopsKinds)[number], 'none'>;

export const ACCESS = { read: 1, write: 2, exec: 4 } as const;

/** One field: its offset, width, and how many there are of it. */
export interface Field {
  readonly at: number;
  readonly type: 'u32' | 'i32' | 'u64' | 'char';
  readonly count: number;
}

export interface Struct {
  readonly bytes: number;
  readonly fields: Readonly<Record<string, Field>>;
}

const u32 = (at: number): Field => ({ at, type: 'u32', count: 1 });
const i32 = (at: number): Field => ({ at, type: 'i32', count: 1 });
const u64 = (at: number, count = 1): Field => ({ at, type: 'u64', count });
const char = (at: number, count: number): Field => ({ at, type: 'char', count });

export const bootinfo = {
  bytes: 80,
  fields: {
    magic: u64(0),
    version: u32(8),
    flags: u32(12),
    ram_pa: u64(16),
    ram_bytes: u64(24),
    free_pa: u64(32),
    symbols_pa: u64(40),
    symbols_bytes: u64(48),
    init_budget_ns: u64(56),
    modules_start: u64(64),
    modules_end: u64(72),
  },
} as const satisfies Struct;

export const symbol = {
  bytes: 16,
  fields: { address: u64(0), size: u32(8), name: u32(12) },
} as const satisfies Struct;

export const symtab = {
  bytes: 16,
  fields: { count: u32(0), names: u32(4), bytes: u32(8), reserved: u32(12) },
} as const satisfies Struct;

export const LEAK_NAME = 40;
export const LEAKS_LISTED = 64;

export const leak = {
  bytes: 72,
  fields: {
    kind_va: u64(0),
    address: u64(8),
    caller_va: u64(16),
    bytes: u64(24),
    name: char(32, LEAK_NAME),
  },
} as const satisfies Struct;

export const request = {
  bytes: 240,
  fields: {
    state: u32(0),
    op: u32(4),
    target_va: u64(8),
    nargs: u32(16),
    convention: u32(20),
    arg: u64(24, WIRE_ARGS),
    error: i32(152),
    stage: u32(156),
    module: u32(160),
    leaks: u32(164),
    result: u64(168, 2),
    reason_va: u64(184),
    reason_bytes: u32(192),
    faulted: u32(196),
    oops_va: u64(200),
    leaked_bytes: u64(208),
    left_va: u64(216),
    left: u32(224),
    left_unlisted: u32(228),
    stack_bytes: u32(232),
    reserved: u32(236),
  },
} as const satisfies Struct;

export const mailbox = {
  bytes: 16 + 240 * WIRE_SLOTS,
  fields: { magic: u64(0), version: u32(8), slots: u32(12) },
} as const satisfies Struct;
/** Where the slots begin in the mailbox. */
export const MAILBOX_SLOTS_AT = 16;

export const command = {
  bytes: 72,
  fields: {
    op: u32(0),
    error: i32(4),
    done: u32(8),
    what: u32(12),
    object: u64(16),
    source: u32(24),
    from: u32(28),
    buffer_va: u64(32),
    buffer_bytes: u64(40),
    result: u64(48),
    module: u32(56),
    reserved: u32(60),
    missing_va: u64(64),
  },
} as const satisfies Struct;

export const segment = {
  bytes: 48,
  fields: {
    kind: u32(0),
    prot: u32(4),
    disposable: u32(8),
    area: u32(12),
    bytes: u64(16),
    align: u64(24),
    offset: u64(32),
    area_bytes: u64(40),
  },
} as const satisfies Struct;

export const manifest = {
  bytes: 40,
  fields: {
    bytes: u32(0),
    flavour: u32(4),
    class: u32(8),
    version: u32(12),
    name: u32(16),
    segments: u32(20),
    segment_count: u32(24),
    required: u32(28),
    required_count: u32(32),
    missing_count: u32(36),
  },
} as const satisfies Struct;

export const set = {
  bytes: 24,
  fields: { name: u32(0), reserved: u32(4), start_va: u64(8), stop_va: u64(16) },
} as const satisfies Struct;

export const functions = {
  bytes: 24,
  fields: { start_va: u64(0), stop_va: u64(8), order: u32(16), reserved: u32(20) },
} as const satisfies Struct;

export const ifunc = {
  bytes: 16,
  fields: { resolver_va: u64(0), slot_va: u64(8) },
} as const satisfies Struct;

export const linkinfo = {
  bytes: 88,
  fields: {
    bytes: u32(0),
    symtab: u32(4),
    init_va: u64(8),
    fini_va: u64(16),
    sets: u32(24),
    set_count: u32(28),
    uses: u32(32),
    use_count: u32(36),
    constructors: u32(40),
    constructor_count: u32(44),
    destructors: u32(48),
    destructor_count: u32(52),
    ifuncs: u32(56),
    ifunc_count: u32(60),
    missing: u32(64),
    missing_count: u32(68),
    bugs_va: u64(72),
    bugs_bytes: u64(80),
  },
} as const satisfies Struct;

export const FINDINGS = 32;
export const FINDING_TEXT = 160;

export const finding = {
  bytes: 192,
  fields: {
    kind_va: u64(0),
    caller_va: u64(8),
    address: u64(16),
    module: u32(24),
    reserved: u32(28),
    text: char(32, FINDING_TEXT),
  },
} as const satisfies Struct;

export const findings = {
  bytes: 8 + 192 * FINDINGS,
  fields: { count: u32(0), reserved: u32(4) },
} as const satisfies Struct;
/** Where the first of them begins. */
export const FINDINGS_AT = 8;

export const OOPS_REGS = 40;
export const OOPS_FRAMES = 32;
export const OOPS_ARGS = 4;

export const oops = {
  bytes: 720,
  fields: {
    kind: u32(0),
    module: u32(4),
    thread: u32(8),
    access: u32(12),
    pc: u64(16),
    sp: u64(24),
    address: u64(32),
    code: u64(40),
    nregs: u32(48),
    nframes: u32(52),
    regs: u64(56, OOPS_REGS),
    frames: u64(376, OOPS_FRAMES),
    args: u64(632, OOPS_ARGS),
    missing_va: u64(664),
    text_va: u64(672),
    block_va: u64(680),
    block_bytes: u64(688),
    allocated_va: u64(696),
    freed_va: u64(704),
    access_bytes: u32(712),
    reserved: u32(716),
  },
} as const satisfies Struct;

/** A 32-bit field's value; `base` is where the structure begins in `view`. */
export function get32(view: DataView, base: number, field: Field): number {
  return field.type === 'i32'
    ? view.getInt32(base + field.at, true)
    : view.getUint32(base + field.at, true);
}

export function put32(view: DataView, base: number, field: Field, value: number): void {
  view.setUint32(base + field.at, value, true);
}

export function get64(view: DataView, base: number, field: Field, index = 0): bigint {
  return view.getBigUint64(base + field.at + 8 * index, true);
}

/** The text of an array of char, up to its NUL. */
export function getText(view: DataView, base: number, field: Field): string {
  const bytes = new Uint8Array(view.buffer, view.byteOffset + base + field.at, field.count);
  return new TextDecoder().decode(bytes).replace(/\0.*$/s, '');
}

export function put64(view: DataView, base: number, field: Field, value: bigint, index = 0): void {
  view.setBigUint64(base + field.at + 8 * index, BigInt.asUintN(64, value), true);
}
