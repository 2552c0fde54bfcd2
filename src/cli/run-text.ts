// The report of a run for people: a few lines for each module, and for what
// failed why and where to look.

import type { Finding, LeakRecord, Leaks } from '../kernel/findings.ts';
import { describeOops, type Oops } from '../kernel/oops.ts';
import { type CallResult, describeDeath, describeFailure } from '../kernel/results.ts';
import { formatWhere } from '../kernel/symbols.ts';
import { formatValue } from '../suite/format.ts';
import type { CallReport, ModuleReport, Outcome, RunReport } from './run-report.ts';
import { leaks, missingIn, succeeded } from './run-report.ts';
import { type Style, visible } from './terminal.ts';
import { count, hexDump } from './words.ts';

/** The result of a call, and what it left in its buffers. */
export function callText({ call, result, buffers }: CallReport, style: Style): string {
  const lines = [`${style.bold(call.text)} ${resultText(result, style)}`];
  for (const { index, bytes } of buffers) {
    lines.push(`  argument ${index + 1} afterwards:`);
    lines.push(...hexDump(bytes).map((line) => `    ${line}`));
  }
  return `${lines.join('\n')}\n`;
}

function resultText(result: CallResult, style: Style): string {
  switch (result.kind) {
    case 'returned':
      return `= ${formatValue(result.value)}${stackText(result.stackBytes, style)}`;
    case 'fault':
      return style.bad(describeOops(result.oops));
    case 'refused':
      return style.bad(`not called: ${result.reason}`);
    case 'died':
      return style.bad(describeDeath(result.death));
  }
}

function stackText(bytes: number | undefined, style: Style): string {
  return bytes === undefined ? '' : style.dim(`, ${count(bytes, 'byte')} of stack`);
}

export function reportText(report: RunReport, style: Style): string {
  const paragraphs = report.modules.map((module) => moduleText(module, report, style));
  const findings = report.findings.map((finding) => findingText(finding, style));
  return `${[...paragraphs, ...findings, verdict(report, style)].join('\n')}\n`;
}

function moduleText(module: ModuleReport, report: RunReport, style: Style): string {
  const { file, view, failure } = module;
  const kind = view === undefined ? '' : `, ${view.flavour} module`;
  const title = style.dim(file + kind + requirers(module, report));
  const lines = [`${style.bold(visible(namesOf(module)))}  ${title}`];
  if (view !== undefined) {
    const segments = view.segments.map((segment) => `${segment.name} ${segment.bytes}`);
    const sizes = segments.length === 0 ? 'nothing to load' : `${segments.join(', ')} bytes`;
    lines.push(`  ${sizes}; ${count(view.relocations, 'relocation')}`);
  }
  lines.push(`  ${life(module, style)}${stackText(module.stackBytes, style)}`);
  for (const record of module.leaks?.records ?? []) lines.push(`    ${leakLine(record)}`);
  if (failure !== undefined) {
    lines.push(
      ...visible(describeFailure(failure))
        .split('\n')
        .map((line) => `  ${line}`),
    );
    for (const hint of hints(module)) lines.push(style.dim(`  ${hint}`));
  }
  return lines.join('\n');
}

/** All modules of an object. */
function namesOf({ name, view }: ModuleReport): string {
  const description = view?.description;
  if (description?.flavour !== 'netbsd') return name;
  return description.modules.map((each) => each.name).join(', ');
}

/** Why a module is here that nobody named. */
function requirers({ name, implied }: ModuleReport, report: RunReport): string {
  if (!implied) return '';
  const names = report.modules
    .filter(({ view }) => view?.description.required.includes(name))
    .map((each) => each.name);
  return `, required by ${names.length === 0 ? 'another' : names.join(', ')}`;
}

function life({ load, init, fini, leaks }: ModuleReport, style: Style): string {
  const step = (name: string, outcome: Outcome): string => {
    switch (outcome) {
      case 'ok':
        return `${name} ${style.good('ok')}`;
      case 'failed':
        return `${name} ${style.bad('failed')}`;
      case 'none':
        return `no ${name}`;
      case 'kept':
        return 'kept loaded';
      case 'skipped':
        return `${name} not reached`;
    }
  };
  const steps = [step('load', load)];
  if (load === 'ok') steps.push(step('init', init));
  if (init !== 'skipped' && init !== 'failed') steps.push(step('fini', fini));
  if (leaks !== undefined) steps.push(leakText(leaks, style));
  return steps.join(', ');
}

export function leakText({ blocks, bytes, records }: Leaks, style: Style): string {
  const registered = records.filter(({ kind }) => kind !== 'block').length;
  if (blocks + registered === 0) return 'no leaks';
  const parts = [];
  if (blocks > 0) parts.push(`${count(blocks, 'block')}, ${count(bytes, 'byte')}`);
  if (registered > 0) parts.push(`${count(registered, 'thing')} registered`);
  return style.warn(`leaked ${parts.join(', ')}`);
}

/** "128 bytes, allocated by f+0x14/0x40 [m]" */
export function leakLine({ kind, name, bytes, by }: LeakRecord): string {
  const what =
    kind === 'block'
      ? `${count(bytes, 'byte')}, allocated`
      : `${kind}${name === '' ? '' : ` ${visible(name)}`}, registered`;
  return by === undefined ? what : `${what} by ${formatWhere(by)}`;
}

function findingText({ kind, text, by }: Finding, style: Style): string {
  const where = by === undefined ? '' : `, at ${formatWhere(by)}`;
  return style.warn(`${kind}: ${visible(text)}${where}`);
}

/** What a person would type next. */
function hints({ failure, file }: ModuleReport): readonly string[] {
  if (failure === undefined) return [];
  const { oops, problems } = failure;
  if (oops !== undefined) return oopsHints(oops, file);
  const undefinedSymbol = problems.some(
    (each) => each.stage === 'link' && each.problem.kind === 'undefined-symbol',
  );
  return undefinedSymbol ? [`what it needs and who has it: modbox info ${file}`] : [];
}

function oopsHints(oops: Oops, file: string): readonly string[] {
  const hints = [];
  if (oops.kind === 'watchdog')
    hints.push('more time: --watchdog SECONDS (of virtual time; default 1)');
  if (oops.where.symbol !== undefined && oops.module !== undefined)
    hints.push(
      `the source line, its variables and how it came there: modbox debug ${file} -ex run`,
    );
  return hints;
}

function verdict(report: RunReport, style: Style): string {
  if (succeeded(report)) return style.good('ok');
  const missing = missingIn(report);
  if (missing.length > 0)
    return style.warn(`inconclusive: nobody here has ${missing.map(visible).join(', ')}`);
  const failed = report.modules.filter(
    ({ failure, load }) => failure !== undefined || load !== 'ok',
  );
  const calls = report.calls.filter(({ result }) => result.kind !== 'returned');
  const names = [...failed.map(({ name }) => name), ...calls.map(({ call }) => call.text)];
  if (report.death === undefined && names.length === 0) {
    const leaking = report.modules.filter(leaks).map(({ name }) => `leaks of ${visible(name)}`);
    const findings = report.findings.length === 0 ? [] : [count(report.findings.length, 'finding')];
    return style.bad(`failed: ${[...findings, ...(report.checked ? leaking : [])].join(', ')}`);
  }
  if (report.death === undefined) return style.bad(`failed: ${names.map(visible).join(', ')}`);
  // It may have come after the call that caused it, as a broken heap does.
  const last = report.calls.at(-1)?.call.text;
  const after = calls.length > 0 || last === undefined ? '' : `, after ${last}`;
  return style.bad(`failed${after}: ${visible(describeDeath(report.death))}`);
}
