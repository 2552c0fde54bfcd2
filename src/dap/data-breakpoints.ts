// Data breakpoints: which rows of the variables view can be watched, and the watched
// ones.  The guest's watchpoints stop behind the access and know old and new value.

import type { DebugProtocol } from '@vscode/debugprotocol';
import { formatAddr } from '../base/address.ts';
import type { Debugger, WatchHit, Watchpoint, WatchSpec } from '../debug/model.ts';
import type { BreakpointTable } from './breakpoints.ts';
import { type Fields, Refusal } from './fields.ts';
import { hitConditionOf } from './hit-condition.ts';
import type { Inspection } from './inspection.ts';
import type { Body, ProtocolBreakpoint } from './protocol.ts';
import { addressIn, dataIdOf, watchedBy } from './references.ts';

/** The most bytes that are watched as one. */
const BYTES_LIMIT = 4096;

interface Watched {
  readonly id: number;
  readonly key: string;
  readonly spec: WatchSpec;
  number: number | undefined;
}

export class DataBreakpoints {
  readonly #numbers: BreakpointTable;
  #watched: readonly Watched[] = [];

  /** @param numbers where breakpoints of every kind get their number */
  constructor(numbers: BreakpointTable) {
    this.#numbers = numbers;
  }

  /** What would be watched for a variable, an expression, or an address. */
  info(inspection: Inspection, args: Fields): Body<DebugProtocol.DataBreakpointInfoResponse> {
    const expression = args.text('name');
    const count = args.optionalInteger('bytes', { min: 1, max: BYTES_LIMIT });
    const found = args.flag('asAddress', false)
      ? { address: addressIn(args, 'name'), bytes: count ?? 1 }
      : inspection.entry(args).watch;
    if (found === undefined) return { dataId: null, description: `${expression} is not in memory` };
    const bytes = count ?? found.bytes;
    if (bytes < 1 || bytes > BYTES_LIMIT)
      return {
        dataId: null,
        description: `${expression} has ${bytes} bytes, wanted 1 to ${BYTES_LIMIT}`,
      };
    return {
      dataId: dataIdOf({ address: found.address, bytes, expression }),
      description: `${expression}: ${bytes} bytes at ${formatAddr(found.address)}`,
      accessTypes: ['write', 'read', 'readWrite'],
      canPersist: false,
    };
  }

  /** Watches what a request lists, and nothing else. */
  set(target: Debugger, args: Fields): Body<DebugProtocol.SetDataBreakpointsResponse> {
    const before = [...this.#watched];
    const wanted = args.list('breakpoints').map((each) => this.#wanted(each));
    this.#watched = wanted.map((each) => {
      const index = before.findIndex(({ key }) => key === each.key);
      const [same] = index < 0 ? [] : before.splice(index, 1);
      return same ?? each;
    });
    for (const { number } of before) if (number !== undefined) target.removeWatchpoint(number);
    return { breakpoints: this.#watched.map((each) => place(target, each)) };
  }

  /** There is another guest, where the same things will be at the same addresses. */
  restart(): void {
    for (const each of this.#watched) each.number = undefined;
  }

  /** A module may have brought the memory that is to be watched. */
  update(target: Debugger): void {
    for (const each of this.#watched) if (each.number === undefined) place(target, each);
  }

  /** Our numbers of the guest's watchpoints. */
  idsOf(hits: readonly WatchHit[]): number[] {
    const numbers = new Set(hits.map(({ watchpoint }) => watchpoint.id));
    return this.#watched.flatMap(({ id, number }) =>
      number !== undefined && numbers.has(number) ? id : [],
    );
  }

  #wanted(each: Fields): Watched {
    const dataId = each.text('dataId');
    const { expression, ...where } = watchedBy(dataId);
    const kind = kindOf(each.optionalText('accessType') ?? 'write');
    const condition = each.optionalText('condition');
    const hits = each.optionalText('hitCondition');
    const hitCondition = hitConditionOf(hits);
    return {
      id: this.#numbers.number(),
      key: JSON.stringify([dataId, kind, condition, hits]),
      spec: { ...where, kind, expression, condition, hitCondition },
      number: undefined,
    };
  }
}

function place(target: Debugger, watched: Watched): ProtocolBreakpoint {
  const { id, spec } = watched;
  const known = target.watchpoints().some((each) => each.id === watched.number);
  if (!known) {
    const added: Watchpoint | string = target.addWatchpoint(spec);
    if (typeof added === 'string') return { id, verified: false, message: added, reason: 'failed' };
    watched.number = added.id;
  }
  return { id, verified: true };
}

function kindOf(accessType: string): WatchSpec['kind'] {
  switch (accessType) {
    case 'read':
    case 'write':
      return accessType;
    case 'readWrite':
      return 'access';
    default:
      throw new Refusal(`accessType: found "${accessType}", wanted read, write or readWrite`);
  }
}

/** "counter was 1, is 2": what an access did, for the line under the stop. */
export function describeHit({ watchpoint, access, old, new: now }: WatchHit): string {
  const { spec } = watchpoint;
  const name = spec.expression || formatAddr(spec.address);
  return access === 'read'
    ? `${name} was read: ${show(now)}`
    : `${name} was ${show(old)}, is ${show(now)}`;
}

/** Up to a word as a number, more as bytes. */
function show(bytes: Uint8Array): string {
  const digits = [...bytes].map((byte) => byte.toString(16).padStart(2, '0'));
  if (bytes.length > 8) return digits.join(' ');
  return `0x${digits
    .reverse()
    .join('')
    .replace(/^0+(?=.)/, '')}`;
}
