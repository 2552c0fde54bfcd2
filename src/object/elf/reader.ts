// Reads an ELF file of either word size: a relocatable or a shared object (a module),
// or an executable (the kernel image).  Nothing the file says is believed before it is
// checked, and every problem that can still be found after the first is reported.
// Sections are found by the section headers, so what follows the ELF file, as the
// signature of a Linux module does, needs no stripping.
// https://www.sco.com/developers/gabi/latest/ch4.intro.html

import { addr } from '../../base/address.ts';
import { viewOf } from '../../base/bytes.ts';
import { type Result, refuse, succeed } from '../../base/result.ts';
import { SHT_NULL } from './constants.ts';
import { readDynamic } from './dynamic.ts';
import { discardDuplicates, readGroups } from './groups.ts';
import { readHeader } from './header.ts';
import { readLoads } from './loads.ts';
import type { ElfObject, ElfSection } from './model.ts';
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
  const symbols = readSymbols(bytes, sections.value, header.value);
  if (!symbols.ok) return symbols;

  const { wordBytes, type, machine, flags, entry } = header.value;
  const file: FileParts = {
    ...{ bytes, wordBytes, type, machine, flags, entry },
    sections: sections.value,
    segments: segments.value,
    symbols: symbols.value,
    signed: endsInSignature(bytes),
  };
  switch (type) {
    case 'relocatable':
      return relocatable(file);
    case 'shared':
      return shared(file);
    case 'executable':
      return succeed({ ...file, dynamic: undefined, relocations: [], groups: [] });
  }
}

type FileParts = Omit<ElfObject, 'dynamic' | 'relocations' | 'groups'>;

function relocatable(file: FileParts): Result<ElfObject, ElfProblem> {
  // Of groups of sections that are the same only one is left.
  const groups = readGroups(file);
  if (!groups.ok) return groups;
  const read = { ...file, sections: discardDuplicates(file.sections, groups.value) };

  // Every relocation has a place and a symbol.
  const relocations = readRelocations(read);
  if (!relocations.ok) return relocations;
  const found = { relocations: relocations.value, groups: groups.value };
  return succeed({ ...read, dynamic: undefined, ...found });
}

function shared(file: FileParts): Result<ElfObject, ElfProblem> {
  // What is loaded is known.
  const loads = readLoads(file.bytes, file.segments, Math.max(1, file.sections.length));
  if (!loads.ok) return loads;

  // And what is said of it.
  const dynamic = readDynamic({ ...file, symtab: file.symbols, loads: loads.value });
  if (!dynamic.ok) return dynamic;
  const own = file.sections.length > 0 ? file.sections : [nullSection];
  const sections = [...own, ...loads.value.sections];
  return succeed({ ...file, ...dynamic.value, sections, groups: [] });
}

const nullSection: ElfSection = {
  ...{ index: 0, name: '', type: SHT_NULL, flags: 0, loads: false, address: addr(0) },
  ...{ offset: 0, size: 0, fileBytes: 0, link: 0, info: 0, align: 1, entryBytes: 0 },
  discarded: undefined,
};

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
