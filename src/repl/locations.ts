// Places in the code by what a person types: a function, file:line, a line of the file
// at hand, *address.  The debugger's breakpoints know how; none stays set.

import type { BreakpointPlace } from '../debug/model.ts';
import type { Context } from './context.ts';

/** All places that a location means; a string says why there is none. */
export function locate(context: Context, location: string): readonly BreakpointPlace[] | string {
  const { debugger: guest } = context;
  const spec = { location: inFile(context, location), enabled: false, owner: 'internal' } as const;
  const { id, places, problem } = guest.addBreakpoint(spec);
  guest.removeBreakpoint(id);
  return places.length > 0 ? places : (problem ?? `there is no ${location}`);
}

/** A line number alone is one of the file that is shown. */
export function inFile(context: Context, location: string): string {
  if (!/^\d+$/.test(location)) return location;
  const file = context.listed?.file ?? context.frame?.file;
  return file === undefined ? location : `${file}:${location}`;
}

/** "foo", "foo.c:12 if n > 3" to its parts. */
export function splitCondition(args: string): { location: string; condition: string | undefined } {
  const [, location = '', condition] = /^(.*?)(?:(?:^|\s+)if\b\s*(.*))?$/s.exec(args) ?? [];
  return { location: location.trim(), condition: condition?.trim() || undefined };
}
