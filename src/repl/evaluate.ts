// What commands make of values: the address that one means, the name at an address.

import { addr } from '../base/address.ts';
import type { Context } from './context.ts';
import { integerOf, type NodeReader } from './formats.ts';

export function readerOf(context: Context): NodeReader {
  const { debugger: guest } = context;
  return {
    wordBytes: guest.arch.wordBytes,
    read: (address, bytes) => guest.read(addr(address), bytes),
    symbol: (address) => symbolText(context, address),
  };
}

/** " <name+4>", or nothing. */
export function symbolText(context: Context, address: bigint): string {
  const { symbol, offset, size } = context.debugger.kernel.symbolise(addr(address));
  // A label without a size says nothing of what is behind it.
  if (symbol === undefined || (size === 0 && offset > 0)) return '';
  return ` <${symbol}${offset === 0 ? '' : `+${offset}`}>`;
}

/** Where an array or a function is, and what a pointer points to. */
export function addressOf(context: Context, expression: string): bigint | string {
  const found = context.evaluate(expression);
  if (!found.ok) return found.problem;
  const { value } = found;
  // Of a symbol without debug information the place is all that is known.
  const isPlace = /^[{<]/.test(value.text) || /[\])]$/.test(value.type);
  if (isPlace && value.address !== undefined) return value.address;
  const integer = integerOf(value, readerOf(context));
  if (integer === undefined) return `${expression} is no address`;
  return BigInt.asUintN(context.debugger.arch.wordBytes * 8, integer.value);
}
