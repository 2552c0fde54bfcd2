// Addresses.  An address is a bigint in 0..2^64-1 on every architecture; a
// distance, size or offset is a number.  Cross from one to the other once, with
// offsetIn(), and stay in numbers on hot paths.

export type Addr = bigint & { readonly brand: 'Addr' };
export type PhysAddr = number & { readonly brand: 'PhysAddr' };

/** The address that `value` means modulo 2^64. */
export function addr(value: bigint | number): Addr {
  return BigInt.asUintN(64, BigInt(value)) as Addr;
}

/** `base` plus a distance in bytes. */
export function plus(base: Addr, distance: number): Addr {
  return addr(base + BigInt(distance));
}

/** How far `address` lies behind `base`, as a number; negative before it. */
export function offsetIn(base: Addr, address: Addr): number {
  return Number(BigInt.asIntN(64, address - base));
}

/** A physical address; RAM and devices lie below 2^53 in our machines. */
export function phys(value: number | bigint): PhysAddr {
  return Number(value) as PhysAddr;
}

/** Hexadecimal with 0x, zero-padded to the word when `wordBytes` is given. */
export function formatAddr(address: bigint, wordBytes?: 4 | 8): string {
  const digits = BigInt.asUintN(64, address).toString(16);
  return `0x${wordBytes ? digits.padStart(wordBytes * 2, '0') : digits}`;
}

/** `value` rounded up to a multiple of `align`, a power of two. */
export function alignUp(value: number, align: number): number {
  return Math.ceil(value / align) * align;
}
