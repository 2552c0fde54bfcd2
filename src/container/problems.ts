// Everything that can be wrong with a compressed file or an archive, as data, and
// the sentence that tells a person about it.  Offsets are of the field that is
// wrong, in the bytes of the layer that `format` names.

export type PackedFormat = 'gzip' | 'xz' | 'zstd';
export type ArchiveFormat = 'ar' | 'tar';
export type FileFormat = PackedFormat | ArchiveFormat;
/** zlib packs sections, not files. */
export type ContainerFormat = FileFormat | 'zlib';

export type ContainerProblem =
  | {
      /** The bytes end inside something. */
      readonly kind: 'truncated';
      readonly format: ContainerFormat;
      /** Where that something begins. */
      readonly offset: number;
      readonly what: string;
      /** How many bytes there are in all. */
      readonly found: number;
    }
  | {
      readonly kind: 'damaged';
      readonly format: ContainerFormat;
      readonly offset: number;
      readonly what: string;
      readonly wanted: string;
      readonly found: string;
    }
  | {
      /** Something of the format that we do not read. */
      readonly kind: 'unsupported';
      readonly format: ContainerFormat;
      readonly offset: number;
      readonly what: string;
    }
  | { readonly kind: 'too-large'; readonly format: ContainerFormat; readonly limit: number }
  | { readonly kind: 'too-deep'; readonly limit: number }
  | { readonly kind: 'no-data'; readonly found: readonly string[] }
  | {
      /** Nothing in the archive has this name. */
      readonly kind: 'no-member';
      readonly wanted: string;
      readonly members: number;
      /** Names that look alike, nearest first. */
      readonly nearest: readonly string[];
    }
  | {
      /** Several could be meant; `wanted` is undefined when none was named. */
      readonly kind: 'which-member';
      readonly wanted: string | undefined;
      readonly matches: readonly string[];
    }
  | { readonly kind: 'no-archive'; readonly wanted: string };

/** One sentence, to stand behind the file's name and a colon. */
export function describeContainerProblem(problem: ContainerProblem): string {
  switch (problem.kind) {
    case 'truncated':
      return (
        `the ${problem.format} data ends at ${hex(problem.found)}, inside ${problem.what} that ` +
        `begins at ${hex(problem.offset)}: it is truncated; fetch the file again`
      );
    case 'damaged':
      return (
        `${problem.what} of the ${problem.format} data at ${hex(problem.offset)} is ` +
        `${problem.found}, wanted ${problem.wanted}: it is damaged; fetch the file again`
      );
    case 'unsupported':
      return (
        `the ${problem.format} data uses ${problem.what} at ${hex(problem.offset)}, which is not ` +
        `supported; unpack it first`
      );
    case 'too-large':
      return (
        `the ${problem.format} data unpacks to more than ${problem.limit} bytes, the limit; ` +
        'unpack it first and name one module'
      );
    case 'too-deep':
      return `is compressed more than ${problem.limit} times over; unpack it first`;
    case 'no-data':
      return `the package has ${problem.found.join(', ') || 'no members'}, wanted data.tar`;
    case 'no-member':
      return (
        `has no module ${problem.wanted} among its ${problem.members}` +
        (problem.nearest.length === 0 ? '' : `; did you mean ${problem.nearest.join(', ')}?`)
      );
    case 'which-member': {
      const { wanted, matches } = problem;
      const few = matches.slice(0, FEW).join(', ');
      const more = matches.length > FEW ? ` and ${matches.length - FEW} more` : '';
      return wanted === undefined
        ? `has ${matches.length} modules, wanted the name of one behind a colon: ${few}${more}`
        : `has ${matches.length} modules called ${wanted}, wanted the path of one: ${few}${more}`;
    }
    case 'no-archive':
      return `is no archive, so it has no ${problem.wanted}`;
  }
}

/** How many names a sentence lists. */
const FEW = 4;

/** Ends a reader of bytes early; every entrance of this folder catches it. */
export class Unreadable extends Error {
  readonly problem: ContainerProblem;

  constructor(problem: ContainerProblem) {
    super(problem.kind);
    this.problem = problem;
  }
}

function hex(value: number): string {
  return `0x${value.toString(16)}`;
}
