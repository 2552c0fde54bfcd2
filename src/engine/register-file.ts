// The registers of the emulated CPU, by the names of src/arch and constants.ts.

import type { Arch } from '../arch/arch.ts';
import type { Cpu, SystemRegister, TableRegister } from '../arch/cpu.ts';
import { addr } from '../base/address.ts';
import { allocate, type Binding, type Pointer, release } from './binding.ts';
import { models } from './constants.ts';

const CELL_BYTES = 64;

export class RegisterFile implements Cpu {
  readonly #arch: Arch;
  readonly #lib: Binding;
  readonly #uc: Pointer;
  readonly #pointer: Pointer;
  readonly #cell: DataView;

  constructor(arch: Arch, lib: Binding, uc: Pointer) {
    this.#arch = arch;
    this.#lib = lib;
    this.#uc = uc;
    const { pointer, view } = allocate(CELL_BYTES);
    this.#pointer = pointer;
    this.#cell = new DataView(view);
  }

  read(name: string): bigint {
    this.#cell.setBigUint64(0, 0n, true);
    this.#check(this.#lib.regRead(this.#uc, this.#register(name), this.#pointer), name);
    return this.#cell.getBigUint64(0, true);
  }

  write(name: string, value: bigint): void {
    this.#cell.setBigUint64(0, BigInt.asUintN(64, value), true);
    this.#check(this.#lib.regWrite(this.#uc, this.#register(name), this.#pointer), name);
  }

  readSystem(register: SystemRegister): bigint {
    const { id, valueAt } = this.#encode(register);
    this.#check(this.#lib.regRead(this.#uc, id, this.#pointer), 'system register');
    return this.#cell.getBigUint64(valueAt, true);
  }

  writeSystem(register: SystemRegister, value: bigint): void {
    const { id, valueAt } = this.#encode(register);
    this.#cell.setBigUint64(valueAt, value, true);
    this.#check(this.#lib.regWrite(this.#uc, id, this.#pointer), 'system register');
  }

  readTable(name: string): TableRegister {
    this.#check(this.#lib.regRead(this.#uc, this.#register(name), this.#pointer), name);
    return {
      selector: this.#cell.getUint16(0, true),
      base: addr(this.#cell.getBigUint64(8, true)),
      limit: this.#cell.getUint32(16, true),
    };
  }

  /** A register wider than 64 bits, as its bytes; of x87 ten, of a vector sixteen. */
  readWide(name: string, bytes: number): Uint8Array {
    for (let i = 0; i < CELL_BYTES; i += 8) this.#cell.setBigUint64(i, 0n, true);
    this.#check(this.#lib.regRead(this.#uc, this.#register(name), this.#pointer), name);
    return new Uint8Array(this.#cell.buffer, 0, bytes).slice();
  }

  writeWide(name: string, bytes: Uint8Array): void {
    for (let i = 0; i < CELL_BYTES; i += 8) this.#cell.setBigUint64(i, 0n, true);
    new Uint8Array(this.#cell.buffer).set(bytes);
    this.#check(this.#lib.regWrite(this.#uc, this.#register(name), this.#pointer), name);
  }

  release(): void {
    release(this.#pointer);
  }

  #register(name: string): number {
    const id = models[this.#arch.name].registers[name];
    if (id === undefined) throw new Error(`${this.#arch.name} has no register ${name}`);
    return id;
  }

  /** Lays out uc_arm_cp_reg or uc_arm64_cp_reg in the cell. */
  #encode(register: SystemRegister): { id: number; valueAt: number } {
    const id = models[this.#arch.name].system;
    if (id === undefined) throw new Error(`${this.#arch.name} has no system registers`);
    const { op0, op1, crn, crm, op2 } = register;
    const wide = this.#arch.wordBytes === 8;
    // 32-bit: cp, is64, sec, crn, crm, opc1, opc2, value at 32.
    const words = wide ? [crn, crm, op0, op1, op2] : [op0, 0, 0, crn, crm, op1, op2];
    for (let i = 0; i < 10; i++) this.#cell.setUint32(i * 4, words[i] ?? 0, true);
    return { id, valueAt: wide ? 24 : 32 };
  }

  #check(error: number, what: string): void {
    if (error !== 0) throw new Error(`libunicorn: ${what}: ${this.#lib.strerror(error)}`);
  }
}
