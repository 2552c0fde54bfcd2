// What initialize tells each side of the other: how the client counts lines and what
// it understands, and what this adapter can do.

import type { DebugProtocol } from '@vscode/debugprotocol';
import { type Fields, Refusal } from './fields.ts';
import type { Wire } from './protocol.ts';

export interface Client {
  /** What its first line is called: 0 or 1; ours is 1. */
  readonly firstLine: number;
  readonly firstColumn: number;
  readonly memoryEvents: boolean;
  readonly invalidatedEvents: boolean;
}

/** @throws Refusal for a client that names files in a way we do not know */
export function clientOf(args: Fields): Client {
  const format = args.optionalText('pathFormat') ?? 'path';
  if (format !== 'path')
    throw new Refusal(`initialize.pathFormat: found "${format}", wanted "path"`);
  return {
    firstLine: args.flag('linesStartAt1', true) ? 1 : 0,
    firstColumn: args.flag('columnsStartAt1', true) ? 1 : 0,
    memoryEvents: args.flag('supportsMemoryEvent', false),
    invalidatedEvents: args.flag('supportsInvalidatedEvent', false),
  };
}

/** The names of the events that can be made to stop the guest. */
export const FILTERS = { exceptions: 'oops', modules: 'modules' } as const;

/**
 * What is not here on purpose: supportsSingleThreadExecutionRequests, for the guest's
 * kernel decides which of its threads runs.
 */
export const capabilities: Wire<DebugProtocol.Capabilities> = {
  supportsConfigurationDoneRequest: true,
  supportsFunctionBreakpoints: true,
  supportsConditionalBreakpoints: true,
  supportsHitConditionalBreakpoints: true,
  supportsLogPoints: true,
  supportsInstructionBreakpoints: true,
  supportsDataBreakpoints: true,
  supportsDataBreakpointBytes: true,
  supportsDisassembleRequest: true,
  supportsSteppingGranularity: true,
  supportsStepBack: true,
  supportsReadMemoryRequest: true,
  supportsWriteMemoryRequest: true,
  supportsEvaluateForHovers: true,
  supportsCompletionsRequest: true,
  supportsClipboardContext: true,
  supportsSetVariable: true,
  supportsSetExpression: true,
  supportsModulesRequest: true,
  supportsLoadedSourcesRequest: true,
  supportsExceptionInfoRequest: true,
  supportsDelayedStackTraceLoading: true,
  supportsRestartRequest: true,
  supportsTerminateRequest: true,
  supportTerminateDebuggee: true,
  exceptionBreakpointFilters: [
    {
      filter: FILTERS.exceptions,
      label: 'Faults (oops)',
      description: 'Stops at the faulting instruction, before the guest kernel has handled it',
      default: true,
    },
    {
      filter: FILTERS.modules,
      label: 'Modules loaded or unloaded',
      description: 'Stops when a module is linked at its addresses and nothing of it has run',
      default: false,
    },
  ],
  additionalModuleColumns: [
    { attributeName: 'sections', label: 'Sections', format: undefined, type: 'string', width: 40 },
  ],
};
