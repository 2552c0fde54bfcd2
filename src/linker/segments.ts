// The segments of a module, numbered as SEGMENT_* and protected as PROT_* of
// guest/include/modbox/wire.h.

export const SEGMENT_TEXT = 0;
export const SEGMENT_RODATA = 1;
export const SEGMENT_DATA = 2;
export const SEGMENT_INIT_TEXT = 3;
export const SEGMENT_INIT_RODATA = 4;
export const SEGMENT_INIT_DATA = 5;
export const SEGMENT_EXIT = 6;

export type SegmentKind = 0 | 1 | 2 | 3 | 4 | 5 | 6;

const PROT_READ = 1;
export const PROT_WRITE = 2;
export const PROT_EXEC = 4;

export interface SegmentTraits {
  readonly name: string;
  /** PROT_* once linked. */
  readonly prot: number;
  /** Unmapped after init. */
  readonly disposable: boolean;
}

/** By kind, in the order in which a layout lists its segments. */
export const segmentTraits: { readonly [kind in SegmentKind]: SegmentTraits } = {
  [SEGMENT_TEXT]: { name: 'text', prot: PROT_READ | PROT_EXEC, disposable: false },
  [SEGMENT_RODATA]: { name: 'rodata', prot: PROT_READ, disposable: false },
  [SEGMENT_DATA]: { name: 'data', prot: PROT_READ | PROT_WRITE, disposable: false },
  [SEGMENT_INIT_TEXT]: { name: 'init text', prot: PROT_READ | PROT_EXEC, disposable: true },
  [SEGMENT_INIT_RODATA]: { name: 'init rodata', prot: PROT_READ, disposable: true },
  [SEGMENT_INIT_DATA]: { name: 'init data', prot: PROT_READ | PROT_WRITE, disposable: true },
  [SEGMENT_EXIT]: { name: 'exit', prot: PROT_READ | PROT_EXEC, disposable: false },
};

export const segmentKinds: readonly SegmentKind[] = [0, 1, 2, 3, 4, 5, 6];
