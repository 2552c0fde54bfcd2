// Reads an ELF file of either word size: a relocatable object (a module), or an
// executable (the kernel image).  Nothing the file says is believed before it is
// checked, and every problem that can still be found after the first is reported.
// Sections are found by the section headers, so what follows the ELF file, as the
// signature of a Linux module does, needs no stripping.
// https://www.sco.com/developers/gabi/latest/ch4.intro.html

import { viewOf } from '../../base/bytes.ts';
import { type Result, refuse, succeed } from '../../base/result.ts';
import { discardDuplicates, readGroups } from './groups.ts';
import { readHeader } from './header.ts';
import type { ElfObject } from './model.ts';
import type { ElfProblem } from './problems.ts';
import { readRelocations } from './relocation-section.ts';
import { readSections } from './sections.ts';
import { readSegments } from './segments.ts';
import { readSymbols } from './symbols.ts';

export function readElf(bytes: Uint8Array): Result<ElfObject, ElfProblem> {
  const view = viewOf(bytes);

  // The word size and the places of both tables are known.
  const header = readHeader(bytes, view);
  if (!header.ok) return header;

  // Every section and segment lies in the file; sections have names.
  const sections = readSections(bytes, view, header.value);
  const segments = readSegments(bytes, view, header.value);
  if (!sections.ok || !segments.ok) {
    return refuse([...problemsOf(sections), ...problemsOf(segments)]);
  }

  // Every symbol has a name and lies in a section that exists.
  const { wordBytes, type } = header.value;
  const symbols = readSymbols(bytes, sections.value, header.value);
  if (!symbols.ok) return symbols;

  // Of groups of sections that are the same only one is left.
  const ungrouped = { bytes, sections: sections.value, symbols: symbols.value };
  const groups = type === 'relocatable' ? readGroups(ungrouped) : succeed([]);
  if (!groups.ok) return groups;
  const read = {
    ...ungrouped,
    wordBytes,
    sections: discardDuplicates(sections.value, groups.value),
  };

  // Every relocation has a place and a symbol.
  const relocations = type === 'relocatable' ? readRelocations(read) : succeed([]);
  if (!relocations.ok) return relocations;

  return succeed({
    ...read,
    type,
    machine: header.value.machine,
    flags: header.value.flags,
    entry: header.value.entry,
    segments: segments.value,
    relocations: relocations.value,
    groups: groups.value,
    signed: endsInSignature(bytes),
  });
}

/** The last bytes of a module signed by Linux's scripts/sign-file. */
const signatureMarker = new TextEncoder().encode('~Module signature appended~\n');

function endsInSignature(bytes: Uint8Array): boolean {
  const tail = bytes.subarray(-signatureMarker.length);
  return (
    tail.length === signatureMarker.length && tail.every((byte, i) => byte === signatureMarker[i])
  );
}

function problemsOf<T>(result: Result<T, ElfProblem>): readonly ElfProblem[] {
  return result.ok ? [] : result.problems;
}
