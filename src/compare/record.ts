// The calls that modules make of the kernel, in order.  A trap stands at the entry of
// each function that a module imports from the kernel; the module is unchanged, and
// the run takes the same virtual time.

import { type Addr, addr } from '../base/address.ts';
import type { Trap } from '../engine/traps.ts';
import type { Kernel } from '../kernel/kernel.ts';
import type { ModuleView } from '../kernel/view.ts';
import { SHN_UNDEF } from '../object/elf/constants.ts';

export interface KernelCall {
  readonly symbol: string;
  /** The function that called, as far as the return address tells. */
  readonly by: string | undefined;
}

export class CallRecorder {
  readonly calls: KernelCall[] = [];
  readonly #kernel: Kernel;
  readonly #traps = new Map<Addr, Trap>();

  /** Records from now on; of modules that are linked later. */
  constructor(kernel: Kernel) {
    this.#kernel = kernel;
    kernel.onLinked = (view) => this.#watch(view);
  }

  /** What was recorded since the last time. */
  take(): readonly KernelCall[] {
    return this.calls.splice(0);
  }

  stop(): void {
    this.#kernel.onLinked = undefined;
    for (const trap of this.#traps.values()) trap.remove();
    this.#traps.clear();
  }

  #watch({ placed, flavour }: ModuleView): void {
    const { image, machine } = this.#kernel;
    const exports = flavour === 'linux' ? image.linuxExports : image.exports;
    const symbols = placed?.object.symbols;
    for (let i = 1; i < (symbols?.count ?? 0); i++) {
      if (symbols?.sectionAt(i) !== SHN_UNDEF) continue;
      const symbol = symbols.nameAt(i);
      const at = exports.get(symbol);
      if (at === undefined || this.#traps.has(at) || !this.#isCode(at)) continue;
      this.#traps.set(
        at,
        machine.engine.trapCode(at, at, () => {
          this.#note(symbol);
          return false;
        }),
      );
    }
  }

  /** Data is imported as well. */
  #isCode(at: Addr): boolean {
    return this.#kernel.machine.memory.translate(at)?.executable === true;
  }

  /** The kernel calls functions of its own too: only a module's calls count. */
  #note(symbol: string): void {
    const caller = this.#kernel.symbolise(addr(this.#returnAddress() - 1n));
    // A call that is a module's last deed returns to whoever called the module.
    const isKernels = caller.module === undefined && !entersModules.has(caller.symbol ?? '');
    if (!isKernels) this.calls.push({ symbol, by: caller.module && caller.symbol });
  }

  #returnAddress(): bigint {
    const { arch, machine } = this.#kernel;
    const { link } = arch.frames;
    if (link !== undefined) return machine.engine.read(link) & ~1n;
    const sp = addr(machine.engine.read(arch.roles.sp));
    const read = machine.memory.read(sp, arch.wordBytes);
    if (read === undefined) return 1n;
    const view = new DataView(read.buffer, read.byteOffset, read.length);
    return arch.wordBytes === 8 ? view.getBigUint64(0, true) : BigInt(view.getUint32(0, true));
  }
}

/** Functions of the guest kernel that call into modules. */
const entersModules: ReadonlySet<string> = new Set([
  'linuxcall',
  'modcall',
  'arch_call',
  'call',
  'call_function',
  'run',
  'thread_start',
]);
