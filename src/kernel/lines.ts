// Source lines of addresses in a module, from its debug information: which is read
// when the first line is asked for, because most runs ask for none.

import type { LinkArch } from '../arch/link-arch.ts';
import type { Addr } from '../base/address.ts';
import { openDwarf } from '../dwarf/info.ts';
import type { DebugInfo } from '../dwarf/model.ts';
import { once } from '../dwarf/once.ts';
import { LinkedDebugSections } from '../linker/debug-sections.ts';
import { loadBias, type Placed } from '../linker/resolve.ts';

export interface CodeLine {
  /** As the compiler had it: "modules/hello/hello.c". */
  readonly file: string;
  /** From 1. */
  readonly line: number;
}

/** undefined: there is no debug information, or it does not tell. */
export type LineFinder = (address: Addr) => CodeLine | undefined;

/** Finds lines of a module that lies where `placed` says, also when it has gone. */
export function lineFinder(placed: Placed, arch: LinkArch & { wordBytes: 4 | 8 }): LineFinder {
  const info = once((): DebugInfo | undefined => {
    const sections = new LinkedDebugSections({ object: placed.object, arch, placed });
    const opened = openDwarf(sections, arch.wordBytes, { bias: loadBias(placed) });
    return opened.ok ? opened.value : undefined;
  });
  return (address) => {
    const found = info()?.lineAt(address);
    if (found === undefined || found.line === 0) return undefined;
    return { file: found.file, line: found.line };
  };
}
