// Linux modules.  The section .gnu.linkonce.this_module is a struct module that is
// zero but for the name and, through relocations, init and exit.  Their offsets
// change with every configuration of the kernel, so they are found by the
// relocations against init_module and cleanup_module, never by a number.
// .modinfo holds "key=value" strings, __versions the CRCs of what is imported,
// and symbols named __ksymtab_NAME mark what is exported.

import type { LinkArch } from '../arch/link-arch.ts';
import { cString, readUnsigned, viewOf } from '../base/bytes.ts';
import { type Result, unlessRefused } from '../base/result.ts';
import { contentOf, type ElfObject, type ElfSection } from '../object/elf/model.ts';
import { type LinuxExport, readKsymtab } from './ksymtab.ts';
import { splitList } from './list.ts';
import type { FlavourProblem } from './problems.ts';

export const THIS_MODULE = '.gnu.linkonce.this_module';

export interface LinuxModule {
  readonly flavour: 'linux';
  readonly name: string;
  /** depends= of .modinfo. */
  readonly required: readonly string[];
  /** What EXPORT_SYMBOL and EXPORT_SYMBOL_GPL name. */
  readonly exports: readonly LinuxExport[];
  /** Symbol index of init_module; libraries have none. */
  readonly init: number | undefined;
  /** Symbol index of cleanup_module; without one the module stays for ever. */
  readonly exit: number | undefined;
  /** .modinfo in its order; keys repeat. */
  readonly modinfo: readonly ModinfoEntry[];
  readonly versions: readonly SymbolVersion[];
}

export interface ModinfoEntry {
  readonly key: string;
  readonly value: string;
}

export interface SymbolVersion {
  readonly name: string;
  readonly crc: number;
}

export function describeLinux(
  object: ElfObject,
  arch: LinkArch,
): Result<LinuxModule, FlavourProblem> {
  const problems: FlavourProblem[] = [];
  const modinfo = readModinfo(object);
  const firstValue = (key: string): string | undefined =>
    modinfo.find((entry) => entry.key === key)?.value;
  return unlessRefused(
    {
      flavour: 'linux',
      name: firstValue('name') ?? nameInModule(object, arch, problems),
      required: splitList(firstValue('depends') ?? ''),
      exports: readKsymtab(object, arch),
      init: usedByThisModule(object, 'init_module'),
      exit: usedByThisModule(object, 'cleanup_module'),
      modinfo,
      versions: readVersions(object, arch, problems),
    },
    problems,
  );
}

function sectionNamed(object: ElfObject, name: string): ElfSection | undefined {
  return object.sections.find((section) => section.name === name);
}

function readModinfo(object: ElfObject): readonly ModinfoEntry[] {
  const section = sectionNamed(object, '.modinfo');
  if (section === undefined) return [];
  return new TextDecoder()
    .decode(contentOf(object, section))
    .split('\0')
    .filter((entry) => entry !== '')
    .map((entry) => {
      const equals = entry.indexOf('=');
      if (equals < 0) return { key: entry, value: '' };
      return { key: entry.slice(0, equals), value: entry.slice(equals + 1) };
    });
}

/** struct module begins with its state and a list of two pointers. */
function nameInModule(object: ElfObject, arch: LinkArch, problems: FlavourProblem[]): string {
  const section = sectionNamed(object, THIS_MODULE);
  const offset = 3 * arch.wordBytes;
  const name = section && cString(contentOf(object, section), offset);
  if (name === undefined || name === '') {
    problems.push({
      kind: 'bad-string',
      what: 'the name of the module',
      section: THIS_MODULE,
      offset,
      found: 'empty or without NUL',
      wanted: 'a name, here or as name= in .modinfo',
    });
  }
  return name ?? '';
}

/** The symbol of this name that a relocation of struct module refers to. */
function usedByThisModule(object: ElfObject, name: string): number | undefined {
  const others = new Set<number>();
  for (const table of object.relocations) {
    if (table.target.name !== THIS_MODULE) continue;
    for (let i = 0; i < table.count; i++) {
      const symbol = table.symbolAt(i);
      if (others.has(symbol)) continue;
      if (object.symbols.nameAt(symbol) === name) return symbol;
      others.add(symbol);
    }
  }
  return undefined;
}

/** struct modversion_info: unsigned long crc, then the name, 64 bytes in all. */
const versionBytes = 64;

function readVersions(
  object: ElfObject,
  arch: LinkArch,
  problems: FlavourProblem[],
): readonly SymbolVersion[] {
  const section = sectionNamed(object, '__versions');
  if (section === undefined) return [];
  const content = contentOf(object, section);
  if (content.length % versionBytes !== 0) {
    const { name, size: bytes } = section;
    problems.push({ kind: 'bad-size', section: name, bytes, entryBytes: versionBytes });
    return [];
  }
  const view = viewOf(content);
  return Array.from({ length: content.length / versionBytes }, (_, i) => {
    const start = i * versionBytes;
    const name = cString(content.subarray(start, start + versionBytes), arch.wordBytes) ?? '';
    return { name, crc: Number(readUnsigned(view, start, arch.wordBytes)) };
  });
}
