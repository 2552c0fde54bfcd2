// What can be wrong with debug information, as data, and its sentence.  Inside this
// folder the reader of bytes throws BadDwarf, and every public function catches it:
// nobody outside sees an exception.

export type DwarfProblem =
  /** There is nothing to read. */
  | { readonly kind: 'no-section'; readonly section: string }
  | {
      /** The bytes end inside something. */
      readonly kind: 'truncated';
      readonly section: string;
      /** Where that something was read. */
      readonly offset: number;
      readonly what: string;
      /** Where the bytes that may be read end. */
      readonly end: number;
    }
  | {
      readonly kind: 'damaged';
      readonly section: string;
      readonly offset: number;
      readonly what: string;
      readonly wanted: string;
      readonly found: string;
    }
  | {
      /** A part of the standard, or an extension, that is not read. */
      readonly kind: 'unsupported';
      readonly section: string;
      readonly offset: number;
      readonly what: string;
      readonly instead: string;
    };

/** One sentence, to stand behind the object's name and a colon. */
export function describeDwarfProblem(problem: DwarfProblem): string {
  switch (problem.kind) {
    case 'no-section':
      return `has no ${problem.section}: it was built without -g, or was stripped; build it with -g`;
    case 'truncated':
      return (
        `${problem.section} ends at ${hex(problem.end)}, inside ${problem.what} at ` +
        `${hex(problem.offset)}; build the object again`
      );
    case 'damaged':
      return (
        `${problem.what} at ${hex(problem.offset)} of ${problem.section} is ${problem.found}, ` +
        `wanted ${problem.wanted}; build the object again`
      );
    case 'unsupported':
      return (
        `${problem.what} at ${hex(problem.offset)} of ${problem.section} is not supported; ` +
        problem.instead
      );
  }
}

/** Ends the reading of something; every public function of this folder catches it. */
export class BadDwarf extends Error {
  readonly problem: DwarfProblem;

  constructor(problem: DwarfProblem) {
    super(problem.kind);
    this.problem = problem;
  }
}

export function hex(value: number): string {
  return `0x${value.toString(16)}`;
}
