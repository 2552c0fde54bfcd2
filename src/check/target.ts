// What a module is checked against: what a kernel exports and expects, and the
// modules that may stand beside it.  Facts only; where they come from (an image, a
// Module.symvers, other modules) is the caller's business.

import type { Arch } from '../arch/arch.ts';
import type { Addr } from '../base/address.ts';
import type { ModuleExport } from '../flavour/exports.ts';
import type { ModuleDescription } from '../flavour/flavour.ts';
import type { Provision } from '../flavour/imports.ts';
import type { ElfObject } from '../object/elf/model.ts';

/** A symbol that modules may use. */
export interface Export extends Provision {
  readonly name: string;
  /** Of a shared object's symbol. */
  readonly version?: ModuleExport['version'];
  /** undefined: not known before it runs. */
  readonly address: Addr | undefined;
}

export interface Target {
  /** In a sentence: "the guest kernel", "Module.symvers". */
  readonly name: string;
  /** What modules of this flavour may use. */
  readonly exports: (flavour: ModuleDescription['flavour']) => ReadonlyMap<string, Export>;
  /** undefined: it takes any. */
  readonly vermagic: string | undefined;
  /** CRCs that modules built for it carry; exports may have their own. */
  readonly crcs: ReadonlyMap<string, number>;
  /** Whether it refuses a module without any versions where it has some, as Linux does. */
  readonly wantsVersions: boolean;
  /** Whether it loads what a module requires, so that all of it must be there. */
  readonly loadsRequired: boolean;
}

/** Another module: on the command line, in the same archive, or beside the file. */
export interface KnownModule {
  readonly file: string;
  readonly description: ModuleDescription;
}

/** A file that should have been a module. */
export interface Unusable {
  readonly file: string;
  readonly reason: string;
}

/** The module to be checked. */
export interface Subject {
  readonly file: string;
  readonly object: ElfObject;
  readonly arch: Arch;
}

/** What a module exports, as its users see it. */
export function exportsOfModule({ description }: KnownModule): readonly Export[] {
  const module = description.name;
  if (description.flavour !== 'linux')
    return description.exports.map(({ name, version }) => exportOf({ name, version, module }));
  return description.exports.map((each) => exportOf({ ...each, module }));
}

export function exportOf(known: Partial<Export> & { readonly name: string }): Export {
  return {
    module: undefined,
    gpl: false,
    namespace: undefined,
    crc: undefined,
    address: undefined,
    ...known,
  };
}

/** Modules of Linux and those of other kernels do not see each other's symbols. */
export function sameKind(a: ModuleDescription, b: ModuleDescription): boolean {
  return (a.flavour === 'linux') === (b.flavour === 'linux');
}

/** Linux takes - and _ in names for the same. */
export function sameName(a: string, b: string): boolean {
  return a.replaceAll('-', '_') === b.replaceAll('-', '_');
}
