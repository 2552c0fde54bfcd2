// Objects that say nothing about themselves but, if they are shared objects, a name:
// libraries of functions to call.

import { type Result, succeed } from '../base/result.ts';
import type { ElfObject } from '../object/elf/model.ts';
import { exportsOfGlobals, type ModuleExport } from './exports.ts';
import { moduleNameOf } from './names.ts';
import type { FlavourProblem } from './problems.ts';

export interface PlainModule {
  readonly flavour: 'plain';
  readonly name: string;
  /** What DT_NEEDED names; only a shared object has a way to say. */
  readonly required: readonly string[];
  /** Every global definition. */
  readonly exports: readonly ModuleExport[];
}

export function describePlain(
  object: ElfObject,
  fileName: string,
): Result<PlainModule, FlavourProblem> {
  const soname = object.dynamic?.soname;
  const name =
    soname === undefined
      ? fileName.replace(/^.*\//, '').replace(/\.[^.]+$/, '')
      : moduleNameOf(soname);
  return succeed({ flavour: 'plain', name, required: [], exports: exportsOfGlobals(object) });
}
