// Z and z packets: the client's breakpoints and watchpoints.  gdb takes them all out at
// every stop and puts them in again before it goes on.

import type { Addr } from '../base/address.ts';
import type { Debugger, DebugStop, WatchSpec } from '../debug/model.ts';
import { addressOf, countOf } from './hex.ts';

/** Type 0 to 4: software and hardware breakpoint, write, read and access watchpoint. */
const watchKinds: Readonly<Record<string, WatchSpec['kind']>> = {
  2: 'write',
  3: 'read',
  4: 'access',
};
const watchWords = { write: 'watch', read: 'rwatch', access: 'awatch' } as const;

const POINTS = 4096;
const BAD_REQUEST = 'E16';
const NOT_POSSIBLE = 'E0e';

interface Point {
  readonly id: number;
  readonly type: '0' | '1' | 'watch';
  readonly address: Addr;
}

export class Points {
  readonly #debugger: Debugger;
  readonly #points = new Map<string, Point>();

  constructor(debugger_: Debugger) {
    this.#debugger = debugger_;
  }

  /** The reply to Z (`insert`) or z, of which `request` is the rest. */
  serve(insert: boolean, request: string): string {
    const [type = '', where, size, ...rest] = request.split(',');
    if (!/^[0-4]$/.test(type)) return '';
    const address = addressOf(where);
    // Conditions and commands, behind a semicolon, are not offered.
    const kind = countOf(size?.split(';')[0]);
    if (address === undefined || kind === undefined || rest.length > 0) return BAD_REQUEST;
    const key = `${type},${address},${kind}`;
    return insert ? this.#insert(key, type, address, kind) : this.#remove(key);
  }

  /** Takes all of them out. */
  clear(): void {
    for (const key of [...this.#points.keys()]) this.#remove(key);
  }

  /**
   * Whether a fault is a breakpoint to the client: where code cannot run, one of its own
   * is reached by fetching.  So gdb notices the end of a call, on the stack.
   */
  isFetched(stop: DebugStop): boolean {
    if (stop.reason !== 'exception') return false;
    return [...this.#points.values()].some(
      ({ address, type }) => address === stop.pc && type !== 'watch',
    );
  }

  /** What a stop reply says of why; '' when it was none of these. */
  reason(stop: DebugStop, swbreak: boolean): string {
    if (stop.reason === 'watchpoint') {
      const spec = stop.hits.find((hit) => hit.watchpoint.spec.owner === 'gdb')?.watchpoint.spec;
      return spec === undefined ? '' : `${watchWords[spec.kind]}:${spec.address.toString(16)};`;
    }
    if (stop.reason !== 'breakpoint' || !swbreak) return '';
    // Said without a breakpoint of the client's there, it would silently go on.
    const here = [...this.#points.values()].find(
      (point) => stop.breakpoints.some(({ id }) => id === point.id) && point.type !== 'watch',
    );
    if (here === undefined) return '';
    return here.type === '0' ? 'swbreak:;' : 'hwbreak:;';
  }

  #insert(key: string, type: string, address: Addr, kind: number): string {
    if (this.#points.has(key)) return 'OK';
    if (this.#points.size >= POINTS) return NOT_POSSIBLE;
    const watch = watchKinds[type];
    if (watch !== undefined) {
      if (kind === 0) return BAD_REQUEST;
      const added = this.#debugger.addWatchpoint({
        ...{ address, bytes: kind, kind: watch, owner: 'gdb' },
      });
      if (typeof added === 'string') return NOT_POSSIBLE;
      this.#points.set(key, { id: added.id, type: 'watch', address });
      return 'OK';
    }
    const location = `*0x${address.toString(16)}`;
    const breakpoint = this.#debugger.addBreakpoint({ location, owner: 'gdb' });
    // gdb expects an error for what it cannot write to, and says which.
    if (breakpoint.places.length === 0) {
      this.#debugger.removeBreakpoint(breakpoint.id);
      return NOT_POSSIBLE;
    }
    this.#points.set(key, { id: breakpoint.id, type: type === '0' ? '0' : '1', address });
    return 'OK';
  }

  #remove(key: string): string {
    const point = this.#points.get(key);
    if (point === undefined) return 'OK';
    this.#points.delete(key);
    if (point.type === 'watch') this.#debugger.removeWatchpoint(point.id);
    else this.#debugger.removeBreakpoint(point.id);
    return 'OK';
  }
}
