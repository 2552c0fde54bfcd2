// Linux kernels that are given where a module is wanted: recognised by what boot
// loaders look for, so that the message can say what to give instead.
// Documentation/x86/boot.rst, arm/booting.rst, arm64/booting.rst of Linux

import { viewOf } from '../base/bytes.ts';
import type { ElfObject } from '../object/elf/model.ts';

const INSTEAD =
  'wanted a module: give a .ko file, or to check modules against this kernel, its Module.symvers ' +
  '(--against)';

/** A place in the file and the word that stands there. */
const bootImages: readonly (readonly [number, number, string])[] = [
  [0x202, 0x5372_6448, 'x86 (bzImage)'],
  [0x24, 0x016f_2818, 'ARM (zImage)'],
  [0x38, 0x644d_5241, 'ARM64 (Image)'],
];

/** What to say of a compressed or raw kernel; undefined: it is none. */
export function describeBootImage(bytes: Uint8Array): string | undefined {
  const view = viewOf(bytes);
  const found = bootImages.find(
    ([at, magic]) => at + 4 <= bytes.length && view.getUint32(at, true) === magic,
  );
  return found && `is a Linux kernel for ${found[2]}, ${INSTEAD}`;
}

/** What to say of a vmlinux; undefined: it is none. */
export function describeVmlinux({ type, sections }: ElfObject): string | undefined {
  const isKernel = type === 'executable' && sections.some(({ name }) => name === '__ksymtab');
  return isKernel ? `is a Linux kernel (vmlinux), ${INSTEAD}` : undefined;
}
