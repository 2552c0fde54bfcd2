// Where a breakpoint goes: what people write, as addresses of the objects that are
// present.  A function's name means behind its prologue, where its parameters are; a
// line means each place where the compiler put it.

import { type Addr, addr } from '../base/address.ts';
import type { LineStart } from '../dwarf/model.ts';
import type { BreakpointPlace } from './model.ts';
import type { SourceObject } from './source-object.ts';
import type { Sources } from './sources.ts';

export interface ResolvedLocation {
  readonly places: readonly BreakpointPlace[];
  /** Why there is no place. */
  readonly problem: string | undefined;
}

export interface LocationContext {
  readonly sources: Sources;
  /** For lines without a file. */
  readonly currentFile: string | undefined;
  /** An address as people write it; a text says what is wrong. */
  readonly evaluate: (expression: string) => bigint | string;
  /** "add+4" */
  readonly nameOf: (address: bigint) => string | undefined;
}

/** @param location see BreakpointSpec */
export function resolveLocation(location: string, context: LocationContext): ResolvedLocation {
  const text = location.trim();
  if (text.startsWith('*')) return atAddress(text.slice(1), context);
  const [, before, after = text] = /^(.*[^:]):([^:]+)$/.exec(text) ?? [];
  if (/^\d+$/.test(after)) {
    const file = before ?? context.currentFile;
    if (file === undefined) return failed('No current file for a line; say FILE:LINE.');
    return atLine(file, Number(after), context);
  }
  return atName(before, after, context);
}

function atAddress(expression: string, context: LocationContext): ResolvedLocation {
  const value = context.evaluate(expression);
  if (typeof value === 'string') return failed(value);
  const address = addr(value);
  const object = context.sources.at(address);
  return { places: [placeAt(address, object, context)], problem: undefined };
}

function atLine(file: string, line: number, context: LocationContext): ResolvedLocation {
  const objects = context.sources.all();
  const places = objects.flatMap((object) =>
    (object.info?.addressesOf(file, line) ?? []).map((start) => placeOfLine(start, object)),
  );
  if (places.length > 0) return { places, problem: undefined };
  const name = file.slice(file.lastIndexOf('/') + 1);
  const isKnown = objects.some((object) =>
    object.info?.files().some((each) => each === name || each.endsWith(`/${name}`)),
  );
  return failed(
    isKnown
      ? `No line ${line} in file "${file}".`
      : `No source file named ${file} in ${described(objects)}; pending.`,
  );
}

function placeOfLine(start: LineStart, object: SourceObject): BreakpointPlace {
  const { address, file, line } = start;
  return {
    ...{ address: addr(address), file, line, module: object.view?.name },
    where: `${start.function ?? '?'} at ${file}:${line}`,
  };
}

/** @param scope a module's name, or a source file's; undefined: anywhere */
function atName(
  scope: string | undefined,
  name: string,
  context: LocationContext,
): ResolvedLocation {
  const objects = context.sources.all();
  const module = scope === undefined ? undefined : context.sources.named(scope);
  const file = module === undefined ? scope : undefined;
  const searched = module === undefined ? objects : [module];
  const places = searched.flatMap((object) =>
    startsOf(name, file, object).map((address) => placeAt(address, object, context)),
  );
  if (places.length > 0) return { places, problem: undefined };
  if (module !== undefined) return failed(`No symbol "${name}" in ${module.name}.`);
  const where = file === undefined ? '' : `${file} of `;
  return failed(`No symbol "${name}" in ${where}${described(objects)}; pending.`);
}

/** The addresses behind the prologues of functions so called, and of their inlined copies. */
function startsOf(name: string, file: string | undefined, object: SourceObject): readonly Addr[] {
  const inFile = (declared: string | undefined): boolean =>
    file === undefined || declared === file || declared?.endsWith(`/${file}`) === true;
  const functions = object.info?.functionNamed(name) ?? [];
  const copies = object.info?.inlinedNamed(name) ?? [];
  const starts = [
    ...functions
      .filter(({ declared }) => inFile(declared?.file))
      .map(({ prologueEnd }) => addr(prologueEnd)),
    ...copies.filter(({ declared }) => inFile(declared?.file)).map(({ entry }) => addr(entry)),
  ];
  if (starts.length > 0 || file !== undefined) return starts;
  const symbol = object.symbolNamed(name);
  if (symbol === undefined || !object.isCode(symbol)) return [];
  // Another name of a function: Linux calls every module's start init_module.
  const known = object.info?.functionAt(symbol);
  return [known?.entry === symbol ? addr(known.prologueEnd) : symbol];
}

function placeAt(
  address: Addr,
  object: SourceObject | undefined,
  { nameOf }: LocationContext,
): BreakpointPlace {
  const line = object?.info?.lineAt(address);
  const name = nameOf(address) ?? `0x${address.toString(16)}`;
  const known = line !== undefined && line.line > 0 ? line : undefined;
  return {
    ...{ address, file: known?.file, line: known?.line, module: object?.view?.name },
    where: known === undefined ? name : `${name} at ${known.file}:${known.line}`,
  };
}

function described(objects: readonly SourceObject[]): string {
  const modules = objects.length - 1;
  return `the kernel and ${modules} module${modules === 1 ? '' : 's'}`;
}

function failed(problem: string): ResolvedLocation {
  return { places: [], problem };
}
