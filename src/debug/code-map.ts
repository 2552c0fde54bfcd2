// What the bytes of an object are: instructions of the first set or of the second
// (ARM and Thumb), or data between them.  ARM's ELF says so by mapping symbols, $a $t
// $d and $x, each of which holds up to the next (Arm IHI 0044, 5.5.5).

import { type Addr, plus } from '../base/address.ts';
import type { ElfObject, ElfSection } from '../object/elf/model.ts';

export type CodeKind = 'first' | 'second' | 'data';

/** The part of a SourceObject that this is about. */
export interface CodeObject {
  readonly object: ElfObject;
  readonly sections: readonly {
    readonly section: ElfSection;
    readonly address: Addr | undefined;
  }[];
}

export interface CodeRun {
  readonly kind: CodeKind;
  /** Up to, not including; undefined: as far as one likes. */
  readonly end: Addr | undefined;
}

const kinds: Readonly<Record<string, CodeKind>> = {
  a: 'first',
  x: 'first',
  t: 'second',
  d: 'data',
};

export class CodeMap {
  /** Sorted by address. */
  readonly #marks: readonly { readonly address: Addr; readonly kind: CodeKind }[];

  constructor({ object, sections }: CodeObject) {
    const { symbols } = object;
    const places = new Map(
      sections.flatMap(({ section, address }) =>
        address === undefined ? [] : [[section.index, { section, address }] as const],
      ),
    );
    const marks: { address: Addr; kind: CodeKind }[] = [];
    for (let i = 1; i < symbols.count; i++) {
      const name = symbols.nameAt(i);
      if (!/^\$[axtd](\.|$)/.test(name)) continue;
      const kind = kinds[name.charAt(1)];
      const place = places.get(symbols.sectionAt(i));
      if (kind === undefined || place === undefined) continue;
      // Of a relocatable object the section's own address is 0.
      const offset = Number(symbols.valueAt(i) - place.section.address);
      marks.push({ address: plus(place.address, offset), kind });
    }
    this.#marks = marks.sort((a, b) => (a.address < b.address ? -1 : 1));
  }

  /** The run that holds an address; without a mapping symbol before it there is no answer. */
  at(address: Addr): CodeRun | undefined {
    let low = 0;
    let high = this.#marks.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const mark = this.#marks[middle];
      if (mark !== undefined && mark.address <= address) low = middle + 1;
      else high = middle;
    }
    const mark = this.#marks[low - 1];
    return mark && { kind: mark.kind, end: this.#marks[low]?.address };
  }
}
