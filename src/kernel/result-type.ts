// What a called function returns.  The psABIs leave the upper bits of a register
// undefined when the C type is narrower, so a uint16_t must be cut out of it; a
// 64-bit result of a 32-bit machine comes in two registers.

export const resultTypes = ['u8', 'u16', 'u32', 'u64', 's8', 's16', 's32', 's64'] as const;
export type ResultType = (typeof resultTypes)[number];

/** A function to call: its symbol, and its C result type where it is not a word. */
export interface Callee {
  readonly symbol: string;
  readonly returns: ResultType;
}

/** The value of this type in the result registers, `wide` as one 64-bit value. */
export function resultOf(type: ResultType, wide: bigint): bigint {
  const bits = Number(type.slice(1));
  return type.startsWith('s') ? BigInt.asIntN(bits, wide) : BigInt.asUintN(bits, wide);
}
