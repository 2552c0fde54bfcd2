// Addresses for the symbols a module wants of its kernel and of other modules.
// There is no kernel, so each name gets the next free one of the kernel window,
// the first time it is asked for, and keeps it: the same modules in the same order
// get the same addresses in every run.

import type { AddressMap } from '../arch/arch.ts';
import type { LinkArch } from '../arch/link-arch.ts';
import { type Addr, addr, plus } from '../base/address.ts';
import type { FoundSymbol } from '../linker/resolve.ts';

/** Every symbol has room for a short stub. */
const STUB_BYTES = 16;

/** Behind what a kernel has at its very start. */
const FIRST_STUB = 0x1_0000;

/**
 * Per-CPU variables of x86-64's Linux.  Code adds them to a segment's base, so
 * their values are offsets: small, and out of the kernel's window.
 */
const perCpu = new Set([
  ...['__irq_regs', '__preempt_count', '__tss_limit_invalid', 'context_tracking', 'cpu_dr7'],
  ...['cpu_number', 'current_task', 'hv_clock_per_cpu', 'int_active_memcg', 'irq_stat'],
  ...['nf_skb_duplicated', 'numa_node', 'softnet_data', 'this_cpu_off', 'vm_event_states'],
  ...['x86_ibpb_exit_to_user', 'x86_spec_ctrl_current', 'xt_recseq'],
]);

export class Stubs {
  readonly #addresses = new Map<string, FoundSymbol>();
  readonly #kernelBase: Addr;
  readonly #reachesZero: boolean;

  constructor({ map, wordBytes }: LinkArch & { readonly map: AddressMap }) {
    this.#kernelBase = map.kernelBase;
    // Modules in the last 2 GiB wrap around to the first ones, which 32-bit
    // machines do anywhere, but where nobody needs it.
    this.#reachesZero = wordBytes === 8 && addr(-map.modulesStart) < 0x8000_0000n;
  }

  /** For link(): every name is found. */
  readonly lookup = (name: string): FoundSymbol => {
    const known = this.#addresses.get(name);
    if (known !== undefined) return known;
    const found = { address: this.#next(name) };
    this.#addresses.set(name, found);
    return found;
  };

  get count(): number {
    return this.#addresses.size;
  }

  #next(name: string): Addr {
    const offset = FIRST_STUB + this.#addresses.size * STUB_BYTES;
    return this.#reachesZero && perCpu.has(name) ? addr(offset) : plus(this.#kernelBase, offset);
  }
}
