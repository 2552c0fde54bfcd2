// One guest along its run, in both directions.  What the host does to the guest (a
// request, an assignment) is an action at a position; snapshots are taken on the way.
// To be at a position means: go back to the last snapshot before it, do again what
// was done since, and run to it.  Runs are deterministic, so it is the same moment.

import type { Kernel } from '../kernel/kernel.ts';
import type { KernelState } from '../kernel/kernel-state.ts';
import type { Death } from '../kernel/requests.ts';
import type { Position, Stop } from '../machine/stop.ts';
import type { Deed, DeedAt } from './deeds.ts';
import type { Outcome } from './model.ts';
import { compare, isBefore } from './position.ts';
import type { Task } from './task.ts';

/** What advance() or step() came to; undefined: nothing that anybody waits for. */
export type Event =
  | Exclude<Stop, { kind: 'attention' | 'idle' | 'off' | 'panic' | 'limit' | 'dead' }>
  | { readonly kind: 'done'; readonly outcome: Outcome }
  | { readonly kind: 'dead'; readonly death: Death }
  /** Nothing runs, and nothing is asked. */
  | { readonly kind: 'idle' }
  /** The host did something for the guest. */
  | { readonly kind: 'served' };

interface Moment {
  readonly kernel: KernelState;
  readonly task: Task | undefined;
  /** How many actions were done before. */
  readonly done: number;
}

/** Virtual nanoseconds of a run without sign of life. */
const PATIENCE = 1e12;
/** Between two snapshots: some 10 ms of the host's time. */
const SPACING = 32_000_000;
/** More snapshots than this are thinned out, the older half first. */
const SNAPSHOTS = 256;
/** No block of code is larger. */
const BLOCK = 8192;

export class Timeline {
  readonly kernel: Kernel;
  /** What the guest has been asked to do. */
  task: Task | undefined;
  /** Going again where it has been: nothing is told to anybody. */
  replaying = false;
  readonly #moments: Moment[] = [];
  #noted: Moment | undefined;
  readonly #actions: DeedAt[] = [];
  readonly #perform: (deed: Deed) => void;
  #done = 0;

  /** @param perform does what is said, to this guest */
  constructor(kernel: Kernel, perform: (deed: Deed) => void) {
    this.kernel = kernel;
    this.#perform = perform;
    this.#keep();
  }

  get position(): Position {
    return this.kernel.machine.position;
  }

  /** Where recording begins. */
  get begin(): Position {
    const [first] = this.#moments;
    return first === undefined ? this.position : first.kernel.machine.position;
  }

  /** What was done up to now. */
  get deeds(): readonly DeedAt[] {
    return this.#actions.slice(0, this.#done);
  }

  /** Positions of the snapshots before a position, the last one first. */
  snapshotsBefore(position: Position): readonly Position[] {
    return this.#moments
      .map(({ kernel }) => kernel.machine.position)
      .filter((each) => isBefore(each, position))
      .reverse();
  }

  /**
   * Does something to the guest, now and whenever this moment comes again.  What
   * was recorded after now is forgotten: it happens otherwise.
   */
  act(deed: Deed): void {
    const now = this.position;
    this.#actions.length = this.#done;
    this.#noted = undefined;
    const kept = this.#moments.filter(({ kernel }) => compare(kernel.machine.position, now) <= 0);
    this.#moments.splice(0, Number.POSITIVE_INFINITY, ...kept);
    this.#actions.push({ position: now, deed });
    this.#perform(deed);
    this.#done++;
  }

  /** Runs to the next event, to `pauseAt`, or to where a snapshot is due. */
  advance(pauseAt: number = Number.POSITIVE_INFINITY): Event {
    const dead = this.#death();
    if (dead !== undefined) return dead;
    const again = this.#nextAction();
    const due = again === undefined ? this.#snapshotDue() : again.position.now - BLOCK;
    if (again !== undefined && due <= this.kernel.machine.now) return this.#repeat(again);
    const stop = this.kernel.machine.run(PATIENCE, Math.min(pauseAt, due));
    return this.#serve(stop);
  }

  /** Runs one instruction; undefined: that is all that happened. */
  step(): Event | undefined {
    const dead = this.#death();
    if (dead !== undefined) return dead;
    const again = this.#nextAction();
    if (again !== undefined && compare(this.position, again.position) === 0)
      return this.#repeat(again);
    return this.#step();
  }

  /** An instruction, and what the host is to do right after it. */
  #step(): Event | undefined {
    const { machine } = this.kernel;
    const stop = machine.step() ?? (machine.wantsHost ? machine.step() : undefined);
    return stop === undefined ? undefined : this.#serve(stop);
  }

  /** Goes to a position that was passed before. */
  seek(position: Position): void {
    this.#backTo(position);
    this.replay(position);
  }

  /** Keeps this moment too, until another one is noted: somebody will come back soon. */
  note(): void {
    this.#noted = this.#moment();
  }

  /** Goes back to the last snapshot that is not after the position. */
  #backTo(position: Position): void {
    const isBehind = ({ kernel }: Moment): boolean =>
      compare(kernel.machine.position, position) <= 0;
    const last = this.#moments.findLast(isBehind) ?? this.#moments[0];
    const noted = this.#noted;
    const isNearer =
      noted !== undefined &&
      isBehind(noted) &&
      (last === undefined || isBefore(last.kernel.machine.position, noted.kernel.machine.position));
    const moment = isNearer ? noted : last;
    if (moment === undefined) throw new Error('bug in modbox: a timeline without snapshots');
    this.kernel.restore(moment.kernel);
    this.task = moment.task;
    this.#done = moment.done;
  }

  /**
   * Goes on to a position, doing again what was done on the way; nobody is told.
   *
   * @param stepping told of the instructions at the end, which are run one by one
   */
  replay(position: Position, stepping?: (position: Position) => void): void {
    const before = this.replaying;
    this.replaying = true;
    try {
      const near = position.now - BLOCK;
      while (this.kernel.machine.now < near) this.mustReach(position, this.advance(near));
      for (let i = 0; compare(this.position, position) < 0; i++) {
        if (i > 4 * BLOCK) throw new Error('bug in modbox: the run went another way');
        stepping?.(this.position);
        this.mustReach(position, this.step());
      }
      while (this.#isActionDue(position)) this.step();
    } finally {
      this.replaying = before;
    }
  }

  /** On the way to a position that was passed before, a run may end there and not earlier. */
  mustReach(position: Position, event: Event | undefined): void {
    if (event?.kind !== 'dead' && event?.kind !== 'idle') return;
    if (isBefore(this.position, position))
      throw new Error(`bug in modbox: the run went another way (${event.kind})`);
  }

  /** Actions at the position itself belong to it, but for those at its end. */
  #isActionDue(position: Position): boolean {
    const next = this.#nextAction();
    return next !== undefined && compare(next.position, position) === 0;
  }

  /** Keeps a snapshot here if the last one is far. */
  keepIfDue(): void {
    if (this.kernel.machine.now >= this.#snapshotDue()) this.#keep();
  }

  #snapshotDue(): number {
    const last = this.#moments.findLast(
      ({ kernel }) => compare(kernel.machine.position, this.position) <= 0,
    );
    const next = this.#moments.find(({ kernel }) =>
      isBefore(this.position, kernel.machine.position),
    );
    if (next !== undefined) return Number.POSITIVE_INFINITY;
    return last === undefined ? 0 : last.kernel.machine.position.now + SPACING;
  }

  #keep(): void {
    this.#moments.push(this.#moment());
    if (this.#moments.length > SNAPSHOTS) {
      const half = SNAPSHOTS / 2;
      const thinned = this.#moments.filter((_, i) => i === 0 || i >= half || i % 2 === 0);
      this.#moments.splice(0, Number.POSITIVE_INFINITY, ...thinned);
    }
  }

  #moment(): Moment {
    const since = this.#moments.at(-1)?.kernel;
    return { kernel: this.kernel.save(since), task: this.task, done: this.#done };
  }

  #nextAction(): DeedAt | undefined {
    return this.#actions[this.#done];
  }

  /** Comes to an action that was done before, and does it again. */
  #repeat(action: DeedAt): Event {
    if (compare(this.position, action.position) < 0) {
      return this.#step() ?? { kind: 'served' };
    }
    this.#done++;
    this.#perform(action.deed);
    return { kind: 'served' };
  }

  #serve(stop: Stop): Event {
    if (stop.kind === 'idle' && this.task === undefined) return stop;
    this.kernel.serve(stop);
    const finished = this.#finished() ?? this.#death();
    if (finished !== undefined) return finished;
    if (stop.kind === 'trap' || stop.kind === 'paused' || stop.kind === 'exception') {
      if (stop.kind === 'paused' && !this.replaying) this.keepIfDue();
      return stop;
    }
    return { kind: 'served' };
  }

  #finished(): Event | undefined {
    const { task } = this;
    if (task === undefined || !task.isDone()) return undefined;
    this.task = undefined;
    return { kind: 'done', outcome: task.finish() };
  }

  #death(): Event | undefined {
    const { death } = this.kernel;
    return death === undefined ? undefined : { kind: 'dead', death };
  }
}
