// Options of a verb, by node:util's parseArgs; what it refuses becomes one line
// with the name that was probably meant.

import { type ParseArgsConfig, parseArgs } from 'node:util';
import { nearestNames } from '../linker/nearest.ts';
import { UsageError } from './errors.ts';

export type OptionTable = NonNullable<ParseArgsConfig['options']>;

interface Config<T extends OptionTable> {
  args: string[];
  options: T;
  allowPositionals: true;
  strict: true;
  tokens: true;
}

export type Parsed<T extends OptionTable> = ReturnType<typeof parseArgs<Config<T>>>;

export function parseOptions<const T extends OptionTable>(
  verb: string,
  args: readonly string[],
  options: T,
): Parsed<T> {
  try {
    const how = { allowPositionals: true, strict: true, tokens: true } as const;
    return parseArgs({ args: [...args], options, ...how });
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new UsageError(explain(verb, error.message, Object.keys(options)));
  }
}

/** An option that takes a value only as --name=VALUE: alone it has '' and takes no other. */
export function valueIfJoined(name: string, args: readonly string[]): readonly string[] {
  return args.map((arg) => (arg === `--${name}` ? `--${name}=` : arg));
}

function explain(verb: string, message: string, names: readonly string[]): string {
  const unknown = /^Unknown option '(-+[^']*)'/.exec(message)?.[1];
  if (unknown !== undefined)
    return `${verb}: no option ${unknown}${meant(
      unknown,
      names.map((name) => `--${name}`),
    )}`;
  const said = message.split(/[.\n]/, 1).join('');
  return `${verb}: ${said.charAt(0).toLowerCase()}${said.slice(1)}`;
}

/** "; did you mean run?", or where to read when nothing is near. */
export function meant(word: string, names: readonly string[]): string {
  // Two edits are few in a whole command line, many in "run".
  const padding = 'modbox ';
  const [nearest] = nearestNames(
    padding + word,
    names.map((name) => padding + name),
  );
  const begun = names.find((name) => name.startsWith(word));
  const found = begun ?? nearest?.slice(padding.length);
  return found === undefined ? '; see modbox help' : `; did you mean ${found}?`;
}

/** A number option within limits; undefined when it was not given. */
export function numberOption(
  name: string,
  text: string | undefined,
  limits: { readonly min: number; readonly max: number; readonly unit: string },
): number | undefined {
  if (text === undefined) return undefined;
  const value = /^[0-9]+(\.[0-9]+)?$/.test(text) ? Number(text) : Number.NaN;
  if (value >= limits.min && value <= limits.max) return value;
  const range = `${limits.min} to ${limits.max} ${limits.unit}`;
  throw new UsageError(`--${name} is "${text}", wanted ${range}`);
}
