// Checks: modules are watched more closely than they can run fast.  Most of it is the
// guest kernel's (guest/check); here is what a program asks for, and the part that
// needs the emulator: where modules write, and which way they take.

import type { Addr } from '../base/address.ts';
import type { Machine } from '../machine/machine.ts';
import { BlockTrace } from './block-trace.ts';
import type { Finding } from './findings.ts';
import type { KernelImage } from './image.ts';
import type { LinkerService } from './linker-service.ts';
import type { Where } from './symbols.ts';
import type { ModuleView } from './view.ts';
import { WildWrites } from './wild-writes.ts';
import { BOOT } from './wire.ts';

export interface Checks {
  /**
   * What the bytes of a new block of the heap are, 0 to 255; default 0xa5.  A module
   * that behaves otherwise with another byte reads what nobody wrote.
   */
  readonly fill?: number;
  /** Find stores into data of the kernel and of unrelated modules; default true. */
  readonly wildWrites?: boolean;
  /** Remember the way that modules take, in Kernel.watch.trace; default false. */
  readonly trace?: boolean;
}

/** true: all checks, as their defaults are. */
export type WantedChecks = boolean | Checks;

const DEFAULT_FILL = 0xa5;

/** Flags of the boot information. */
export function bootFlags(checks: WantedChecks): number {
  if (checks === false) return 0;
  const { fill = DEFAULT_FILL } = checks === true ? {} : checks;
  return BOOT.checks | ((fill & BOOT.fillMask) << BOOT.fillShift);
}

/** Of a kernel that has booted. */
interface WatchOptions {
  readonly service: LinkerService;
  readonly machine: Machine;
  readonly image: KernelImage;
  readonly locate: (address: Addr) => Where;
}

/** What watches the modules of a kernel from outside; others may be told of them too. */
export class Watch {
  onLinked: LinkerService['onLinked'];
  onClosed: LinkerService['onClosed'];
  readonly trace: BlockTrace | undefined;
  readonly #wild: WildWrites | undefined;

  constructor(wanted: WantedChecks, options: WatchOptions) {
    const { wildWrites = wanted !== false, trace = false } = wanted === true ? {} : wanted || {};
    this.#wild = wildWrites ? new WildWrites(options) : undefined;
    this.trace = trace ? new BlockTrace(options.machine) : undefined;
    options.service.onLinked = (view) => {
      this.#wild?.add(view);
      this.trace?.add(view);
      this.onLinked?.(view);
    };
    options.service.onClosed = (view, live) => {
      if (!live) this.#wild?.remove(view);
      if (!live) this.trace?.remove(view);
      this.onClosed?.(view, live);
    };
  }

  /** Where the machine has paused, which it does for this. */
  settle(): void {
    this.trace?.settle();
  }

  /** The kernel went to another moment: the modules are these, and the way begins here. */
  reset(views: readonly ModuleView[]): void {
    this.#wild?.reset(views);
    this.trace?.reset(views);
  }

  take(): readonly Finding[] {
    return this.#wild?.take() ?? [];
  }
}
