// How C becomes guest code: the one table of compiler flags.  The guest kernels,
// the sample modules and `modbox cc` all compile with these.  Guest code runs
// without floating point and vector registers: a thread switch does not save
// them.  Objects carry no path of the machine that built them, so equal sources
// make equal objects.

/** Per architecture: what clang needs beyond the common flags. */
export const targets = {
  i386: ['--target=i686-none-elf', '-mgeneral-regs-only'],
  // kernel: at the top of the address space; no red zone: interrupts use the stack.
  amd64: ['--target=x86_64-none-elf', '-mcmodel=kernel', '-mno-red-zone', '-mgeneral-regs-only'],
  // clang knows no -mgeneral-regs-only for ARM; soft floats amount to it.
  armv7: ['--target=armv7a-none-eabi', '-mcpu=cortex-a15', '-marm', '-mfloat-abi=soft'],
  aarch64: ['--target=aarch64-none-elf', '-mgeneral-regs-only'],
};

/** @typedef {keyof typeof targets} Arch */

export const archNames = /** @type {Arch[]} */ (Object.keys(targets));

const common = [
  '-std=c11',
  '-ffreestanding',
  '-fno-pic',
  '-fno-stack-protector',
  '-fno-omit-frame-pointer', // reports walk frames
  '-mno-omit-leaf-frame-pointer', // through leaves too
  '-fno-common',
  '-fno-asynchronous-unwind-tables',
  '-O2',
  '-g',
  '-Wall',
  '-Wextra',
  '-Werror',
  '-nostdinc',
];

/**
 * The flags to compile one file, run in the repository's root.
 * @param {Arch} arch
 * @param {{ root: string, resources: string, kernel?: boolean }} how
 *   resources: what clang -print-resource-dir says; kernel: not a module.
 */
export function compileFlags(arch, { root, resources, kernel = false }) {
  return [
    ...common,
    ...targets[arch],
    ...(kernel ? ['-Iguest/kern'] : []),
    `-Iguest/arch/${arch}/include`,
    '-Iguest/include',
    '-isystem',
    `${resources}/include`,
    `-ffile-prefix-map=${root}=.`,
    `-ffile-prefix-map=${resources}=clang`,
  ];
}

/** What to compile with besides, for a module that is a shared object. @param {Arch} arch */
export function sharedFlags(arch) {
  // Where a shared object lies is not known, the kernel's part of the space or not.
  return ['-fPIC', ...(arch === 'amd64' ? ['-mcmodel=small'] : [])];
}

/** The flags to link one; pages of 64 KiB, as ld.lld has them on ARM, waste memory. */
export const sharedLinkFlags = ['-shared', '-z', 'max-page-size=4096'];

/** The flags to link a kernel; the objects follow. @param {Arch} arch */
export function kernelLinkFlags(arch) {
  return [
    '-static',
    '-nostdlib',
    '--build-id=none',
    '-z',
    'max-page-size=4096',
    '-z',
    'noexecstack',
    '-T',
    `guest/arch/${arch}/kernel.ld`,
  ];
}
