// Options that verbs with a machine have: --arch, --path, --ram, --watchdog, --missing.

import { statSync } from 'node:fs';
import { type Arch, archNames } from '../arch/arch.ts';
import { architectures } from '../arch/registry.ts';
import type { MissingSymbols } from '../kernel/missing.ts';
import { RAM_UNIT } from '../machine/options.ts';
import { UsageError } from './errors.ts';
import { meant, numberOption } from './options.ts';

export function archNamed(text: string | undefined): Arch | undefined {
  if (text === undefined) return undefined;
  const name = archNames.find((each) => each === text);
  if (name !== undefined) return architectures[name];
  throw new UsageError(`--arch: no ${text}: ${archNames.join(', ')}${meant(text, archNames)}`);
}

export function folderNamed(path: string): string {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) return path;
  throw new UsageError(`--path ${path}: no such folder`);
}

/** Bytes. */
export function ramNamed(text: string | undefined): number | undefined {
  const ram = numberOption('ram', text, { min: 8, max: 1024, unit: 'MiB' });
  if (ram === undefined) return undefined;
  const unit = RAM_UNIT >> 20;
  if (ram % unit !== 0) throw new UsageError(`--ram is ${ram}, wanted a multiple of ${unit} MiB`);
  return ram << 20;
}

/** Virtual nanoseconds. */
export function watchdogNamed(text: string | undefined): number | undefined {
  const limits = { min: 0.001, max: 86_400, unit: 'seconds of virtual time' };
  const watchdog = numberOption('watchdog', text, limits);
  return watchdog === undefined ? undefined : Math.round(watchdog * 1e9);
}

/** What becomes of Linux modules that use symbols nobody has. */
export function missingNamed(text: string | undefined, usual: MissingSymbols): MissingSymbols {
  if (text === undefined) return usual;
  if (text === 'refuse' || text === 'trap') return text;
  throw new UsageError(`--missing is "${text}", wanted refuse or trap`);
}
