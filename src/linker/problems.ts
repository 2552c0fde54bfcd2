// Everything that can keep a well-formed object from being linked, as data, and
// the sentence that tells a person where, what was wanted, what was found and
// what to do about it.

import type { InstructionSet } from '../arch/relocation.ts';
import type { Addr } from '../base/address.ts';
import { describeMachine } from '../object/elf/constants.ts';

/** One relocation. */
export interface Place {
  /** The section it changes, and the offset there. */
  readonly section: string;
  readonly offset: number;
  /** The symbol's name; of a section symbol, the section's. */
  readonly symbol: string;
  /** "R_ARM_CALL (28)" */
  readonly relocation: string;
}

export type LinkProblem =
  | { readonly kind: 'not-relocatable' }
  | {
      readonly kind: 'wrong-machine';
      readonly wanted: { readonly name: string; readonly machine: number };
      readonly found: number;
    }
  | { readonly kind: 'wrong-word-size'; readonly wanted: number; readonly found: number }
  | {
      /** Memory that would not end where the address space does. */
      readonly kind: 'beyond-space';
      readonly base: bigint;
      readonly bytes: number;
      readonly wordBytes: 4 | 8;
    }
  | { readonly kind: 'writable-text'; readonly section: string }
  | { readonly kind: 'tls-section'; readonly section: string }
  | {
      /** Of a shared object: two PT_LOADs, one writable and one executable. */
      readonly kind: 'shared-page';
      readonly first: string;
      readonly second: string;
      readonly address: Addr;
    }
  | { readonly kind: 'split-set'; readonly section: string }
  | {
      /** An array of function pointers that is no whole number of words long. */
      readonly kind: 'ragged-array';
      readonly section: string;
      readonly bytes: number;
      readonly wordBytes: number;
    }
  | { readonly kind: 'too-many-ifuncs'; readonly limit: number }
  | { readonly kind: 'too-large'; readonly bytes: number; readonly limit: number }
  | { readonly kind: 'bad-common'; readonly symbol: string; readonly align: bigint }
  | {
      readonly kind: 'unsupported-symbol';
      readonly symbol: string;
      readonly type: 'thread-local' | 'indirect function outside all sections';
    }
  | {
      readonly kind: 'undefined-symbol';
      readonly symbol: string;
      readonly first: Place;
      readonly uses: number;
      /** Exported names that look alike, nearest first. */
      readonly nearest: readonly string[];
    }
  | {
      /** A version that the module which must have it has not. */
      readonly kind: 'missing-version';
      readonly symbol: string;
      readonly version: string;
      /** As DT_NEEDED names it. */
      readonly from: string;
      /** Its versions of the symbol; undefined: it is not there. */
      readonly has: readonly string[] | undefined;
      readonly first: Place;
      readonly uses: number;
    }
  | {
      /** The symbol lies in a section that is not loaded. */
      readonly kind: 'unloaded-section';
      readonly place: Place;
      readonly symbolSection: string;
    }
  | {
      /** The symbol lies in a group whose signature an earlier one has. */
      readonly kind: 'discarded-section';
      readonly place: Place;
      readonly symbolSection: string;
      readonly signature: string;
    }
  | {
      readonly kind: 'unknown-relocation';
      readonly place: Place;
      readonly arch: string;
      /** Why a known one is not supported. */
      readonly reason: string | undefined;
    }
  | {
      readonly kind: 'outside-section';
      readonly place: Place;
      readonly bytes: number;
      readonly sectionBytes: number;
    }
  | {
      readonly kind: 'out-of-range';
      readonly place: Place;
      readonly formula: string;
      readonly value: bigint;
      readonly min: bigint;
      readonly max: bigint;
      readonly over: bigint;
    }
  | {
      /** A branch that does not reach, and whose veneer it does not reach either. */
      readonly kind: 'veneer-out-of-range';
      readonly place: Place;
      /** The distance to the veneer. */
      readonly value: bigint;
      readonly min: bigint;
      readonly max: bigint;
    }
  | {
      readonly kind: 'unencodable';
      readonly place: Place;
      readonly formula: string;
      readonly value: bigint;
    }
  | {
      readonly kind: 'misaligned';
      readonly place: Place;
      readonly formula: string;
      readonly value: bigint;
      readonly align: bigint;
    }
  | { readonly kind: 'needs-veneer'; readonly place: Place; readonly to: InstructionSet }
  | { readonly kind: 'more'; readonly count: number };

/** A list of problems that does not grow without limit: many tell nobody more. */
export class ProblemList {
  readonly #list: LinkProblem[] = [];
  readonly #limit: number;
  #left = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  get length(): number {
    return this.#list.length;
  }

  add(problem: LinkProblem): void {
    if (this.#list.length < this.#limit) this.#list.push(problem);
    else this.#left++;
  }

  all(): readonly LinkProblem[] {
    return this.#left === 0 ? this.#list : [...this.#list, { kind: 'more', count: this.#left }];
  }
}

/** One sentence about `problem` of the object `file`. */
export function describeLinkProblem(problem: LinkProblem, file: string): string {
  return `${file}: ${describe(problem)}`;
}

function describe(problem: LinkProblem): string {
  switch (problem.kind) {
    case 'not-relocatable':
      return 'is an executable, wanted a relocatable or a shared object; link the module with -r or -shared';
    case 'wrong-machine':
      return (
        `is for ${describeMachine(problem.found)}, wanted ${problem.wanted.name} ` +
        `(${problem.wanted.machine}); compile it for this machine or start another one`
      );
    case 'wrong-word-size':
      return (
        `is a ${problem.found * 8}-bit object, wanted ${problem.wanted * 8} bits; ` +
        'the x32 and ILP32 ABIs are not supported'
      );
    case 'beyond-space':
      return (
        `its ${problem.bytes} bytes at 0x${problem.base.toString(16)} do not end below ` +
        `2^${problem.wordBytes * 8}, where the address space does; give it a lower address`
      );
    case 'writable-text':
      return (
        `section ${problem.section} is both writable and executable; ` +
        'no page of the kernel may be, so split code from data'
      );
    case 'tls-section':
      return `section ${problem.section} is thread-local, which has no meaning in a kernel module`;
    case 'shared-page':
      return (
        `${problem.first} and ${problem.second} share the page at ${hex(problem.address)}, which ` +
        'would be both writable and executable; link with -z max-page-size=4096 -z separate-code'
      );
    case 'split-set':
      return (
        `the sections named ${problem.section} differ in their flags, so they cannot lie ` +
        'side by side as one set; give every element the same constness'
      );
    case 'ragged-array':
      return (
        `section ${problem.section} has ${problem.bytes} bytes, wanted a multiple of ` +
        `${problem.wordBytes}, the size of a function pointer; put nothing else there`
      );
    case 'too-many-ifuncs':
      return `has more than ${problem.limit} indirect functions, which no program needs`;
    case 'too-large':
      return `needs ${problem.bytes} bytes of memory, the limit is ${problem.limit}`;
    case 'bad-common':
      return (
        `common symbol ${problem.symbol} has an alignment of ${problem.align}, wanted a power ` +
        'of two up to 2^31'
      );
    case 'unsupported-symbol':
      return `symbol ${problem.symbol} is ${problem.type === 'thread-local' ? 'a' : 'an'} ${problem.type}, which is not supported`;
    case 'undefined-symbol':
      return (
        `symbol ${problem.symbol} is not defined: nothing loaded exports it; ` +
        `${problem.uses} ${problem.uses === 1 ? 'use' : 'uses'}, the first at ` +
        `${where(problem.first)} (${problem.first.relocation})${likely(problem.nearest)}`
      );
    case 'missing-version':
      return (
        `symbol ${problem.symbol}@${problem.version} is not defined: ` +
        `${versionsOf(problem.from, problem.symbol, problem.has)}; ` +
        `${problem.uses} ${problem.uses === 1 ? 'use' : 'uses'}, the first at ` +
        `${where(problem.first)} (${problem.first.relocation})`
      );
    case 'unloaded-section':
      return (
        `${at(problem.place)} refers to section ${problem.symbolSection}, which is not loaded; ` +
        'only sections with the flag A can be referred to'
      );
    case 'discarded-section':
      return (
        `${at(problem.place)} refers to a copy of section ${problem.symbolSection} that was ` +
        `dropped, because an earlier group is called ${problem.signature} too; only global ` +
        'symbols of such groups can be referred to'
      );
    case 'unknown-relocation':
      return `${at(problem.place)}: ${problem.reason ?? `not defined for ${problem.arch}`}`;
    case 'outside-section':
      return (
        `${at(problem.place)} changes ${problem.bytes} bytes, but the section ends at ` +
        `${hex(BigInt(problem.sectionBytes))}; the object is damaged`
      );
    case 'out-of-range':
      return (
        `${at(problem.place)}: ${problem.formula} = ${hex(problem.value)}, wanted ` +
        `${hex(problem.min)}..${hex(problem.max)}, out of range by ${hex(problem.over)} bytes; ` +
        'the symbol is too far away for this instruction or word'
      );
    case 'veneer-out-of-range':
      return (
        `${at(problem.place)} does not reach its target, and its veneer at the end of the segment is ` +
        `${hex(problem.value)} bytes away, wanted ${hex(problem.min)}..${hex(problem.max)}; ` +
        'move the code to the end of its section, or branch over an unconditional branch'
      );
    case 'unencodable':
      return (
        `${at(problem.place)}: ${problem.formula} = ${hex(problem.value)} has no encoding ` +
        'in this instruction; place the symbol nearer'
      );
    case 'misaligned':
      return (
        `${at(problem.place)}: ${problem.formula} = ${hex(problem.value)}, wanted a multiple of ` +
        `${problem.align}; align the symbol or use a narrower access`
      );
    case 'needs-veneer':
      return (
        `${at(problem.place)} branches to ${problem.to === 'arm' ? 'ARM' : 'Thumb'} code and cannot ` +
        'change the instruction set, and there is no veneer for it; call it with BL or BLX'
      );
    case 'more':
      return `${problem.count} more problems of these kinds`;
  }
}

function versionsOf(from: string, symbol: string, has: readonly string[] | undefined): string {
  if (has === undefined) return `${from}, which must have it, is not loaded`;
  if (has.length === 0) return `${from} exports no ${symbol}; load the one it was linked with`;
  return `${from} has ${has.join(', ')}; load the one it was linked with`;
}

function where(place: Place): string {
  return `${place.section}+${hex(BigInt(place.offset))}`;
}

function at(place: Place): string {
  return `${where(place)}: ${place.relocation} to ${place.symbol}`;
}

function likely(names: readonly string[]): string {
  return names.length === 0 ? '' : `; did you mean ${names.join(', ')}?`;
}

function hex(value: bigint): string {
  return value < 0n ? `-0x${(-value).toString(16)}` : `0x${value.toString(16)}`;
}
