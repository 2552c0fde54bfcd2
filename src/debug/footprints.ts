// Instructions of the past, and where among them a source line began.

import type { Addr } from '../base/address.ts';
import type { Position } from '../machine/stop.ts';
import type { Looking } from './looking.ts';

/** An instruction of the past: where it stood before it was executed. */
export interface Footprint {
  readonly position: Position;
  readonly sp: Addr;
  /** In the handler of an interrupt that came between. */
  readonly aside?: boolean;
}

/**
 * Where to go for one line back: inside of a line to its beginning, at its beginning to
 * that of the line before.
 *
 * @param prints oldest first, up to now
 * @param now the PC
 * @returns an index; 0 may be in the middle of a line that began earlier
 */
export function lineStart(
  prints: readonly Footprint[],
  now: Addr,
  look: Pick<Looking, 'lineAt' | 'functionAt'>,
): number | undefined {
  const lineOf = lineNames(look);
  const at = (i: number): string | undefined => {
    const print = prints[i];
    return print && lineOf(print.position.pc);
  };
  const last = prints.length - 1;
  const current = lineOf(now);
  let i = last;
  while (i >= 0 && at(i) === current) i--;
  if (i < last) return i + 1;
  while (i >= 0 && at(i) === undefined) i--;
  if (i < 0) return undefined;
  const before = at(i);
  while (i >= 0 && at(i) === before) i--;
  return i + 1;
}

/** A name for the line of an address; undefined: it has none. */
function lineNames(look: Pick<Looking, 'lineAt' | 'functionAt'>): (pc: Addr) => string | undefined {
  const names = new Map<Addr, string | undefined>();
  return (pc) => {
    if (!names.has(pc)) {
      const line = look.lineAt(pc);
      const known = line !== undefined && line.line !== 0;
      const name = `${look.functionAt(pc)?.entry} ${line?.file}:${line?.line}`;
      names.set(pc, known ? name : undefined);
    }
    return names.get(pc);
  };
}
