// modbox info: what an object is, without running it.

import type { Arch } from '../arch/arch.ts';
import type { Archive } from '../host/archive.ts';
import { MissingAssetError, readKernelImage } from '../host/assets.ts';
import { archiveNamed } from '../host/disk.ts';
import { readImage } from '../kernel/image.ts';
import { UsageError } from './errors.ts';
import { archiveJson, archiveText } from './info-archive.ts';
import { factsOf, type KernelExports } from './info-facts.ts';
import { infoJson } from './info-json.ts';
import { infoText } from './info-text.ts';
import { readInput } from './input.ts';
import { jsonText } from './json.ts';
import { parseOptions } from './options.ts';
import type { Terminal } from './terminal.ts';
import { STATUS, type Status, type Verb } from './verb.ts';

const help = `modbox info FILE[:MODULE] [--all] [--json]

Says what an object is without running it: machine, kind of module, what it
requires and exports, segments, relocations, undefined symbols and whether the
guest kernel has them, and what would keep it from being loaded. FILE may be
compressed (.xz .zst .gz), or a package (.deb) or tar archive: then MODULE is one
in it, by its name or path, and without one all are listed.

  --all    every exported and undefined name
  --json   one JSON document instead of text

Exit status: 0; 1 it would not load; 2 it cannot be read.
`;

const table = {
  all: { type: 'boolean' },
  json: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

async function info(args: readonly string[], terminal: Terminal): Promise<Status> {
  const { values, positionals } = parseOptions('info', args, table);
  if (values.help) {
    terminal.out(help);
    return STATUS.ok;
  }
  const [path, ...more] = positionals;
  if (path === undefined || more.length > 0)
    throw new UsageError('info: name one file; see modbox help info');
  const archive = openedArchive(path);
  if (archive !== undefined && archive.modules.length !== 1) {
    terminal.out(values.json ? jsonText(archiveJson(archive)) : archiveText(archive));
    return STATUS.ok;
  }
  const input = readInput(path);
  const facts = factsOf(input, kernelExports(input.arch));
  const { style } = terminal;
  terminal.out(
    values.json ? jsonText(infoJson(facts)) : infoText(facts, { all: values.all ?? false, style }),
  );
  return facts.problems.length === 0 ? STATUS.ok : STATUS.failed;
}

/** An archive without the name of a member; readInput() says what is wrong. */
function openedArchive(path: string): Archive | undefined {
  try {
    return archiveNamed(path);
  } catch {
    return undefined;
  }
}

/** What the guest kernel offers, if set-up has built it. */
function kernelExports(arch: Arch): KernelExports | undefined {
  try {
    const image = readImage(readKernelImage(arch.name), arch);
    if (!image.ok) return undefined;
    const { exports, linuxExports } = image.value;
    const native = new Set(exports.keys());
    const linux = new Set(linuxExports.keys());
    return (flavour) => (flavour === 'linux' ? linux : native);
  } catch (error) {
    if (error instanceof MissingAssetError) return undefined;
    throw error;
  }
}

export const infoVerb: Verb = {
  name: 'info',
  summary: 'say what an object is, without running it',
  help,
  run: info,
};
