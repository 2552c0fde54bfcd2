// Which function an address is in, and which blocks and inlined functions inside it.
// Entries with code are found unit by unit, when an address of the unit is asked for.

import * as D from './constants.ts';
import type { Narrow } from './cursor.ts';
import type { Die } from './die.ts';
import { Intervals } from './intervals.ts';
import type { Lines } from './lines.ts';
import { contains, type NarrowRange, rangesOf } from './ranges.ts';
import type { Store } from './store.ts';
import type { Unit } from './unit.ts';

/** Blocks inside blocks; no compiler nests deeper, and a damaged unit must end. */
const DEPTH_LIMIT = 256;

export class Functions {
  readonly #store: Store;
  readonly #lines: Lines;
  readonly #byUnit = new Map<Unit, Intervals<Die>>();
  readonly #ranges = new Map<Die, readonly NarrowRange[]>();

  constructor(store: Store, lines: Lines) {
    this.#store = store;
    this.#lines = lines;
  }

  /** The DW_TAG_subprogram whose code is at the address. */
  at(address: Narrow): Die | undefined {
    const unit = this.#lines.unitAt(address);
    return unit && this.#intervalsOf(unit).at(address);
  }

  #intervalsOf(unit: Unit): Intervals<Die> {
    let intervals = this.#byUnit.get(unit);
    if (intervals === undefined) {
      const found: { low: Narrow; high: Narrow; value: Die }[] = [];
      this.#store.attempt(undefined, () =>
        unit.walk((die, depth) => {
          if (die.tag !== D.DW_TAG_subprogram) return depth === 0 || isNamespace(die);
          const ranges = die.has(D.DW_AT_low_pc) || die.has(D.DW_AT_ranges) ? rangesOf(die) : [];
          for (const { low, high } of ranges)
            found.push({ low, high, value: unit.die(die.offset) });
          return false;
        }),
      );
      intervals = new Intervals(found);
      this.#byUnit.set(unit, intervals);
    }
    return intervals;
  }

  rangesOf(die: Die): readonly NarrowRange[] {
    let ranges = this.#ranges.get(die);
    if (ranges === undefined) {
      ranges = this.#store.attempt([], () => rangesOf(die));
      this.#ranges.set(die, ranges);
    }
    return ranges;
  }

  /** Where a function or an inlined copy of one begins. */
  entryOf(die: Die): Narrow {
    const entry = die.attribute(D.DW_AT_entry_pc);
    const first = this.rangesOf(die)[0]?.low ?? 0;
    if (entry?.kind === 'address') return entry.value;
    return entry?.kind === 'constant' ? first + Number(entry.value) : first;
  }

  /** The blocks and inlined functions inside `die` that hold the address, outermost first. */
  scopesAt(die: Die, address: Narrow): readonly Die[] {
    const scopes: Die[] = [];
    this.#store.attempt(undefined, () => {
      let inside: Die | undefined = die;
      while (inside !== undefined && scopes.length < DEPTH_LIMIT) {
        inside = this.#scopeIn(inside, address);
        if (inside !== undefined) scopes.push(inside);
      }
    });
    return scopes;
  }

  #scopeIn(die: Die, address: Narrow): Die | undefined {
    for (const child of die.children())
      if (isScope(child) && contains(this.rangesOf(child), address)) return child;
    return undefined;
  }

  /** The address behind the prologue, where the parameters are. */
  prologueEnd(die: Die): Narrow {
    const entry = this.entryOf(die);
    const range = this.rangesOf(die).find(({ low, high }) => entry >= low && entry < high);
    if (range === undefined) return entry;
    const rows = this.#lines.statements(entry, range.high);
    const told = rows.find(({ prologueEnd }) => prologueEnd);
    if (told !== undefined) return told.address;
    // Two statements at the entry: optimised code, whose prologue is mixed with the rest.
    if (rows.filter(({ address }) => address === entry).length > 1) return entry;
    return rows.find(({ address, line }) => address > entry && line !== 0)?.address ?? entry;
  }
}

const DW_TAG_namespace = 0x39;

export function isNamespace(die: Die): boolean {
  return die.tag === DW_TAG_namespace;
}

function isScope(die: Die): boolean {
  return die.tag === D.DW_TAG_lexical_block || die.tag === D.DW_TAG_inlined_subroutine;
}
