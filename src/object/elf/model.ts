// What an ELF file says, after everything in it has been checked.  Nobody above
// this folder reads the file's bytes by offset.  Symbols and relocations are
// columns, not arrays of objects: one module may carry a hundred thousand.

import type { Addr } from '../../base/address.ts';
import { SHT_NOBITS, SHT_NULL } from './constants.ts';
import type { ElfDynamic } from './dynamic.ts';

export type ElfFileType = 'relocatable' | 'executable' | 'shared';

export interface ElfObject {
  readonly bytes: Uint8Array;
  readonly wordBytes: 4 | 8;
  /** e_machine; whoever knows which one was wanted compares it. */
  readonly machine: number;
  readonly type: ElfFileType;
  /** e_flags */
  readonly flags: number;
  readonly entry: Addr;
  /**
   * By index; section 0 is the null section.  A shared object is loaded by its program
   * headers, so behind the sections of the file, if it has any, there is one for each
   * PT_LOAD, called "PT_LOAD 2"; symbols and relocations are in those.
   */
  readonly sections: readonly ElfSection[];
  /** Program headers; a relocatable object has none. */
  readonly segments: readonly ElfSegment[];
  /** .symtab, of a shared object DT_SYMTAB; without one a table with count 0. */
  readonly symbols: ElfSymbols;
  /** Of a shared object. */
  readonly dynamic: ElfDynamic | undefined;
  /**
   * In file order; empty for an executable, which is linked already.  Those of
   * discarded sections are left out.
   */
  readonly relocations: readonly ElfRelocations[];
  /** SHT_GROUP, in file order. */
  readonly groups: readonly ElfGroup[];
  /** The file ends in the trailer of a signed Linux module; nobody checks it. */
  readonly signed: boolean;
}

export interface ElfSection {
  readonly index: number;
  readonly name: string;
  /** SHT_* */
  readonly type: number;
  /** The low 32 bits of sh_flags, SHF_*. */
  readonly flags: number;
  /**
   * Its bytes go to memory: SHF_ALLOC of a relocatable object; the PT_LOADs of a
   * shared one, whose own sections only name parts of those.
   */
  readonly loads: boolean;
  readonly address: Addr;
  readonly offset: number;
  /** In memory. */
  readonly size: number;
  /** In the file: none of SHT_NOBITS, all of others, some of a PT_LOAD; zeros follow. */
  readonly fileBytes: number;
  readonly link: number;
  readonly info: number;
  /** A power of two, at least 1. */
  readonly align: number;
  readonly entryBytes: number;
  /**
   * Not to be loaded: the section is in a COMDAT group and an earlier group has the
   * same signature.  Then this is the signature.
   */
  readonly discarded: string | undefined;
}

/** Sections that are kept or dropped together. */
export interface ElfGroup {
  readonly section: ElfSection;
  /** What the group is called: of several with one signature the first is kept. */
  readonly signature: string;
  /** Without GRP_COMDAT nothing is dropped, whatever the signature. */
  readonly comdat: boolean;
  /** Section indexes. */
  readonly members: readonly number[];
}

export interface ElfSegment {
  /** PT_* */
  readonly type: number;
  /** PF_* */
  readonly flags: number;
  readonly offset: number;
  readonly vaddr: Addr;
  readonly paddr: Addr;
  readonly filesz: number;
  readonly memsz: number;
  readonly align: number;
}

/** The symbol table; `i` runs from 0 (the null symbol) to count - 1. */
export interface ElfSymbols {
  readonly count: number;
  nameAt(i: number): string;
  /** An offset in its section; of an executable an address. */
  valueAt(i: number): bigint;
  /** The same as a number; NaN from 2^52 on. */
  narrowValueAt(i: number): number;
  sizeAt(i: number): number;
  /** STB_* */
  bindingAt(i: number): number;
  /** STT_* */
  typeAt(i: number): number;
  /** STV_* */
  visibilityAt(i: number): number;
  /**
   * A section index below sections.length (of a file with more than 65,279 sections
   * it may be larger than that), SHN_UNDEF, SHN_ABS or SHN_COMMON.
   */
  sectionAt(i: number): number;
}

/**
 * One SHT_REL or SHT_RELA section, or what a dynamic table has for one PT_LOAD; `i`
 * runs from 0 to count - 1.
 */
export interface ElfRelocations {
  /** The section whose bytes change. */
  readonly target: ElfSection;
  /** SHT_REL leaves the addend in the bytes, SHT_RELA carries it. */
  readonly addends: 'in-place' | 'in-record';
  readonly count: number;
  /** At most target.size; the field's own width is not known here. */
  offsetAt(i: number): number;
  typeAt(i: number): number;
  /** Every type that occurs. */
  readonly types: ReadonlySet<number>;
  /** Below symbols.count. */
  symbolAt(i: number): number;
  /** 0 when addends are in place. */
  addendAt(i: number): bigint;
  /** The same as a number; NaN beyond 2^32, and when addends are in place. */
  narrowAddendAt(i: number): number;
}

/** A place in an object. */
export interface ElfPlace {
  readonly section: ElfSection;
  readonly offset: number;
}

/** The bytes a section has in the file; none for SHT_NOBITS. */
export function contentOf(object: Pick<ElfObject, 'bytes'>, section: ElfSection): Uint8Array {
  return object.bytes.subarray(section.offset, section.offset + section.fileBytes);
}

export function hasContent(section: { readonly type: number }): boolean {
  return section.type !== SHT_NOBITS && section.type !== SHT_NULL;
}
