// Objects that say nothing about themselves: libraries of functions to call.

import { type Result, succeed } from '../base/result.ts';
import type { ElfObject } from '../object/elf/model.ts';
import { exportsOfGlobals, type ModuleExport } from './exports.ts';
import type { FlavourProblem } from './problems.ts';

export interface PlainModule {
  readonly flavour: 'plain';
  readonly name: string;
  /** Nothing: a plain object has no way to say. */
  readonly required: readonly string[];
  /** Every global definition. */
  readonly exports: readonly ModuleExport[];
}

export function describePlain(
  object: ElfObject,
  fileName: string,
): Result<PlainModule, FlavourProblem> {
  const name = fileName.replace(/^.*\//, '').replace(/\.[^.]+$/, '');
  return succeed({ flavour: 'plain', name, required: [], exports: exportsOfGlobals(object) });
}
