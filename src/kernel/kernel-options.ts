// What a kernel is made with, once its image is in the machine's memory.

import type { LayoutOptions } from '../linker/link.ts';
import type { Machine } from '../machine/machine.ts';
import type { WantedChecks } from './checks.ts';
import type { ObjectFiles } from './files.ts';
import type { KernelImage } from './image.ts';
import type { ServiceOptions } from './linker-service.ts';

export interface KernelOptions {
  readonly machine: Machine;
  readonly image: KernelImage;
  readonly files?: ObjectFiles;
  /** Virtual nanoseconds that init, fini or a call may take. */
  readonly watchdogNs: number;
  readonly layout?: LayoutOptions;
  /** Which of a module's symbols the guest keeps; default all. */
  readonly symbols?: ServiceOptions['symbols'];
  readonly missing?: ServiceOptions['missing'];
  /** As it was booted with. */
  readonly checks?: WantedChecks | undefined;
}
