// The test module test/modules/chameleon: one object that becomes whatever a test
// needs, by overwriting its name, its requirements and its actions in its bytes.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ArchName } from '../../src/arch/arch.ts';
import { MissingAssetError, root } from '../../src/host/assets.ts';
import type { ObjectFile } from '../../src/kernel/files.ts';

/** By number as in the enum of chameleon.c. */
const actions = [
  ...['nothing', 'refuse', 'nullderef', 'wildjump', 'undefined', 'breakpoint', 'syscall'],
  ...['divide', 'writetext', 'writerodata', 'execdata', 'overflow', 'spin', 'spinmasked'],
  ...['leak', 'panic', 'assertion', 'modctl', 'freetwice'],
] as const;
export type Action = (typeof actions)[number];

export function actionNumber(action: Action): number {
  return actions.indexOf(action);
}

export interface Chameleon {
  readonly name?: string;
  readonly requires?: string;
  readonly init?: Action;
  readonly fini?: Action;
}

const NAME = 'NAME-OF-THE-CHAMELEON-MODULE';
const REQUIRED = 'REQUIRED-BY-THE-CHAMELEON-MODULE';
const MAGIC = 0x4c45_4d41;

/** A module of test/modules, as set-up compiled it. */
export function testModule(arch: ArchName, module: string): Uint8Array {
  const path = join(root, 'build', 'test-modules', arch, `${module}.ko`);
  try {
    return readFileSync(path);
  } catch {
    throw new MissingAssetError(`the test module ${module}`, path);
  }
}

/** An object file of the wanted kind, called `<name>.ko`. */
export function chameleon(arch: ArchName, wanted: Chameleon = {}): ObjectFile {
  const { name = 'chameleon', requires = '', init = 'nothing', fini = 'nothing' } = wanted;
  const bytes = Uint8Array.from(testModule(arch, 'chameleon'));
  replaceText(bytes, NAME, name);
  replaceText(bytes, REQUIRED, requires);
  const magic = Uint8Array.of(
    MAGIC & 0xff,
    (MAGIC >> 8) & 0xff,
    (MAGIC >> 16) & 0xff,
    MAGIC >>> 24,
  );
  const at = Buffer.from(bytes.buffer).indexOf(magic);
  if (at < 0) throw new Error('chameleon.ko has no actions');
  const view = new DataView(bytes.buffer);
  view.setUint32(at + 4, actionNumber(init), true);
  view.setUint32(at + 8, actionNumber(fini), true);
  return { name: `${name}.ko`, bytes };
}

/** The new text in place of the old one, with NULs to its length. */
function replaceText(bytes: Uint8Array, from: string, to: string): void {
  const at = Buffer.from(bytes.buffer).indexOf(from);
  if (at < 0 || to.length > from.length) throw new Error(`cannot put ${to} in place of ${from}`);
  bytes.fill(0, at, at + from.length);
  bytes.set(new TextEncoder().encode(to), at);
}
