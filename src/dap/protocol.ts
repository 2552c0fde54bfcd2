// The protocol's messages as we write them.  The types are Microsoft's; what they
// call optional may be undefined here, since JSON leaves it out.

import type { DebugProtocol } from '@vscode/debugprotocol';

/** T with `undefined` for members that need not be there, at any depth. */
export type Wire<T> = T extends readonly (infer E)[]
  ? readonly Wire<E>[]
  : T extends object
    ? {
        readonly [K in keyof T]: object extends Pick<T, K>
          ? Wire<Exclude<T[K], undefined>> | undefined
          : Wire<T[K]>;
      }
    : T;

export type Body<R extends { body?: unknown }> = Wire<NonNullable<R['body']>>;

export type Source = Wire<DebugProtocol.Source>;
export type Variable = Wire<DebugProtocol.Variable>;
export type ProtocolBreakpoint = Wire<DebugProtocol.Breakpoint>;

/** What the events that we send tell. */
export interface EventBodies {
  readonly initialized: undefined;
  readonly stopped: Body<DebugProtocol.StoppedEvent>;
  readonly continued: Body<DebugProtocol.ContinuedEvent>;
  readonly exited: Body<DebugProtocol.ExitedEvent>;
  readonly terminated: undefined;
  readonly output: Body<DebugProtocol.OutputEvent>;
  readonly breakpoint: Body<DebugProtocol.BreakpointEvent>;
  readonly module: Body<DebugProtocol.ModuleEvent>;
  readonly loadedSource: Body<DebugProtocol.LoadedSourceEvent>;
  readonly memory: Body<DebugProtocol.MemoryEvent>;
  readonly invalidated: Body<DebugProtocol.InvalidatedEvent>;
}

/** Tells the client something that it has not asked for. */
export type Emit = <E extends keyof EventBodies>(event: E, body: EventBodies[E]) => void;
