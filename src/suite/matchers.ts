// What vitest's expect() can be asked of results of the guest; the messages are ours.

import { noLeaks } from '../kernel/findings.ts';
import { describeOops } from '../kernel/oops.ts';
import { resultOf } from '../kernel/result-type.ts';
import {
  type CallResult,
  describeDeath,
  describeFailure,
  type LoadResult,
  type UnloadResult,
} from '../kernel/results.ts';
import type { OopsKind } from '../kernel/wire.ts';
import { formatValue } from './format.ts';

/** What a matcher of vitest answers. */
interface Answer {
  readonly pass: boolean;
  readonly message: () => string;
}

/** The result of a call; a negative number is compared with a C int. */
export function toReturnValue(result: CallResult, wanted: number | bigint): Answer {
  const value = BigInt(wanted);
  const found = result.kind === 'returned' ? valueLike(value, result) : undefined;
  return {
    pass: found === value,
    message: () => `wanted ${formatValue(value)} to be returned, found: ${told(result)}`,
  };
}

function valueLike(wanted: bigint, { value, wide }: CallResult & { kind: 'returned' }): bigint {
  return wanted < 0n && value >= 0n ? resultOf('s32', wide) : value;
}

/** A fault of a call, a load or an unload, in this function. */
export function toFaultIn(
  result: CallResult | LoadResult | UnloadResult,
  symbol: string,
  kind?: OopsKind,
): Answer {
  const oops = oopsOf(result);
  return {
    pass: oops?.where.symbol === symbol && (kind === undefined || oops.kind === kind),
    message: () => `wanted a ${kind ?? 'fault'} in ${symbol}, found: ${told(result)}`,
  };
}

function oopsOf(result: CallResult | LoadResult | UnloadResult) {
  if ('ok' in result) return result.ok ? undefined : result.failure.oops;
  return result.kind === 'fault' ? result.oops : undefined;
}

/** A load or an unload that went well, and left nothing behind. */
export function toSucceed(result: LoadResult | UnloadResult): Answer {
  const left = result.ok && 'leaks' in result ? result.leaks : noLeaks;
  return {
    pass: result.ok && left.blocks + left.records.length === 0,
    message: () => `wanted success without leaks, found: ${told(result)}`,
  };
}

function told(result: CallResult | LoadResult | UnloadResult): string {
  if ('ok' in result) {
    if (!result.ok) return describeFailure(result.failure);
    if ('module' in result) return `${result.module.name} loaded`;
    const { blocks, bytes, records } = result.leaks;
    const registered = records.filter(({ kind }) => kind !== 'block').length;
    return `${blocks} blocks leaked, ${bytes} bytes, and ${registered} registrations`;
  }
  switch (result.kind) {
    case 'returned':
      return `${formatValue(result.value)} was returned`;
    case 'fault':
      return describeOops(result.oops);
    case 'refused':
      return `not called: ${result.reason}`;
    case 'died':
      return describeDeath(result.death);
  }
}
