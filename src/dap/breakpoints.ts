// The client's breakpoints.  It sends all of one kind (of one file) at a time; those
// that are as they were keep their hits.  Numbers are ours, so that a restarted guest
// has the same breakpoints under the same numbers.

import type { DebugProtocol } from '@vscode/debugprotocol';
import { formatAddr, plus } from '../base/address.ts';
import type { Breakpoint, BreakpointSpec, Debugger } from '../debug/model.ts';
import type { Client } from './client.ts';
import { type Fields, Refusal } from './fields.ts';
import { hitConditionOf } from './hit-condition.ts';
import type { Body, Emit, ProtocolBreakpoint } from './protocol.ts';
import { addressIn } from './references.ts';
import type { Sources } from './sources.ts';

/** What the client wants: a breakpoint, or what is wrong with it. */
type Wanted = {
  readonly id: number;
  /** Of what it is one: "source PATH", "function", "instruction". */
  readonly group: string;
  /** Equal for equal breakpoints. */
  readonly key: string;
} & (
  | { readonly spec: (target: Placing) => BreakpointSpec; readonly problem?: undefined }
  | { readonly problem: string }
);

interface Place {
  readonly key: string;
  /** For Debugger.addBreakpoint(). */
  readonly location: (target: Placing) => string;
}

/** Where breakpoints are put: this guest, with its names for the client's files. */
export interface Placing {
  readonly debugger: Debugger;
  readonly sources: Sources;
}

/** A breakpoint of the client's in this guest. */
interface Placed {
  readonly number: number;
  /** What the client was told. */
  told: string;
}

const lines = { min: 0, max: 2 ** 31 - 1 };
const offsets = { min: -(2 ** 31), max: 2 ** 31 - 1 };

export class BreakpointTable {
  readonly #client: Client;
  readonly #emit: Emit;
  #wanted: Wanted[] = [];
  #placed = new Map<number, Placed>();
  #target: Placing | undefined;
  #next = 1;

  constructor(client: Client, emit: Emit) {
    this.#client = client;
    this.#emit = emit;
  }

  /** A number for a breakpoint, or for one of data. */
  number(): number {
    return this.#next++;
  }

  /** Puts everything into another guest: the run begins again.  undefined: into none. */
  moveTo(target: Placing | undefined): void {
    this.#target = target;
    this.#placed = new Map();
    if (target === undefined) return;
    for (const wanted of this.#wanted) this.#place(wanted);
  }

  setSource(args: Fields): Body<DebugProtocol.SetBreakpointsResponse> {
    const path = args.fields('source').text('path');
    return this.#set(`source ${path}`, args.list('breakpoints'), (each) => {
      const line = each.integer('line', lines) + 1 - this.#client.firstLine;
      return {
        key: `${line}`,
        location: ({ debugger: target, sources }) =>
          `${sources.guestFile(path, target.sourceFiles())}:${line}`,
      };
    });
  }

  setFunctions(args: Fields): Body<DebugProtocol.SetFunctionBreakpointsResponse> {
    return this.#set('function', args.list('breakpoints'), (each) => {
      const location = each.text('name').trim();
      return { key: location, location: () => location };
    });
  }

  setInstructions(args: Fields): Body<DebugProtocol.SetInstructionBreakpointsResponse> {
    return this.#set('instruction', args.list('breakpoints'), (each) => {
      const start = addressIn(each, 'instructionReference');
      const address = plus(start, each.optionalInteger('offset', offsets) ?? 0);
      const location = `*${formatAddr(address)}`;
      return { key: location, location: () => location };
    });
  }

  /** Our numbers of the guest's breakpoints. */
  idsOf(breakpoints: readonly Breakpoint[]): number[] {
    const numbers = new Set(breakpoints.map(({ id }) => id));
    return [...this.#placed].flatMap(([id, { number }]) => (numbers.has(number) ? id : []));
  }

  /** Tells the client of breakpoints that a module has brought or taken along. */
  update(): void {
    this.#relocate();
    const current = new Map(this.#target?.debugger.breakpoints().map((each) => [each.id, each]));
    for (const [id, placed] of this.#placed) {
      const breakpoint = current.get(placed.number);
      if (breakpoint === undefined) continue;
      const body = this.#describe(id, breakpoint);
      const told = JSON.stringify(body);
      if (told === placed.told) continue;
      placed.told = told;
      this.#emit('breakpoint', { reason: 'changed', breakpoint: body });
    }
  }

  /** A module may have brought the compiler's name for a file of the client's. */
  #relocate(): void {
    if (this.#target === undefined) return;
    const { debugger: target } = this.#target;
    const current = new Map(target.breakpoints().map((each) => [each.id, each]));
    for (const wanted of this.#wanted) {
      const placed = this.#placed.get(wanted.id);
      const breakpoint = placed && current.get(placed.number);
      if (wanted.problem !== undefined || placed === undefined || breakpoint === undefined)
        continue;
      const spec = wanted.spec(this.#target);
      if (spec.location === breakpoint.spec.location) continue;
      target.removeBreakpoint(placed.number);
      this.#placed.set(wanted.id, { ...placed, number: target.addBreakpoint(spec).id });
    }
  }

  /** Makes those of one group the ones that a request lists. */
  #set(
    group: string,
    list: readonly Fields[],
    read: (each: Fields) => Place,
  ): { breakpoints: readonly ProtocolBreakpoint[] } {
    const before = this.#wanted.filter((each) => each.group === group);
    const now = list.map((each): Wanted => {
      const wanted = this.#read(group, each, read);
      const index = before.findIndex(({ key }) => key === wanted.key);
      const [same] = index < 0 ? [] : before.splice(index, 1);
      return same ?? wanted;
    });
    for (const { id } of before) this.#remove(id);
    this.#wanted = [...this.#wanted.filter((each) => each.group !== group), ...now];
    return { breakpoints: now.map((each) => this.#place(each)) };
  }

  #read(group: string, each: Fields, read: (each: Fields) => Place): Wanted {
    const id = this.number();
    try {
      const { key, location } = read(each);
      const condition = each.optionalText('condition');
      const hits = each.optionalText('hitCondition');
      const logMessage = each.optionalText('logMessage');
      const common = { condition, hitCondition: hitConditionOf(hits), logMessage };
      const spec = (target: Placing) => ({ ...common, location: location(target) });
      return { id, group, key: JSON.stringify([key, condition, hits, logMessage]), spec };
    } catch (error) {
      if (error instanceof Refusal) return { id, group, key: '', problem: error.message };
      throw error;
    }
  }

  #place(wanted: Wanted): ProtocolBreakpoint {
    const { id } = wanted;
    if (wanted.problem !== undefined)
      return { id, verified: false, message: wanted.problem, reason: 'failed' };
    if (this.#target === undefined)
      return { id, verified: false, message: 'the guest is not running yet', reason: 'pending' };
    const { debugger: target } = this.#target;
    const number = this.#placed.get(id)?.number;
    const breakpoint =
      target.breakpoints().find((each) => each.id === number) ??
      target.addBreakpoint(wanted.spec(this.#target));
    const body = this.#describe(id, breakpoint);
    this.#placed.set(id, { number: breakpoint.id, told: JSON.stringify(body) });
    return body;
  }

  #remove(id: number): void {
    const placed = this.#placed.get(id);
    if (placed !== undefined) this.#target?.debugger.removeBreakpoint(placed.number);
    this.#placed.delete(id);
  }

  #describe(id: number, { places, problem }: Breakpoint): ProtocolBreakpoint {
    const [place] = places;
    if (place === undefined)
      return { id, verified: false, message: problem ?? 'pending', reason: 'pending' };
    const { file, line } = place;
    return {
      id,
      verified: true,
      instructionReference: formatAddr(place.address),
      message: places.length > 1 ? `${places.length} places` : undefined,
      source: file === undefined ? undefined : this.#target?.sources.source(file, false),
      line: line === undefined ? undefined : line - 1 + this.#client.firstLine,
    };
  }
}
