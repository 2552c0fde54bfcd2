// The functions of an object by its symbol table, which every module has, debug
// information or not.  What lies between functions (padding) is code of nobody.

import { type Addr, plus } from '../base/address.ts';
import type { SourceObject } from '../debug/source-object.ts';
import { SHF_EXECINSTR, STB_LOCAL, STT_FUNC, STT_GNU_IFUNC } from '../object/elf/constants.ts';
import { type ElfSection, type ElfSymbols, hasContent } from '../object/elf/model.ts';

export interface FunctionSymbol {
  readonly name: string;
  /** Addresses from low up to, not including, high. */
  readonly low: Addr;
  readonly high: Addr;
  readonly section: ElfSection;
  /** In the section. */
  readonly offset: number;
  /** Not a function but rare code of one that the compiler put elsewhere: `f.cold`. */
  readonly isPart: boolean;
}

interface Found {
  readonly name: string;
  readonly offset: number;
  readonly size: number;
  readonly local: boolean;
}

/**
 * In the order of their addresses, section by section; none overlaps another.
 *
 * @param hasThumb bit 0 of an address says which instruction set it is of
 */
export function functionsOf(source: SourceObject, hasThumb: boolean): readonly FunctionSymbol[] {
  return source.sections.flatMap(({ section, address }) => {
    const isCode = (section.flags & SHF_EXECINSTR) !== 0 && hasContent(section);
    if (!isCode || address === undefined) return [];
    return functionsIn(symbolsIn(source.object.symbols, section, hasThumb), section, address);
  });
}

function functionsIn(
  found: readonly Found[],
  section: ElfSection,
  address: Addr,
): readonly FunctionSymbol[] {
  return found.flatMap(({ name, offset, size }, i) => {
    const next = Math.min(found[i + 1]?.offset ?? section.size, section.size);
    const end = size === 0 ? next : Math.min(offset + size, next);
    if (end <= offset) return [];
    const [low, high] = [plus(address, offset), plus(address, end)];
    return [{ name, low, high, section, offset, isPart: /\.cold(\.|$)/.test(name) }];
  });
}

/** One for each place where a function begins, lowest first. */
function symbolsIn(symbols: ElfSymbols, section: ElfSection, hasThumb: boolean): Found[] {
  const byOffset = new Map<number, Found>();
  for (let i = 1; i < symbols.count; i++) {
    const type = symbols.typeAt(i);
    if (type !== STT_FUNC && type !== STT_GNU_IFUNC) continue;
    if (symbols.sectionAt(i) !== section.index) continue;
    // Of a relocatable object the section's own address is 0.
    const value = symbols.valueAt(i);
    const offset = Number((hasThumb ? value & ~1n : value) - section.address);
    if (offset < 0 || offset >= section.size || isPadding(symbols.nameAt(i))) continue;
    const local = symbols.bindingAt(i) === STB_LOCAL;
    const one = { name: symbols.nameAt(i), offset, size: symbols.sizeAt(i), local };
    const known = byOffset.get(offset);
    if (known === undefined || (known.local && !local)) byOffset.set(offset, one);
  }
  return [...byOffset.values()].sort((a, b) => a.offset - b.offset);
}

/** What Linux has in front of functions, so that it can be patched, has names too. */
function isPadding(name: string): boolean {
  return name.startsWith('__pfx_') || name.startsWith('__cfi_');
}
