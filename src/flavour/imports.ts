// What Linux asks of a module for each symbol that it uses of another: a licence
// that opens symbols for GPL modules, the import of the symbol's namespace, and the
// same version of its type.  The kernel's loader and a check without one both come
// here, so that they cannot differ.
// kernel/module/main.c (resolve_symbol) and kernel/module/version.c of Linux

import type { ImportProblem } from './import-problems.ts';
import { isGplCompatible } from './licence.ts';
import type { LinuxModule } from './linux.ts';

/** An exported symbol, as the one who uses it sees it. */
export interface Provision {
  /** The module that has it; undefined: the kernel itself. */
  readonly module: string | undefined;
  readonly gpl: boolean;
  readonly namespace: string | undefined;
  /** undefined: unknown, or built without versions. */
  readonly crc: number | undefined;
}

/** Values of one key of .modinfo, in its order. */
export function valuesOf({ modinfo }: LinuxModule, key: string): readonly string[] {
  return modinfo.filter((entry) => entry.key === key).map(({ value }) => value);
}

/** Symbols that the module may not use; `used` by name. */
export function forbiddenImports(
  module: LinuxModule,
  used: ReadonlyMap<string, Provision>,
): readonly ImportProblem[] {
  const problems: ImportProblem[] = [];
  const [licence] = valuesOf(module, 'license');
  const isFree = licence !== undefined && isGplCompatible(licence);
  const imported = valuesOf(module, 'import_ns');
  for (const [symbol, { gpl, namespace, module: exporter }] of used) {
    if (gpl && !isFree) problems.push({ kind: 'gpl-only', symbol, exporter, licence });
    if (namespace !== undefined && !imported.includes(namespace))
      problems.push({ kind: 'namespace', symbol, exporter, namespace, imported });
  }
  return problems;
}

/**
 * Symbols whose version, where the exporter has one, is not that which the module
 * was built with, or of which it carries none.
 */
export function versionProblems(
  module: LinuxModule,
  used: ReadonlyMap<string, Pick<Provision, 'module' | 'crc'>>,
): readonly Extract<ImportProblem, { kind: 'version' }>[] {
  // Linux goes by the first record of a name.
  const carried = new Map([...module.versions].reverse().map(({ name, crc }) => [name, crc]));
  const problems: Extract<ImportProblem, { kind: 'version' }>[] = [];
  for (const [symbol, { module: exporter, crc: wanted }] of used) {
    const found = carried.get(symbol);
    if (wanted !== undefined && wanted !== found)
      problems.push({ kind: 'version', symbol, exporter, wanted, found });
  }
  return problems;
}

/**
 * What keeps the module from being loaded beside those that export what it uses.
 * A version that only one of the two knows is no reason.
 */
export function refusedImports(
  module: LinuxModule,
  used: ReadonlyMap<string, Provision>,
): readonly ImportProblem[] {
  return [
    ...forbiddenImports(module, used),
    ...versionProblems(module, used).filter(({ found }) => found !== undefined),
  ];
}
