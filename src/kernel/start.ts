// The last step of booting: run until the kernel says where its mailbox is.

import type { Addr, PhysAddr } from '../base/address.ts';
import type { Machine } from '../machine/machine.ts';
import { isInterruption } from '../machine/stop.ts';
import type { LinkerService } from './linker-service.ts';
import { serveDevices } from './requests.ts';
import { describeDeath } from './results.ts';
import { formatWhere, type Where } from './symbols.ts';

/** A kernel boots in a few million virtual nanoseconds. */
const BOOT_LIMIT_NS = 1e9;

/** The kernel did not come up; the message says how far it got. */
export class BootError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'BootError';
  }
}

/** Runs until the kernel has announced its mailbox, and answers where it is. */
export function waitForBoot(
  machine: Machine,
  service: LinkerService,
  symbolise: (address: Addr) => Where,
): PhysAddr {
  while (machine.linker.mailbox === undefined) {
    const stop = machine.run(BOOT_LIMIT_NS);
    if (stop.kind !== 'attention' && !isInterruption(stop))
      throw new BootError(
        `the ${machine.arch.name} kernel did not boot: ${describeDeath(stop)} ` +
          `(pc ${formatWhere(symbolise(machine.pc))})\n${machine.console.text}`,
      );
    serveDevices(machine, service);
  }
  return machine.linker.mailbox;
}
