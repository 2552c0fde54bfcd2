// The command line of `modbox debug`.  -x and -ex are gdb's, and their order counts.

import type { Arch } from '../arch/arch.ts';
import { UsageError } from './errors.ts';
import { archNamed, folderNamed, ramNamed, watchdogNamed } from './machine-options.ts';
import { parseOptions } from './options.ts';

/** Something to do before the prompt. */
export type Step =
  | { readonly kind: 'command'; readonly text: string }
  | { readonly kind: 'script'; readonly path: string };

export interface DebugOptions {
  readonly file: string | undefined;
  readonly arch: Arch | undefined;
  readonly steps: readonly Step[];
  readonly batch: boolean;
  readonly keepGoing: boolean;
  readonly sourcePath: readonly string[];
  readonly sourceMap: readonly (readonly [string, string])[];
  readonly searchPath: readonly string[];
  readonly ramBytes: number | undefined;
  readonly watchdogNs: number | undefined;
  /** A recording to go on from, instead of a module. */
  readonly replay: string | undefined;
  readonly help: boolean;
}

const table = {
  arch: { type: 'string' },
  batch: { type: 'boolean' },
  'keep-going': { type: 'boolean' },
  'source-path': { type: 'string', multiple: true },
  'source-map': { type: 'string', multiple: true },
  path: { type: 'string', multiple: true },
  ram: { type: 'string' },
  replay: { type: 'string' },
  watchdog: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const;

export function parseDebugOptions(args: readonly string[]): DebugOptions {
  const { steps, rest } = takeSteps(args);
  const { values, positionals } = parseOptions('debug', rest, table);
  const [file, ...more] = positionals;
  if (more.length > 0)
    throw new UsageError(`debug: one module; ${more[0]} can be loaded by the command load`);
  const arch = archNamed(values.arch);
  const help = values.help ?? false;
  const { replay } = values;
  if (replay !== undefined && (file ?? arch) !== undefined)
    throw new UsageError('debug: a recording has its modules and its architecture');
  if (file === undefined && arch === undefined && replay === undefined && !help)
    throw new UsageError('debug: name the file of a module, or an --arch; see modbox help debug');
  return {
    ...{ file, arch, steps, replay, help },
    batch: values.batch ?? false,
    keepGoing: values['keep-going'] ?? false,
    sourcePath: (values['source-path'] ?? []).map(folderNamed),
    sourceMap: (values['source-map'] ?? []).map(mapNamed),
    searchPath: (values.path ?? []).map(folderNamed),
    ramBytes: ramNamed(values.ram),
    watchdogNs: watchdogNamed(values.watchdog),
  };
}

/** Takes what parseArgs does not know: an option of one hyphen and two letters. */
function takeSteps(args: readonly string[]): { steps: Step[]; rest: string[] } {
  const steps: Step[] = [];
  const rest: string[] = [];
  for (let i = 0; i < args.length; i++) {
    const word = args[i] ?? '';
    if (word !== '-x' && word !== '-ex') {
      rest.push(word === '-batch' ? '--batch' : word);
      continue;
    }
    const value = args[++i];
    if (value === undefined) throw new UsageError(`debug: ${word} needs an argument`);
    steps.push(word === '-x' ? { kind: 'script', path: value } : { kind: 'command', text: value });
  }
  return { steps, rest };
}

function mapNamed(text: string): readonly [string, string] {
  const at = text.indexOf('=');
  if (at > 0) return [text.slice(0, at), text.slice(at + 1)];
  throw new UsageError(`--source-map is "${text}", wanted FROM=TO`);
}
