// Program headers: what a boot loader copies where.
// https://www.sco.com/developers/gabi/latest/ch5.pheader.html

import { addr } from '../../base/address.ts';
import { size64 } from '../../base/bytes.ts';
import { type Result, refuse, unlessRefused } from '../../base/result.ts';
import type { ElfHeader } from './header.ts';
import type { ElfSegment } from './model.ts';
import type { ElfProblem } from './problems.ts';

export function readSegments(
  bytes: Uint8Array,
  view: DataView,
  header: ElfHeader,
): Result<readonly ElfSegment[], ElfProblem> {
  const entryBytes = header.wordBytes === 8 ? 56 : 32;
  const outside = (what: string, offset: number, size: number): ElfProblem => ({
    kind: 'outside-file',
    what,
    section: undefined,
    offset,
    bytes: size,
    fileBytes: bytes.length,
  });
  const tableBytes = header.phnum * entryBytes;
  if (tableBytes > 0 && header.phoff + tableBytes > bytes.length) {
    return refuse([outside('the program header table', header.phoff, tableBytes)]);
  }
  const segments: ElfSegment[] = [];
  const problems: ElfProblem[] = [];
  for (let index = 0; index < header.phnum; index++) {
    const segment = readEntry(view, header.phoff + index * entryBytes, header.wordBytes);
    const { offset, filesz, memsz } = segment;
    if (offset + filesz > bytes.length) {
      problems.push(outside(`the content of program header ${index}`, offset, filesz));
    }
    if (filesz > memsz) {
      const wanted = `at most p_memsz ${memsz}`;
      problems.push({ kind: 'bad-segment', index, field: 'p_filesz', wanted, found: filesz });
    }
    segments.push(segment);
  }
  return unlessRefused(segments, problems);
}

function readEntry(view: DataView, at: number, wordBytes: 4 | 8): ElfSegment {
  const word = (offset: number): number => view.getUint32(at + offset, true);
  if (wordBytes === 4) {
    return {
      type: word(0),
      offset: word(4),
      vaddr: addr(word(8)),
      paddr: addr(word(12)),
      filesz: word(16),
      memsz: word(20),
      flags: word(24),
      align: word(28) || 1,
    };
  }
  return {
    type: word(0),
    flags: word(4),
    offset: size64(view, at + 8),
    vaddr: addr(view.getBigUint64(at + 16, true)),
    paddr: addr(view.getBigUint64(at + 24, true)),
    filesz: size64(view, at + 32),
    memsz: size64(view, at + 40),
    align: size64(view, at + 48) || 1,
  };
}
