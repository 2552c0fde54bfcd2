// Booting: a machine, the kernel image in its RAM, and run until the kernel says
// where its mailbox is.

import type { Arch } from '../arch/arch.ts';
import { Machine } from '../machine/machine.ts';
import type { MachineOptions } from '../machine/options.ts';
import { bootFlags, type WantedChecks } from './checks.ts';
import type { ObjectFiles } from './files.ts';
import { type AddressRange, loadImage, readImage } from './image.ts';
import { Kernel } from './kernel.ts';
import type { MissingSymbols } from './missing.ts';
import { BootError } from './start.ts';

export interface BootOptions extends Omit<MachineOptions, 'arch'> {
  readonly arch: Arch;
  /** The kernel image, an ELF executable. */
  readonly kernel: Uint8Array;
  readonly files?: ObjectFiles;
  /** Virtual nanoseconds that init, fini or a call may take; default one second. */
  readonly watchdogNs?: number;
  /** Where modules go; default: near the kernel, so that branches reach it. */
  readonly modulesAt?: AddressRange;
  /** false: a branch that does not reach is an error.  Default true. */
  readonly veneers?: boolean;
  /** Which symbols of a module the guest keeps for its backtraces; default all. */
  readonly symbols?: 'all' | 'exported' | undefined;
  /** What becomes of Linux modules that use symbols nobody has; default 'refuse'. */
  readonly missing?: MissingSymbols | undefined;
  /** Watch modules closely, for memory they misuse and the like; default false. */
  readonly checks?: WantedChecks | undefined;
  /** Told of each byte the guest writes to its console. */
  readonly onConsole?: (byte: number) => void;
}

export const DEFAULT_WATCHDOG_NS = 1e9;
/** Boots a kernel and answers it ready to load modules. */
export function bootKernel(options: BootOptions): Kernel {
  const watchdogNs = options.watchdogNs ?? DEFAULT_WATCHDOG_NS;
  const image = readImage(options.kernel, options.arch);
  if (!image.ok) throw new BootError(image.problems.join('\n'));
  const machine = new Machine(options);
  try {
    machine.console.onByte = options.onConsole;
    const { modulesAt, checks = false } = options;
    loadImage(machine, image.value, { watchdogNs, modulesAt, flags: bootFlags(checks) });
    const files = options.files === undefined ? {} : { files: options.files };
    const layout = { veneers: options.veneers };
    const { symbols, missing } = options;
    const policy = { layout, symbols, missing, checks };
    return new Kernel({ machine, image: image.value, watchdogNs, ...policy, ...files });
  } catch (error) {
    machine.close();
    throw error;
  }
}
