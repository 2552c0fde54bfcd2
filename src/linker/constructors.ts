// Constructors and destructors: which functions of an object the kernel calls around
// init and fini, in the order of the calls.  Where both kinds of arrays meet they run
// as GNU ld merges them: by priority.  The surprising fact is that .ctors is called
// from its end, as crtstuff.c does.

import { type Addr, plus } from '../base/address.ts';
import { assert } from '../base/result.ts';
import type { ElfDynamic, PointerArray } from '../object/elf/dynamic.ts';
import type { ElfObject, ElfPlace, ElfSection } from '../object/elf/model.ts';
import { type FunctionArray, functionArray } from './arrays.ts';
import { type Placed, sectionAddress } from './resolve.ts';

/** What the kernel calls: pointers in the module's memory, or one function. */
export type FunctionRun =
  | {
      /** From the first pointer to the last, or from the last to the first. */
      readonly order: 'forward' | 'backward';
      readonly start: Addr;
      readonly stop: Addr;
    }
  | {
      readonly order: 'one';
      /** With the Thumb bit. */
      readonly function: bigint;
    };

/**
 * The constructors or the destructors of an object in the order of their calls;
 * what lies side by side is one run.
 */
export function functionRuns(request: Placed, want: 'constructors' | 'destructors'): FunctionRun[] {
  const { dynamic } = request.object;
  if (dynamic !== undefined) return dynamicRuns(request, dynamic, want);
  const runs: Extract<FunctionRun, { start: Addr }>[] = [];
  for (const { section, array } of inCallOrder(request.object, want)) {
    const start = sectionAddress(request.layout, request.bases, section.index);
    if (start === undefined || section.size === 0) continue;
    const stop = plus(start, section.size);
    const order = array.old === array.destructors ? 'forward' : 'backward';
    const last = runs.at(-1);
    if (last?.order === order && order === 'forward' && last.stop === start)
      runs.splice(-1, 1, { ...last, stop });
    else if (last?.order === order && order === 'backward' && last.start === stop)
      runs.splice(-1, 1, { ...last, start });
    else runs.push({ order, start, stop });
  }
  return runs;
}

/** A shared object says in PT_DYNAMIC what to call; DT_INIT comes before its array. */
function dynamicRuns(
  { layout, bases }: Placed,
  dynamic: ElfDynamic,
  want: 'constructors' | 'destructors',
): FunctionRun[] {
  const addressOf = ({ section, offset }: ElfPlace): Addr => {
    const start = sectionAddress(layout, bases, section.index);
    assert(start !== undefined, 'every PT_LOAD has an address');
    return plus(start, offset);
  };
  const one = (place: ElfPlace | undefined): FunctionRun[] =>
    place === undefined ? [] : [{ order: 'one', function: addressOf(place) }];
  const all = (array: PointerArray | undefined, order: 'forward' | 'backward'): FunctionRun[] => {
    if (array === undefined) return [];
    const start = addressOf(array);
    return [{ order, start, stop: plus(start, array.bytes) }];
  };
  if (want === 'destructors') return [...all(dynamic.finiArray, 'backward'), ...one(dynamic.fini)];
  return [
    ...all(dynamic.preinitArray, 'forward'),
    ...one(dynamic.init),
    ...all(dynamic.initArray, 'forward'),
  ];
}

interface ArraySection {
  readonly section: ElfSection;
  readonly array: FunctionArray;
}

/** Destructors are the mirror image of constructors. */
function inCallOrder(object: ElfObject, want: 'constructors' | 'destructors'): ArraySection[] {
  const found: ArraySection[] = [];
  for (const section of object.sections) {
    const array = functionArray(section.name);
    if (array?.destructors === (want === 'destructors')) found.push({ section, array });
  }
  const asConstructors = found.sort(
    (a, b) =>
      a.array.priority - b.array.priority ||
      Number(a.array.old) - Number(b.array.old) ||
      (a.section.index - b.section.index) * (a.array.old ? -1 : 1),
  );
  return want === 'constructors' ? asConstructors : asConstructors.reverse();
}
