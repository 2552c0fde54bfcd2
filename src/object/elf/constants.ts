// Numbers of the ELF format, in the standard's own names.
// https://www.sco.com/developers/gabi/latest/contents.html

export const EI_CLASS = 4;
export const EI_DATA = 5;
export const EI_VERSION = 6;
export const EI_NIDENT = 16;
export const ELFCLASS32 = 1;
export const ELFCLASS64 = 2;
export const ELFDATA2LSB = 1;
export const ELFDATA2MSB = 2;
export const EV_CURRENT = 1;

export const ET_REL = 1;
export const ET_EXEC = 2;
export const ET_DYN = 3;

export const EM_386 = 3;
export const EM_ARM = 40;
export const EM_X86_64 = 62;
export const EM_AARCH64 = 183;

export const PN_XNUM = 0xffff;
export const PT_LOAD = 1;
export const PT_DYNAMIC = 2;
export const PT_TLS = 7;
export const PT_GNU_RELRO = 0x6474_e552;

export const PF_X = 0x1;
export const PF_W = 0x2;

export const SHN_UNDEF = 0;
export const SHN_LORESERVE = 0xff00;
export const SHN_XINDEX = 0xffff;
/** A file that has more than 0xff00 sections has one with this index, too. */
export const SHN_ABS: number = reservedIndex(0xfff1);
export const SHN_COMMON: number = reservedIndex(0xfff2);

export const SHT_NULL = 0;
export const SHT_PROGBITS = 1;
export const SHT_SYMTAB = 2;
export const SHT_STRTAB = 3;
export const SHT_RELA = 4;
export const SHT_NOTE = 7;
export const SHT_NOBITS = 8;
export const SHT_REL = 9;
export const SHT_DYNSYM = 11;
export const SHT_INIT_ARRAY = 14;
export const SHT_GROUP = 17;
export const SHT_SYMTAB_SHNDX = 18;
export const SHT_ARM_EXIDX = 0x7000_0001;

export const SHF_WRITE = 0x1;
export const SHF_ALLOC = 0x2;
export const SHF_EXECINSTR = 0x4;
export const SHF_INFO_LINK = 0x40;
export const SHF_GROUP = 0x200;
export const SHF_TLS = 0x400;
export const SHF_COMPRESSED = 0x800;

/** Tags of PT_DYNAMIC, by name. */
export const DT = {
  NULL: 0,
  NEEDED: 1,
  PLTRELSZ: 2,
  HASH: 4,
  STRTAB: 5,
  SYMTAB: 6,
  RELA: 7,
  RELASZ: 8,
  RELAENT: 9,
  STRSZ: 10,
  SYMENT: 11,
  INIT: 12,
  FINI: 13,
  SONAME: 14,
  REL: 17,
  RELSZ: 18,
  RELENT: 19,
  PLTREL: 20,
  TEXTREL: 22,
  JMPREL: 23,
  INIT_ARRAY: 25,
  FINI_ARRAY: 26,
  INIT_ARRAYSZ: 27,
  FINI_ARRAYSZ: 28,
  FLAGS: 30,
  PREINIT_ARRAY: 32,
  PREINIT_ARRAYSZ: 33,
  RELRSZ: 35,
  RELR: 36,
  RELRENT: 37,
  GNU_HASH: 0x6fff_fef5,
  VERSYM: 0x6fff_fff0,
  FLAGS_1: 0x6fff_fffb,
  VERDEF: 0x6fff_fffc,
  VERDEFNUM: 0x6fff_fffd,
  VERNEED: 0x6fff_fffe,
  VERNEEDNUM: 0x6fff_ffff,
} as const;
export type DynamicTag = keyof typeof DT;

export const DF_TEXTREL = 0x4;
/** illumos: the kernel keeps no symbol table of the module. */
export const DF_1_NOKSYMS = 0x2_0000;

/** The version index of a symbol that is not exported, and of one without a version. */
export const VER_NDX_LOCAL = 0;
export const VER_NDX_GLOBAL = 1;
/** Set in .gnu.version: foo@V, which only those who name the version get. */
export const VERSYM_HIDDEN = 0x8000;
export const VER_FLG_BASE = 0x1;

export const GRP_COMDAT = 0x1;
/** Flags that are an operating system's or a processor's own. */
export const GRP_MASKOS_MASKPROC = 0xfff0_0000;

export const STB_LOCAL = 0;
export const STB_GLOBAL = 1;
export const STB_WEAK = 2;

export const STV_DEFAULT = 0;
export const STV_PROTECTED = 3;

export const STT_NOTYPE = 0;
export const STT_OBJECT = 1;
export const STT_FUNC = 2;
export const STT_SECTION = 3;
export const STT_FILE = 4;
export const STT_TLS = 6;
export const STT_GNU_IFUNC = 10;

const machineNames: ReadonlyMap<number, string> = new Map([
  [EM_386, 'Intel 386'],
  [EM_ARM, 'ARM'],
  [EM_X86_64, 'x86-64'],
  [EM_AARCH64, 'AArch64'],
  [2, 'SPARC'],
  [8, 'MIPS'],
  [20, 'PowerPC'],
  [21, 'PowerPC64'],
  [22, 'S/390'],
  [243, 'RISC-V'],
  [258, 'LoongArch'],
]);

/** "x86-64 (62)". */
export function describeMachine(machine: number): string {
  const name = machineNames.get(machine);
  return name === undefined ? `machine ${machine}` : `${name} (${machine})`;
}

/**
 * How the object model numbers what st_shndx means beyond sections: far above any
 * index, as binutils has it.  `index` is the file's, 0xff00 and above.
 */
export function reservedIndex(index: number): number {
  return index + 0xffff_0000;
}

const ownIndexNames: ReadonlyMap<number, readonly (readonly [number, string])[]> = new Map([
  [EM_X86_64, [[0xff02, 'SHN_X86_64_LCOMMON']]],
]);

/** "SHN_X86_64_LCOMMON" of the file's index; undefined: nobody gave it a name. */
export function reservedIndexName(machine: number, index: number): string | undefined {
  return ownIndexNames.get(machine)?.find(([number]) => number === index)?.[1];
}

const typeNames = ['NONE', 'REL', 'EXEC', 'DYN', 'CORE'];

/** "ET_DYN (3)". */
export function describeFileType(type: number): string {
  const name = typeNames[type];
  return name === undefined ? `type ${type}` : `ET_${name} (${type})`;
}
