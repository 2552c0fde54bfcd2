// Traps: what a debugger wants the CPU to stop for.  A code trap stops before an
// instruction in a range, a memory trap tells of each load or store in a range.
// Code traps cost nothing until they are reached; one memory trap sends every load
// and store of the guest down a path that is half as fast.

import { type Addr, addr } from '../base/address.ts';
import { type Binding, type Pointer, registerCallback, unregisterCallback } from './binding.ts';
import { HOOK } from './constants.ts';

/** A load or store of the guest. */
export interface MemoryAccess {
  readonly write: boolean;
  readonly address: Addr;
  readonly bytes: number;
  /** What is stored; of no meaning for a load. */
  readonly value: bigint;
}

export interface Trap {
  remove(): void;
}

/** Addresses of code, and whether the CPU is to stop where it reaches one. */
interface CodeRange {
  readonly first: Addr;
  readonly last: Addr;
  readonly wanted: (address: Addr) => boolean;
}

export interface AccessKinds {
  readonly read: boolean;
  readonly write: boolean;
}

/** UC_MEM_WRITE */
const MEM_WRITE = 17;

export class Traps {
  readonly #lib: Binding;
  readonly #uc: Pointer;
  readonly #keeping: (work: () => void) => void;
  /** With the type of each. */
  readonly #live = new Map<Trap, number>();
  readonly #code = new Set<CodeRange>();
  #changed = false;

  /** @param keeping does something, and puts the CPU's state back afterwards */
  constructor(lib: Binding, uc: Pointer, keeping: (work: () => void) => void) {
    this.#lib = lib;
    this.#uc = uc;
    this.#keeping = keeping;
  }

  /** Calls `reached` before each instruction that begins in the range. */
  code(range: CodeRange, reached: (address: Addr) => void): Trap {
    const callback = registerCallback('block', (_uc: unknown, address: number | bigint) => {
      reached(addr(BigInt.asUintN(64, BigInt(address))));
    });
    this.#code.add(range);
    const trap = this.#add(HOOK.code, range.first, range.last, callback);
    return {
      remove: () => {
        this.#code.delete(range);
        trap.remove();
      },
    };
  }

  /** Calls `entered` with address and size of each block that begins in the range. */
  blocks(first: Addr, last: Addr, entered: (address: Addr, bytes: number) => void): Trap {
    const callback = registerCallback(
      'block',
      (_uc: unknown, address: number | bigint, bytes: number) => {
        entered(addr(BigInt.asUintN(64, BigInt(address))), bytes);
      },
    );
    return this.#add(HOOK.block, first, last, callback);
  }

  /** How many code traps are at the address. */
  codeAt(address: Addr): number {
    let count = 0;
    for (const { first, last } of this.#code) if (address >= first && address <= last) count++;
    return count;
  }

  /** Whether one of the code traps at the address wants to stop there; all are asked. */
  reaches(address: Addr): boolean {
    const here = [...this.#code].filter(({ first, last }) => address >= first && address <= last);
    return here.filter(({ wanted }) => wanted(address)).length > 0;
  }

  /**
   * Calls `accessed` before each load or store of the kinds that touches the range of
   * physical addresses.  Nothing may stop the CPU there: it would be left at an
   * instruction that is half done.
   */
  memory(
    first: Addr,
    last: Addr,
    kinds: AccessKinds,
    accessed: (access: MemoryAccess) => void,
  ): Trap {
    const callback = registerCallback(
      'memory',
      (
        _uc: unknown,
        type: number,
        address: number | bigint,
        bytes: number,
        value: number | bigint,
      ) => {
        accessed({
          write: type === MEM_WRITE,
          address: addr(BigInt.asUintN(64, BigInt(address))),
          bytes,
          value: BigInt.asUintN(bytes * 8, BigInt(value)),
        });
      },
    );
    const type = (kinds.read ? HOOK.memoryRead : 0) | (kinds.write ? HOOK.memoryWrite : 0);
    return this.#add(type, first, last, callback);
  }

  /**
   * Whether traps have come or gone since the last call: what was translated without
   * them, or with them, must not run.
   */
  takeChanged(): boolean {
    const changed = this.#changed;
    this.#changed = false;
    return changed;
  }

  close(): void {
    for (const trap of [...this.#live.keys()]) trap.remove();
  }

  #add(type: number, first: Addr, last: Addr, callback: Pointer): Trap {
    const out: [Pointer | null] = [null];
    const error = this.#lib.hookAdd(this.#uc, out, type, callback, null, first, last);
    const [hook] = out;
    if (error !== 0 || hook === null)
      throw new Error(`libunicorn: trap: ${this.#lib.strerror(error)}`);
    this.#changed ||= !this.#hasAlike(type);
    const trap: Trap = {
      remove: () => {
        if (!this.#live.delete(trap)) return;
        // Unicorn fetches from where the trap was; if nothing is mapped there any more,
        // that leaves the marks of a fault which the guest never had.
        this.#keeping(() => this.#lib.hookDelete(this.#uc, hook));
        unregisterCallback(callback);
        this.#changed ||= !this.#hasAlike(type);
      },
    };
    this.#live.set(trap, type);
    return trap;
  }

  /**
   * Code is translated for there being memory traps of a type, however many and
   * wherever they are.
   */
  #hasAlike(type: number): boolean {
    const isMemory = (type & (HOOK.memoryRead | HOOK.memoryWrite)) !== 0;
    return isMemory && [...this.#live.values()].includes(type);
  }
}
