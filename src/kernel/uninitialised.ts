// Reads of heap memory that nobody wrote: the same run is made twice, with blocks of
// the heap filled differently (Checks.fill, with Checks.trace).  Nothing else differs,
// so where the two runs part, the bytes of a new block decided.  Nobody is accused
// who does not behave differently, and the first place where he does is known.

import { type Addr, addr } from '../base/address.ts';
import type { BlockTrace } from './block-trace.ts';
import type { Finding } from './findings.ts';
import { formatWhere, type Where } from './symbols.ts';

/** The bytes that blocks are filled with, for the one run and the other. */
export const FILLS = [0xa5, 0x00] as const;

/**
 * Where two runs part that are the same but for their fills.
 *
 * @param locate of either run's kernel, which still knows its modules
 */
export function uninitialisedRead(
  one: BlockTrace,
  other: BlockTrace,
  locate: (address: Addr) => Where,
): Finding | undefined {
  const at = one.partsFrom(other);
  if (at === undefined) return undefined;
  // A stretch ends with what decides where to go on.
  const decides = one.at(at - 1)?.last;
  const [a, b] = [one, other].map((trace) => {
    const next = trace.at(at)?.first;
    return next === undefined ? 'ends' : `goes on at ${formatWhere(locate(next))}`;
  });
  const text =
    `it depends on heap memory that nobody wrote: filled with 0x${hex(FILLS[0])}, ` +
    `the run ${a}; with 0x${hex(FILLS[1])}, it ${b}`;
  const by = decides === undefined ? undefined : locate(decides);
  return { kind: 'uninitialised-read', text, by, address: decides ?? NOTHING };
}

/** The same for what two runs answered, if their ways are the same. */
export function uninitialisedResult(what: string, one: string, other: string): Finding {
  const text =
    `it depends on heap memory that nobody wrote: filled with 0x${hex(FILLS[0])}, ` +
    `${what} is ${one}; with 0x${hex(FILLS[1])}, ${other}`;
  return { kind: 'uninitialised-read', text, by: undefined, address: NOTHING };
}

const NOTHING = addr(0);

function hex(byte: number): string {
  return byte.toString(16).padStart(2, '0');
}
