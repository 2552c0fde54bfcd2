// Failing on purpose, as Linux's fail-nth does: the life of a module is run once as it
// is, which counts its calls that can fail, and then once for each of them with that
// call failing, every time from the same snapshot.  A module that cares for its errors
// answers -ENOMEM and leaves nothing behind.

import { type Addr, addr } from '../base/address.ts';
import type { ObjectFile } from '../kernel/files.ts';
import type { Leaks } from '../kernel/findings.ts';
import type { Kernel } from '../kernel/kernel.ts';
import type { Oops } from '../kernel/oops.ts';
import { describeFailure, type LoadFailure } from '../kernel/results.ts';
import type { Where } from '../kernel/symbols.ts';
import { calleeBefore } from './callee.ts';

/**
 * - `handled`: init answered ENOMEM, and everything was given back.
 * - `tolerated`: the module came to life, or went, all the same, and nothing was left.
 * - `wrong-errno`: init failed with another error than the call did.
 * - `leaked`: something was left behind.
 * - `oops`: it faulted.
 * - `inconclusive`: it used something that nobody has.
 */
export type Verdict = 'handled' | 'tolerated' | 'wrong-errno' | 'leaked' | 'oops' | 'inconclusive';

/** One call that was made to fail, and what came of it. */
export interface Injection {
  /** Of the calls that can fail, from 1. */
  readonly number: number;
  readonly stage: 'init' | 'exit';
  /** What was called, as far as the object's relocations tell. */
  readonly callee: string | undefined;
  readonly by: Where | undefined;
  readonly verdict: Verdict;
  readonly errno: number;
  readonly leaks: Leaks | undefined;
  readonly oops: Oops | undefined;
  /** In a sentence. */
  readonly detail: string;
}

export interface FailNthReport {
  readonly module: string;
  /** Why nothing was injected: the module does not even live without. */
  readonly problem: string | undefined;
  /** Calls that can fail, while it is loaded and initialised, and while it is taken out. */
  readonly calls: { readonly init: number; readonly exit: number };
  readonly injections: readonly Injection[];
}

const ENOMEM = 12;

/**
 * @param kernel booted, with what the module requires offered or on its search path; it
 *   is afterwards as it was before
 * @param limit at most so many injections
 */
export function failNth(
  kernel: Kernel,
  file: ObjectFile,
  { limit = 10_000 }: { readonly limit?: number } = {},
): FailNthReport {
  const cell = new InjectionCell(kernel);
  const before = kernel.snapshot();
  // What it requires stays when it goes: then it is all that is disturbed.
  const first = kernel.load(file);
  if (first.ok && !first.module.isPermanent) first.module.unload();
  else before.restore();
  kernel.takeFindings();
  const snapshot = kernel.snapshot();
  try {
    const calls = countCalls(kernel, cell, file);
    if ('problem' in calls)
      return { module: file.name, calls: none, injections: [], problem: calls.problem };
    const total = Math.min(limit, calls.init + calls.exit);
    const injections: Injection[] = [];
    for (let number = 1; number <= total && kernel.death === undefined; number++) {
      snapshot.restore();
      injections.push(inject(kernel, cell, { file, number, duringInit: number <= calls.init }));
    }
    return { module: file.name, calls, injections, problem: undefined };
  } finally {
    before.restore();
  }
}

const none = { init: 0, exit: 0 } as const;

/** The undisturbed life. */
function countCalls(
  kernel: Kernel,
  cell: InjectionCell,
  file: ObjectFile,
): { readonly init: number; readonly exit: number } | { readonly problem: string } {
  cell.arm(0);
  const loaded = kernel.load(file);
  if (!loaded.ok) return { problem: describeFailure(loaded.failure) };
  const init = cell.calls;
  if (loaded.module.isPermanent) return { init, exit: 0 };
  const unloaded = loaded.module.unload();
  if (!unloaded.ok) return { problem: describeFailure(unloaded.failure) };
  return { init, exit: cell.calls - init };
}

interface Order {
  readonly file: ObjectFile;
  readonly number: number;
  readonly duringInit: boolean;
}

function inject(
  kernel: Kernel,
  cell: InjectionCell,
  { file, number, duringInit }: Order,
): Injection {
  const stage = duringInit ? 'init' : 'exit';
  let placed: Pick<Injection, 'callee' | 'by'> = { callee: undefined, by: undefined };
  // While the module is there its relocations can be looked at.
  kernel.onClosed = () => {
    if (placed.by === undefined) placed = callOf(kernel, cell);
  };
  try {
    cell.arm(number);
    const end = lifeWith(kernel, file);
    return { number, stage, ...placed, ...end };
  } finally {
    kernel.onClosed = undefined;
  }
}

type End = Omit<Injection, 'number' | 'stage' | 'callee' | 'by'>;

function lifeWith(kernel: Kernel, file: ObjectFile): End {
  const loaded = kernel.load(file);
  if (!loaded.ok) return failed(loaded.failure);
  if (loaded.module.isPermanent) return ended('tolerated', undefined, 'it stays all the same');
  const unloaded = loaded.module.unload();
  if (!unloaded.ok) return failed(unloaded.failure);
  return isClean(unloaded.leaks)
    ? ended('tolerated', undefined, 'it came to life and went all the same')
    : ended('leaked', unloaded.leaks, describeLeaks(unloaded.leaks));
}

function ended(verdict: Verdict, leaks: Leaks | undefined, detail: string): End {
  return { verdict, errno: 0, leaks, oops: undefined, detail };
}

function failed(failure: LoadFailure): End {
  const { oops, error: errno, leaks } = failure;
  const common = { errno, leaks, oops };
  if (oops?.missing !== undefined)
    return { ...common, verdict: 'inconclusive', detail: describeFailure(failure) };
  if (oops !== undefined || failure.death !== undefined)
    return { ...common, verdict: 'oops', detail: describeFailure(failure) };
  if (!isClean(leaks)) return { ...common, verdict: 'leaked', detail: describeLeaks(leaks) };
  if (errno === ENOMEM) return { ...common, verdict: 'handled', detail: '' };
  return {
    ...common,
    verdict: 'wrong-errno',
    detail: `the call failed with ENOMEM, ${failure.reason}`,
  };
}

function isClean({ blocks, records }: Leaks): boolean {
  return blocks === 0 && records.length === 0;
}

function describeLeaks({ records, blocks, bytes }: Leaks): string {
  const [first] = records;
  if (first === undefined) return `${blocks} blocks, ${bytes} bytes left`;
  const what = first.kind === 'block' ? `${first.bytes} bytes` : `${first.kind} ${first.name}`;
  const more = records.length > 1 ? `, and ${records.length - 1} more` : '';
  return `${what.trim()} left${more}`;
}

/** The call that was made to fail. */
function callOf(kernel: Kernel, cell: InjectionCell): Pick<Injection, 'callee' | 'by'> {
  const { caller } = cell;
  if (caller === 0n) return { callee: undefined, by: undefined };
  const by = kernel.locate(addr(caller - 1n));
  const view = kernel.present.find(({ segments }) =>
    segments.some(({ base, bytes }) => caller > base && caller <= base + BigInt(bytes)),
  );
  return { by, callee: view?.placed && calleeBefore(view.placed, caller) };
}

/** struct fault_injection of the guest kernel: {u32 nth; u32 calls; u64 caller}. */
class InjectionCell {
  readonly #kernel: Kernel;
  readonly #at: Addr;

  constructor(kernel: Kernel) {
    const at = kernel.symbol('fault_injection');
    if (at === undefined) throw new Error('bug in modbox: the kernel has no fault_injection');
    this.#kernel = kernel;
    this.#at = at;
  }

  /** From now on calls are counted from 1, and the nth fails; 0: none does. */
  arm(nth: number): void {
    const bytes = new Uint8Array(16);
    new DataView(bytes.buffer).setUint32(0, nth, true);
    this.#kernel.machine.memory.write(this.#at, bytes);
  }

  get calls(): number {
    return this.#view.getUint32(4, true);
  }

  /** Where the call that was made to fail returns to; 0: none was. */
  get caller(): bigint {
    return this.#view.getBigUint64(8, true);
  }

  get #view(): DataView {
    const read = this.#kernel.read(this.#at, 16);
    if (read === undefined) throw new Error('bug in modbox: fault_injection is not mapped');
    return new DataView(read.buffer, read.byteOffset, read.length);
  }
}
