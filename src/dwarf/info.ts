// Opens the debug information of an object.  Opening reads only the headers of the
// units; everything else is read when somebody asks, and kept.  Whatever damage is
// come upon later makes an answer poorer, never an exception; problems() tells.

import { type Result, refuse, succeed } from '../base/result.ts';
import { canonicalName } from './base-names.ts';
import * as D from './constants.ts';
import { type Narrow, narrow, wide } from './cursor.ts';
import type { Die } from './die.ts';
import { Functions } from './functions.ts';
import { Lines, type Start } from './lines.ts';
import type {
  DebugInfo,
  DebugSections,
  DwarfOptions,
  EnumType,
  FunctionInfo,
  InlinedFrame,
  LineRow,
  LineStart,
  SourceLine,
  Type,
  Variable,
} from './model.ts';
import { type NameSpace, Names } from './names.ts';
import { once } from './once.ts';
import type { DwarfProblem } from './problems.ts';
import { publicRanges } from './ranges.ts';
import { Store } from './store.ts';
import { Types } from './types.ts';
import { Variables } from './variables.ts';

/** @param wordBytes the size of an address where the object runs */
export function openDwarf(
  sections: DebugSections,
  wordBytes: 4 | 8,
  options: DwarfOptions = {},
): Result<DebugInfo, DwarfProblem> {
  const store = new Store(sections, wordBytes, options);
  if (store.section('.debug_info').length === 0)
    return refuse([{ kind: 'no-section', section: '.debug_info' }]);
  if (store.units.length === 0) return refuse(store.problems);
  return succeed(new Info(store));
}

class Info implements DebugInfo {
  readonly #store: Store;
  readonly #lines: Lines;
  readonly #names: Names;
  readonly #functions: Functions;
  readonly #types: Types;
  readonly #variables: Variables;
  readonly #made = new Map<Die, FunctionInfo>();

  constructor(store: Store) {
    this.#store = store;
    this.#lines = new Lines(store);
    this.#names = new Names(store);
    this.#functions = new Functions(store, this.#lines);
    this.#types = new Types(store, (tag, name) => this.#definition(tag, name));
    this.#variables = new Variables(store, this.#lines, this.#functions, this.#types);
  }

  problems(): readonly DwarfProblem[] {
    return this.#store.problems;
  }

  lineAt(address: bigint): SourceLine | undefined {
    return this.#lines.at(narrow(address));
  }

  linesIn({ low, high }: { readonly low: bigint; readonly high: bigint }): readonly LineRow[] {
    return this.#lines.rows(narrow(low), narrow(high));
  }

  files(): readonly string[] {
    return this.#lines.files();
  }

  addressesOf(file: string, line: number): readonly LineStart[] {
    const found = new Map<Die | undefined, LineStart>();
    for (const start of this.#lines.starts(file, line)) {
      const subprogram = this.#functions.at(start.address);
      const scopes = subprogram && this.#functions.scopesAt(subprogram, start.address);
      const inlined = scopes?.findLast(({ tag }) => tag === D.DW_TAG_inlined_subroutine);
      const scope = inlined ?? subprogram;
      if (found.has(scope)) continue;
      found.set(scope, this.#lineStart(start, subprogram, inlined));
    }
    return [...found.values()];
  }

  #lineStart(start: Start, subprogram: Die | undefined, inlined: Die | undefined): LineStart {
    const { file, line, column } = start;
    let { address } = start;
    if (subprogram !== undefined && inlined === undefined) {
      const behind = this.#functions.prologueEnd(subprogram);
      if (address >= this.#functions.entryOf(subprogram) && address < behind) address = behind;
    }
    return {
      ...{ file, line, column, address: wide(address), inlined: inlined !== undefined },
      function: this.#nameOf(inlined ?? subprogram),
    };
  }

  #nameOf(die: Die | undefined): string | undefined {
    return die && this.#store.attempt(undefined, () => die.name());
  }

  functionAt(address: bigint): FunctionInfo | undefined {
    const die = this.#functions.at(narrow(address));
    return die && this.#function(die);
  }

  functionNamed(name: string): readonly FunctionInfo[] {
    const found: FunctionInfo[] = [];
    const seen = new Set<number>();
    for (const named of this.#names.find('function', name)) {
      // The entry with the name may be abstract: the code is where its unit has it.
      const die = this.#functions.rangesOf(named).length > 0 ? named : this.#instanceOf(named);
      if (die === undefined || seen.has(this.#functions.entryOf(die))) continue;
      seen.add(this.#functions.entryOf(die));
      found.push(this.#function(die));
    }
    return found;
  }

  /** The entry with code for one without. */
  #instanceOf(abstract: Die): Die | undefined {
    return this.#store.attempt(undefined, () => {
      for (const die of abstract.unit.root.children())
        if (die.tag === D.DW_TAG_subprogram && die.origin()?.offset === abstract.offset)
          if (this.#functions.rangesOf(die).length > 0) return die;
      return undefined;
    });
  }

  #function(die: Die): FunctionInfo {
    // The index by address makes each entry once.
    let made = this.#made.get(die);
    if (made === undefined) {
      made = this.#makeFunction(die);
      this.#made.set(die, made);
    }
    return made;
  }

  #makeFunction(die: Die): FunctionInfo {
    const type = once(() => this.#types.functionType(die));
    const parameters = once(() => this.#variables.parametersOf(die));
    const prologueEnd = once(() =>
      this.#store.attempt(this.#functions.entryOf(die), () => this.#functions.prologueEnd(die)),
    );
    return {
      name: this.#nameOf(die) ?? '',
      linkageName: this.#store.attempt(
        undefined,
        () => die.text(D.DW_AT_linkage_name) ?? die.text(D.DW_AT_MIPS_linkage_name),
      ),
      declared: this.#variables.declared(die),
      ranges: publicRanges(this.#functions.rangesOf(die)),
      entry: wide(this.#store.attempt(0, () => this.#functions.entryOf(die))),
      external: this.#store.attempt(false, () => die.flag(D.DW_AT_external)),
      get prologueEnd() {
        return wide(prologueEnd());
      },
      get type() {
        return type();
      },
      get parameters() {
        return parameters();
      },
    };
  }

  inlinedAt(address: bigint): readonly InlinedFrame[] {
    const pc = narrow(address);
    const subprogram = this.#functions.at(pc);
    if (subprogram === undefined) return [];
    return this.#functions
      .scopesAt(subprogram, pc)
      .filter(({ tag }) => tag === D.DW_TAG_inlined_subroutine)
      .map((die) => this.#inlined(die));
  }

  inlinedNamed(name: string): readonly InlinedFrame[] {
    const named = this.#names.find('function', name);
    const origins = new Set(named.map(({ offset }) => offset));
    const found: Die[] = [];
    for (const unit of new Set(named.map((die) => die.unit)))
      this.#store.attempt(undefined, () =>
        unit.walk((die) => {
          if (die.tag === D.DW_TAG_inlined_subroutine && origins.has(die.origin()?.offset ?? -1))
            found.push(unit.die(die.offset));
          return true;
        }),
      );
    return found
      .filter((die) => this.#functions.rangesOf(die).length > 0)
      .map((die) => this.#inlined(die))
      .sort((a, b) => (a.entry < b.entry ? -1 : 1));
  }

  #inlined(die: Die): InlinedFrame {
    const call = this.#variables.placeFrom(
      ...([die, D.DW_AT_call_file, D.DW_AT_call_line, D.DW_AT_call_column] as const),
    );
    return {
      name: this.#nameOf(die) ?? '',
      call: call ?? { file: '', line: 0, column: 0 },
      declared: this.#variables.declared(die),
      ranges: publicRanges(this.#functions.rangesOf(die)),
      entry: wide(this.#entry(die)),
    };
  }

  #entry(die: Die): Narrow {
    return this.#store.attempt(0, () => this.#functions.entryOf(die));
  }

  variablesAt(address: bigint): readonly Variable[] {
    return this.#variables.inScope(address);
  }

  globalNamed(name: string): readonly Variable[] {
    const found: Variable[] = [];
    for (const die of this.#names.find('variable', name)) {
      const variable = this.#store.attempt(undefined, () =>
        die.flag(D.DW_AT_declaration) ? undefined : this.#variables.describe(die, false, true),
      );
      if (variable !== undefined && variable.location.kind !== 'none') found.push(variable);
    }
    return found;
  }

  typeNamed(name: string, near?: bigint): Type | undefined {
    const [, tag, rest] = /^\s*(struct|union|enum|class)\s+(.*\S)\s*$/.exec(name) ?? [];
    const dies =
      tag === undefined || rest === undefined
        ? this.#names.find('type', canonicalName(name))
        : this.#names.find(spaceOfTag(tag), rest);
    const unit = near === undefined ? undefined : this.#lines.unitAt(narrow(near));
    const die = dies.find((each) => each.unit === unit) ?? dies[0];
    return die && this.#store.attempt(undefined, () => this.#types.of(die));
  }

  enumeratorNamed(name: string): { readonly value: bigint; readonly type: EnumType } | undefined {
    return this.#store.attempt(undefined, () => {
      for (const die of this.#names.find('enumerator', name)) {
        const parent = die.parent();
        const type = parent && this.#types.of(parent);
        if (type?.kind !== 'enum') continue;
        const value = type.enumerators.find((each) => each.name === name)?.value;
        if (value !== undefined) return { value, type };
      }
      return undefined;
    });
  }

  #definition(tag: number, name: string): Die | undefined {
    const space =
      tag === D.DW_TAG_union_type ? 'union' : tag === D.DW_TAG_enumeration_type ? 'enum' : 'struct';
    return this.#names.find(space, name)[0];
  }
}

function spaceOfTag(tag: string): NameSpace {
  return tag === 'union' || tag === 'enum' ? tag : 'struct';
}
