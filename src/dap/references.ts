// Addresses as the protocol passes them around: texts like "0xffffffffc0000010", and
// data breakpoints, whose text also says how many bytes and what they were called.

import { type Addr, addr, formatAddr } from '../base/address.ts';
import type { WatchSpec } from '../debug/model.ts';
import { type Fields, Refusal } from './fields.ts';

/** An address in a request. @throws Refusal unless it is one */
export function addressIn(args: Fields, name: string): Addr {
  const text = args.text(name).trim();
  if (/^(0x[0-9a-f]{1,16}|[0-9]{1,20})$/i.test(text)) return addr(BigInt(text));
  throw new Refusal(`${name}: found "${text}", wanted an address such as 0xc0000010`);
}

type Watched = Pick<WatchSpec, 'address' | 'bytes' | 'expression'>;

export function dataIdOf({ address, bytes, expression }: Watched): string {
  return `${formatAddr(address)}/${bytes}/${expression ?? ''}`;
}

/** @throws Refusal for a text that dataIdOf() has not made */
export function watchedBy(dataId: string): Watched {
  const match = /^(0x[0-9a-f]{1,16})\/([0-9]{1,4})\/(.*)$/s.exec(dataId);
  if (match === null)
    throw new Refusal(`dataId: found "${dataId}", wanted one of dataBreakpointInfo`);
  const [, address = '0', bytes = '0', expression = ''] = match;
  return { address: addr(BigInt(address)), bytes: Number(bytes), expression };
}
