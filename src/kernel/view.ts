// What the host remembers of a module that the kernel has loaded: where it is,
// what it exports, and its symbols.

import type { Addr } from '../base/address.ts';
import { exportKeys } from '../flavour/exports.ts';
import type { ModuleDescription } from '../flavour/flavour.ts';
import type { Provision } from '../flavour/imports.ts';
import type { LinkedImage } from '../linker/link.ts';
import type { Placed } from '../linker/resolve.ts';
import { PROT_EXEC, PROT_WRITE, segmentTraits } from '../linker/segments.ts';
import { STB_LOCAL } from '../object/elf/constants.ts';
import type { LineFinder } from './lines.ts';
import { SymbolTable } from './symbols.ts';

export interface SegmentView {
  /** text, rodata, data, init text, ... */
  readonly name: string;
  readonly base: Addr;
  readonly bytes: number;
  readonly disposable: boolean;
  readonly executable: boolean;
  readonly writable: boolean;
}

export interface ExportView {
  readonly address: Addr;
  readonly thumb: boolean;
}

/** What Linux asks of those who use an export. */
type LinuxTerms = Omit<Provision, 'module'>;

export interface ModuleView {
  readonly id: number;
  readonly name: string;
  readonly file: string;
  readonly flavour: ModuleDescription['flavour'];
  readonly description: ModuleDescription;
  readonly segments: readonly SegmentView[];
  readonly symbols: SymbolTable;
  /** By what users ask for, which may be "foo@V": see exportKeys(). */
  readonly exports: ReadonlyMap<string, ExportView & LinuxTerms>;
  /** Every global symbol, exported or not. */
  readonly globals: ReadonlyMap<string, ExportView>;
  /** Every local symbol; of several with one name, the first. */
  readonly locals: ReadonlyMap<string, ExportView>;
  readonly relocations: number;
  /** Ids of the modules whose symbols it uses. */
  readonly uses: readonly number[];
  /** Symbols that it uses and nobody has: where a use of each faults, in that order. */
  readonly missing: ReadonlyMap<string, Addr>;
  readonly got: LinkedImage['got'];
  readonly veneers: LinkedImage['veneers'];
  /** The object and where its sections went, for debuggers; undefined: it is gone. */
  readonly placed: Placed | undefined;
  /** Source lines of its code, also when it is gone. */
  readonly lineAt?: LineFinder;
}

/** Makes the view of a module that was just linked. */
export function viewOfImage(
  id: number,
  file: string,
  description: ModuleDescription,
  image: LinkedImage,
  placed: Placed,
  missing: ReadonlyMap<string, Addr> = new Map(),
): ModuleView {
  const globals = new Map<string, ExportView>();
  const locals = new Map<string, ExportView>();
  for (const { name, address, thumb, binding, section, version } of image.symbols)
    if (binding !== STB_LOCAL)
      for (const key of exportKeys({ name, version })) globals.set(key, { address, thumb });
    else if (section !== undefined && !locals.has(name)) locals.set(name, { address, thumb });
  const exports = new Map<string, ExportView & LinuxTerms>();
  const free = { gpl: false, namespace: undefined, crc: undefined };
  for (const each of description.exports) {
    for (const key of exportKeys(each)) {
      const symbol = globals.get(key);
      if (symbol !== undefined) exports.set(key, { ...free, ...each, ...symbol });
    }
  }
  return {
    id,
    name: description.name,
    file,
    flavour: description.flavour,
    description,
    segments: image.segments.map(({ kind, base, bytes }) => ({
      name: segmentTraits[kind].name,
      base,
      bytes: bytes.length,
      disposable: segmentTraits[kind].disposable,
      executable: (segmentTraits[kind].prot & PROT_EXEC) !== 0,
      writable: (segmentTraits[kind].prot & PROT_WRITE) !== 0,
    })),
    symbols: new SymbolTable(image.symbols.filter(({ section }) => section !== undefined)),
    exports,
    globals,
    locals,
    relocations: image.relocations,
    uses: image.providers.filter((provider) => typeof provider === 'number'),
    missing,
    got: image.got,
    veneers: image.veneers,
    placed,
  };
}
