// A CPU of plain maps, and memory of plain pages: what an architecture's paging
// and exception code is handed in unit tests.

import type { Translation } from '../../src/arch/arch.ts';
import type { Cpu, SystemRegister, TableRegister, VirtualMemory } from '../../src/arch/cpu.ts';
import { type Addr, addr, phys } from '../../src/base/address.ts';

const keyOf = ({ op0, op1, crn, crm, op2 }: SystemRegister): string =>
  [op0, op1, crn, crm, op2].join('/');

export class FakeCpu implements Cpu {
  readonly registers = new Map<string, bigint>();
  readonly system = new Map<string, bigint>();
  readonly tables = new Map<string, TableRegister>();

  constructor(registers: Readonly<Record<string, bigint>> = {}) {
    for (const [name, value] of Object.entries(registers)) this.registers.set(name, value);
  }

  read(name: string): bigint {
    return this.registers.get(name) ?? 0n;
  }

  write(name: string, value: bigint): void {
    this.registers.set(name, value);
  }

  readSystem(register: SystemRegister): bigint {
    return this.system.get(keyOf(register)) ?? 0n;
  }

  writeSystem(register: SystemRegister, value: bigint): void {
    this.system.set(keyOf(register), value);
  }

  readTable(name: string): TableRegister {
    return this.tables.get(name) ?? { selector: 0, base: addr(0), limit: 0 };
  }
}

const PAGE = 4096n;

/** Pages at virtual addresses, some of them read-only. */
export class FakeMemory implements VirtualMemory {
  readonly #pages = new Map<bigint, { readonly bytes: DataView; readonly writable: boolean }>();

  /** Maps the page at `address`. */
  map(address: bigint, writable = true): this {
    this.#pages.set(address / PAGE, { bytes: new DataView(new ArrayBuffer(4096)), writable });
    return this;
  }

  translate(address: Addr): Translation | undefined {
    const page = this.#pages.get(address / PAGE);
    if (page === undefined) return undefined;
    return { physical: phys(0), writable: page.writable, executable: true };
  }

  readWord(address: Addr, bytes: 1 | 4 | 8): bigint | undefined {
    const page = this.#pages.get(address / PAGE);
    const at = Number(address % PAGE);
    if (bytes === 1) return page && BigInt(page.bytes.getUint8(at));
    return bytes === 8
      ? page?.bytes.getBigUint64(at, true)
      : page && BigInt(page.bytes.getUint32(at, true));
  }

  writeWord(address: Addr, bytes: 4 | 8, value: bigint): boolean {
    const page = this.#pages.get(address / PAGE);
    if (page === undefined || !page.writable) return false;
    this.poke(address, bytes, value);
    return true;
  }

  /** Writes whatever the protection. */
  poke(address: bigint, bytes: 1 | 4 | 8, value: bigint): void {
    const page = this.#pages.get(address / PAGE);
    if (page === undefined) throw new Error(`no page at 0x${address.toString(16)}`);
    const at = Number(address % PAGE);
    if (bytes === 8) page.bytes.setBigUint64(at, BigInt.asUintN(64, value), true);
    else if (bytes === 4) page.bytes.setUint32(at, Number(BigInt.asUintN(32, value)), true);
    else page.bytes.setUint8(at, Number(value));
  }

  /** `count` words from `address` up. */
  words(address: bigint, bytes: 4 | 8, count: number): (bigint | undefined)[] {
    return Array.from({ length: count }, (_, i) =>
      this.readWord(addr(address + BigInt(i * bytes)), bytes),
    );
  }
}
