// One guest under a debugger: the debug core's face, and who does what behind it.
// timeline.ts moves along the run, runner.ts decides where to stop, stepper.ts steps
// forward, history.ts goes backwards, view.ts looks.

import type { Arch } from '../arch/arch.ts';
import { type Addr, plus } from '../base/address.ts';
import type { Kernel } from '../kernel/kernel.ts';
import type { Position } from '../machine/stop.ts';
import type { Deed, DeedAt } from './deeds.ts';
import { History } from './history.ts';
import type { Viewing } from './looking.ts';
import type {
  Breakpoint,
  BreakpointSpec,
  Catches,
  Debugger,
  DebugRequest,
  DebugStop,
  Evaluated,
  LoadedObject,
  MemoryRegion,
  RegisterValue,
  Resume,
  ResumeOptions,
  StackFrame,
  ThreadInfo,
  ValueNode,
  WatchHit,
  Watchpoint,
  WatchSpec,
} from './model.ts';
import type { Recording } from './recording.ts';
import { GuestRegisters } from './registers.ts';
import { Runner } from './runner.ts';
import { Stepper } from './stepper.ts';
import { beginTask } from './task.ts';
import { Timeline } from './timeline.ts';
import type { Noted } from './watchpoints.ts';

export interface SessionParts {
  /** Booted, with nothing to do. */
  readonly kernel: Kernel;
  readonly view: Viewing;
  readonly disassemble: Debugger['disassemble'];
  /** Makes a recording of what was done. */
  readonly save?: ((run: Pick<Recording, 'deeds' | 'end'>) => Uint8Array) | undefined;
}

const PAGE = 4096;

export class Session implements Debugger {
  readonly arch: Arch;
  readonly kernel: Kernel;
  onOutput: Debugger['onOutput'];
  readonly disassemble: Debugger['disassemble'];
  readonly #timeline: Timeline;
  readonly #runner: Runner;
  readonly #stepper: Stepper;
  readonly #history: History;
  readonly #registers: GuestRegisters;
  readonly #view: Viewing;
  readonly #save: SessionParts['save'];
  #stop: DebugStop | undefined;
  #running = false;
  /** What was wrong with the last thing that was done. */
  #problem: string | undefined;
  /** How much of the guest's console was told already. */
  #told: number;

  constructor({ kernel, view, disassemble, save }: SessionParts) {
    this.#save = save;
    this.kernel = kernel;
    this.arch = kernel.arch;
    this.disassemble = disassemble;
    this.#view = view;
    this.#registers = new GuestRegisters(kernel.machine);
    this.#timeline = new Timeline(kernel, (deed) => this.#perform(deed));
    this.#runner = new Runner(this.#timeline, view);
    this.#stepper = new Stepper(this.#runner, view);
    this.#history = new History(this.#runner, view);
    this.#runner.onLog = (text) => this.onOutput?.('log', text);
    this.#runner.onPause = () => this.#tell();
    this.#told = kernel.machine.console.length;
  }

  get stop(): DebugStop | undefined {
    return this.#stop;
  }

  get running(): boolean {
    return this.#running;
  }

  get position(): Position {
    return this.#timeline.position;
  }

  begin(request: DebugRequest): string | undefined {
    if (this.#timeline.task !== undefined) return 'the guest is still busy with the last request';
    if (this.kernel.death !== undefined) return 'the machine does not run any more';
    this.#problem = undefined;
    this.#timeline.act({ kind: 'request', request });
    return this.#problem;
  }

  async resume(how: Resume, { reverse = false }: ResumeOptions = {}): Promise<DebugStop> {
    if (this.#running) throw new Error('bug in modbox: the guest is running already');
    this.#running = true;
    this.#runner.interrupted = false;
    try {
      this.#stop = await (reverse ? this.#backward(how) : this.#forward(how));
      this.#tell();
      return this.#stop;
    } finally {
      this.#running = false;
    }
  }

  interrupt(): void {
    this.#runner.interrupted = true;
  }

  catch(events: Partial<Catches>): void {
    this.#runner.catches = { ...this.#runner.catches, ...events };
  }

  addBreakpoint(spec: BreakpointSpec): Breakpoint {
    return this.#runner.breakpoints.add(spec);
  }

  changeBreakpoint(id: number, spec: Partial<BreakpointSpec>): Breakpoint | undefined {
    return this.#runner.breakpoints.change(id, spec);
  }

  removeBreakpoint(id: number): boolean {
    return this.#runner.breakpoints.remove(id);
  }

  breakpoints(): readonly Breakpoint[] {
    return this.#runner.breakpoints.list();
  }

  addWatchpoint(spec: WatchSpec): Watchpoint | string {
    return this.#runner.watchpoints.add(spec);
  }

  removeWatchpoint(id: number): boolean {
    return this.#runner.watchpoints.remove(id);
  }

  watchpoints(): readonly Watchpoint[] {
    return this.#runner.watchpoints.list();
  }

  threads(): readonly ThreadInfo[] {
    return this.#view.threads();
  }

  frames(thread?: number, limit?: number): readonly StackFrame[] {
    return this.#view.frames(thread, limit);
  }

  registers(): readonly RegisterValue[] {
    return this.#registers.all();
  }

  writeRegister(name: string, bytes: Uint8Array): string | undefined {
    this.#problem = undefined;
    this.#timeline.act({ kind: 'register', name, bytes });
    return this.#problem;
  }

  read(address: Addr, bytes: number): Uint8Array {
    const whole = this.kernel.read(address, bytes);
    if (whole !== undefined) return whole;
    let known = 0;
    while (known < bytes) {
      const here = plus(address, known);
      const length = Math.min(bytes - known, PAGE - Number(here & BigInt(PAGE - 1)));
      if (!this.kernel.machine.memory.covers(here, length)) break;
      known += length;
    }
    return this.kernel.read(address, known) ?? new Uint8Array();
  }

  write(address: Addr, bytes: Uint8Array): boolean {
    if (!this.kernel.machine.memory.covers(address, bytes.length)) return false;
    this.#timeline.act({ kind: 'memory', address, bytes });
    return true;
  }

  regions(): readonly MemoryRegion[] {
    return this.#view.regions();
  }

  objects(): readonly LoadedObject[] {
    return this.#view.objects();
  }

  sourceFiles(): readonly string[] {
    return this.#view.sourceFiles();
  }

  locals(frame: StackFrame): readonly ValueNode[] {
    return this.#view.locals(frame);
  }

  statics(frame: StackFrame): readonly ValueNode[] {
    return this.#view.statics(frame);
  }

  evaluate(expression: string, frame?: StackFrame): Evaluated {
    return this.#view.evaluate(expression, frame);
  }

  async lastWrite(
    address: Addr,
    bytes: number,
  ): Promise<(WatchHit & { position: Position }) | undefined> {
    const spec = { address, bytes, kind: 'access', owner: 'internal' } as const;
    const watchpoint = this.#runner.watchpoints.add(spec);
    if (typeof watchpoint === 'string') return undefined;
    const now = this.#timeline.position;
    let last: Noted | undefined;
    try {
      await this.#history.lastOf((limit) => {
        last = this.#runner.lastNoted(limit, ({ access }) => access === 'write');
        return last?.position;
      });
    } finally {
      this.#runner.watchpoints.remove(watchpoint.id);
      this.#runner.seek(now);
    }
    if (last === undefined) return undefined;
    const { access, position, old } = last;
    return { watchpoint, access, pc: position.pc, old, new: last.new, position };
  }

  /** The run up to now as a file; openRecording() has it again. */
  record(): Uint8Array | undefined {
    return this.#save?.({ deeds: this.#timeline.deeds, end: this.position });
  }

  /**
   * Does what was done in another session, each at its moment, and goes to the end.
   * @throws when the guest comes another way: it is not the same guest
   */
  repeat(deeds: readonly DeedAt[], end: Position): DebugStop {
    for (const { position, deed } of deeds) {
      this.#timeline.replay(position);
      this.#timeline.act(deed);
    }
    return this.seek(end);
  }

  /** Goes to a moment that was passed. */
  seek(position: Position): DebugStop {
    this.#runner.seek(position);
    this.#stop = this.#runner.stop({ reason: 'step' });
    return this.#stop;
  }

  close(): void {
    this.kernel.close();
  }

  #forward(how: Resume): Promise<DebugStop> {
    switch (how.kind) {
      case 'continue':
        return this.#runner.run();
      case 'instruction':
        return this.#stepper.instructions(how.count ?? 1, how.over ?? false);
      case 'line':
        return this.#stepper.lines(how.count ?? 1, how.over ?? false);
      case 'finish':
        return this.#stepper.finish(how.frame ?? 0);
      case 'until':
        return this.#stepper.until(how.address);
    }
  }

  #backward(how: Resume): Promise<DebugStop> {
    switch (how.kind) {
      case 'continue':
        return this.#history.continue();
      case 'instruction':
        return this.#history.instructions(how.count ?? 1, how.over ?? false);
      case 'line':
        return this.#history.lines(how.count ?? 1, how.over ?? false);
      case 'finish':
        return this.#history.finish(how.frame ?? 0);
      case 'until':
        return this.#history.until(how.address);
    }
  }

  /** Does to the guest what is said, now or when the moment of it has come again. */
  #perform(deed: Deed): void {
    switch (deed.kind) {
      case 'request': {
        const task = beginTask(this.kernel, deed.request);
        if (typeof task === 'string') this.#problem = task;
        else this.#timeline.task = task;
        break;
      }
      case 'register':
        this.#problem = this.#registers.write(deed.name, deed.bytes);
        break;
      case 'memory':
        this.kernel.write(deed.address, deed.bytes);
        break;
    }
    this.#view.changed();
  }

  /** Tells what the guest has written since the last time; going back tells nothing. */
  #tell(): void {
    const { console } = this.kernel.machine;
    if (console.length <= this.#told) return;
    const text = console.textSince(this.#told);
    this.#told = console.length;
    this.onOutput?.('console', text);
  }
}
