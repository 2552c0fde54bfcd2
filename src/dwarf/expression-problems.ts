// Why an expression has no value, as data, and its sentence.

export type ExpressionProblem = {
  /** Of the first character it is about, from 0. */
  readonly at: number;
} & (
  | { readonly kind: 'too-long'; readonly limit: number }
  | { readonly kind: 'too-deep'; readonly limit: number }
  | { readonly kind: 'strange-character'; readonly found: string }
  | { readonly kind: 'unterminated'; readonly quote: string }
  | { readonly kind: 'bad-number'; readonly found: string }
  | { readonly kind: 'syntax'; readonly wanted: string; readonly found: string }
  /** Neither a variable, a function, a symbol nor an enumerator. */
  | { readonly kind: 'unknown-name'; readonly name: string }
  | { readonly kind: 'unknown-register'; readonly name: string }
  | { readonly kind: 'unknown-type'; readonly name: string }
  | {
      readonly kind: 'no-member';
      readonly name: string;
      readonly type: string;
      readonly members: readonly string[];
    }
  | {
      readonly kind: 'wrong-type';
      readonly operation: string;
      readonly wanted: string;
      readonly found: string;
    }
  | { readonly kind: 'not-assignable'; readonly why: string }
  /** The value exists, but nobody knows it: optimized out, not in memory. */
  | { readonly kind: 'no-value'; readonly what: string; readonly why: string }
  | { readonly kind: 'division-by-zero' }
  | { readonly kind: 'no-calls' }
);

/** One sentence; the first character it is about is problem.at. */
export function describeExpressionProblem(problem: ExpressionProblem): string {
  switch (problem.kind) {
    case 'too-long':
      return `The expression is longer than ${problem.limit} characters; use a shorter one.`;
    case 'too-deep':
      return `The expression is nested deeper than ${problem.limit}; use a simpler one.`;
    case 'strange-character':
      return `Invalid character "${problem.found}" in expression.`;
    case 'unterminated':
      return `Unmatched ${problem.quote === '"' ? 'double' : 'single'} quote.`;
    case 'bad-number':
      return `Invalid number "${problem.found}".`;
    case 'syntax':
      return `A syntax error in expression: found ${problem.found}, wanted ${problem.wanted}.`;
    case 'unknown-name':
      return `No symbol "${problem.name}" in current context.`;
    case 'unknown-register':
      return `There is no register "$${problem.name}".`;
    case 'unknown-type':
      return `No ${problem.name} in the debug information.`;
    case 'no-member': {
      const { name, type, members } = problem;
      const few = members.slice(0, 8).join(', ');
      const more = members.length > 8 ? ', ...' : '';
      return `There is no member named ${name} in ${type}; it has ${few || 'none'}${more}.`;
    }
    case 'wrong-type':
      return `${problem.operation} needs ${problem.wanted}, found ${problem.found}.`;
    case 'not-assignable':
      return `Left operand of assignment is not an lvalue: ${problem.why}.`;
    case 'no-value':
      return `${problem.what} has no value: ${problem.why}.`;
    case 'division-by-zero':
      return 'Division by zero.';
    case 'no-calls':
      return 'Functions are not called in expressions.';
  }
}

/** Ends the evaluation; evaluateExpression() catches it. */
export class BadExpression extends Error {
  readonly problem: ExpressionProblem;

  constructor(problem: ExpressionProblem) {
    super(problem.kind);
    this.problem = problem;
  }
}
