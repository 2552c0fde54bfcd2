// The facts of an object for people.

import type { ModuleDescription } from '../flavour/flavour.ts';
import { foreignRows } from './foreign-facts.ts';
import { exportsOf, type NeedFacts, type ObjectFacts, type SharedFacts } from './info-facts.ts';
import { type ModinfoGroup, otherModinfo, parametersOf, vermagicOf } from './linux-facts.ts';
import { className, versionName } from './netbsd-facts.ts';
import { type Style, visible } from './terminal.ts';
import { columns, count, wrapped } from './words.ts';

/** Columns of the labels, and of what stands behind them. */
const LABEL = 13;
const WIDTH = 86;

/** How many names a list shows without --all. */
const FEW = 8;

export interface InfoTextOptions {
  readonly all: boolean;
  readonly style: Style;
}

export function infoText(facts: ObjectFacts, { all, style }: InfoTextOptions): string {
  const rows: string[] = [];
  const row = (label: string, ...texts: readonly string[]): void => {
    texts.forEach((text, i) => {
      rows.push(`${style.dim((i === 0 ? label : '').padEnd(LABEL))}${visible(text)}`);
    });
  };
  row('file', `${facts.file}, ${count(facts.fileBytes, 'byte')}`);
  const kind = facts.shared === undefined ? 'relocatable' : 'shared';
  row('format', `${facts.format} ${kind} object, ${facts.signed ? 'signed' : 'not signed'}`);
  row('machine', `${facts.arch.name}: ${facts.machine}`);
  if (facts.shared !== undefined)
    for (const [label, text] of sharedRows(facts.shared)) row(label, text);
  const { module } = facts;
  if (module !== undefined) {
    for (const [label, text] of moduleRows(module)) row(label, text);
    row('requires', module.required.length === 0 ? 'nothing' : module.required.join(', '));
    row('exports', ...list(exportsOf(facts).map(exportName), all));
  }
  if (facts.foreign !== undefined)
    for (const [label, ...texts] of foreignRows(facts.foreign, facts.name)) row(label, ...texts);
  row('undefined', ...list(facts.needs.map(needName), all));
  rows.push(...segmentRows(facts, style));
  const relocations = facts.relocations.map(({ name, count: many }) => `${many} ${name}`);
  row('relocations', ...(relocations.length === 0 ? ['none'] : wrapped(relocations, WIDTH)));
  if (module?.flavour === 'linux') {
    const lines = otherModinfo(module.modinfo, facts.signature).flatMap((group) =>
      groupLines(group, all),
    );
    if (lines.length > 0) rows.push(style.dim('modinfo'));
    for (const line of columns(lines)) rows.push(visible(line));
  }
  for (const problem of facts.problems) rows.push(style.bad(`problem: ${visible(problem)}`));
  return `${rows.join('\n')}\n`;
}

/** The key once, its values below each other. */
function groupLines({ key, values }: ModinfoGroup, all: boolean): readonly (readonly string[])[] {
  const shown = all ? values : values.slice(0, FEW);
  const left = values.length - shown.length;
  const more = left === 0 ? [] : [`and ${left} more (--all)`];
  return [...shown, ...more].map((value, i) => [i === 0 ? `  ${key}` : '', value]);
}

function sharedRows(shared: SharedFacts): readonly (readonly [string, string])[] {
  const { soname, needed, defines, wants, textRelocations } = shared;
  return [
    ['soname', soname ?? 'none'],
    ['needed', needed.length === 0 ? 'nothing' : needed.join(', ')],
    ...(defines.length === 0 ? [] : [['versions', defines.join(', ')] as const]),
    ...wants.map(({ from, names }) => ['wants', `${names.join(', ')} of ${from}`] as const),
    ...(textRelocations ? [['text', 'is changed by relocations'] as const] : []),
  ];
}

function moduleRows(module: ModuleDescription): readonly (readonly [string, string])[] {
  switch (module.flavour) {
    case 'netbsd':
      return module.modules.map((entry) => [
        'module',
        `${entry.name}: NetBSD ${versionName(entry.version)}, class ${className(entry.class)}` +
          (entry.required.length === 0 ? '' : `, requires ${entry.required.join(', ')}`),
      ]);
    case 'linux': {
      const init = module.init === undefined ? 'no init function' : 'init';
      const exit = module.exit === undefined ? 'no exit function' : 'exit';
      const parameters = parametersOf(module.modinfo).map(
        ({ name, type, description }) =>
          [
            'parameter',
            `${name}${type === undefined ? '' : ` (${type})`}` +
              (description === undefined ? '' : `: ${description}`),
          ] as const,
      );
      return [
        ['module', `${module.name}: Linux, ${init}, ${exit}`],
        ['vermagic', vermagicOf(module.modinfo) ?? 'none'],
        ...parameters,
      ];
    }
    case 'plain':
      return [['module', `${module.name}: a plain object, which does not describe itself`]];
  }
}

function exportName({ name, gpl }: { readonly name: string; readonly gpl: boolean }): string {
  return gpl ? `${name} (GPL)` : name;
}

function needName({ name, weak, inKernel }: NeedFacts): string {
  const where = inKernel === undefined ? '' : inKernel ? 'kernel' : 'not in the kernel';
  const notes = [...(weak ? ['weak'] : []), ...(where === '' ? [] : [where])];
  return notes.length === 0 ? name : `${name} (${notes.join(', ')})`;
}

function list(names: readonly string[], all: boolean): readonly string[] {
  if (names.length === 0) return ['none'];
  const shown = all ? names : names.slice(0, FEW);
  const left = names.length - shown.length;
  const more = left === 0 ? [] : [`and ${left} more (--all)`];
  const [first = '', ...others] = [...shown, ...more];
  return wrapped([`${names.length}: ${first}`, ...others], WIDTH);
}

function segmentRows(facts: ObjectFacts, style: Style): readonly string[] {
  if (facts.segments.length === 0) return [`${style.dim('segments'.padEnd(LABEL))}none`];
  const table = facts.segments.flatMap(({ name, bytes, align, disposable, sections }) => {
    const names = sections.map((section) => `${section.name} ${section.bytes}/${section.align}`);
    const lines = wrapped([...names, ...(disposable ? ['freed after init'] : [])], WIDTH - 20);
    return lines.map((line, i) =>
      i === 0
        ? [`  ${name}`.padEnd(LABEL - 2), `${bytes}`.padStart(8), `${align}`.padStart(5), line]
        : ['', '', '', line],
    );
  });
  const head = ['segments'.padEnd(LABEL - 2), '   bytes', 'align', 'sections, bytes/align'];
  const [first = '', ...lines] = columns([head, ...table]);
  const { sections, bytes } = facts.notLoaded;
  const rest = `  not loaded: ${count(sections, 'section')}, ${count(bytes, 'byte')}`;
  return [style.dim(first), ...lines.map(visible), style.dim(rest)];
}
