// What failing each call came to, for people and for programs.

import type { FailNthReport, Injection, Verdict } from '../inject/fail-nth.ts';
import { formatWhere } from '../kernel/symbols.ts';
import { hexOf, type Json } from './json.ts';
import { leakLine } from './run-text.ts';
import { type Style, visible } from './terminal.ts';
import { columns, count } from './words.ts';

/** Verdicts that a module's author has to look at. */
const defects: ReadonlySet<Verdict> = new Set(['wrong-errno', 'leaked', 'oops']);

/** What went well, or at least did no harm. */
const good: ReadonlySet<Verdict> = new Set(['handled', 'tolerated']);

/** Whether every failure was borne. */
export function allBorne(reports: readonly FailNthReport[]): boolean {
  return reports.every(
    ({ problem, injections }) =>
      problem === undefined && injections.every(({ verdict }) => good.has(verdict)),
  );
}

export function failNthText(reports: readonly FailNthReport[], style: Style): string {
  return reports.map((report) => reportText(report, style)).join('\n');
}

function reportText({ module, problem, calls, injections }: FailNthReport, style: Style): string {
  const title = style.bold(visible(module));
  if (problem !== undefined)
    return `${title}: nothing was failed, for it does not live undisturbed\n  ${visible(problem)}\n`;
  const lines = [
    `${title}: ${count(calls.init, 'call')} of init and ${count(calls.exit, 'call')} of exit can fail`,
  ];
  const heads = columns(
    injections.map((each) => ['', `#${each.number}`, each.stage, placeOf(each)]),
  );
  injections.forEach((injection, i) => {
    lines.push(`${heads[i] ?? ''}  ${verdictText(injection, style)}`);
    for (const detail of detailsOf(injection)) lines.push(`      ${visible(detail)}`);
  });
  lines.push(sumOf(injections));
  return `${lines.join('\n')}\n`;
}

function placeOf({ callee, by }: Injection): string {
  const where = by === undefined ? '' : ` by ${formatWhere(by)}`;
  return `${callee ?? 'a call'}${where}`;
}

function verdictText({ verdict }: Injection, style: Style): string {
  if (defects.has(verdict)) return style.bad(verdict);
  return good.has(verdict) ? style.good(verdict) : style.warn(verdict);
}

/** Only what is wrong needs words. */
function detailsOf({ verdict, detail, leaks }: Injection): readonly string[] {
  if (good.has(verdict)) return [];
  if (verdict === 'leaked') return (leaks?.records ?? []).map(leakLine);
  return detail.split('\n');
}

function sumOf(injections: readonly Injection[]): string {
  const verdicts = [...new Set(injections.map(({ verdict }) => verdict))];
  const parts = verdicts.map(
    (each) => `${injections.filter(({ verdict }) => verdict === each).length} ${each}`,
  );
  return parts.length === 0 ? 'no call of it can fail' : parts.join(', ');
}

export function failNthJson(reports: readonly FailNthReport[]): Json {
  return {
    ok: allBorne(reports),
    modules: reports.map(({ module, problem, calls, injections }) => ({
      file: module,
      problem: problem ?? null,
      calls: { ...calls },
      injections: injections.map(({ number, stage, callee, by, verdict, errno, detail }) => ({
        number,
        stage,
        callee: callee ?? null,
        by: by === undefined ? null : formatWhere(by),
        address: by === undefined ? null : hexOf(by.address),
        verdict,
        errno,
        detail,
      })),
    })),
  };
}
