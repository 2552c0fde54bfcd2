// Looking at a guest that stands still: threads, stack, scopes, variables, and
// expressions.  The numbers given out here hold until it goes on.

import type { DebugProtocol } from '@vscode/debugprotocol';
import { formatAddr } from '../base/address.ts';
import type { Debugger, StackFrame, ValueNode } from '../debug/model.ts';
import type { Client } from './client.ts';
import { type Entry, entryOf, registerEntries, variableOf } from './entries.ts';
import { type Fields, Refusal } from './fields.ts';
import { Handles } from './handles.ts';
import { moduleId } from './modules.ts';
import type { Body, Wire } from './protocol.ts';
import type { Sources } from './sources.ts';

/** Frames of one stack; a kernel stack of 16 KiB holds fewer. */
const FRAME_LIMIT = 1024;
/** Where a frame is: an assignment makes other objects of the same frames. */
interface FrameRef {
  readonly thread: number;
  readonly index: number;
}

const numbers = { min: 0, max: 2 ** 31 - 1 };

export interface InspectionOptions {
  readonly debugger: Debugger;
  readonly sources: Sources;
  readonly client: Client;
}

/** The protocol's number of a guest's thread: clients take 0 for none. */
export const threadNumber = (id: number): number => id + 1;

export class Inspection {
  readonly #debugger: Debugger;
  readonly #sources: Sources;
  readonly #client: Client;
  readonly #frames = new Handles<FrameRef>('frame');
  readonly #containers = new Handles<() => readonly Entry[]>('variable');
  /** By thread, at this stop. */
  readonly #stacks = new Map<number, readonly StackFrame[]>();
  #threads: Body<DebugProtocol.ThreadsResponse> = { threads: [{ id: 1, name: 'guest' }] };

  constructor(options: InspectionOptions) {
    this.#debugger = options.debugger;
    this.#sources = options.sources;
    this.#client = options.client;
  }

  /** The guest goes on: what was told holds no more. */
  forget(): void {
    this.#frames.clear();
    this.#containers.clear();
    this.#stacks.clear();
  }

  /** As they were when the guest last stood still. */
  threads(): Body<DebugProtocol.ThreadsResponse> {
    if (this.#debugger.running || this.#debugger.stop === undefined) return this.#threads;
    const threads = this.#debugger.threads().map(({ id, name, state, current }) => ({
      id: threadNumber(id),
      name: current ? name : `${name} (${state})`,
    }));
    if (threads.length > 0) this.#threads = { threads };
    return this.#threads;
  }

  currentThread(): number {
    return threadNumber(this.#debugger.threads().find(({ current }) => current)?.id ?? 0);
  }

  stackTrace(args: Fields): Body<DebugProtocol.StackTraceResponse> {
    const thread = args.integer('threadId', numbers);
    const stack = this.#stack(thread);
    const start = args.optionalInteger('startFrame', numbers) ?? 0;
    const levels = args.optionalInteger('levels', numbers) ?? 0;
    const shown = stack.slice(start, levels === 0 ? undefined : start + levels);
    return {
      stackFrames: shown.map((frame) => this.#frame(thread, frame)),
      totalFrames: stack.length,
    };
  }

  scopes(args: Fields): Body<DebugProtocol.ScopesResponse> {
    const ref = this.#frames.get(args.integer('frameId', numbers));
    const locals =
      (...roles: readonly ValueNode['role'][]) =>
      () =>
        this.#debugger
          .locals(this.#frameAt(ref))
          .filter(({ role }) => roles.includes(role))
          .map(entryOf);
    const statics = () => [
      ...locals('static')(),
      ...this.#debugger.statics(this.#frameAt(ref)).map(entryOf),
    ];
    const registers = (...groups: Groups) => this.#registersOf(ref, groups);
    const some = (scope: Omit<Scope, 'variablesReference'>, list: () => readonly Entry[]) =>
      list().length === 0 ? [] : [{ ...scope, variablesReference: this.#containers.add(list) }];
    const scopes: readonly Scope[] = [
      {
        name: 'Locals',
        presentationHint: 'locals',
        variablesReference: this.#containers.add(locals('local', undefined)),
        expensive: false,
      },
      ...some(
        { name: 'Arguments', presentationHint: 'arguments', expensive: false },
        locals('parameter'),
      ),
      ...some({ name: 'Statics', expensive: true }, statics),
      {
        name: 'Registers',
        presentationHint: 'registers',
        variablesReference: this.#containers.add(registers('general')),
        expensive: false,
      },
      // Only the CPU has them, callers do not.
      ...(ref.index > 0
        ? []
        : [
            ...some({ name: 'System registers', expensive: true }, registers('system')),
            ...some(
              { name: 'Float and vector registers', expensive: true },
              registers('float', 'vector'),
            ),
          ]),
    ];
    return { scopes };
  }

  #registersOf(ref: FrameRef, groups: Groups): () => readonly Entry[] {
    return () => registerEntries(this.#debugger, this.#frameAt(ref), groups);
  }

  /** The frame as it is now. @throws Refusal if it is gone */
  #frameAt({ thread, index }: FrameRef): StackFrame {
    const frame = this.#stack(thread)[index];
    if (frame === undefined) throw new Refusal('the frame is gone');
    return frame;
  }

  variables(args: Fields): Body<DebugProtocol.VariablesResponse> {
    const all = this.#containers.get(args.integer('variablesReference', numbers))();
    const filter = args.optionalText('filter');
    const isElement = ({ name }: Entry): boolean => name.startsWith('[');
    const kept =
      filter === undefined ? all : all.filter((each) => isElement(each) === (filter === 'indexed'));
    const start = args.optionalInteger('start', numbers) ?? 0;
    const count = args.optionalInteger('count', numbers) ?? 0;
    const shown = kept.slice(start, count === 0 ? undefined : start + count);
    return { variables: shown.map((entry) => variableOf(entry, this.#open(entry))) };
  }

  /** The row that a request names: one of a container, or an expression. */
  entry(args: Fields): Entry {
    const name = args.text('name');
    const reference = args.optionalInteger('variablesReference', numbers) ?? 0;
    if (reference === 0) return this.expression(name, args);
    const found = this.#containers
      .get(reference)()
      .find((each) => each.name === name);
    if (found === undefined) throw new Refusal(`no variable ${name} there`);
    return found;
  }

  setVariable(args: Fields): Body<DebugProtocol.SetVariableResponse> {
    args.integer('variablesReference', { min: 1, max: numbers.max });
    return this.#assign(this.entry(args), args.text('value'), () => this.entry(args));
  }

  setExpression(args: Fields): Body<DebugProtocol.SetExpressionResponse> {
    const name = args.text('expression');
    const again = (): Entry => this.expression(name, args);
    return this.#assign(again(), args.text('value'), again);
  }

  #assign(entry: Entry, value: string, again: () => Entry): Omit<Variable, 'name'> {
    const problem = entry.assign(value);
    if (problem !== undefined) throw new Refusal(problem);
    this.#stacks.clear();
    const { name: _, ...rest } = variableOf(again(), 0);
    return { ...rest, variablesReference: this.#open(again()) };
  }

  evaluate(args: Fields): Body<DebugProtocol.EvaluateResponse> {
    const entry = this.expression(args.text('expression'), args);
    const { value, type, memoryReference } = entry;
    const { indexedVariables } = variableOf(entry, 0);
    return {
      result: value,
      type,
      memoryReference,
      indexedVariables,
      variablesReference: this.#open(entry),
    };
  }

  /** The value of an expression in the frame that a request names. */
  expression(expression: string, args: Fields): Entry {
    const id = args.optionalInteger('frameId', numbers);
    const frame = id === undefined || id === 0 ? undefined : this.#frameAt(this.#frames.get(id));
    const found = this.#debugger.evaluate(expression, frame);
    if (!found.ok) throw new Refusal(found.problem);
    return entryOf(found.value);
  }

  #open({ parts }: Entry): number {
    return parts === undefined ? 0 : this.#containers.add(parts);
  }

  #stack(thread: number): readonly StackFrame[] {
    let stack = this.#stacks.get(thread);
    if (stack === undefined) {
      const isCurrent = thread === this.currentThread();
      stack = this.#debugger.frames(isCurrent ? undefined : thread - 1, FRAME_LIMIT);
      this.#stacks.set(thread, stack);
    }
    return stack;
  }

  #frame(thread: number, frame: StackFrame): Wire<DebugProtocol.StackFrame> {
    const { file, line, column } = frame;
    const isKernel = frame.module === undefined;
    const module = this.#debugger
      .objects()
      .find(({ id, name }) => (isKernel ? id === undefined : name === frame.module));
    return {
      id: this.#frames.add({ thread, index: frame.index }),
      name: nameOf(frame),
      source: file === undefined ? undefined : this.#sources.source(file, isKernel),
      line: line === undefined ? 0 : line - 1 + this.#client.firstLine,
      column: column === undefined ? 0 : column - 1 + this.#client.firstColumn,
      instructionPointerReference: formatAddr(frame.pc),
      moduleId: module === undefined ? undefined : moduleId(module),
    };
  }
}

type Variable = Body<DebugProtocol.SetVariableResponse> & { readonly name: string };
type Scope = Wire<DebugProtocol.Scope>;
type Groups = Parameters<typeof registerEntries>[2];

/** "hello_add", "hello_add+0x8" where no line says where in it, or the address. */
function nameOf({ function: name, offset, line, pc, inlined, interrupted }: StackFrame): string {
  const place =
    name === undefined
      ? formatAddr(pc)
      : line === undefined && offset
        ? `${name}+0x${offset.toString(16)}`
        : name;
  return `${place}${inlined ? ' [inlined]' : ''}${interrupted ? ' [interrupted]' : ''}`;
}
