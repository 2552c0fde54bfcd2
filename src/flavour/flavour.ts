// What kind of module an object is, and what it says about itself, before it has
// an address: names, requirements, exports, and how init and fini are reached.
// A flavour is recognised by one section that only its kernel's modules have.

import type { LinkArch } from '../arch/link-arch.ts';
import type { Result } from '../base/result.ts';
import type { ElfObject } from '../object/elf/model.ts';
import { describeLinux, type LinuxModule, THIS_MODULE } from './linux.ts';
import { describeNetbsd, MODULES_SET, type NetbsdModule } from './netbsd.ts';
import { describePlain, type PlainModule } from './plain.ts';
import type { FlavourProblem } from './problems.ts';

export type ModuleDescription = NetbsdModule | LinuxModule | PlainModule;

/** `fileName` names a module that does not name itself; no folder, any suffix. */
export function identify(
  object: ElfObject,
  arch: LinkArch,
  fileName: string,
): Result<ModuleDescription, FlavourProblem> {
  const has = (name: string): boolean => object.sections.some((section) => section.name === name);
  if (has(MODULES_SET)) return describeNetbsd(object, arch);
  if (has(THIS_MODULE)) return describeLinux(object, arch);
  return describePlain(object, fileName);
}
