// What can be wrong with a file of expectations.  All of it is found before anything
// runs.

import { sentenceOf } from '../base/explanation.ts';

interface At {
  readonly file: string;
  /** From 1; 0: the file as a whole. */
  readonly line: number;
  /** "case[2].step[1].returns"; empty: the file as a whole. */
  readonly key: string;
}

export type SuiteProblem = At &
  (
    | { readonly kind: 'syntax'; readonly reason: string }
    | {
        readonly kind: 'unknown-key';
        readonly nearest: readonly string[];
        readonly known: readonly string[];
      }
    | { readonly kind: 'missing-key' }
    | { readonly kind: 'wrong-type'; readonly wanted: string; readonly found: string }
    | { readonly kind: 'bad-value'; readonly reason: string }
  );

/** "crc16.test.toml:12: case[1].retruns: no such key; did you mean returns?" */
export function describeSuiteProblem(problem: SuiteProblem): string {
  const { file, line, key } = problem;
  const at = `${file}${line === 0 ? '' : `:${line}`}: `;
  return at + (key === '' ? '' : `${key}: `) + said(problem);
}

function said(problem: SuiteProblem): string {
  switch (problem.kind) {
    case 'syntax':
      return problem.reason;
    case 'unknown-key': {
      const { nearest, known } = problem;
      const todo =
        nearest.length > 0
          ? `did you mean ${nearest.join(' or ')}?`
          : `the keys here are ${known.join(', ')}`;
      return sentenceOf({ what: 'no such key', todo });
    }
    case 'missing-key':
      return 'is missing';
    case 'wrong-type':
      return sentenceOf({ what: 'wrong type', wanted: problem.wanted, found: problem.found });
    case 'bad-value':
      return problem.reason;
  }
}
