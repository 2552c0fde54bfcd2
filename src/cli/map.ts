// modbox map: where everything in an object would lie; nothing is run.

import type { Arch } from '../arch/arch.ts';
import { type Addr, addr } from '../base/address.ts';
import { UsageError } from './errors.ts';
import { readInput } from './input.ts';
import { jsonText } from './json.ts';
import { mapOf } from './map-facts.ts';
import { mapJson } from './map-json.ts';
import { mapText } from './map-text.ts';
import { parseOptions } from './options.ts';
import type { Terminal } from './terminal.ts';
import { STATUS, type Status, type Verb } from './verb.ts';

const help = `modbox map FILE [--base ADDRESS] [--json]

Prints the link map of a module: its segments and their sections with addresses
and sizes, its linker sets, its symbols by address, the relocations of each section
and the undefined symbols. The same module at the same base gives the same text.

  --base ADDRESS   where the first segment begins, a multiple of 4096; default: where
                   the guest kernel of its architecture puts modules
  --json           one JSON document instead of text

Exit status: 0; 1 it does not link at this base; 2 it cannot be read.
`;

const table = {
  base: { type: 'string' },
  json: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

async function map(args: readonly string[], terminal: Terminal): Promise<Status> {
  const { values, positionals } = parseOptions('map', args, table);
  if (values.help) {
    terminal.out(help);
    return STATUS.ok;
  }
  const [path, ...more] = positionals;
  if (path === undefined || more.length > 0)
    throw new UsageError('map: name one file; see modbox help map');
  const input = readInput(path);
  const found = mapOf(input, baseNamed(values.base, input.arch));
  terminal.out(values.json ? jsonText(mapJson(found, path)) : mapText(found));
  return found.problems.length === 0 ? STATUS.ok : STATUS.failed;
}

const PAGE = 4096n;

function baseNamed(text: string | undefined, arch: Arch): Addr {
  if (text === undefined) return arch.map.modulesStart;
  const limit = 1n << BigInt(arch.wordBytes * 8);
  const value = /^(0x[0-9a-f]+|\d+)$/i.test(text) ? BigInt(text) : -1n;
  if (value >= 0n && value < limit && value % PAGE === 0n) return addr(value);
  throw new UsageError(
    `--base is "${text}", wanted a multiple of ${PAGE} below 0x${limit.toString(16)}`,
  );
}

export const mapVerb: Verb = {
  name: 'map',
  summary: 'print the link map of a module: segments, sections, symbols, sets',
  help,
  run: map,
};
