// The hooks that stay for the life of a CPU, and the C callbacks behind them.

import { type Binding, type Pointer, registerCallback, unregisterCallback } from './binding.ts';

type CallbackKind = Parameters<typeof registerCallback>[0];

/** Physical addresses that are no memory. */
export interface DeviceWindow {
  read(offset: number, size: number): number;
  write(offset: number, size: number, value: number): void;
}

export class Hooks {
  readonly #lib: Binding;
  readonly #uc: Pointer;
  readonly #callbacks: Pointer[] = [];

  constructor(lib: Binding, uc: Pointer) {
    this.#lib = lib;
    this.#uc = uc;
  }

  /** Calls back for every event of the type, wherever it is. */
  add<A extends readonly unknown[], R>(
    type: number,
    kind: CallbackKind,
    callback: (...args: A) => R,
  ): void {
    this.addPointer(type, this.#register(kind, callback), null);
  }

  /** The same, to a function that is C's already. */
  addPointer(type: number, callback: Pointer, data: Pointer | null): void {
    // begin > end: everywhere.
    this.#check(this.#lib.hookAdd(this.#uc, [null], type, callback, data, 1n, 0n), 'hook');
  }

  /** A range of physical addresses that is no memory but answers by itself. */
  mapDevices(base: bigint, bytes: number, window: DeviceWindow): void {
    const onRead = this.#register(
      'mmioRead',
      (_uc: unknown, offset: number | bigint, size: number) => window.read(Number(offset), size),
    );
    const onWrite = this.#register(
      'mmioWrite',
      (_uc: unknown, offset: number | bigint, size: number, value: number | bigint) =>
        window.write(Number(offset), size, Number(value)),
    );
    const error = this.#lib.mmioMap(this.#uc, base, BigInt(bytes), onRead, null, onWrite, null);
    this.#check(error, 'map devices');
  }

  /** After the CPU is closed. */
  release(): void {
    for (const pointer of this.#callbacks) unregisterCallback(pointer);
  }

  #register<A extends readonly unknown[], R>(
    kind: CallbackKind,
    callback: (...args: A) => R,
  ): Pointer {
    const pointer = registerCallback(kind, callback);
    this.#callbacks.push(pointer);
    return pointer;
  }

  #check(error: number, what: string): void {
    if (error !== 0) throw new Error(`libunicorn: ${what}: ${this.#lib.strerror(error)}`);
  }
}
