// Sections that are arrays of function pointers: .preinit_array, .init_array and
// .fini_array of the gABI and the older .ctors and .dtors, known by their names as
// linkers know them.  A number behind the name is a priority, lower ones first; in
// .ctors it counts down from 65535, so that it sorts the other way in memory.
// https://refspecs.linuxfoundation.org/elf/gabi4+/ch4.sheader.html#special_sections

/** What a section's name says of the functions in it. */
export interface FunctionArray {
  /** The name without a priority: sections of one family lie side by side. */
  readonly family: string;
  readonly destructors: boolean;
  /** Constructors run from the lowest to the highest, destructors the other way. */
  readonly priority: number;
  /** As .ctors and .dtors are. */
  readonly old: boolean;
}

/** Before everything else, as .preinit_array. */
const FIRST = -1;
/** No priority: after all that have one. */
const NONE = 65536;

const pattern = /^(\.preinit_array|\.init_array|\.fini_array|\.ctors|\.dtors)(?:\.(.*))?$/s;

/** undefined: the section is no such array. */
export function functionArray(name: string): FunctionArray | undefined {
  const [, family, suffix = ''] = pattern.exec(name) ?? [];
  if (family === undefined) return undefined;
  const old = family === '.ctors' || family === '.dtors';
  const destructors = family === '.fini_array' || family === '.dtors';
  return { family, destructors, priority: priorityOf(family, suffix, old), old };
}

function priorityOf(family: string, suffix: string, old: boolean): number {
  if (family === '.preinit_array') return FIRST;
  const number = /^\d{1,5}$/.test(suffix) ? Number(suffix) : NONE;
  if (number >= NONE) return NONE;
  return old ? NONE - 1 - number : number;
}

/** Negative: `a` lies before `b` in memory, both being of one family. */
export function byMemory(a: FunctionArray, b: FunctionArray): number {
  return a.old ? b.priority - a.priority : a.priority - b.priority;
}
