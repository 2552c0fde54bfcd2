// What a module offers to others.

import * as C from '../object/elf/constants.ts';
import type { ElfObject } from '../object/elf/model.ts';

export interface ModuleExport {
  readonly name: string;
  /** Linux: only for modules with a GPL-compatible licence. */
  readonly gpl: boolean;
}

/** Every defined global symbol, weak ones included. */
export function exportsOfGlobals(object: ElfObject): readonly ModuleExport[] {
  const { symbols } = object;
  const exports: ModuleExport[] = [];
  for (let i = 1; i < symbols.count; i++) {
    if (symbols.bindingAt(i) === C.STB_LOCAL || symbols.sectionAt(i) === C.SHN_UNDEF) continue;
    const name = symbols.nameAt(i);
    if (name !== '') exports.push({ name, gpl: false });
  }
  return exports;
}
