// A check for programs; keys are stable.

import type { ArchName } from '../arch/arch.ts';
import type { CheckReport } from '../check/check.ts';
import { explain } from '../check/explain.ts';
import { type Finding, groupOf } from '../check/findings.ts';
import type { Json } from './json.ts';

export interface CheckedFile {
  readonly arch: ArchName;
  readonly target: string;
  readonly report: CheckReport;
}

export function checkJson(files: readonly CheckedFile[]): Json {
  return {
    ok: files.every(({ report }) => report.wouldLoad),
    files: files.map(checkedJson),
  };
}

export function checkedJson({ arch, target, report }: CheckedFile): Json {
  return {
    file: report.file,
    arch,
    name: report.description?.name ?? null,
    flavour: report.description?.flavour ?? null,
    against: target,
    wouldLoad: report.wouldLoad,
    findings: report.findings.map((each) => findingJson(each, report.file, target)),
    notCompared: report.notCompared,
  };
}

function findingJson(finding: Finding, file: string, target: string): Json {
  const { what, where, wanted, found, todo } = explain(finding, file, target);
  return {
    kind: finding.kind,
    group: groupOf(finding),
    fatal: finding.fatal,
    symbol: 'symbol' in finding ? finding.symbol : null,
    what,
    where: where ?? null,
    wanted: wanted ?? null,
    found: found ?? null,
    todo: todo ?? null,
    providers:
      finding.kind === 'undefined-symbol'
        ? finding.providers.map(({ module, file: path, why }) => ({ module, file: path, why }))
        : [],
  };
}
