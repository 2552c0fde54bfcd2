// illumos modules, described.  They are known by the functions _init, _info and
// _fini; what they require stands in a dynamic section, which theirs have although
// they are relocatable, or in a string called _depends_on.
// uts/common/sys/modctl.h and uts/common/os/kobj.c of illumos

import type { LinkArch } from '../arch/link-arch.ts';
import { cString, readUnsigned, viewOf } from '../base/bytes.ts';
import { contentOf, type ElfObject } from '../object/elf/model.ts';
import { followPointer, type Pointers, type Spot, stringAt, wordAt } from './pointers.ts';
import { RelocationIndex } from './relocation-index.ts';
import { definedSymbol } from './symbol-search.ts';

export interface IllumosModule {
  readonly flavour: 'illumos';
  /** Of _init, _info and _fini, those that are there. */
  readonly entries: readonly string[];
  /** "misc/foo", "drv/$CPU/x". */
  readonly required: readonly string[];
  /** What modlinkage lists: "a null device driver"; undefined: no modlinkage. */
  readonly linkage: readonly string[] | undefined;
}

const SHT_DYNAMIC = 6;
const DT_NULL = 0n;
const DT_NEEDED = 1n;
const MOST = 1024;
const MOST_TEXT = 4096;

const entryNames = ['_init', '_info', '_fini'] as const;

/** Both _init and _info are functions of it. */
export function isIllumos(object: ElfObject): boolean {
  return ['_init', '_info'].every((name) => definedSymbol(object, name)?.isFunction === true);
}

export function describeIllumos(object: ElfObject, arch: LinkArch): IllumosModule {
  const pointers: Pointers = { object, arch, relocations: new RelocationIndex(object) };
  return {
    flavour: 'illumos',
    entries: entryNames.filter((name) => definedSymbol(object, name) !== undefined),
    required: [...neededIn(object, arch), ...dependsOn(object)],
    linkage: linkageOf(pointers),
  };
}

function neededIn(object: ElfObject, { wordBytes }: LinkArch): readonly string[] {
  const needed: string[] = [];
  for (const section of object.sections) {
    if (section.type !== SHT_DYNAMIC) continue;
    const view = viewOf(contentOf(object, section));
    // Assemblers leave sh_link empty.
    const strings =
      object.sections[section.link || object.sections.findIndex(({ name }) => name === '.dynstr')];
    for (let at = 0; at + 2 * wordBytes <= view.byteLength && needed.length < MOST; ) {
      const tag = readUnsigned(view, at, wordBytes);
      const value = readUnsigned(view, at + wordBytes, wordBytes);
      at += 2 * wordBytes;
      if (tag === DT_NULL) break;
      if (tag !== DT_NEEDED || strings === undefined) continue;
      const name =
        value < BigInt(strings.size) && cString(contentOf(object, strings), Number(value));
      if (name) needed.push(name);
    }
  }
  return needed;
}

/** The older way: names with spaces between them. */
function dependsOn(object: ElfObject): readonly string[] {
  const spot = definedSymbol(object, '_depends_on')?.spot;
  const text = spot && stringAt(object, spot, MOST_TEXT);
  return (text ?? '').split(' ').filter((name) => name !== '');
}

/** struct modlinkage { int rev; void *linkage[]; }, of structures { ops; char *info; ... }. */
function linkageOf(pointers: Pointers): readonly string[] | undefined {
  const { object, arch } = pointers;
  const start = definedSymbol(object, 'modlinkage')?.spot;
  if (start === undefined || wordAt(object, start) !== 1) return undefined;
  const most = arch.wordBytes === 8 ? 7 : 4;
  const found: string[] = [];
  for (let i = 0; i < most; i++) {
    const linkage = followPointer(pointers, behind(start, arch.wordBytes * (1 + i)));
    if (linkage.kind !== 'to') break;
    const info = followPointer(pointers, behind(linkage.spot, arch.wordBytes));
    const text = info.kind === 'to' ? stringAt(object, info.spot, MOST_TEXT) : undefined;
    found.push(text ?? '(without a description)');
  }
  return found;
}

function behind({ section, offset }: Spot, bytes: number): Spot {
  return { section, offset: offset + bytes };
}
