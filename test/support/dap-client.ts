// A client of the Debug Adapter Protocol, as an editor is one: over a pipe to a process
// of its own, or over TCP to one that serves several.

import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { connect } from 'node:net';
import path from 'node:path';
import type { Duplex, Readable, Writable } from 'node:stream';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { encodeFrame, FrameDecoder } from '../../src/dap/framing.ts';

const root = path.join(import.meta.dirname, '..', '..');

/** What a test knows of the answers: the protocol's types by the request's name. */
export interface Answers {
  initialize: DebugProtocol.Capabilities;
  setBreakpoints: DebugProtocol.SetBreakpointsResponse['body'];
  setFunctionBreakpoints: DebugProtocol.SetFunctionBreakpointsResponse['body'];
  setInstructionBreakpoints: DebugProtocol.SetInstructionBreakpointsResponse['body'];
  dataBreakpointInfo: DebugProtocol.DataBreakpointInfoResponse['body'];
  setDataBreakpoints: DebugProtocol.SetDataBreakpointsResponse['body'];
  threads: DebugProtocol.ThreadsResponse['body'];
  stackTrace: DebugProtocol.StackTraceResponse['body'];
  scopes: DebugProtocol.ScopesResponse['body'];
  variables: DebugProtocol.VariablesResponse['body'];
  setVariable: DebugProtocol.SetVariableResponse['body'];
  setExpression: DebugProtocol.SetExpressionResponse['body'];
  evaluate: DebugProtocol.EvaluateResponse['body'];
  completions: DebugProtocol.CompletionsResponse['body'];
  exceptionInfo: DebugProtocol.ExceptionInfoResponse['body'];
  modules: DebugProtocol.ModulesResponse['body'];
  loadedSources: DebugProtocol.LoadedSourcesResponse['body'];
  readMemory: NonNullable<DebugProtocol.ReadMemoryResponse['body']>;
  writeMemory: NonNullable<DebugProtocol.WriteMemoryResponse['body']>;
  disassemble: NonNullable<DebugProtocol.DisassembleResponse['body']>;
}

export interface Events {
  initialized: undefined;
  stopped: DebugProtocol.StoppedEvent['body'];
  output: DebugProtocol.OutputEvent['body'];
  module: DebugProtocol.ModuleEvent['body'];
  breakpoint: DebugProtocol.BreakpointEvent['body'];
  memory: DebugProtocol.MemoryEvent['body'];
  exited: DebugProtocol.ExitedEvent['body'];
  terminated: undefined;
}

interface Message {
  readonly type: string;
  readonly event?: keyof Events;
  readonly request_seq?: number;
  readonly success?: boolean;
  readonly message?: string;
  readonly body: never;
}

interface Waiting {
  readonly matches: (message: Message) => boolean;
  readonly resolve: (message: Message) => void;
}

export class DapClient {
  readonly #output: Writable;
  readonly #decoder = new FrameDecoder();
  /** Messages that nobody has asked for yet. */
  readonly #unread: Message[] = [];
  #waiting: Waiting[] = [];
  #seq = 1;
  /** Resolves when the adapter has hung up. */
  readonly closed: Promise<void>;

  constructor(input: Readable, output: Writable) {
    this.#output = output;
    output.on('error', () => undefined);
    input.on('data', (chunk: Uint8Array) => this.#take(chunk));
    this.closed = new Promise((resolve) => {
      input.once('close', resolve);
      input.once('error', () => resolve());
    });
  }

  /** Bytes as they are, for clients that misbehave. */
  write(bytes: string | Uint8Array): void {
    this.#output.write(bytes);
  }

  /** @throws Error with the adapter's words when it refuses */
  async request<C extends string>(
    command: C,
    args?: object,
  ): Promise<C extends keyof Answers ? Answers[C] : unknown> {
    const seq = this.#seq++;
    this.write(encodeFrame({ seq, type: 'request', command, arguments: args }));
    const answer = await this.#next((message) => message.request_seq === seq);
    if (answer.success !== true) throw new Error(answer.message);
    return answer.body;
  }

  /** The next event of this name that was not asked for before. */
  async event<E extends keyof Events>(
    name: E,
    matches: (body: Events[E]) => boolean = () => true,
  ): Promise<Events[E]> {
    const found = await this.#next(({ event, body }) => event === name && matches(body));
    return found.body;
  }

  /** initialize, launch or attach, and what else is to be said before configurationDone. */
  async launch(
    args: object,
    prepare: () => Promise<unknown> = async () => undefined,
    request: 'launch' | 'attach' = 'launch',
  ): Promise<void> {
    await this.request('initialize', { adapterID: 'modbox', supportsMemoryEvent: true });
    await this.request(request, args);
    await this.event('initialized');
    await prepare();
    await this.request('configurationDone');
  }

  /** The innermost frames where the guest stands now. */
  async stack(): Promise<DebugProtocol.StackFrame[]> {
    const { threadId = 1 } = this.#stopped;
    return (await this.request('stackTrace', { threadId })).stackFrames;
  }

  #stopped: Partial<Events['stopped']> = {};

  /** Waits for the next stop; answers it with the innermost frame. */
  async stop(): Promise<Events['stopped'] & { frame: DebugProtocol.StackFrame }> {
    this.#stopped = await this.event('stopped');
    const [frame] = await this.stack();
    if (frame === undefined) throw new Error('no frame');
    return { ...this.#stopped, reason: this.#stopped.reason ?? '', frame };
  }

  /** Name and value of each row of a scope of the innermost frame. */
  async scope(name: string): Promise<Record<string, DebugProtocol.Variable>> {
    const [frame] = await this.stack();
    const { scopes } = await this.request('scopes', { frameId: frame?.id });
    const scope = scopes.find((each) => each.name === name);
    if (scope === undefined) throw new Error(`no scope ${name}`);
    return this.rows(scope.variablesReference);
  }

  async rows(variablesReference: number): Promise<Record<string, DebugProtocol.Variable>> {
    const { variables } = await this.request('variables', { variablesReference });
    return Object.fromEntries(variables.map((each) => [each.name, each]));
  }

  close(): void {
    this.#output.destroy();
  }

  #take(chunk: Uint8Array): void {
    for (const frame of this.#decoder.push(chunk)) {
      if (frame.kind !== 'message') throw new Error(frame.problem);
      this.#deliver(JSON.parse(JSON.stringify(frame.value)));
    }
  }

  #deliver(message: Message): void {
    const index = this.#waiting.findIndex(({ matches }) => matches(message));
    if (index < 0) this.#unread.push(message);
    else this.#waiting.splice(index, 1)[0]?.resolve(message);
  }

  #next(matches: (message: Message) => boolean): Promise<Message> {
    const index = this.#unread.findIndex(matches);
    const [found] = index < 0 ? [] : this.#unread.splice(index, 1);
    if (found !== undefined) return Promise.resolve(found);
    return new Promise((resolve) => {
      this.#waiting.push({ matches, resolve });
    });
  }
}

function start(...args: readonly string[]): ChildProcessWithoutNullStreams {
  return spawn(process.execPath, [path.join(root, 'bin', 'modbox.js'), 'dap', ...args], {
    cwd: root,
  });
}

/** An adapter for one client, on a pipe; `status` is what it ends with. */
export function overPipe(): { client: DapClient; status: Promise<number | null> } {
  const child = start();
  const status = new Promise<number | null>((resolve) => {
    child.once('exit', resolve);
  });
  return { client: new DapClient(child.stdout, child.stdin), status };
}

export interface DapServer {
  connect(): DapClient;
  stop(): void;
}

/** An adapter for any number of clients, on a free port. */
export async function overTcp(): Promise<DapServer> {
  const child = start('--port', '0');
  const port = await new Promise<number>((resolve, reject) => {
    let said = '';
    child.stderr.on('data', (chunk: Uint8Array) => {
      said += new TextDecoder().decode(chunk);
      const found = /port (\d+)/.exec(said)?.[1];
      if (found !== undefined) resolve(Number(found));
    });
    child.once('exit', () => reject(new Error(`no port: ${said}`)));
  });
  return {
    connect: () => {
      const socket: Duplex = connect(port, '127.0.0.1');
      return new DapClient(socket, socket);
    },
    stop: () => void child.kill(),
  };
}
