// What a module offers to others.

import * as C from '../object/elf/constants.ts';
import type { ElfObject } from '../object/elf/model.ts';
import type { SymbolVersion } from '../object/elf/versions.ts';

export interface ModuleExport {
  readonly name: string;
  /** Linux: only for modules with a GPL-compatible licence. */
  readonly gpl: boolean;
  /** A shared object's; undefined: the symbol has none. */
  readonly version?: Pick<SymbolVersion, 'name' | 'hidden'> | undefined;
}

/**
 * What users may ask for: "foo", and with a version "foo@V" too.  A hidden version is
 * for those who name it.
 */
export function exportKeys({ name, version }: Pick<ModuleExport, 'name' | 'version'>): string[] {
  if (version === undefined) return [name];
  const versioned = `${name}@${version.name}`;
  return version.hidden ? [versioned] : [name, versioned];
}

/** The versions that these have of a symbol: "foo@V", or "foo" of one without. */
export function versionsOf(exports: readonly ModuleExport[], symbol: string): readonly string[] {
  return exports
    .filter(({ name }) => name === symbol)
    .map(({ version }) => (version === undefined ? symbol : `${symbol}@${version.name}`));
}

/** Every defined global symbol, weak ones included, that is not hidden. */
export function exportsOfGlobals(object: ElfObject): readonly ModuleExport[] {
  const { symbols, dynamic } = object;
  const exports: ModuleExport[] = [];
  for (let i = 1; i < symbols.count; i++) {
    if (symbols.bindingAt(i) === C.STB_LOCAL || symbols.sectionAt(i) === C.SHN_UNDEF) continue;
    const visibility = symbols.visibilityAt(i);
    if (visibility !== C.STV_DEFAULT && visibility !== C.STV_PROTECTED) continue;
    if (dynamic?.versions.isLocal(i) === true) continue;
    const name = symbols.nameAt(i);
    const version = dynamic?.versions.of(i);
    if (name !== '') exports.push({ name, gpl: false, ...(version && { version }) });
  }
  return exports;
}
