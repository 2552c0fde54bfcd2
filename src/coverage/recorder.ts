// Which code of modules runs, recorded while it does: the engine notes the blocks that
// begin in a window of addresses, and this keeps the window over all modules, and takes
// out what was noted before a module's memory goes.  Nothing is rebuilt, nothing is
// translated anew, and the run is the same with and without it.

import { type Addr, addr, offsetIn, plus } from '../base/address.ts';
import type { Kernel } from '../kernel/kernel.ts';
import type { ModuleView, SegmentView } from '../kernel/view.ts';

/** What ran of one module, while it was linked. */
export interface ModuleRecord {
  readonly view: ModuleView;
  /**
   * By index in view.segments, for those with code: for each byte the record of the
   * block that begins there, as RECORD of src/engine/cells.ts has it.
   */
  readonly segments: ReadonlyMap<number, Uint16Array>;
}

/** What ran between two moments; a module that was loaded twice is in it twice. */
export type CodeRecord = readonly ModuleRecord[];

export interface CoverageRecorder {
  /**
   * What ran since the last call, or since recording began.  Of modules that were
   * loaded meanwhile and before, whether any of their code ran or not.  To be called
   * before the kernel goes back to a snapshot, which takes modules away unseen.
   */
  take(): CodeRecord;
  /** Ends recording; what was not taken is lost. */
  stop(): void;
}

/** Begins to record what runs of the kernel's modules, those to come included. */
export function startCoverage(kernel: Kernel): CoverageRecorder {
  return new Recorder(kernel);
}

/** Of a module: which of its segments with code are in memory. */
type Places = Map<number, SegmentView>;

interface Window {
  readonly base: Addr;
  readonly bytes: number;
}

/** The window begins and ends at multiples of that. */
const GRAIN = 1 << 16;

class Recorder implements CoverageRecorder {
  readonly #kernel: Kernel;
  readonly #before: Pick<Kernel, 'onLinked' | 'onClosed'>;
  readonly #modules = new Map<ModuleView, Places>();
  #taken: ModuleRecord[] = [];
  #window: Window | undefined;

  constructor(kernel: Kernel) {
    this.#kernel = kernel;
    const { onLinked, onClosed } = kernel;
    this.#before = { onLinked, onClosed };
    kernel.onLinked = (view) => {
      this.#add(view, false);
      onLinked?.(view);
    };
    kernel.onClosed = (view, live) => {
      this.#close(view, live);
      onClosed?.(view, live);
    };
    this.#lookAround();
  }

  take(): CodeRecord {
    // Going back to a snapshot brings modules that nobody told of.
    this.#lookAround();
    for (const view of [...this.#modules.keys()]) this.#harvest(view);
    const taken = this.#taken;
    this.#taken = [];
    this.#modules.clear();
    this.#lookAround();
    return taken;
  }

  stop(): void {
    this.#kernel.machine.engine.recordBlocks(undefined);
    this.#kernel.onLinked = this.#before.onLinked;
    this.#kernel.onClosed = this.#before.onClosed;
    this.#modules.clear();
    this.#taken = [];
  }

  #lookAround(): void {
    const live = new Set(this.#kernel.modules.map(({ view }) => view));
    for (const view of this.#kernel.present)
      if (!this.#modules.has(view)) this.#add(view, live.has(view));
  }

  #add(view: ModuleView, live: boolean): void {
    const places: Places = new Map();
    view.segments.forEach((segment, i) => {
      if (segment.executable && segment.bytes > 0 && !(live && segment.disposable))
        places.set(i, segment);
    });
    for (const [other, known] of [...this.#modules])
      if (overlap(known, places)) {
        this.#harvest(other);
        this.#modules.delete(other);
      }
    this.#modules.set(view, places);
    this.#cover(places);
  }

  /** @param live only what init needed goes */
  #close(view: ModuleView, live: boolean): void {
    // Going back to a snapshot has brought it.
    if (!this.#modules.has(view)) this.#add(view, !live);
    const places = this.#modules.get(view) ?? new Map();
    const going = [...places].filter(([, { disposable }]) => !live || disposable);
    this.#harvest(view, new Map(going));
    for (const [index] of going) places.delete(index);
    if (!live) this.#modules.delete(view);
  }

  /** Takes what was noted of a module out of the window. */
  #harvest(view: ModuleView, places: Places = this.#modules.get(view) ?? new Map()): void {
    const segments = new Map<number, Uint16Array>();
    for (const [index, { base, bytes }] of places) {
      const noted = this.#wordsOf(base, bytes);
      segments.set(index, noted.slice());
      noted.fill(0);
    }
    if (segments.size > 0) this.#taken.push({ view, segments });
  }

  #wordsOf(base: Addr, bytes: number): Uint16Array {
    if (this.#window === undefined) return new Uint16Array();
    const at = offsetIn(this.#window.base, base);
    return this.#kernel.machine.engine.blockRecords.subarray(at, at + bytes);
  }

  /** Makes the window large enough. */
  #cover(places: Places): void {
    let low = this.#window?.base;
    let high = this.#window && plus(this.#window.base, this.#window.bytes);
    for (const { base, bytes } of places.values()) {
      const end = plus(base, bytes);
      if (low === undefined || base < low) low = addr(base - (base % BigInt(GRAIN)));
      if (high === undefined || end > high)
        high = addr(end + (BigInt(GRAIN) - (end % BigInt(GRAIN) || BigInt(GRAIN))));
    }
    if (low === undefined || high === undefined) return;
    const window = { base: low, bytes: offsetIn(low, high) };
    if (window.base === this.#window?.base && window.bytes === this.#window.bytes) return;
    // A new window knows nothing of what the old one saw.
    if (this.#window !== undefined) for (const view of this.#modules.keys()) this.#harvest(view);
    this.#window = window;
    this.#kernel.machine.engine.recordBlocks(window);
  }
}

function overlap(one: Places, other: Places): boolean {
  for (const a of one.values())
    for (const b of other.values())
      if (a.base < plus(b.base, b.bytes) && b.base < plus(a.base, a.bytes)) return true;
  return false;
}
