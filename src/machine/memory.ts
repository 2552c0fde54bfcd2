// Guest memory as the host sees it: by physical address straight in the shared
// RAM, by virtual address through the guest's own page tables.  Host writes ignore
// write protection, as a device's would.

import type { Arch, ReadPhysical, Translation } from '../arch/arch.ts';
import type { Cpu, VirtualMemory } from '../arch/cpu.ts';
import { type Addr, type PhysAddr, phys, plus } from '../base/address.ts';

const PAGE = 4096;

export class Memory implements VirtualMemory {
  readonly ram: Uint8Array;
  readonly view: DataView;
  readonly base: PhysAddr;
  readonly #cpu: Cpu;
  readonly #arch: Arch;

  constructor(arch: Arch, cpu: Cpu, ram: Uint8Array) {
    this.ram = ram;
    this.view = new DataView(ram.buffer, ram.byteOffset, ram.byteLength);
    this.base = arch.map.ramBase;
    this.#cpu = cpu;
    this.#arch = arch;
  }

  /** Where `bytes` bytes at a physical address lie in `ram`; undefined outside. */
  offset(address: PhysAddr, bytes: number): number | undefined {
    const offset = address - this.base;
    return offset >= 0 && offset + bytes <= this.ram.length ? offset : undefined;
  }

  readonly readPhysical: ReadPhysical = (address, bytes) => {
    const at = this.offset(address, bytes);
    if (at === undefined) return undefined;
    return bytes === 8 ? this.view.getBigUint64(at, true) : BigInt(this.view.getUint32(at, true));
  };

  translate(address: Addr): Translation | undefined {
    return this.#arch.translate(this.#cpu, this.readPhysical, address);
  }

  readWord(address: Addr, bytes: 1 | 4 | 8): bigint | undefined {
    const data = this.read(address, bytes);
    if (data === undefined) return undefined;
    const view = new DataView(data.buffer, data.byteOffset, bytes);
    if (bytes === 1) return BigInt(view.getUint8(0));
    return bytes === 8 ? view.getBigUint64(0, true) : BigInt(view.getUint32(0, true));
  }

  writeWord(address: Addr, bytes: 4 | 8, value: bigint): boolean {
    const translation = this.translate(address);
    if (translation === undefined || !translation.writable) return false;
    const data = new Uint8Array(bytes);
    const view = new DataView(data.buffer);
    if (bytes === 8) view.setBigUint64(0, BigInt.asUintN(64, value), true);
    else view.setUint32(0, Number(BigInt.asUintN(32, value)), true);
    return this.write(address, data);
  }

  /** A copy of `bytes` bytes; undefined when any of them is not mapped RAM. */
  read(address: Addr, bytes: number): Uint8Array | undefined {
    const copy = new Uint8Array(bytes);
    const whole = this.#pages(address, bytes, (at, done, length) => {
      copy.set(this.ram.subarray(at, at + length), done);
    });
    return whole ? copy : undefined;
  }

  /** Whether all of the range is mapped RAM. */
  covers(address: Addr, bytes: number): boolean {
    return this.#pages(address, bytes, () => {});
  }

  /** Writes all of `data`, or nothing and answers false. */
  write(address: Addr, data: Uint8Array): boolean {
    if (!this.covers(address, data.length)) return false;
    return this.#pages(address, data.length, (at, done, length) => {
      this.ram.set(data.subarray(done, done + length), at);
    });
  }

  /** Text up to a NUL, at most `limit` bytes; undefined when unmapped. */
  readString(address: Addr, limit = 4096): string | undefined {
    const bytes: number[] = [];
    for (let i = 0; i < limit; i++) {
      const byte = this.readWord(plus(address, i), 1);
      if (byte === undefined) return undefined;
      if (byte === 0n) break;
      bytes.push(Number(byte));
    }
    return new TextDecoder().decode(Uint8Array.from(bytes));
  }

  /** Visits the range page by page: offset in RAM, bytes done, bytes here. */
  #pages(
    address: Addr,
    bytes: number,
    visit: (at: number, done: number, length: number) => void,
  ): boolean {
    for (let done = 0; done < bytes; ) {
      const here = plus(address, done);
      const length = Math.min(bytes - done, PAGE - (Number(BigInt.asUintN(12, here)) % PAGE));
      const translation = this.translate(here);
      const at =
        translation === undefined ? undefined : this.offset(phys(translation.physical), length);
      if (at === undefined) return false;
      visit(at, done, length);
      done += length;
    }
    return true;
  }
}
