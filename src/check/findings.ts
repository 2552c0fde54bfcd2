// Everything that a check can find, as data; explain.ts says it in words.

import type { ImportProblem } from '../flavour/import-problems.ts';
import type { FlavourProblem } from '../flavour/problems.ts';
import type { LinkProblem, Place } from '../linker/problems.ts';
import type { Unusable } from './target.ts';
import type { VermagicDifference } from './vermagic.ts';

/** In the order in which they are told. */
export const groups = ['module', 'names', 'vermagic', 'symbols', 'versions', 'link'] as const;
export type Group = (typeof groups)[number];

/** Who has a symbol, and why that does not help yet. */
export interface Provider {
  readonly module: string;
  readonly file: string;
  /** named later on the command line; or not required by the module at all. */
  readonly why: 'later' | 'not-required';
}

export type Finding = { readonly fatal: boolean } & (
  | { readonly kind: 'identify'; readonly problem: FlavourProblem }
  | {
      readonly kind: 'missing-requirement';
      readonly module: string;
      /** From the module that is checked to the one that requires it. */
      readonly path: readonly string[];
    }
  | ({ readonly kind: 'unusable-requirement'; readonly module: string } & Unusable)
  | { readonly kind: 'circular-requirement'; readonly path: readonly string[] }
  | { readonly kind: 'name-taken'; readonly name: string; readonly by: string }
  | { readonly kind: 'name-differs'; readonly name: string; readonly fileName: string }
  | {
      readonly kind: 'name-too-long';
      readonly name: string;
      readonly bytes: number;
      readonly limit: number;
    }
  | { readonly kind: 'no-vermagic'; readonly wanted: string }
  | ({ readonly kind: 'vermagic' } & VermagicDifference)
  | {
      readonly kind: 'undefined-symbol';
      readonly symbol: string;
      readonly first: Place;
      readonly uses: number;
      readonly nearest: readonly string[];
      readonly providers: readonly Provider[];
    }
  | ImportProblem
  | {
      /** Many of the same kind are one finding. */
      readonly kind: 'unknown-relocation';
      readonly first: Place;
      readonly uses: number;
      readonly specification: string;
      readonly reason: string | undefined;
    }
  | { readonly kind: 'writable-text'; readonly section: string }
  | { readonly kind: 'link'; readonly problem: LinkProblem }
);

export function groupOf(finding: Finding): Group {
  switch (finding.kind) {
    case 'identify':
      return 'module';
    case 'missing-requirement':
    case 'unusable-requirement':
    case 'circular-requirement':
    case 'name-taken':
    case 'name-differs':
    case 'name-too-long':
      return 'names';
    case 'no-vermagic':
    case 'vermagic':
      return 'vermagic';
    case 'undefined-symbol':
    case 'gpl-only':
    case 'namespace':
      return 'symbols';
    case 'version':
      return 'versions';
    case 'unknown-relocation':
    case 'writable-text':
    case 'link':
      return 'link';
  }
}
