// A guest under a debugger, with what set-up left on this host.

import { architectures } from '../arch/registry.ts';
import { debugKernel } from '../debug/open.ts';
import type { Session } from '../debug/session.ts';
import { openDecoder } from '../disasm/decoder.ts';
import { boot, type HostBootOptions } from './boot.ts';

/** Nobody stands still in front of a watchdog: a debugged init may take its time. */
const DEBUG_WATCHDOG_NS = 1e12;

/**
 * Boots a kernel and stops it, ready for Session.begin().
 * @throws what boot() throws
 */
export async function openSession(options: HostBootOptions): Promise<Session> {
  const decoder = await openDecoder(architectures[options.arch].elfMachine);
  const kernel = await boot({ watchdogNs: DEBUG_WATCHDOG_NS, ...options });
  return debugKernel(kernel, decoder);
}
