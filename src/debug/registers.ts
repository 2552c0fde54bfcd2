// The registers of the CPU as it stands, by the names and widths of the
// architecture's debug description; and writing them.

import type { DebugRegister } from '../arch/debug-registers.ts';
import { addr } from '../base/address.ts';
import type { Machine } from '../machine/machine.ts';
import type { RegisterValue } from './model.ts';

export class GuestRegisters {
  readonly #machine: Machine;
  readonly #byName: ReadonlyMap<string, DebugRegister>;

  constructor(machine: Machine) {
    this.#machine = machine;
    const all = machine.arch.debug.features.flatMap(({ registers }) => registers);
    this.#byName = new Map(all.map((register) => [register.name, register]));
  }

  /** Every register, in the order of the description. */
  all(): readonly RegisterValue[] {
    return [...this.#byName.values()].map((register) => ({
      name: register.name,
      group: register.group,
      bits: register.bits,
      bytes: this.#bytes(register),
    }));
  }

  /** One register, little-endian; undefined: the architecture has none of the name. */
  read(name: string): Uint8Array | undefined {
    const register = this.#byName.get(name);
    return register && this.#bytes(register);
  }

  /**
   * Changes one register.
   *
   * @param bytes little-endian, as many as the register has
   * @returns what is wrong, as a sentence; undefined: nothing
   */
  write(name: string, bytes: Uint8Array): string | undefined {
    const register = this.#byName.get(name);
    const { arch, engine } = this.#machine;
    if (register === undefined) return `${arch.name} has no register ${name}`;
    if (bytes.length * 8 !== register.bits)
      return `${name} has ${register.bits} bits, not ${bytes.length * 8}`;
    if (same(bytes, this.#bytes(register))) return undefined;
    if (register.readOnly) return `${name} can be changed only by the guest's own instructions`;
    if (register.bits > 64) engine.registers.writeWide(name, bytes);
    else if (name === arch.roles.pc) this.#machine.jump(addr(numberOf(bytes)));
    else if (register.source.kind === 'system')
      engine.writeSystem(register.source.register, numberOf(bytes));
    else engine.write(name, numberOf(bytes));
    return undefined;
  }

  #bytes(register: DebugRegister): Uint8Array {
    if (register.bits > 64)
      return this.#machine.engine.registers.readWide(register.name, register.bits / 8);
    return bytesOf(this.#value(register), register.bits / 8);
  }

  #value({ name, source }: DebugRegister): bigint {
    const { engine, arch, position } = this.#machine;
    switch (source.kind) {
      case 'cpu':
        return name === arch.roles.pc ? position.pc : engine.read(name);
      case 'system':
        return engine.readSystem(source.register);
      case 'table': {
        const table = engine.readTable(source.table);
        return source.part === 'base' ? table.base : BigInt(table.limit);
      }
    }
  }
}

function same(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}

function bytesOf(value: bigint, bytes: number): Uint8Array {
  const word = new Uint8Array(8);
  new DataView(word.buffer).setBigUint64(0, value, true);
  return word.subarray(0, bytes);
}

function numberOf(bytes: Uint8Array): bigint {
  const word = new Uint8Array(8);
  word.set(bytes);
  return new DataView(word.buffer).getBigUint64(0, true);
}
