// A fake debugger with a real booted guest behind it: registers and memory are true,
// runs end at the stops that a test has lined up.

import type { Arch, ArchName } from '../../src/arch/arch.ts';
import { addr } from '../../src/base/address.ts';
import type { Breakpoint, BreakpointSpec, RegisterValue } from '../../src/debug/model.ts';
import { GuestRegisters } from '../../src/debug/registers.ts';
import type { Kernel } from '../../src/kernel/kernel.ts';
import { FakeDebugger, type Reason } from './fake-debugger.ts';
import { bootTest } from './guest.ts';

export class GuestDebugger extends FakeDebugger {
  override readonly arch: Arch;
  readonly #kernel: Kernel;
  readonly #registers: GuestRegisters;
  readonly #points = new Map<number, Breakpoint>();

  constructor(kernel: Kernel, ...stops: readonly Reason[]) {
    super(...stops);
    this.#kernel = kernel;
    this.arch = kernel.arch;
    this.#registers = new GuestRegisters(kernel.machine);
  }

  override get kernel(): Kernel {
    return this.#kernel;
  }

  override addBreakpoint(spec: BreakpointSpec): Breakpoint {
    const address = addr(BigInt(spec.location.slice(1)));
    const isMapped = this.#kernel.read(address, 1) !== undefined;
    const place = { address, where: '', file: undefined, line: undefined, module: undefined };
    const breakpoint = { ...super.addBreakpoint(spec), places: isMapped ? [place] : [] };
    this.#points.set(breakpoint.id, breakpoint);
    return breakpoint;
  }

  override removeBreakpoint(id: number): boolean {
    return super.removeBreakpoint(id) && this.#points.delete(id);
  }

  override breakpoints(): readonly Breakpoint[] {
    return [...this.#points.values()];
  }

  override registers(): readonly RegisterValue[] {
    return this.#registers.all();
  }

  override writeRegister(name: string, bytes: Uint8Array): string | undefined {
    return this.#registers.write(name, bytes);
  }

  override read(address: bigint, bytes: number): Uint8Array {
    return this.#kernel.read(address, bytes) ?? new Uint8Array(0);
  }

  override write(address: bigint, bytes: Uint8Array): boolean {
    return this.#kernel.write(address, bytes);
  }

  override close(): void {
    super.close();
    this.#kernel.close();
  }
}

/** A guest of its own. */
export async function guestDebugger(
  arch: ArchName,
  ...stops: readonly Reason[]
): Promise<GuestDebugger> {
  return new GuestDebugger(await bootTest(arch), ...stops);
}
