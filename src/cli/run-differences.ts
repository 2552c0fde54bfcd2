// What two runs of the same modules answered that should be the same: for `modbox run
// --check`, whose second run fills new blocks of the heap with another byte.

import type { CallResult } from '../kernel/results.ts';
import type { CallExpression } from '../suite/call-expression.ts';
import type { CallReport, ModuleReport, RunReport } from './run-report.ts';

export interface Difference {
  readonly what: string;
  readonly one: string;
  readonly other: string;
}

/** The first thing that differs; undefined: nothing does. */
export function firstDifference(one: RunReport, other: RunReport): Difference | undefined {
  return (
    amongCalls(one.calls, other.calls) ??
    amongModules(one.modules, other.modules) ??
    amongLines(one.console, other.console) ??
    differs(
      'what the kernel noticed',
      one.findings.map(({ text }) => withoutWords(text)).join('; ') || 'nothing',
      other.findings.map(({ text }) => withoutWords(text)).join('; ') || 'nothing',
    )
  );
}

function differs(what: string, one: string, other: string): Difference | undefined {
  return one === other ? undefined : { what, one, other };
}

function amongCalls(
  one: readonly CallReport[],
  other: readonly CallReport[],
): Difference | undefined {
  for (const [i, { call, result, buffers }] of one.entries()) {
    const second = other[i];
    const found =
      differs(
        call.text,
        resultText(result, call),
        second === undefined ? 'missing' : resultText(second.result, call),
      ) ??
      differs(
        `a buffer of ${call.text}`,
        buffers.map(({ bytes }) => Buffer.from(bytes).toString('hex')).join(' '),
        (second?.buffers ?? []).map(({ bytes }) => Buffer.from(bytes).toString('hex')).join(' '),
      );
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Without a type it may be that of a function that answers nothing: what was left over. */
function resultText(result: CallResult, { returns }: CallExpression): string {
  if (result.kind === 'returned')
    return returns === undefined ? 'an answer' : `0x${result.value.toString(16)}`;
  return result.kind === 'fault' ? `a fault (${result.oops.kind})` : result.kind;
}

function amongModules(
  one: readonly ModuleReport[],
  other: readonly ModuleReport[],
): Difference | undefined {
  const life = (report: ModuleReport | undefined): string =>
    report === undefined
      ? 'missing'
      : `load ${report.load}, init ${report.init}, fini ${report.fini}, ` +
        `${report.leaks?.records.length ?? 0} leaks`;
  for (const [i, report] of one.entries()) {
    const found = differs(report.name, life(report), life(other[i]));
    if (found !== undefined) return found;
  }
  return undefined;
}

function amongLines(one: string, other: string): Difference | undefined {
  const [a, b] = [one, other].map((text) => text.split('\n').map(comparable));
  for (let i = 0; i < Math.max(a?.length ?? 0, b?.length ?? 0); i++) {
    const found = differs(`line ${i + 1} of the console`, quoted(a?.[i]), quoted(b?.[i]));
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Lines of the kernel's own reports: what was in registers may be of no meaning. */
const REPORT = /^(?:Oops:|WARNING:|BUG:|pc +|[a-z]\w* +0x[0-9a-f]+(?: |$))/;

function comparable(line: string): string {
  return REPORT.test(line) ? withoutWords(line) : line;
}

function withoutWords(text: string): string {
  return text.replaceAll(/0x[0-9a-f]+/g, '0x...');
}

function quoted(line: string | undefined): string {
  return line === undefined ? 'missing' : JSON.stringify(line);
}
