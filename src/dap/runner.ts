// Running the guest: a request starts it, and a `stopped` event tells where it came
// to a stand.  What comes to an end on the way (a load, a call) begins the next step of
// the plan; at the end of the plan the session ends.

import type { DebugProtocol } from '@vscode/debugprotocol';
import type { Debugger, DebugStop, Resume, ResumeOptions } from '../debug/model.ts';
import { describeDeath } from '../kernel/results.ts';
import { signalName } from './exception.ts';
import { Refusal } from './fields.ts';
import type { Plan } from './plan.ts';
import type { Body, Emit } from './protocol.ts';

type Stopped = Pick<
  Body<DebugProtocol.StoppedEvent>,
  'reason' | 'description' | 'text' | 'hitBreakpointIds'
>;

export interface RunnerOptions {
  readonly debugger: Debugger;
  readonly plan: Plan;
  readonly emit: Emit;
  /** Stay when the plan is done. */
  readonly keep: boolean;
  /** Stop at module events that come while running freely. */
  readonly stopsAtModules: () => boolean;
  /** The guest is about to run: what was told of it holds no more. */
  readonly onGo: () => void;
  /** The guest stands still, perhaps only for a moment. */
  readonly onStand: () => void;
  readonly currentThread: () => number;
  /** The client's numbers of what was hit. */
  readonly idsOf: (stop: DebugStop) => number[];
  readonly describeHits: (stop: DebugStop) => string | undefined;
}

export class Runner {
  readonly #options: RunnerOptions;
  /** What is under way; settled when the guest stands still. */
  #run: Promise<void> = Promise.resolve();
  #running = false;
  #ended = false;
  #failed = false;

  constructor(options: RunnerOptions) {
    this.#options = options;
  }

  get running(): boolean {
    return this.#running;
  }

  /** @throws Refusal while the guest runs, and when it is at its end */
  requireStopped(): void {
    if (this.#running) throw new Refusal('the guest is running; pause it first');
    if (this.#ended) throw new Refusal('the run is over');
  }

  /** Begins the plan, or its next step. */
  start(): void {
    this.requireStopped();
    this.#begin(async () => {
      if (this.#nextStep()) await this.#runTo({ kind: 'continue' });
    });
  }

  go(how: Resume, options: ResumeOptions = {}): void {
    this.requireStopped();
    const { stop } = this.#options.debugger;
    // Nothing would ever happen; only somebody else can give the guest something to do.
    const idle = stop?.reason === 'idle' && options.reverse !== true;
    this.#begin(() => (idle ? this.#arrived(stop, how) : this.#runTo(how, options)));
  }

  /** Loads without stopping for anything. @throws Refusal if that fails */
  async runUnwatched(): Promise<void> {
    const { debugger: target, plan, onStand } = this.#options;
    target.catch({ exceptions: false, modules: false, entry: false });
    const begun = plan.begin();
    if (typeof begun === 'string') throw new Refusal(begun);
    const stop = await this.#alone(() => target.resume({ kind: 'continue' }));
    if (this.#ended) throw new Refusal('the client is gone');
    onStand();
    if (stop.reason === 'done') this.#settle(stop);
    if (this.#failed || stop.reason !== 'done')
      throw new Refusal('the module could not be loaded; the debug console says why');
  }

  /** Has somebody else run the guest: a command of the debug console. */
  async lend<T>(work: () => Promise<T>): Promise<T> {
    this.requireStopped();
    const { debugger: target } = this.#options;
    const before = target.stop;
    const result = await this.#alone(work);
    const { stop } = target;
    if (this.#ended) throw new Refusal('the run is over');
    if (stop === undefined || stop === before) this.#options.onStand();
    else this.#begin(() => this.#arrived(stop, { kind: 'instruction' }));
    return result;
  }

  /** Does something that may run the guest, and that halt() can end. */
  async #alone<T>(work: () => Promise<T>): Promise<T> {
    this.#running = true;
    const done = work().finally(() => {
      this.#running = false;
    });
    this.#run = done.then(
      () => undefined,
      () => undefined,
    );
    return await done;
  }

  /** Makes the guest stand still, for good; answers whether that was not the case before. */
  async halt(): Promise<boolean> {
    const alive = !this.#ended;
    this.#ended = true;
    this.pause();
    await this.#run;
    return alive;
  }

  pause(): void {
    if (this.#running) this.#options.debugger.interrupt();
  }

  #begin(run: () => Promise<void>): void {
    this.#running = true;
    this.#options.onGo();
    this.#run = run().catch((error: unknown) => {
      this.#running = false;
      this.#say(`bug in modbox: ${error instanceof Error ? error.message : String(error)}`);
      this.#end();
    });
  }

  async #runTo(how: Resume, options: ResumeOptions = {}): Promise<void> {
    const { debugger: target, stopsAtModules } = this.#options;
    const free = how.kind === 'continue';
    const isDead = target.stop?.reason === 'dead' && options.reverse !== true;
    // A step would not be the same step again behind a module event.
    target.catch({ modules: free || stopsAtModules() });
    const stop = await target.resume(how, options);
    if (isDead && stop.reason === 'dead') this.#end();
    else await this.#arrived(stop, how, options);
  }

  /** What follows from a stop. */
  async #arrived(stop: DebugStop, how: Resume, options: ResumeOptions = {}): Promise<void> {
    const { onStand, stopsAtModules } = this.#options;
    if (this.#ended) {
      this.#running = false;
      return;
    }
    onStand();
    if (stop.reason === 'done') {
      this.#settle(stop);
      if (this.#nextStep()) await this.#runTo({ kind: 'continue' });
    } else if (stop.reason === 'module' && how.kind === 'continue' && !stopsAtModules()) {
      await this.#runTo(how, options);
    } else {
      this.#stopped(this.#describe(stop));
    }
  }

  /** Whether there is more to do and it has begun; else this is the end. */
  #nextStep(): boolean {
    const begun = this.#options.plan.begin();
    if (begun === true) return true;
    if (typeof begun === 'string') {
      this.#failed = true;
      this.#say(begun);
      this.#options.plan.abandon();
    }
    if (this.#options.keep)
      this.#stopped({ reason: 'pause', description: 'Everything is done; the guest is idle' });
    else this.#end();
    return false;
  }

  #settle(stop: Extract<DebugStop, { reason: 'done' }>): void {
    const { ok, text } = this.#options.plan.settle(stop);
    this.#failed ||= !ok;
    this.#say(text, ok ? 'console' : 'stderr');
  }

  #stopped(stopped: Stopped): void {
    this.#running = false;
    const threadId = this.#options.currentThread();
    this.#options.emit('stopped', { ...stopped, threadId, allThreadsStopped: true });
  }

  #end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#running = false;
    this.#options.emit('exited', { exitCode: this.#failed ? 1 : 0 });
    this.#options.emit('terminated', undefined);
  }

  #say(text: string, category: 'console' | 'stderr' = 'stderr'): void {
    this.#options.emit('output', { category, output: `${text}\n` });
  }

  #describe(stop: Exclude<DebugStop, { reason: 'done' }>): Stopped {
    const { idsOf, describeHits } = this.#options;
    switch (stop.reason) {
      case 'breakpoint':
        return { reason: 'breakpoint', hitBreakpointIds: idsOf(stop) };
      case 'watchpoint':
        return {
          reason: 'data breakpoint',
          text: describeHits(stop),
          hitBreakpointIds: idsOf(stop),
        };
      case 'step':
        return {
          reason: 'step',
          text: stop.returned && `${stop.returned.function} returned ${stop.returned.text}`,
        };
      case 'interrupt':
        return { reason: 'pause' };
      case 'exception': {
        const { signal, text } = stop.exception;
        return { reason: 'exception', description: signalName(signal), text };
      }
      case 'module':
        return {
          reason: 'module',
          description: `${stop.module} was ${stop.event}`,
          text: `${stop.module} was ${stop.event}`,
        };
      case 'entry':
        return { reason: 'entry', description: `Entry of ${stop.module}` };
      case 'idle':
        return { reason: 'pause', description: 'The guest has nothing to do' };
      case 'dead':
        this.#failed = true;
        return {
          reason: 'exception',
          description: 'The machine stopped',
          text: describeDeath(stop.death),
        };
      case 'history-begin':
        return { reason: 'pause', description: 'Start of the recording' };
    }
  }
}
