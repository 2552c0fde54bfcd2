// Modules of kernels that the guest kernel does not stand in for: recognised and
// described, so that a person learns what the file is, and refused by a load, since
// running their functions as a plain object's would mean nothing.

import type { LinkArch } from '../arch/link-arch.ts';
import { type Result, succeed } from '../base/result.ts';
import type { ElfObject } from '../object/elf/model.ts';
import { setsIn } from '../object/elf/sets.ts';
import { describeFreebsd, type FreebsdModule, METADATA_SET } from './freebsd.ts';
import { describeIllumos, type IllumosModule, isIllumos } from './illumos.ts';
import { describeLkm, type LkmModule } from './lkm.ts';
import type { FlavourProblem } from './problems.ts';

export type ForeignModule = FreebsdModule | IllumosModule | LkmModule;

/** undefined: it is none. */
export function describeForeign(
  object: ElfObject,
  arch: LinkArch,
): Result<ForeignModule, FlavourProblem> | undefined {
  if (setsIn(object).has(METADATA_SET)) return describeFreebsd(object, arch);
  const lkm = describeLkm(object);
  if (lkm !== undefined) return succeed(lkm);
  return isIllumos(object) ? succeed(describeIllumos(object, arch)) : undefined;
}

/** Why the guest kernel cannot run it. */
export function foreignProblem({ flavour }: ForeignModule): FlavourProblem {
  return { kind: 'foreign-module', ...systems[flavour] };
}

const systems = {
  freebsd: {
    system: 'FreeBSD',
    lacks: 'module_register_init, sysinit sets and the rest of the FreeBSD kernel interface',
  },
  illumos: {
    system: 'illumos',
    lacks: 'mod_install, mod_remove and the rest of the illumos kernel interface',
  },
  lkm: {
    system: 'NetBSD before 5.0 (an LKM)',
    lacks: 'lkmdispatch and the lkm_table that the entry point is called with',
  },
} as const;
