// The board as one page: a bar for each target, the table, and what to do next.
// Nothing in it comes from outside: no scripts, fonts or pictures.

import { type Outcome, outcomes } from './life.ts';
import { stoppersOf, type TargetBoard } from './tally.ts';

const colours: Readonly<Record<Outcome, string>> = {
  passed: '#2e7d32',
  library: '#7cb342',
  permanent: '#9ccc65',
  declined: '#29b6f6',
  left: '#fdd835',
  inconclusive: '#bdbdbd',
  faulted: '#e53935',
  refused: '#8e24aa',
};

const STOPPERS = 40;

export function boardHtml(boards: readonly TargetBoard[], day: string): string {
  const stoppers = stoppersOf(boards.flatMap(({ lives }) => lives)).slice(0, STOPPERS);
  return `<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>modbox: real modules</title><style>
body { font: 15px/1.5 system-ui, sans-serif; max-width: 60em; margin: 2em auto; padding: 0 1em }
.bar { display: flex; height: 22px; border-radius: 4px; overflow: hidden; background: #eee }
table { border-collapse: collapse; margin: 1em 0 } td, th { padding: 2px 10px; text-align: right }
td:first-child, th:first-child { text-align: left } tr:nth-child(even) { background: #f6f6f6 }
.key { display: inline-block; width: 12px; height: 12px; margin: 0 4px 0 12px }
</style></head><body>
<h1>Real modules in modbox</h1>
<p>Every module of Debian’s kernel packages, unmodified: loaded, initialised, taken out. ${escaped(day)}</p>
<p>${outcomes.map((each) => `<span class="key" style="background:${colours[each]}"></span>${each}`).join('')}</p>
${boards.map(barOf).join('\n')}
${table(boards)}
<h2>What nobody has and most modules want</h2>
<table><tr><th>symbol</th><th>modules</th><th>for example</th></tr>
${stoppers
  .map(
    ({ symbol, modules, example }) =>
      `<tr><td>${escaped(symbol)}</td><td>${modules}</td><td>${escaped(example)}</td></tr>`,
  )
  .join('\n')}
</table></body></html>
`;
}

function barOf({ target, origin, modules, byOutcome }: TargetBoard): string {
  const parts = outcomes.filter((each) => byOutcome[each] > 0);
  const pieces = parts.map((each) => {
    const share = (byOutcome[each] / modules) * 100;
    const title = `${each}: ${byOutcome[each]} (${share.toFixed(1)} %)`;
    return `<div title="${title}" style="width:${share}%;background:${colours[each]}"></div>`;
  });
  return `<h3>${escaped(target)} <small>${escaped(origin)}, ${modules} modules</small></h3><div class="bar">${pieces.join('')}</div>`;
}

function table(boards: readonly TargetBoard[]): string {
  const head = ['target', 'modules', 'conclusive', ...outcomes];
  const rows = boards.map(({ target, modules, conclusive, byOutcome }) => [
    escaped(target),
    String(modules),
    `${((conclusive / modules) * 100).toFixed(1)} %`,
    ...outcomes.map((each) => String(byOutcome[each])),
  ]);
  const line = (cells: readonly string[], tag: string): string =>
    `<tr>${cells.map((cell) => `<${tag}>${cell}</${tag}>`).join('')}</tr>`;
  return `<table>${line(head, 'th')}\n${rows.map((row) => line(row, 'td')).join('\n')}</table>`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
