// Every architecture there is, by name and by ELF machine number.

import { aarch64 } from './aarch64/description.ts';
import { amd64 } from './amd64/description.ts';
import type { Arch, ArchName } from './arch.ts';
import { armv7 } from './armv7/description.ts';
import { i386 } from './i386/description.ts';

export const architectures: Readonly<Record<ArchName, Arch>> = { i386, amd64, armv7, aarch64 };

/** The architecture whose e_machine this is; undefined for all others. */
export function archOfElfMachine(machine: number): Arch | undefined {
  return Object.values(architectures).find((arch) => arch.elfMachine === machine);
}
