// A moment of a booted kernel that tests come back to: boot once, load what all tests
// need, and begin each of them from there.  Going back costs the pages that were
// written since, and the translations of code that is there before and after are kept.

import { addr, phys, plus } from '../base/address.ts';
import { PF_X, PT_LOAD } from '../object/elf/constants.ts';
import type { Kernel } from './kernel.ts';

export interface Snapshot {
  /**
   * Makes the kernel and all of its modules what they were, virtual time and console
   * included.  Results of requests remain valid; modules that were loaded since are
   * of no use, those that were unloaded since are there again.
   */
  restore(): void;
}

const PAGE = 4096;

export function takeSnapshot(kernel: Kernel): Snapshot {
  const state = kernel.save();
  const code = codePages(kernel);
  return { restore: () => kernel.restore(state, code) };
}

/**
 * The pages of RAM that hold code, of the kernel or of a module.  That one is left out
 * costs time, no more.
 */
function codePages(kernel: Kernel): ReadonlySet<number> {
  const { memory } = kernel.machine;
  const pages = new Set<number>();
  for (const { type, flags, paddr, memsz } of kernel.image.object.segments) {
    const at = memory.offset(phys(paddr), memsz);
    if (type !== PT_LOAD || (flags & PF_X) === 0 || at === undefined) continue;
    for (let page = Math.floor(at / PAGE); page * PAGE < at + memsz; page++) pages.add(page);
  }
  const live = new Set(kernel.modules.map(({ view }) => view));
  for (const view of kernel.present) {
    for (const { base, bytes, executable, disposable } of view.segments) {
      // Init code of a live module is gone; something else may be there.
      if (!executable || (disposable && live.has(view))) continue;
      for (let at = base; at < plus(base, bytes); at = plus(at, PAGE)) {
        const found = memory.translate(addr(at));
        const page = found === undefined ? undefined : memory.offset(phys(found.physical), 1);
        if (page !== undefined) pages.add(Math.floor(page / PAGE));
      }
    }
  }
  return pages;
}
