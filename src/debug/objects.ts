// The kernel and its modules as debuggers list them, section by section.

import { type Addr, addr, plus } from '../base/address.ts';
import type { ModuleView } from '../kernel/view.ts';
import type { LoadedObject, LoadedSection } from './model.ts';
import type { SectionPlace, SourceObject } from './source-object.ts';

const NOWHERE = addr(0);

/** @param live its init has run, and what only init needs is freed */
export function loadedObject(source: SourceObject, live: boolean): LoadedObject {
  const { view, name, file, object } = source;
  return {
    ...{ id: view?.id, name, file, bytes: object.bytes },
    sections: source.sections.map((place) => loadedSection(place, live ? view : undefined)),
    hasLines: object.sections.some((each) => /^\.z?debug_line$/.test(each.name)),
  };
}

/** @param view of a live module */
function loadedSection(place: SectionPlace, view: ModuleView | undefined): LoadedSection {
  const { section, address = NOWHERE } = place;
  const { name, size: bytes } = section;
  return { name, bytes, address: view !== undefined && isFreed(address, view) ? NOWHERE : address };
}

function isFreed(address: Addr, { segments }: ModuleView): boolean {
  return segments.some(
    ({ disposable, base, bytes }) =>
      disposable && address >= base && address < plus(base, Math.max(bytes, 1)),
  );
}
