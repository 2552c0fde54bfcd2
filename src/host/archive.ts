// Files that hold others, on this host: what is in them, and which one a name
// such as "pkg.deb:crc7.ko" means.  The last few archives stay open, because
// unpacking a kernel package takes seconds and what it requires is in it too.

import { readFileSync, statSync } from 'node:fs';
import { type Result, refuse, succeed } from '../base/result.ts';
import { type Member, type Opened, openContainer } from '../container/open.ts';
import type { ContainerProblem } from '../container/problems.ts';
import { isModuleName, moduleNameOf, sameModule } from '../flavour/names.ts';
import type { ObjectFile } from '../kernel/files.ts';
import { nearestNames } from '../linker/nearest.ts';

export interface Archive {
  readonly path: string;
  readonly format: 'deb' | 'tar' | 'ar';
  /** What has the name of a module, compressed or not; by path. */
  readonly modules: readonly Member[];
}

/** Larger files are no modules, and no packages of them. */
export const FILE_LIMIT: number = 512 << 20;
const KEPT = 2;

interface Kept {
  readonly path: string;
  readonly bytes: number;
  readonly changed: number;
  readonly opened: Opened;
}

let kept: readonly Kept[] = [];

/** Reads and opens a file. @throws what node:fs throws */
export function openFile(path: string): Result<Opened, ContainerProblem> {
  const { size: bytes, mtimeMs: changed } = statSync(path);
  const known = kept.find(
    (each) => each.path === path && each.bytes === bytes && each.changed === changed,
  );
  if (known !== undefined) return succeed(known.opened);
  const opened = openContainer(readFileSync(path));
  if (opened.ok && opened.value.kind === 'archive')
    kept = [{ path, bytes, changed, opened: opened.value }, ...kept].slice(0, KEPT);
  return opened;
}

/** "pkg.deb:lib/crc7.ko" is a file and a member of it; most names are a file. */
export function splitName(name: string): { readonly path: string; readonly member?: string } {
  if (isFile(name)) return { path: name };
  for (let colon = name.indexOf(':'); colon >= 0; colon = name.indexOf(':', colon + 1)) {
    const path = name.slice(0, colon);
    if (colon + 1 < name.length && isFile(path)) return { path, member: name.slice(colon + 1) };
  }
  return { path: name };
}

export function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}

export function archiveOf(path: string, opened: Opened): Archive | undefined {
  if (opened.kind !== 'archive') return undefined;
  const { format, members } = opened;
  const modules = members.filter(({ name }) => isModuleName(name));
  // Archives keep the order of a folder on some disk, which means nothing.
  return { path, format, modules: modules.toSorted((a, b) => (a.name < b.name ? -1 : 1)) };
}

/** The module that `wanted` means; the only one when that is undefined. */
export function memberOf(
  archive: Archive,
  wanted: string | undefined,
): Result<Member, ContainerProblem> {
  const { modules } = archive;
  const found = wanted === undefined ? modules : matching(modules, wanted);
  const [only] = found;
  if (only !== undefined && found.length === 1) return succeed(only);
  if (only !== undefined || wanted === undefined)
    return refuse([{ kind: 'which-member', wanted, matches: found.map(({ name }) => name) }]);
  const names = new Set(modules.map(({ name }) => name.slice(name.lastIndexOf('/') + 1)));
  const nearest = nearestNames(wanted, [...names]);
  return refuse([{ kind: 'no-member', wanted, members: modules.length, nearest }]);
}

/** By whole path, else by the end of it, else by the module's name. */
function matching(modules: readonly Member[], wanted: string): readonly Member[] {
  const path = wanted.replace(/^(\.?\/+)+/, '');
  const whole = modules.filter(({ name }) => name === path);
  if (whole.length > 0) return whole;
  const tail = modules.filter(({ name }) => name.endsWith(`/${path}`));
  if (tail.length > 0 || path.includes('/')) return tail;
  return modules.filter(({ name }) => sameModule(moduleNameOf(name), moduleNameOf(path)));
}

/** The module itself, undone of its own compression. */
export function fileOfMember(archive: Archive, member: Member): ObjectFile {
  const name = `${archive.path}:${member.name}`;
  const opened = openContainer(member.bytes);
  if (!opened.ok) return damaged(name, opened.problems);
  if (opened.value.kind === 'file') return { name, bytes: opened.value.bytes };
  return damaged(name, [{ kind: 'too-deep', limit: 1 }]);
}

/** A file without bytes, and why. */
export function damaged(name: string, [problem]: readonly ContainerProblem[]): ObjectFile {
  return { name, bytes: new Uint8Array(), ...(problem === undefined ? {} : { problem }) };
}
