// A text in place of a source file: the disassembly of the functions that have no
// lines, one instruction a line.  Debian ships modules without debug information.

import type { ObjectCode } from './code.ts';

export interface Listing {
  /** A file name for it. */
  readonly name: string;
  readonly text: string;
  /** The line of an instruction, by its index. */
  readonly lines: ReadonlyMap<number, number>;
  /** The line of a function's name, by the index of its first instruction. */
  readonly functions: ReadonlyMap<number, number>;
}

/**
 * The listing of what has no lines; undefined: all of it has.
 *
 * @param taken names of other listings
 */
export function listingOf(
  code: ObjectCode,
  taken: ReadonlySet<string | undefined>,
): Listing | undefined {
  const text: string[] = [];
  const lines = new Map<number, number>();
  const functions = new Map<number, number>();
  for (const { name, source, first, end } of code.functions) {
    // A function has lines or it has none; between lines, compilers leave line 0.
    if (source !== undefined) continue;
    if (text.length > 0) text.push('');
    functions.set(first, text.push(`${name}:`));
    code.instructions.slice(first, end).forEach((each, i) => {
      const { offset, raw, mnemonic, operands } = each;
      const line = `  ${offset.toString(16).padStart(6)}:  ${raw.padEnd(24)} ${mnemonic} ${operands}`;
      lines.set(first + i, text.push(line.trimEnd()));
    });
  }
  if (text.length === 0) return undefined;
  const base = code.file.split(/[\\/:]/).at(-1) ?? code.name;
  let name = `${base}.disassembly`;
  for (let i = 2; taken.has(name); i++) name = `${base}.${i}.disassembly`;
  return { name, text: `${text.join('\n')}\n`, lines, functions };
}
