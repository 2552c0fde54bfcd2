// Everything that can be wrong with an ELF file, as data, and the sentence that
// tells a person about it.  File offsets are of the field that is wrong.

import { describeFileType } from './constants.ts';

export interface SectionRef {
  readonly index: number;
  /** Empty while the names have not been read. */
  readonly name: string;
}

export type ElfProblem =
  | { readonly kind: 'too-short'; readonly wanted: number; readonly found: number }
  | { readonly kind: 'not-elf'; readonly found: readonly number[] }
  | { readonly kind: 'big-endian'; readonly offset: number }
  | { readonly kind: 'wrong-type'; readonly offset: number; readonly found: number }
  | {
      /** A field of the file header. */
      readonly kind: 'bad-header';
      readonly field: string;
      readonly offset: number;
      readonly wanted: string;
      readonly found: number;
    }
  | {
      readonly kind: 'outside-file';
      readonly what: string;
      readonly section: SectionRef | undefined;
      readonly offset: number;
      readonly bytes: number;
      readonly fileBytes: number;
    }
  | { readonly kind: 'no-sections' }
  | {
      /** A field of a section header. */
      readonly kind: 'bad-section';
      readonly section: SectionRef;
      readonly field: string;
      readonly wanted: string;
      readonly found: number;
    }
  | {
      /** A field of a program header. */
      readonly kind: 'bad-segment';
      readonly index: number;
      readonly field: string;
      readonly wanted: string;
      readonly found: number;
    }
  | {
      readonly kind: 'bad-name';
      readonly of: 'section' | 'symbol';
      readonly index: number;
      readonly found: number;
      readonly tableBytes: number;
    }
  | {
      /** All names together, those that share bytes counted apart. */
      readonly kind: 'names-too-long';
      readonly of: 'section' | 'symbol';
      readonly limit: number;
    }
  | { readonly kind: 'unterminated-strings'; readonly section: SectionRef }
  | {
      /** Two things in the file share bytes. */
      readonly kind: 'overlap';
      readonly first: SectionRef | string;
      readonly second: SectionRef | string;
      readonly offset: number;
    }
  | {
      readonly kind: 'bad-symbol-section';
      readonly index: number;
      readonly found: number;
      readonly sections: number;
    }
  | {
      /** One of SHN_LORESERVE..SHN_HIRESERVE that means nothing here. */
      readonly kind: 'reserved-symbol-section';
      readonly index: number;
      readonly symbol: string;
      readonly found: number;
      /** As the processor's standard calls it. */
      readonly name: string | undefined;
    }
  | { readonly kind: 'no-symtab-shndx'; readonly index: number }
  | {
      readonly kind: 'bad-group-member';
      readonly section: SectionRef;
      /** Place in the group, from 0. */
      readonly index: number;
      readonly found: number;
      readonly wanted: string;
    }
  | {
      readonly kind: 'bad-relocation-offset';
      readonly section: SectionRef;
      readonly index: number;
      readonly target: SectionRef;
      readonly found: number;
      readonly targetBytes: number;
    }
  | {
      readonly kind: 'bad-relocation-symbol';
      /** Of a dynamic table its tag. */
      readonly section: SectionRef | string;
      readonly index: number;
      readonly found: number;
      readonly symbols: number;
    }
  | {
      /** A dynamic relocation of what is in no PT_LOAD. */
      readonly kind: 'bad-relocation-place';
      /** "DT_RELA" */
      readonly table: string;
      readonly index: number;
      readonly address: number;
    }
  | { readonly kind: 'no-dynamic' }
  | {
      /** An entry of PT_DYNAMIC, or what it leads to. */
      readonly kind: 'bad-dynamic';
      readonly tag: string;
      readonly wanted: string;
      readonly found: number;
    }
  | { readonly kind: 'too-large'; readonly bytes: number; readonly limit: number }
  | {
      readonly kind: 'unsupported';
      readonly what: string;
      readonly section: SectionRef | undefined;
    }
  | { readonly kind: 'more'; readonly section: SectionRef | undefined; readonly count: number };

export function describeElfProblem(problem: ElfProblem): string {
  switch (problem.kind) {
    case 'too-short':
      return `the file has ${problem.found} bytes, an ELF header needs ${problem.wanted}`;
    case 'not-elf':
      return `not an ELF file: it begins with ${hexBytes(problem.found)}, not 7f 45 4c 46`;
    case 'big-endian':
      return 'the file is big-endian (EI_DATA is ELFDATA2MSB); only little-endian machines are supported';
    case 'wrong-type':
      return (
        `the file is ${describeFileType(problem.found)}, wanted ET_REL (1), ET_DYN (3) or, ` +
        'for a kernel, ET_EXEC (2)'
      );
    case 'bad-header':
      return `${problem.field} at ${hex(problem.offset)} is ${problem.found}, wanted ${problem.wanted}`;
    case 'outside-file':
      return (
        `${problem.what}${problem.section ? ` of ${named(problem.section)}` : ''} at ` +
        `${hex(problem.offset)} needs ${problem.bytes} bytes, but the file ends at ` +
        `${hex(problem.fileBytes)}: it is truncated or damaged`
      );
    case 'no-sections':
      return 'the file has no section headers; a relocatable object needs them';
    case 'bad-section':
      return `${problem.field} of ${named(problem.section)} is ${problem.found}, wanted ${problem.wanted}`;
    case 'bad-segment':
      return `${problem.field} of program header ${problem.index} is ${problem.found}, wanted ${problem.wanted}`;
    case 'bad-name':
      return (
        `the name of ${problem.of} ${problem.index} is at ${hex(problem.found)} of a string ` +
        `table of ${hex(problem.tableBytes)} bytes`
      );
    case 'names-too-long':
      return (
        `the names of all ${problem.of}s are longer than ${problem.limit} bytes together: ` +
        'the file is damaged'
      );
    case 'overlap':
      return (
        `${either(problem.first)} and ${either(problem.second)} overlap in the file at ` +
        `${hex(problem.offset)}`
      );
    case 'unterminated-strings':
      return `string table ${named(problem.section)} does not end in NUL`;
    case 'bad-symbol-section':
      return (
        `symbol ${problem.index} is in section ${hex(problem.found)}, but there are ` +
        `${problem.sections} sections`
      );
    case 'reserved-symbol-section':
      return (
        `symbol ${problem.index} ${problem.symbol} is in ` +
        `${problem.name ?? 'the reserved section'} (${hex(problem.found)}), which is not ` +
        'supported; compile with -fno-common and the small or kernel code model'
      );
    case 'no-symtab-shndx':
      return (
        `symbol ${problem.index} is in section SHN_XINDEX (0xffff), but no section ` +
        'SHT_SYMTAB_SHNDX of the symbol table tells its number'
      );
    case 'bad-group-member':
      return (
        `member ${problem.index} of group ${named(problem.section)} is section ` +
        `${problem.found}, wanted ${problem.wanted}`
      );
    case 'bad-relocation-offset':
      return (
        `relocation ${problem.index} of ${named(problem.section)} is at ${hex(problem.found)}, ` +
        `outside the ${hex(problem.targetBytes)} bytes of ${named(problem.target)}`
      );
    case 'bad-relocation-symbol':
      return (
        `relocation ${problem.index} of ${either(problem.section)} uses symbol ${problem.found}, ` +
        `but there are ${problem.symbols} symbols`
      );
    case 'bad-relocation-place':
      return (
        `relocation ${problem.index} of ${problem.table} is at ${hex(problem.address)}, ` +
        'which is in no PT_LOAD'
      );
    case 'no-dynamic':
      return 'the shared object has no PT_DYNAMIC, so nothing tells how to relocate it; link with -shared';
    case 'bad-dynamic':
      return `${problem.tag} is ${hex(problem.found)}, wanted ${problem.wanted}`;
    case 'too-large':
      return `the object needs ${problem.bytes} bytes of memory, the limit is ${problem.limit}`;
    case 'unsupported':
      return `${problem.what}${problem.section ? ` in ${named(problem.section)}` : ''} is not supported`;
    case 'more':
      return (
        `${problem.count} more problems of the same kind` +
        `${problem.section ? ` in ${named(problem.section)}` : ''}`
      );
  }
}

/** A list of problems, about one section or all, that does not grow without limit. */
export class LimitedProblems {
  private readonly list: ElfProblem[] = [];
  private left = 0;
  private readonly limit: number;

  constructor(limit = 16) {
    this.limit = limit;
  }

  add(problem: ElfProblem): void {
    if (this.list.length < this.limit) this.list.push(problem);
    else this.left += problem.kind === 'more' ? problem.count : 1;
  }

  listFor(section?: SectionRef): readonly ElfProblem[] {
    if (this.left === 0) return this.list;
    const more = { section: section && refTo(section), count: this.left };
    return [...this.list, { kind: 'more', ...more }];
  }
}

export function refTo(section: SectionRef): SectionRef {
  return { index: section.index, name: section.name };
}

function named(section: SectionRef): string {
  return section.name === ''
    ? `section ${section.index}`
    : `section ${section.index} ${section.name}`;
}

function either(thing: SectionRef | string): string {
  return typeof thing === 'string' ? thing : named(thing);
}

function hex(value: number): string {
  return `0x${value.toString(16)}`;
}

function hexBytes(bytes: readonly number[]): string {
  return bytes.map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
}
