// What names mean in a frame: its variables first, then what the objects define, the
// frame's own object before the others.

import type { Scope } from './expression.ts';
import type { DebugInfo, Frame, Variable } from './model.ts';
import { bytesOf } from './pieces.ts';
import { plainType } from './plain-types.ts';
import { readVariable, resultValue, type Value } from './value.ts';

export interface ScopeRequest {
  /** The debug information of the frame's object first; others for their globals. */
  readonly infos: readonly DebugInfo[];
  readonly frame: Frame;
  readonly wordBytes: 4 | 8;
  /**
   * Which function at frame.pc: 0 the function itself, n the n-th of inlinedAt();
   * undefined: the innermost.
   */
  readonly inlineDepth?: number | undefined;
  /** A register by name, as an unsigned number of so many bytes. */
  register(
    name: string,
  ): { readonly value: bigint; readonly bytes: 4 | 8; readonly pointer: boolean } | undefined;
  symbol(name: string): bigint | undefined;
}

export function scopeOf(request: ScopeRequest): Scope {
  const { infos, frame, wordBytes } = request;
  const { memory, pc } = frame;
  const first = <T>(find: (info: DebugInfo) => T | undefined): T | undefined => {
    for (const info of infos) {
      const found = find(info);
      if (found !== undefined) return found;
    }
    return undefined;
  };
  return {
    wordBytes,
    memory,
    variable: (name) => {
      const found =
        infos[0]?.variablesAt(pc).find((each) => each.name === name && isSeen(each, request)) ??
        first((info) => info.globalNamed(name)[0]);
      return found && readVariable(found, frame);
    },
    register: (name) => registerValue(name, request),
    function: (name) =>
      first((info) => {
        const [found] = info.functionNamed(name);
        return found && { address: found.entry, type: found.type };
      }),
    symbol: request.symbol,
    enumerator: (name) => first((info) => info.enumeratorNamed(name)),
    type: (name) => first((info) => info.typeNamed(name, pc)) ?? plainType(name, wordBytes),
  };
}

/** Whether the variable is one of the selected function's, or of the whole unit. */
export function isSeen(
  { kind, inlineDepth }: Variable,
  { infos, frame, inlineDepth: wanted }: Pick<ScopeRequest, 'infos' | 'frame' | 'inlineDepth'>,
): boolean {
  if (kind === 'global') return true;
  return inlineDepth === (wanted ?? infos[0]?.inlinedAt(frame.pc).length ?? 0);
}

function registerValue(
  name: string,
  { register, frame, wordBytes }: ScopeRequest,
): Value | undefined {
  const found = register(name);
  if (found === undefined) return undefined;
  const { value, bytes, pointer } = found;
  const number = plainType(bytes === 8 ? 'long long' : 'int', wordBytes);
  const to = { kind: 'void' } as const;
  const type = pointer ? ({ kind: 'pointer', bytes, to } as const) : (number ?? to);
  return {
    ...resultValue(type, bytesOf(value, bytes), frame.memory),
    place: { kind: 'named register', name },
  };
}
