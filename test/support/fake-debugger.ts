// A Debugger without a guest: runs end at the stops that a test has lined up, or never,
// and everything that was asked of it is kept.

import { architectures } from '../../src/arch/registry.ts';
import { addr } from '../../src/base/address.ts';
import type {
  Breakpoint,
  BreakpointSpec,
  Catches,
  Debugger,
  DebugRequest,
  DebugStop,
  Evaluated,
  LoadedObject,
  RegisterValue,
  Resume,
  ResumeOptions,
  StackFrame,
  Watchpoint,
  WatchSpec,
} from '../../src/debug/model.ts';
import type { Kernel } from '../../src/kernel/kernel.ts';

export type Reason = DebugStop extends infer S
  ? S extends DebugStop
    ? Omit<S, 'position' | 'pc'>
    : never
  : never;

const PC = addr(0xc010_0000n);
const position = { now: 0, entries: 0, pc: PC };

export class FakeDebugger implements Debugger {
  readonly arch = architectures.i386;
  stop: DebugStop | undefined;
  running = false;
  readonly resumed: (Resume & ResumeOptions)[] = [];
  readonly begun: DebugRequest[] = [];
  readonly caught: Partial<Catches>[] = [];
  closed = false;
  /** What loads next to the kernel. */
  loaded: LoadedObject[] = [];
  readonly #stops: DebugStop[];
  readonly #breakpoints: Breakpoint[] = [];
  readonly #watchpoints: Watchpoint[] = [];
  #next = 1;
  #interrupted: ((stop: DebugStop) => void) | undefined;

  constructor(...stops: readonly Reason[]) {
    this.#stops = stops.map((stop) => ({ ...stop, position, pc: PC }));
  }

  get kernel(): Kernel {
    throw new Error('there is no kernel');
  }

  begin(request: DebugRequest): string | undefined {
    this.begun.push(request);
    return undefined;
  }

  async resume(how: Resume, options: ResumeOptions = {}): Promise<DebugStop> {
    this.resumed.push({ ...how, ...options });
    this.running = true;
    const next = this.#stops.shift();
    this.stop =
      next ??
      (await new Promise((resolve) => {
        this.#interrupted = resolve;
      }));
    this.running = false;
    if (this.stop === undefined) throw new Error('no stop');
    return this.stop;
  }

  interrupt(): void {
    this.#interrupted?.({ reason: 'interrupt', position, pc: PC });
  }

  catch(events: Partial<Catches>): void {
    this.caught.push(events);
  }

  addBreakpoint(spec: BreakpointSpec): Breakpoint {
    const breakpoint = {
      id: this.#next++,
      spec,
      enabled: true,
      hits: 0,
      places: [],
      problem: 'pending',
    };
    this.#breakpoints.push(breakpoint);
    return breakpoint;
  }

  changeBreakpoint(): undefined {
    return undefined;
  }

  removeBreakpoint(id: number): boolean {
    const index = this.#breakpoints.findIndex((each) => each.id === id);
    return index >= 0 && this.#breakpoints.splice(index, 1).length > 0;
  }

  breakpoints(): readonly Breakpoint[] {
    return this.#breakpoints;
  }

  addWatchpoint(spec: WatchSpec): Watchpoint | string {
    const watchpoint = { id: this.#next++, spec, hits: 0 };
    this.#watchpoints.push(watchpoint);
    return watchpoint;
  }

  removeWatchpoint(id: number): boolean {
    const index = this.#watchpoints.findIndex((each) => each.id === id);
    return index >= 0 && this.#watchpoints.splice(index, 1).length > 0;
  }

  watchpoints(): readonly Watchpoint[] {
    return this.#watchpoints;
  }

  threads() {
    return [{ id: 0, name: 'idle', current: true, state: 'running' }];
  }

  frames(): readonly StackFrame[] {
    return [0, 1, 2].map((index) => ({
      index,
      pc: PC,
      lookupPc: PC,
      function: `function_${index}`,
      offset: 0,
      module: undefined,
      file: 'kern/main.c',
      line: 10 + index,
      column: 3,
      inlined: false,
      interrupted: false,
      cfa: undefined,
      register: () => undefined,
    }));
  }

  registers(): readonly RegisterValue[] {
    return [];
  }

  writeRegister(_name: string, _bytes: Uint8Array): string | undefined {
    return 'no registers';
  }

  /** 16 bytes, then nothing. */
  read(address: bigint, bytes: number): Uint8Array {
    const left = Number(PC + 16n - address);
    return new Uint8Array(Math.max(0, Math.min(bytes, left)));
  }

  write(_address: bigint, _bytes: Uint8Array): boolean {
    return false;
  }

  regions() {
    return [];
  }

  objects(): readonly LoadedObject[] {
    return this.loaded;
  }

  sourceFiles(): readonly string[] {
    return ['kern/main.c'];
  }

  locals() {
    return [];
  }

  statics() {
    return [];
  }

  evaluate(expression: string): Evaluated {
    return { ok: false, problem: `no symbol "${expression}"` };
  }

  disassemble() {
    return [];
  }

  lastWrite(): Promise<undefined> {
    return Promise.resolve(undefined);
  }

  close(): void {
    this.closed = true;
  }
}
