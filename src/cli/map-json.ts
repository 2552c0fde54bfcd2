// The link map for programs; keys are stable, addresses are hexadecimal strings.

import { hexOf, type Json } from './json.ts';
import type { LinkMap } from './map-facts.ts';

export function mapJson(map: LinkMap, file: string): Json {
  return {
    ok: map.problems.length === 0,
    file,
    name: map.name,
    flavour: map.flavour ?? null,
    arch: map.arch.name,
    base: hexOf(map.base),
    segments: map.segments.map(({ base, sections, ...rest }) => ({
      ...rest,
      base: hexOf(base),
      sections: sections.map(({ address, ...section }) => ({
        ...section,
        address: hexOf(address),
      })),
    })),
    notLoaded: map.notLoaded.map(({ name, bytes }) => ({ name, bytes })),
    sets: map.sets.map(({ name, start, stop, elements }) => ({
      name,
      start: hexOf(start),
      stop: hexOf(stop),
      elements,
    })),
    symbols: map.symbols.map(({ address, section, ...rest }) => ({
      ...rest,
      address: hexOf(address),
      section: section ?? null,
    })),
    relocations: map.relocations.map(({ section, types }) => ({
      section,
      types: types.map(({ name, count }) => ({ name, count })),
    })),
    undefined: map.undefinedSymbols.map(({ name, weak, uses }) => ({ name, weak, uses })),
    problems: map.problems,
  };
}
