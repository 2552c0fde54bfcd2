// Sets: sections whose names are C identifiers, with bounds that code can ask for as
// __start_NAME and __stop_NAME.  A shared object has them inside its PT_LOADs, under
// the name of a section or, where section headers were stripped, between two symbols.

import * as C from './constants.ts';
import type { ElfObject, ElfPlace } from './model.ts';

/** Part of a set: some bytes of a section that is loaded. */
export interface SetPart extends ElfPlace {
  readonly bytes: number;
}

export function isSetName(name: string): boolean {
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(name);
}

/** By name; parts in the order of the object. */
export function setsIn(object: ElfObject): ReadonlyMap<string, readonly SetPart[]> {
  const sets = new Map<string, SetPart[]>();
  const add = (name: string, part: SetPart): void => {
    const before = sets.get(name);
    if (before === undefined) sets.set(name, [part]);
    else before.push(part);
  };
  for (const section of object.sections) {
    if (!isSetName(section.name) || (section.flags & C.SHF_ALLOC) === 0) continue;
    const place = section.loads ? { section, offset: 0 } : object.dynamic?.placeOf(section.address);
    if (place !== undefined && section.discarded === undefined)
      add(section.name, { ...place, bytes: section.size });
  }
  if (object.dynamic !== undefined)
    for (const [name, part] of betweenSymbols(object)) if (!sets.has(name)) add(name, part);
  return sets;
}

/** What lies between __start_NAME and __stop_NAME. */
function betweenSymbols({ symbols, sections }: ElfObject): ReadonlyMap<string, SetPart> {
  const starts = new Map<string, ElfPlace>();
  const sets = new Map<string, SetPart>();
  const forEach = (prefix: string, each: (name: string, place: ElfPlace) => void): void => {
    for (let i = 1; i < symbols.count; i++) {
      const section = sections[symbols.sectionAt(i)];
      if (section?.loads !== true) continue;
      const name = symbols.nameAt(i);
      const offset = Number(symbols.valueAt(i));
      if (name.startsWith(prefix)) each(name.slice(prefix.length), { section, offset });
    }
  };
  forEach('__start_', (name, place) => starts.set(name, place));
  forEach('__stop_', (name, stop) => {
    const start = starts.get(name);
    if (start === undefined || !isSetName(name)) return;
    const bytes = Number(stop.section.address - start.section.address) + stop.offset - start.offset;
    if (start.offset >= 0 && bytes > 0 && start.offset + bytes <= start.section.size)
      sets.set(name, { ...start, bytes });
  });
  return sets;
}
