// The addresses where the CPU stops for the debugger, one trap for each however many
// want it: the engine can go on from one trap at an address, not from two.

import type { Addr } from '../base/address.ts';
import type { Engine } from '../engine/engine.ts';
import type { Trap } from '../engine/traps.ts';

export class TrapSet {
  readonly #engine: Engine;
  readonly #wanted: () => boolean;
  readonly #traps = new Map<Addr, { readonly trap: Trap; count: number }>();

  /** @param wanted whether reaching a trap stops the CPU now */
  constructor(engine: Engine, wanted: () => boolean) {
    this.#engine = engine;
    this.#wanted = wanted;
  }

  has(address: Addr): boolean {
    return this.#traps.has(address);
  }

  acquire(address: Addr): void {
    const known = this.#traps.get(address);
    if (known !== undefined) known.count++;
    else {
      const trap = this.#engine.trapCode(address, address, this.#wanted);
      this.#traps.set(address, { trap, count: 1 });
    }
  }

  release(address: Addr): void {
    const known = this.#traps.get(address);
    if (known === undefined || --known.count > 0) return;
    known.trap.remove();
    this.#traps.delete(address);
  }
}
