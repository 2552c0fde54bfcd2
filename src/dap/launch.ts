// What to debug: the members of a launch configuration (launch.json), and what the
// host makes of them.

import type { ArchName } from '../arch/arch.ts';
import { archNames } from '../arch/arch.ts';
import type { Result } from '../base/result.ts';
import type { Debugger } from '../debug/model.ts';
import type { ObjectFile } from '../kernel/files.ts';
import { type Fields, Refusal } from './fields.ts';
import type { SourceFinder } from './sources.ts';

export interface LaunchOptions {
  /** The module's file, or ARCHIVE:MODULE. */
  readonly program: string;
  /** undefined: the module's own. */
  readonly arch: ArchName | undefined;
  /** Folders with modules that it requires. */
  readonly searchPath: readonly string[];
  /** Folders with source files. */
  readonly sourcePath: readonly string[];
  /** What source files begin with as compiled, and as they are here. */
  readonly sourceMap: readonly (readonly [string, string])[];
  /** Stop at nothing: editors' "Run Without Debugging". */
  readonly noDebug: boolean;
  /** Stop at the module's first instruction. */
  readonly stopOnEntry: boolean;
  /** Calls to make once it is loaded: "hello_add(2, 40)". */
  readonly calls: readonly string[];
  /** Unload it at the end. */
  readonly unload: boolean;
  /** Stay when all is done, so that the user can look around. */
  readonly keep: boolean;
  readonly ramMiB: number | undefined;
}

/** A call that a launch configuration asks for. */
export interface Call {
  readonly symbol: string;
  readonly words: readonly bigint[];
}

/** The commands of the terminal debugger, for the debug console. */
export interface Commands {
  /** What a line prints; `ok` is false when that says what is wrong. */
  execute(line: string): Promise<{ readonly ok: boolean; readonly text: string }>;
  /** What the last word of a line may become. */
  complete(line: string): { readonly candidates: readonly string[]; readonly word: string };
}

/** A guest that is booted, with nothing loaded. */
export interface Opened {
  readonly debugger: Debugger;
  readonly file: ObjectFile;
  readonly calls: readonly Call[];
  readonly sources: SourceFinder;
  readonly commands: Commands;
}

/** Boots a guest for a launch; the problems are sentences for the user. */
export type Open = (options: LaunchOptions) => Promise<Result<Opened, string>>;

/** @throws Refusal for a configuration that cannot be meant */
export function launchOptions(args: Fields): LaunchOptions {
  return {
    program: args.text('program'),
    arch: archOf(args.optionalText('arch')),
    searchPath: args.texts('searchPath'),
    sourcePath: args.texts('sourcePath'),
    sourceMap: args.pairs('sourceMap'),
    noDebug: args.flag('noDebug', false),
    stopOnEntry: args.flag('stopOnEntry', false),
    calls: args.texts('calls'),
    unload: args.flag('unload', true),
    keep: args.flag('keep', false),
    ramMiB: args.optionalInteger('ram', { min: 4, max: 1024 }),
  };
}

function archOf(name: string | undefined): ArchName | undefined {
  const found = archNames.find((each) => each === name);
  if (name !== undefined && found === undefined)
    throw new Refusal(`arch: found "${name}", wanted ${archNames.join(', ')}`);
  return found;
}
