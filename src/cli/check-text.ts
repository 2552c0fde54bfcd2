// A check for people: a line with the verdict, then what was found, in groups.

import type { CheckReport } from '../check/check.ts';
import { explain, groupTitles } from '../check/explain.ts';
import { type Finding, type Group, groupOf, groups } from '../check/findings.ts';
import { type Style, visible } from './terminal.ts';
import { count, wrapped } from './words.ts';

/** How many findings of a group are shown without --all. */
const FEW = 12;

/** More undefined symbols than this, of which nothing is known, are one list. */
const ALONE = 3;
const WIDTH = 80;
const NAMES = 24;

export interface CheckTextOptions {
  readonly target: string;
  readonly all: boolean;
  readonly style: Style;
}

export function checkText(report: CheckReport, { target, all, style }: CheckTextOptions): string {
  const fatal = report.findings.filter((each) => each.fatal);
  const verdict = report.wouldLoad
    ? style.good('would load')
    : style.bad(`would not load, ${count(fatal.length, 'problem')}`);
  const lines = [`${visible(report.file)}: ${verdict}; checked against ${visible(target)}`];
  for (const group of groups) {
    const findings = report.findings.filter((each) => groupOf(each) === group);
    if (findings.length === 0) continue;
    lines.push('', style.bold(`${groupTitles[group]}${summary(group, findings, report)}`));
    const lost = findings.filter(isLost);
    const told = lost.length > ALONE ? findings.filter((each) => !isLost(each)) : findings;
    const shown = all ? told : told.slice(0, FEW);
    for (const finding of shown) lines.push(...findingLines(finding, report.file, target, style));
    const left = told.length - shown.length;
    if (left > 0) lines.push(`  and ${left} more (--all)`);
    if (lost.length > ALONE) lines.push(...lostLines(lost, { all, style }));
  }
  const note = notComparedText(report);
  if (note !== undefined) lines.push(...(report.findings.length > 0 ? [''] : []), style.dim(note));
  return `${lines.join('\n')}\n`;
}

function findingLines(
  finding: Finding,
  file: string,
  target: string,
  style: Style,
): readonly string[] {
  const { what, where, wanted, found, todo } = explain(finding, file, target);
  const rows: readonly (readonly [string, string | undefined])[] = [
    ['where', where],
    ['wanted', wanted],
    ['found', found],
    ['to do', todo],
  ];
  const head = finding.fatal ? style.bad(visible(what)) : `${style.warn('note:')} ${visible(what)}`;
  return [
    `  ${head}`,
    ...rows.flatMap(([label, text]) =>
      text === undefined ? [] : [`    ${style.dim(label.padEnd(7))} ${visible(text)}`],
    ),
  ];
}

type Undefined = Extract<Finding, { kind: 'undefined-symbol' }>;

/** Undefined, and nothing to be said that would help. */
function isLost(finding: Finding): finding is Undefined {
  return (
    finding.kind === 'undefined-symbol' &&
    finding.providers.length === 0 &&
    finding.nearest.length === 0
  );
}

function lostLines(
  lost: readonly Undefined[],
  { all, style }: Pick<CheckTextOptions, 'all' | 'style'>,
): readonly string[] {
  const names = lost.map(({ symbol }) => symbol).sort();
  const shown = all ? names : names.slice(0, NAMES);
  const left = names.length - shown.length;
  const words = left === 0 ? shown : [...shown, `and ${left} more (--all)`];
  return [
    `  ${style.bad(`${names.length} symbols are not defined, and no module around exports them`)}`,
    ...wrapped(words, WIDTH).map((line) => `    ${visible(line)}`),
    `    ${style.dim('to do  ')} load what exports them first, or check against the kernel it was built for`,
  ];
}

/** All versions differ: another kernel.  One does: one structure was changed. */
function summary(group: Group, findings: readonly Finding[], report: CheckReport): string {
  if (group !== 'versions' || report.description?.flavour !== 'linux') return '';
  const carried = report.description.versions.length;
  const differ = findings.filter((each) => each.kind === 'version' && each.found !== undefined);
  if (differ.length === 0) return '';
  const layout = differ.some((each) => each.kind === 'version' && each.symbol === 'module_layout');
  const guess = layout
    ? 'the kernel has another configuration or version'
    : 'what exports them was changed';
  return `: ${differ.length} of ${carried} differ, so ${guess}`;
}

function notComparedText({ notCompared }: CheckReport): string | undefined {
  if (notCompared.length === 0) return undefined;
  const words = { vermagic: 'vermagic', versions: 'versions of symbols' };
  return (
    `not compared: ${notCompared.map((each) => words[each]).join(' and ')}, which the target ` +
    'does not say (--like FILE, --vermagic, --against Module.symvers)'
  );
}
