// A booted guest kernel, as programs use it: load and unload modules, call their
// functions, look at memory.  Whatever the guest does comes back as a value; a
// fault in a module is a result, not an exception.

import type { Arch, CallingConvention } from '../arch/arch.ts';
import { type Addr, addr } from '../base/address.ts';
import type { Machine } from '../machine/machine.ts';
import type { Stop } from '../machine/stop.ts';
import { type Argument, layOut, type Words } from './arguments.ts';
import { Watch } from './checks.ts';
import { noFiles, type ObjectFile, type ObjectFiles } from './files.ts';
import { type Finding, type Leaks, noLeaks, readLeaks, takeFindings } from './findings.ts';
import type { KernelImage } from './image.ts';
import type { KernelOptions } from './kernel-options.ts';
import type { Job, KernelState } from './kernel-state.ts';
import { LinkerService } from './linker-service.ts';
import { Module } from './module.ts';
import { readOops } from './oops.ts';
import { type Answer, type Completion, type Death, type Request, Requests } from './requests.ts';
import type { CallResult, LoadFailure, LoadResult, UnloadResult } from './results.ts';
import { type Snapshot, takeSnapshot } from './snapshot.ts';
import { waitForBoot } from './start.ts';
import { type Where, whereIn } from './symbols.ts';
import type { ModuleView } from './view.ts';
import * as wire from './wire.ts';

export class Kernel {
  readonly arch: Arch;
  readonly machine: Machine;
  /** The kernel as it was built, and its symbols. */
  readonly image: KernelImage;
  readonly #files: ObjectFiles;
  readonly #service: LinkerService;
  readonly #requests: Requests;
  readonly #modules = new Map<number, Module>();
  /** The part of the checks that is done from outside, and the way modules took. */
  readonly watch: Watch;
  #death: Death | undefined;

  /** Runs the kernel that was loaded into the machine until it takes requests. */
  constructor(options: KernelOptions) {
    const { machine } = options;
    this.machine = machine;
    this.arch = machine.arch;
    this.image = options.image;
    this.#files = options.files ?? noFiles;
    this.#service = new LinkerService(machine, options.image, this.#files, options);
    const mailbox = waitForBoot(machine, this.#service, (at) => this.symbolise(at));
    // Several inits may run before the host hears of anything.
    const patience = options.watchdogNs * 2 + 1e8;
    this.#requests = new Requests(machine, this.#service, mailbox, patience);
    const locate = (at: Addr): Where => this.locate(at);
    const watched = { machine, image: this.image, service: this.#service, locate };
    this.watch = new Watch(options.checks ?? false, watched);
  }

  /** Everything the guest wrote to its console. */
  get console(): string {
    return this.machine.console.text;
  }

  /** Live modules in the order they were loaded. */
  get modules(): readonly Module[] {
    return [...this.#service.modules.values()].map((view) => this.#module(view.id));
  }

  /** Live modules, then those that are linked and coming, in the order of loading. */
  get present(): readonly ModuleView[] {
    return this.#service.present;
  }

  /** Why the machine stopped for good; undefined while it runs. */
  get death(): Death | undefined {
    return this.#death;
  }

  /** Told of each module that was linked, before any of its code runs. */
  set onLinked(listener: LinkerService['onLinked']) {
    this.watch.onLinked = listener;
  }

  get onLinked(): LinkerService['onLinked'] {
    return this.watch.onLinked;
  }

  /** Told of each module whose memory, or init memory, is about to go. */
  set onClosed(listener: LinkerService['onClosed']) {
    this.watch.onClosed = listener;
  }

  get onClosed(): LinkerService['onClosed'] {
    return this.watch.onClosed;
  }

  /** Loads a module, by path or from bytes, and what it requires. */
  load(what: string | ObjectFile): LoadResult {
    const file = typeof what === 'string' ? this.#files.read(what) : what;
    const started = this.machine.console.length;
    if (file === undefined) {
      const name = typeof what === 'string' ? what : what.name;
      const problem = { stage: 'find', file: name, wantedBy: undefined } as const;
      return this.#refused({ error: 2, stage: 'open', problems: [problem] }, started);
    }
    return this.#run(this.beginLoad(file));
  }

  /** Asks the guest to load a module; nothing has run yet. */
  beginLoad(file: ObjectFile): Job<LoadResult> {
    const started = this.machine.console.length;
    const source = this.#service.addSource(file);
    return this.#begin({ op: wire.REQUEST.load, words: [BigInt(source)] }, (completion) => {
      this.#service.removeSource(source);
      const problems = this.#service.takeProblems();
      if (completion.kind === 'died') return this.#refused({ stage: 'none', problems }, started);
      const { answer } = completion;
      if (answer.error === 0)
        return { ok: true, module: this.#module(answer.module), stackBytes: answer.stackBytes };
      const oops = this.#oopsOf(answer);
      return this.#refused({ ...answer, leaks: this.#leaksOf(answer), problems, oops }, started);
    });
  }

  /** Makes a file known by its module name, for others that require it. */
  offer(file: ObjectFile): void {
    this.#service.addSource(file);
  }

  unload(module: Module): UnloadResult {
    return this.#run(this.beginUnload(module));
  }

  /** Asks the guest to unload a module; nothing has run yet. */
  beginUnload(module: Module): Job<UnloadResult> {
    const started = this.machine.console.length;
    const words = [BigInt(module.id)];
    return this.#begin({ op: wire.REQUEST.unload, words }, (completion) => {
      if (completion.kind === 'died')
        return this.#refused({ stage: 'none', problems: [] }, started);
      const { answer } = completion;
      if (answer.error === 0)
        return { ok: true, leaks: this.#leaksOf(answer), stackBytes: answer.stackBytes };
      const oops = this.#oopsOf(answer);
      return this.#refused(
        { ...answer, leaks: this.#leaksOf(answer), problems: [], oops },
        started,
      );
    });
  }

  /** Calls a function in the guest by its address. */
  callAddress(target: Addr, convention: CallingConvention, args: readonly Argument[]): CallResult {
    const { words, buffers } = layOut(args, this.arch.wordBytes, convention);
    if (words.length > wire.WIRE_ARGS)
      return {
        kind: 'refused',
        reason: `${words.length} argument words, at most ${wire.WIRE_ARGS}`,
      };
    const placed: { readonly at: Addr; readonly target: Uint8Array | undefined }[] = [];
    const result = this.#callWithBuffers(target, convention, { words, buffers }, placed);
    for (const { at } of placed) this.#free(at);
    // An overrun buffer shows when it is given back.
    return this.#death === undefined ? result : { kind: 'died', death: this.#death };
  }

  /** What the kernel has noticed since the last call that is wrong but stopped nobody. */
  takeFindings(): readonly Finding[] {
    const at = this.symbol('findings');
    if (at === undefined) return [];
    const found = takeFindings(this.machine.memory, at, (address) => this.locate(address));
    return [...found, ...this.watch.take()];
  }

  /**
   * Calls a function that the kernel exports to its own modules, such as
   * crypto_test_digest (guest/linux/drive.c).
   * @throws Error when it exports no such function: a bug of the caller
   */
  callExport(name: string, ...args: readonly Argument[]): CallResult {
    const target = this.image.exports.get(name);
    if (target === undefined) throw new Error(`bug in modbox: the kernel exports no ${name}`);
    return this.callAddress(target, this.arch.conventions.native, args);
  }

  /** Guest memory by virtual address; undefined when not mapped. */
  read(address: Addr | bigint, bytes: number): Uint8Array | undefined {
    return this.machine.memory.read(addr(address), bytes);
  }

  /** Writes guest memory by virtual address, code too; false when not mapped. */
  write(address: Addr | bigint, bytes: Uint8Array): boolean {
    const written = this.machine.memory.write(addr(address), bytes);
    if (written) this.machine.engine.flushTranslations();
    return written;
  }

  /** The address of a symbol of the kernel. */
  symbol(name: string): Addr | undefined {
    return this.image.symbols.byName(name)?.address;
  }

  /** What lies at an address: kernel or module symbol. */
  symbolise(address: Addr): Where {
    const view = this.#service.viewAt(address);
    const missing = view === undefined ? this.#service.missingAt(address) : undefined;
    return missing ?? whereIn(view?.symbols ?? this.image.symbols, address, view?.name);
  }

  /** The same, with the source line if the module has debug information. */
  locate(address: Addr): Where {
    const line = this.#service.viewAt(address)?.lineAt?.(address);
    return { ...this.symbolise(address), line };
  }

  /** Stops the machine and frees it. */
  close(): void {
    this.machine.close();
  }

  #module(id: number): Module {
    let module = this.#modules.get(id);
    const view = this.#service.view(id);
    if (module === undefined || module.view !== view) {
      if (view === undefined) throw new Error(`bug in modbox: no view of module ${id}`);
      module = new Module(this, view);
      this.#modules.set(id, module);
    }
    return module;
  }

  /** Asks the guest to call a function with words; nothing has run yet. */
  beginCall(target: Addr, convention: number, words: readonly bigint[]): Job<CallResult> {
    const started = this.machine.console.length;
    return this.#begin({ op: wire.REQUEST.call, target, convention, words }, (completion) => {
      if (completion.kind === 'died') return completion;
      const { answer } = completion;
      const [low, high] = answer.result;
      if (answer.error === 0) {
        const wide = this.arch.wordBytes === 8 ? low : low | (high << 32n);
        return { kind: 'returned', value: low, wide, stackBytes: answer.stackBytes };
      }
      const oops = this.#oopsOf(answer);
      if (oops === undefined) return { kind: 'refused', reason: answer.reason };
      return { kind: 'fault', oops, console: this.machine.console.textSince(started) };
    });
  }

  /**
   * Does what a stop of the machine asks the host for; for who runs the machine
   * himself.
   */
  serve(stop: Stop): void {
    this.#death ??= this.#requests.serve(stop);
    if (stop.kind === 'paused') this.watch.settle();
  }

  /** Whether the guest has answered, or never will. */
  isDone(job: Job<unknown>): boolean {
    return this.#death !== undefined || this.#requests.isDone(job.slot);
  }

  /** What came of a job that is done. */
  finish<T>(job: Job<T>): T {
    const death = this.#death;
    return job.finish(
      death === undefined ? this.#requests.take(job.slot) : { kind: 'died', death },
    );
  }

  /** A moment to come back to again and again, at little cost: for isolated tests. */
  snapshot(): Snapshot {
    return takeSnapshot(this);
  }

  /** A moment among many, which share the pages that are the same: for debuggers. */
  save(since?: KernelState): KernelState {
    return {
      machine: this.machine.save(since?.machine),
      service: this.#service.save(),
      done: this.#requests.save(),
      death: this.#death,
    };
  }

  /**
   * Goes back, or forth, to where this kernel was when it was saved.
   *
   * @param code see Machine.restore()
   */
  restore(state: KernelState, code?: ReadonlySet<number>): void {
    this.machine.restore(state.machine, code);
    this.#service.restore(state.service);
    this.watch.reset(this.present);
    this.#requests.restore(state.done);
    this.#death = state.death;
  }

  #begin<T>(request: Request, finish: (completion: Completion) => T): Job<T> {
    return { slot: this.#death === undefined ? this.#requests.post(request) : -1, finish };
  }

  #run<T>(job: Job<T>): T {
    while (!this.isDone(job)) this.serve(this.machine.run(this.#requests.patience));
    return this.finish(job);
  }

  #call(target: Addr, convention: number, words: readonly bigint[]): CallResult {
    return this.#run(this.beginCall(target, convention, words));
  }

  /** Fills `placed` with the buffers that the caller must free. */
  #callWithBuffers(
    target: Addr,
    convention: CallingConvention,
    { words, buffers }: Words,
    placed: { readonly at: Addr; readonly target: Uint8Array | undefined }[],
  ): CallResult {
    const filled = [...words];
    for (const { word, bytes, target: into } of buffers) {
      const at = this.#allocate(bytes.length);
      if (at === undefined)
        return { kind: 'refused', reason: `the guest has no ${bytes.length} bytes left` };
      placed.push({ at, target: into });
      this.machine.memory.write(at, bytes);
      filled[word] = at;
    }
    const result = this.#call(target, convention.wire, filled);
    for (const { at, target: into } of placed) {
      const changed = into === undefined ? undefined : this.read(at, into.length);
      if (changed !== undefined) into?.set(changed);
    }
    return result;
  }

  #allocate(bytes: number): Addr | undefined {
    const result = this.callExport('kmem_alloc', bytes);
    return result.kind === 'returned' && result.value !== 0n ? addr(result.value) : undefined;
  }

  #free(address: Addr): void {
    this.callExport('kmem_free', address);
  }

  #leaksOf({ leaks: blocks, leakedBytes: bytes, left }: Answer): Leaks {
    const { memory } = this.machine;
    const records = readLeaks(memory, left.at, left.count, (at) => this.locate(at));
    return { blocks, bytes, records };
  }

  #oopsOf(answer: Answer): LoadFailure['oops'] {
    if (answer.oops === undefined) return undefined;
    return readOops(this.machine.memory, this.arch, answer.oops, {
      symbolise: (at) => this.symbolise(at),
      locate: (at) => this.locate(at),
    });
  }

  #refused(
    failure: Partial<LoadFailure> & Pick<LoadFailure, 'stage' | 'problems'>,
    started: number,
  ): { readonly ok: false; readonly failure: LoadFailure } {
    return {
      ok: false,
      failure: {
        error: failure.error ?? 0,
        stage: failure.stage,
        reason: failure.reason ?? '',
        problems: failure.problems,
        oops: failure.oops,
        leaks: failure.leaks ?? noLeaks,
        death: this.#death,
        console: this.machine.console.textSince(started),
      },
    };
  }
}
