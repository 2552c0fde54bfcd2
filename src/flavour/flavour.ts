// What kind of module an object is, and what it says about itself, before it has
// an address: names, requirements, exports, and how init and fini are reached.
// A flavour is recognised by one section that only its kernel's modules have.

import type { LinkArch } from '../arch/link-arch.ts';
import { type Result, refuse, succeed } from '../base/result.ts';
import type { ElfObject } from '../object/elf/model.ts';
import { setsIn } from '../object/elf/sets.ts';
import { describeForeign, foreignProblem } from './foreign.ts';
import { describeLinux, type LinuxModule, THIS_MODULE } from './linux.ts';
import { moduleNameOf } from './names.ts';
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
  const described = describe(object, arch, fileName);
  if (!described.ok || object.dynamic === undefined) return described;
  const { required } = described.value;
  return succeed({
    ...described.value,
    required: [...new Set([...required, ...neededModules(object.dynamic.needed)])],
  });
}

function describe(
  object: ElfObject,
  arch: LinkArch,
  fileName: string,
): Result<ModuleDescription, FlavourProblem> {
  const has = (name: string): boolean => object.sections.some((section) => section.name === name);
  if (setsIn(object).has(MODULES_SET)) return describeNetbsd(object, arch);
  if (has(THIS_MODULE) && object.type === 'shared')
    return refuse([{ kind: 'linux-shared', section: THIS_MODULE }]);
  if (has(THIS_MODULE)) return describeLinux(object, arch);
  const foreign = describeForeign(object, arch);
  if (foreign?.ok === true) return refuse([foreignProblem(foreign.value)]);
  return foreign ?? describePlain(object, fileName);
}

/** What some kernels' modules name and cannot be loaded: the kernel itself. */
const KERNEL = 'kernel';

/** The modules that DT_NEEDED means: "misc/foo", "foo.ko", "libfoo.so.1". */
function neededModules(needed: readonly string[]): readonly string[] {
  return needed.map(moduleNameOf).filter((name) => name !== KERNEL);
}
