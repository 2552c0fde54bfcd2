// Names to entries, for the whole object.  The index is made when a name is first
// asked for; it has what C has at file scope, and the enumerators.

import { canonicalName } from './base-names.ts';
import * as D from './constants.ts';
import type { Die } from './die.ts';
import { isNamespace } from './functions.ts';
import { once } from './once.ts';
import type { Store } from './store.ts';
import type { Unit } from './unit.ts';

/** Which names are found together: a tag of C has a space of its own. */
export type NameSpace =
  | 'function'
  | 'variable'
  | 'type'
  | 'enumerator'
  | 'struct'
  | 'union'
  | 'enum';

interface Place {
  readonly unit: Unit;
  readonly offset: number;
}

export class Names {
  readonly #store: Store;
  readonly #index = once(() => this.#read());

  constructor(store: Store) {
    this.#store = store;
  }

  /** Definitions first, then declarations; in the order of the units. */
  find(space: NameSpace, name: string): readonly Die[] {
    const places = this.#index().get(`${space} ${name}`) ?? [];
    return this.#store.attempt([], () => {
      const found = places.map(({ unit, offset }) => unit.die(offset));
      const isDefinition = (die: Die): boolean => !die.flag(D.DW_AT_declaration);
      return [...found.filter(isDefinition), ...found.filter((die) => !isDefinition(die))];
    });
  }

  #read(): ReadonlyMap<string, readonly Place[]> {
    const index = new Map<string, Place[]>();
    for (const unit of this.#store.units)
      this.#store.attempt(undefined, () =>
        unit.walk((die, depth) => {
          const space = spaceOf(die.tag);
          const name = space && die.name();
          if (space !== undefined && name !== undefined) {
            const key = `${space} ${space === 'type' ? canonicalName(name) : name}`;
            const list = index.get(key);
            const place = { unit, offset: die.offset };
            if (list === undefined) index.set(key, [place]);
            else list.push(place);
          }
          return depth === 0 || isNamespace(die) || die.tag === D.DW_TAG_enumeration_type;
        }),
      );
    return index;
  }
}

function spaceOf(tag: number): NameSpace | undefined {
  switch (tag) {
    case D.DW_TAG_subprogram:
      return 'function';
    case D.DW_TAG_variable:
      return 'variable';
    case D.DW_TAG_base_type:
    case D.DW_TAG_typedef:
      return 'type';
    case D.DW_TAG_enumerator:
      return 'enumerator';
    case D.DW_TAG_structure_type:
    case D.DW_TAG_class_type:
      return 'struct';
    case D.DW_TAG_union_type:
      return 'union';
    case D.DW_TAG_enumeration_type:
      return 'enum';
    default:
      return undefined;
  }
}
