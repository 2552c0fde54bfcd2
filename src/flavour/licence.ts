// Which licences open the symbols that Linux exports to GPL modules only.
// include/linux/license.h of Linux

const compatible: ReadonlySet<string> = new Set([
  'GPL',
  'GPL v2',
  'GPL and additional rights',
  'Dual BSD/GPL',
  'Dual MIT/GPL',
  'Dual MPL/GPL',
]);

/** What license= of .modinfo may say. */
export function isGplCompatible(licence: string): boolean {
  return compatible.has(licence);
}
