// One guest under the adapter, from launch to disconnect: its parts, and what each
// request means to them.

import type { DebugProtocol } from '@vscode/debugprotocol';
import { formatAddr } from '../base/address.ts';
import type { DebugStop, Resume } from '../debug/model.ts';
import type { BreakpointTable } from './breakpoints.ts';
import type { Client } from './client.ts';
import { completionsOf } from './completions.ts';
import { type DataBreakpoints, describeHit } from './data-breakpoints.ts';
import { exceptionInfo } from './exception.ts';
import { type Fields, Refusal } from './fields.ts';
import { Inspection } from './inspection.ts';
import { Later } from './later.ts';
import type { LaunchOptions, Opened } from './launch.ts';
import { disassemble, readMemory, writeMemory } from './memory.ts';
import { ModuleList } from './modules.ts';
import { Plan } from './plan.ts';
import type { Body, Emit } from './protocol.ts';
import { Runner } from './runner.ts';
import { Sources } from './sources.ts';

type Evaluation = Body<DebugProtocol.EvaluateResponse>;

/** Which exceptions and events stop the guest, as the client has ticked them. */
export interface Filters {
  exceptions: boolean;
  modules: boolean;
}

export interface GuestOptions {
  readonly opened: Opened;
  readonly launch: LaunchOptions;
  readonly client: Client;
  readonly emit: Emit;
  /** They outlive this guest when the run begins again. */
  readonly breakpoints: BreakpointTable;
  readonly data: DataBreakpoints;
  readonly filters: Filters;
}

export class Guest {
  readonly #options: GuestOptions;
  readonly #sources: Sources;
  readonly #inspection: Inspection;
  readonly #modules: ModuleList;
  readonly runner: Runner;

  constructor(options: GuestOptions) {
    const { opened, launch, client, emit, breakpoints, data } = options;
    const { debugger: target } = opened;
    this.#options = options;
    this.#sources = new Sources(opened.sources);
    this.#inspection = new Inspection({ debugger: target, sources: this.#sources, client });
    this.#modules = new ModuleList(target, this.#sources, emit);
    target.onOutput = (source, text) => {
      const isLog = source === 'log';
      emit('output', {
        category: isLog ? 'console' : 'stdout',
        output: isLog ? `${text}\n` : text,
      });
    };
    this.runner = new Runner({
      debugger: target,
      plan: new Plan(opened, launch),
      emit,
      keep: launch.keep,
      stopsAtModules: () => this.#stopsAtModules,
      onGo: () => this.#inspection.forget(),
      onStand: () => this.#look(),
      currentThread: () => this.#inspection.currentThread(),
      idsOf: (stop) => this.#idsOf(stop),
      describeHits: (stop) =>
        stop.reason === 'watchpoint' ? stop.hits.map(describeHit).join('; ') : undefined,
    });
    if (launch.noDebug) return;
    breakpoints.moveTo({ debugger: target, sources: this.#sources });
    data.restart();
  }

  /** Begins to run the plan, when the client has said all that it wants. */
  start(): void {
    const { opened, launch } = this.#options;
    this.refilter();
    opened.debugger.catch({ entry: launch.stopOnEntry && !launch.noDebug });
    this.runner.start();
  }

  /** The client may have ticked other filters. */
  refilter(): void {
    const { opened, launch, filters } = this.#options;
    opened.debugger.catch({
      exceptions: filters.exceptions && !launch.noDebug,
      modules: this.#stopsAtModules,
    });
  }

  get #stopsAtModules(): boolean {
    const { launch, filters } = this.#options;
    return filters.modules && !launch.noDebug;
  }

  async close(): Promise<void> {
    await this.runner.halt();
    this.#modules.retire();
    this.#options.breakpoints.moveTo(undefined);
    this.#options.opened.debugger.close();
  }

  threads(): Body<DebugProtocol.ThreadsResponse> {
    return this.#inspection.threads();
  }

  modules(args: Fields): Body<DebugProtocol.ModulesResponse> {
    return this.#modules.modules(args);
  }

  loadedSources(): Body<DebugProtocol.LoadedSourcesResponse> {
    return this.#modules.loadedSources();
  }

  source(args: Fields): Body<DebugProtocol.SourceResponse> {
    return this.#sources.text(args);
  }

  /** For what needs a guest that stands still. @throws Refusal if it does not */
  get #still(): Inspection {
    this.runner.requireStopped();
    return this.#inspection;
  }

  stackTrace(args: Fields): Body<DebugProtocol.StackTraceResponse> {
    return this.#still.stackTrace(args);
  }

  scopes(args: Fields): Body<DebugProtocol.ScopesResponse> {
    return this.#still.scopes(args);
  }

  variables(args: Fields): Body<DebugProtocol.VariablesResponse> {
    return this.#still.variables(args);
  }

  setVariable(args: Fields): Body<DebugProtocol.SetVariableResponse> {
    const body = this.#still.setVariable(args);
    this.#changed(body.memoryReference);
    return body;
  }

  setExpression(args: Fields): Body<DebugProtocol.SetExpressionResponse> {
    const body = this.#still.setExpression(args);
    this.#changed(body.memoryReference);
    return body;
  }

  /** An expression, or behind ">" in the debug console a command of the terminal. */
  evaluate(args: Fields): Evaluation | Later<Evaluation> {
    const inspection = this.#still;
    const expression = args.text('expression');
    if (args.optionalText('context') !== 'repl' || !expression.startsWith('>'))
      return inspection.evaluate(args);
    return new Later(this.#command(expression.slice(1).trim()));
  }

  async #command(line: string): Promise<Evaluation> {
    const { commands } = this.#options.opened;
    const { ok, text } = await this.runner.lend(() => commands.execute(line));
    if (!ok) throw new Refusal(text);
    return { result: text, variablesReference: 0 };
  }

  completions(args: Fields): Body<DebugProtocol.CompletionsResponse> {
    this.runner.requireStopped();
    const { opened, client } = this.#options;
    return completionsOf(opened.commands, client, args);
  }

  exceptionInfo(): Body<DebugProtocol.ExceptionInfoResponse> {
    this.runner.requireStopped();
    return exceptionInfo(this.#options.opened.debugger);
  }

  dataBreakpointInfo(args: Fields): Body<DebugProtocol.DataBreakpointInfoResponse> {
    return this.#options.data.info(this.#still, args);
  }

  setDataBreakpoints(args: Fields): Body<DebugProtocol.SetDataBreakpointsResponse> {
    return this.#options.data.set(this.#options.opened.debugger, args);
  }

  readMemory(args: Fields): Body<DebugProtocol.ReadMemoryResponse> {
    this.runner.requireStopped();
    return readMemory(this.#options.opened.debugger, args);
  }

  writeMemory(args: Fields): Body<DebugProtocol.WriteMemoryResponse> {
    this.runner.requireStopped();
    const { address, bytes } = writeMemory(this.#options.opened.debugger, args);
    this.#changed(formatAddr(address), bytes);
    return { bytesWritten: bytes };
  }

  disassemble(args: Fields): Body<DebugProtocol.DisassembleResponse> {
    this.runner.requireStopped();
    return disassemble(this.#options.opened.debugger, this.#sources, args);
  }

  /** What next, stepIn and stepBack mean here. */
  step(args: Fields, over: boolean): Resume {
    this.runner.requireStopped();
    return { kind: this.#granularity(args), over };
  }

  /** Where no line is known, a step is one of an instruction. */
  #granularity(args: Fields): 'instruction' | 'line' {
    const granularity = args.optionalText('granularity') ?? 'statement';
    switch (granularity) {
      case 'instruction':
        return granularity;
      case 'line':
      case 'statement': {
        const [innermost] = this.#options.opened.debugger.frames(undefined, 1);
        return innermost?.line === undefined ? 'instruction' : 'line';
      }
      default:
        throw new Refusal(
          `granularity: found "${granularity}", wanted statement, line or instruction`,
        );
    }
  }

  /** The guest stands still, perhaps only for a moment: what is new? */
  #look(): void {
    this.#modules.update();
    const { opened, launch, breakpoints, data } = this.#options;
    if (launch.noDebug) return;
    breakpoints.update();
    data.update(opened.debugger);
  }

  #idsOf(stop: DebugStop): number[] {
    const { breakpoints, data } = this.#options;
    if (stop.reason === 'breakpoint') return breakpoints.idsOf(stop.breakpoints);
    return stop.reason === 'watchpoint' ? data.idsOf(stop.hits) : [];
  }

  /** Tells the client to read again what an assignment may have changed. */
  #changed(memoryReference: string | undefined, count = 8): void {
    const { client, emit } = this.#options;
    if (memoryReference !== undefined && client.memoryEvents)
      emit('memory', { memoryReference, offset: 0, count });
    if (client.invalidatedEvents) emit('invalidated', { areas: ['variables'] });
  }
}
