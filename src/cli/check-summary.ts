// What became of many modules: how many would load, what keeps the others, by
// cause, and the first of them in full.  Takes results one by one and keeps no more
// than it will tell.

import type { Finding } from '../check/findings.ts';
import { checkedJson } from './check-json.ts';
import type { PoolResult } from './check-pool.ts';
import { checkText } from './check-text.ts';
import type { Json } from './json.ts';
import { type Style, visible } from './terminal.ts';
import { columns, count } from './words.ts';

const causes: Readonly<Record<Finding['kind'] | 'unreadable', string>> = {
  unreadable: 'files that are no modules for modbox',
  identify: 'does not say properly what it is',
  'missing-requirement': 'requires a module that is not there',
  'unusable-requirement': 'requires a module that cannot be used',
  'circular-requirement': 'requires itself',
  'name-taken': 'the name is taken',
  'name-differs': 'the name is not that of the file',
  'name-too-long': 'the name is too long',
  'no-vermagic': 'no vermagic',
  vermagic: 'another vermagic',
  'undefined-symbol': 'undefined symbols',
  'gpl-only': 'GPL-only symbols without the licence',
  namespace: 'namespaces that are not imported',
  version: 'other versions of symbols',
  'unknown-relocation': 'unknown relocations',
  'writable-text': 'sections both writable and executable',
  link: 'cannot be linked',
};

interface CauseCount {
  readonly kind: keyof typeof causes;
  modules: number;
  problems: number;
  readonly example: string;
}

/** Modules told in full without --all, and symbols that are missing most. */
const FEW = 3;
const SYMBOLS = 8;

export class Summary {
  readonly #all: boolean;
  readonly #style: Style;
  readonly #causes = new Map<string, CauseCount>();
  /** By symbol: how many modules lack it. */
  readonly #lacking = new Map<string, number>();
  readonly #targets = new Set<string>();
  readonly #details: string[] = [];
  readonly #files: Json[] = [];
  #modules = 0;
  #good = 0;

  constructor(all: boolean, style: Style) {
    this.#all = all;
    this.#style = style;
  }

  get allLoad(): boolean {
    return this.#good === this.#modules;
  }

  add(result: PoolResult): void {
    this.#modules++;
    if (result.kind === 'unreadable') {
      const { file, reason } = result;
      this.#count('unreadable', file, 1);
      this.#files.push({ file, wouldLoad: false, reason });
      this.#tell(() => `${visible(reason)}\n`);
      return;
    }
    const { report, target } = result;
    this.#targets.add(target);
    this.#files.push(checkedJson(result));
    if (report.wouldLoad) {
      this.#good++;
      return;
    }
    const kinds = new Map<Finding['kind'], number>();
    for (const finding of report.findings) {
      if (!finding.fatal) continue;
      kinds.set(finding.kind, (kinds.get(finding.kind) ?? 0) + 1);
      if (finding.kind === 'undefined-symbol')
        this.#lacking.set(finding.symbol, (this.#lacking.get(finding.symbol) ?? 0) + 1);
    }
    for (const [kind, problems] of kinds) this.#count(kind, report.file, problems);
    this.#tell(() => checkText(report, { target, all: this.#all, style: this.#style }));
  }

  json(): Json {
    return {
      ok: this.allLoad,
      modules: this.#modules,
      wouldLoad: this.#good,
      causes: this.#sorted().map(({ kind, modules, problems, example }) => ({
        kind,
        modules,
        problems,
        example,
      })),
      undefinedMost: this.#missing().map(([symbol, modules]) => ({ symbol, modules })),
      files: this.#files,
    };
  }

  text(name: string): string {
    const style = this.#style;
    const bad = this.#modules - this.#good;
    const verdict = [
      style.good(`${this.#good} would load`),
      ...(bad === 0 ? [] : [style.bad(`${bad} would not`)]),
    ].join(', ');
    const against = visible([...this.#targets].join(', '));
    const lines = [
      `${visible(name)}: ${count(this.#modules, 'module')}, ${verdict}` +
        (against === '' ? '' : `; checked against ${against}`),
      ...this.#table(),
    ];
    const missing = this.#missing().map(([symbol, modules]) => `${symbol} (${modules})`);
    if (missing.length > 0)
      lines.push('', visible(`missing in most modules: ${missing.join(', ')}`));
    const left = bad - this.#details.length;
    for (const detail of this.#details) lines.push('', detail.trimEnd());
    if (left > 0) lines.push('', `and ${left} more (--all)`);
    return `${lines.join('\n')}\n`;
  }

  #table(): readonly string[] {
    const rows = this.#sorted();
    if (rows.length === 0) return [];
    const table = rows.map(({ kind, modules, problems, example }) => [
      `${modules}`.padStart(9),
      `${problems}`.padStart(8),
      causes[kind],
      example.slice(example.lastIndexOf('/') + 1),
    ]);
    const head = ['  modules', 'problems', 'cause', 'first in'];
    const [first = '', ...others] = columns([head, ...table]);
    return ['', this.#style.dim(first), ...others.map(visible)];
  }

  #count(kind: keyof typeof causes, file: string, problems: number): void {
    const known = this.#causes.get(kind);
    if (known === undefined) this.#causes.set(kind, { kind, modules: 1, problems, example: file });
    else {
      known.modules++;
      known.problems += problems;
    }
  }

  #tell(detail: () => string): void {
    if (this.#all || this.#details.length < FEW) this.#details.push(detail());
  }

  #sorted(): readonly CauseCount[] {
    return [...this.#causes.values()].sort((a, b) => b.modules - a.modules);
  }

  /** Ties in the order of the alphabet. */
  #missing(): readonly (readonly [string, number])[] {
    return [...this.#lacking].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1)).slice(0, SYMBOLS);
  }
}
