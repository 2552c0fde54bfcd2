// The Debug Adapter: requests come in, each is answered, and events go out.  One adapter
// serves one client; it knows nothing of streams.
//
//   initialize -> launch or attach -> breakpoints, filters -> configurationDone -> ...
//
// Requests are served one after another.  The guest runs meanwhile, by itself: what
// needs it to stand still is refused until it does.
// https://microsoft.github.io/debug-adapter-protocol/specification

import type { Resume } from '../debug/model.ts';
import { BreakpointTable } from './breakpoints.ts';
import { type Client, capabilities, clientOf, FILTERS } from './client.ts';
import { DataBreakpoints } from './data-breakpoints.ts';
import { Fields, Refusal } from './fields.ts';
import { type Filters, Guest } from './guest.ts';
import { Later } from './later.ts';
import { type LaunchOptions, launchOptions, type Open } from './launch.ts';
import type { Emit } from './protocol.ts';

export interface AdapterOptions {
  /** Hands a message to the client. */
  readonly send: (message: object) => void;
  readonly open: Open;
  /** The client wants no more of us. */
  readonly onDisconnect: () => void;
}

const UNREADABLE = { min: 0, max: Number.MAX_SAFE_INTEGER };

type Handler = (args: Fields) => unknown;

/** What initialize brings. */
interface Session {
  readonly client: Client;
  readonly breakpoints: BreakpointTable;
  readonly data: DataBreakpoints;
}

export class Adapter {
  readonly #options: AdapterOptions;
  readonly #handlers: ReadonlyMap<string, Handler>;
  readonly #filters: Filters = { exceptions: true, modules: false };
  #queue: Promise<void> = Promise.resolve();
  #seq = 1;
  #session: Session | undefined;
  #launch: { readonly options: LaunchOptions; readonly attach: boolean } | undefined;
  #guest: Guest | undefined;
  #started = false;
  #closed = false;
  /** What is done once the answer to a request is on its way. */
  #afterwards: (() => void) | undefined;

  constructor(options: AdapterOptions) {
    this.#options = options;
    this.#handlers = new Map(Object.entries(this.#table()));
  }

  /** Takes one message; it is served when those before it are. */
  receive(message: unknown): Promise<void> {
    this.#queue = this.#queue.then(() => this.#serve(message));
    return this.#queue;
  }

  /** Something came that is no message. */
  complain(problem: string): void {
    this.#emit('output', { category: 'important', output: `modbox: ${problem}\n` });
  }

  /** The client is gone. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    const guest = this.#guest;
    this.#guest = undefined;
    await guest?.close();
  }

  #table(): Readonly<Record<string, Handler>> {
    const guest = () => this.#ready();
    const go = (how: Resume, reverse: boolean) => {
      this.#needsStart();
      const { runner } = guest();
      runner.requireStopped();
      this.#afterwards = () => runner.go(how, { reverse });
    };
    const step = (over: boolean, reverse: boolean) => (args: Fields) =>
      go(guest().step(args, over), reverse);
    return {
      initialize: (args) => this.#initialize(args),
      launch: (args) => this.#launches(args, false),
      attach: (args) => this.#launches(args, true),
      restart: (args) => new Later(this.#restart(args), () => this.#guest?.start()),
      configurationDone: () => this.#configured(),
      disconnect: () => this.#disconnect(),
      terminate: () => this.#terminate(),

      setBreakpoints: (args) => this.#known().breakpoints.setSource(args),
      setFunctionBreakpoints: (args) => this.#known().breakpoints.setFunctions(args),
      setInstructionBreakpoints: (args) => this.#known().breakpoints.setInstructions(args),
      setExceptionBreakpoints: (args) => this.#setFilters(args),
      dataBreakpointInfo: (args) => guest().dataBreakpointInfo(args),
      setDataBreakpoints: (args) => guest().setDataBreakpoints(args),

      continue: () => {
        go({ kind: 'continue' }, false);
        return { allThreadsContinued: true };
      },
      reverseContinue: () => go({ kind: 'continue' }, true),
      next: step(true, false),
      stepIn: step(false, false),
      stepOut: () => go({ kind: 'finish' }, false),
      stepBack: step(true, true),
      pause: () => guest().runner.pause(),

      threads: () => guest().threads(),
      stackTrace: (args) => guest().stackTrace(args),
      scopes: (args) => guest().scopes(args),
      variables: (args) => guest().variables(args),
      setVariable: (args) => guest().setVariable(args),
      setExpression: (args) => guest().setExpression(args),
      evaluate: (args) => guest().evaluate(args),
      completions: (args) => guest().completions(args),
      exceptionInfo: () => guest().exceptionInfo(),
      modules: (args) => guest().modules(args),
      loadedSources: () => guest().loadedSources(),
      source: (args) => guest().source(args),
      readMemory: (args) => guest().readMemory(args),
      writeMemory: (args) => guest().writeMemory(args),
      disassemble: (args) => guest().disassemble(args),
    };
  }

  async #serve(message: unknown): Promise<void> {
    if (this.#closed) return;
    let command = '';
    let seq = 0;
    try {
      const fields = new Fields(message, 'message');
      if (fields.text('type') !== 'request') return;
      seq = fields.integer('seq', UNREADABLE);
      command = fields.text('command');
      const handler = this.#handlers.get(command);
      if (handler === undefined) throw new Refusal(`modbox knows no request ${command}`);
      const body = await handler(fields.fields('arguments'));
      if (body instanceof Later) void this.#answerLater(body, seq, command);
      else this.#answer(seq, command, body);
    } catch (error) {
      this.#afterwards = undefined;
      this.#refuse(seq, command, error);
    }
    const afterwards = this.#afterwards;
    this.#afterwards = undefined;
    try {
      afterwards?.();
    } catch (error) {
      this.#refuse(0, command, error);
    }
  }

  async #answerLater(later: Later<unknown>, seq: number, command: string): Promise<void> {
    try {
      this.#answer(seq, command, await later.body);
      later.afterwards();
    } catch (error) {
      this.#refuse(seq, command, error);
    }
  }

  #answer(seq: number, command: string, body: unknown): void {
    this.#send({ type: 'response', request_seq: seq, success: true, command, body });
  }

  #refuse(seq: number, command: string, error: unknown): void {
    const said = error instanceof Error ? error.message : String(error);
    const text = error instanceof Refusal ? said : `bug in modbox: ${said}`;
    if (seq === 0) this.complain(text);
    else
      this.#send({
        type: 'response',
        request_seq: seq,
        success: false,
        command,
        message: text,
        body: { error: { id: 1, format: '{text}', variables: { text }, showUser: true } },
      });
  }

  readonly #emit: Emit = (event, body) => this.#send({ type: 'event', event, body });

  #send(message: object): void {
    if (!this.#closed) this.#options.send({ seq: this.#seq++, ...message });
  }

  #initialize(args: Fields): typeof capabilities {
    if (this.#session !== undefined) throw new Refusal('initialize comes once');
    const client = clientOf(args);
    const breakpoints = new BreakpointTable(client, this.#emit);
    this.#session = { client, breakpoints, data: new DataBreakpoints(breakpoints) };
    return capabilities;
  }

  #launches(args: Fields, attach: boolean): Later<void> {
    this.#known();
    if (this.#launch !== undefined) throw new Refusal('there is a guest already');
    const options = launchOptions(args);
    this.#launch = { options, attach };
    const opened = this.#boot(options, attach).catch((error: unknown) => {
      this.#launch = undefined;
      throw error;
    });
    return new Later(opened, () => this.#emit('initialized', undefined));
  }

  async #boot(options: LaunchOptions, attach: boolean): Promise<void> {
    const opened = await this.#options.open(options);
    if (!opened.ok) throw new Refusal(opened.problems.join('\n'));
    if (this.#closed) opened.value.debugger.close();
    if (this.#closed) throw new Refusal('the client is gone');
    const guest = new Guest({
      ...this.#known(),
      opened: opened.value,
      launch: options,
      emit: this.#emit,
      filters: this.#filters,
    });
    this.#guest = guest;
    if (attach) await guest.runner.runUnwatched();
  }

  #configured(): void {
    const guest = this.#ready();
    if (this.#started) throw new Refusal('configurationDone comes once');
    guest.runner.requireStopped();
    this.#started = true;
    this.#afterwards = () => guest.start();
  }

  /** From the beginning, with the same breakpoints and perhaps another configuration. */
  async #restart(args: Fields): Promise<void> {
    const guest = this.#ready();
    this.#needsStart();
    const changed = args.fields('arguments');
    const { attach = false, options: before } = this.#launch ?? {};
    const options =
      before === undefined || changed.has('program') ? launchOptions(changed) : before;
    this.#guest = undefined;
    await guest.close();
    this.#launch = { options, attach };
    await this.#boot(options, attach);
  }

  async #terminate(): Promise<void> {
    const alive = await this.#ready().runner.halt();
    if (alive) this.#afterwards = () => this.#emit('terminated', undefined);
  }

  #disconnect(): void {
    this.#afterwards = () => {
      this.#queue = this.close().then(() => this.#options.onDisconnect());
    };
  }

  #setFilters(args: Fields): { readonly breakpoints: readonly { readonly verified: boolean }[] } {
    this.#known();
    const ticked = [
      ...args.texts('filters'),
      ...args.list('filterOptions').map((each) => each.text('filterId')),
    ];
    const known: readonly string[] = Object.values(FILTERS);
    this.#filters.exceptions = ticked.includes(FILTERS.exceptions);
    this.#filters.modules = ticked.includes(FILTERS.modules);
    this.#guest?.refilter();
    return { breakpoints: ticked.map((filter) => ({ verified: known.includes(filter) })) };
  }

  #known(): Session {
    if (this.#session === undefined) throw new Refusal('initialize comes first');
    return this.#session;
  }

  #ready(): Guest {
    this.#known();
    if (this.#guest === undefined) throw new Refusal('launch or attach comes first');
    return this.#guest;
  }

  #needsStart(): void {
    if (!this.#started) throw new Refusal('configurationDone comes first');
  }
}
