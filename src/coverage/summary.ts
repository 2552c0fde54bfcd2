// Coverage as a table for a terminal: a row for each module, and one for each of its
// source files; and one for all together.

import type { Tallies, Tally } from './file-coverage.ts';
import type { ModuleCoverage } from './report.ts';

const columns = ['functions', 'lines', 'branches', 'instructions'] as const;

/**
 * Lines of text, the heading first; nothing when there are no modules.  Modules of
 * several architectures have theirs in their names.
 *
 * @param totals for a last row, when there are several modules; undefined: none
 */
export function coverageSummary(
  modules: readonly ModuleCoverage[],
  totals?: Tallies,
): readonly string[] {
  const several = new Set(modules.map(({ arch }) => arch)).size > 1;
  const rows = modules.flatMap((module) => [
    { name: several ? `${module.name}/${module.arch}` : module.name, tallies: module },
    ...module.files.map(({ file, tallies }) => ({ name: `  ${file}`, tallies })),
  ]);
  if (rows.length === 0) return [];
  if (totals !== undefined && modules.length > 1) rows.push({ name: 'all', tallies: totals });
  const cells = rows.map(({ name, tallies }) => [name, ...columns.map((c) => cell(tallies, c))]);
  const table = [['coverage', ...columns], ...cells];
  const widths = table[0]?.map((_, i) => Math.max(...table.map((row) => row[i]?.length ?? 0)));
  return table.map((row) =>
    row
      .map((text, i) => (i === 0 ? text.padEnd(widths?.[i] ?? 0) : text.padStart(widths?.[i] ?? 0)))
      .join('   '),
  );
}

/** "12/14  86%"; "-" where there is nothing to run. */
function cell(tallies: Tallies, column: (typeof columns)[number]): string {
  const { found, hit } = tallies[column];
  return found === 0 ? '-' : `${hit}/${found} ${percent({ found, hit }).padStart(4)}`;
}

/** Never rounded to "100%" or "0%" where it is not. */
function percent({ found, hit }: Tally): string {
  const rounded = Math.round((100 * hit) / found);
  const honest = hit === found || hit === 0 ? rounded : Math.min(99, Math.max(1, rounded));
  return `${honest}%`;
}
