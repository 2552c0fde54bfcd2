// The table at the end of the demo: a row for each architecture.

import { type ArchResult, known, loadedModules } from './demo-arch.ts';
import { formatMs } from './demo-transcript.ts';
import { columns } from './words.ts';

export interface Row {
  readonly result: ArchResult;
  readonly ok: boolean;
}

export function demoTable(rows: readonly Row[]): readonly string[] {
  const head = [
    '',
    'boot',
    ...loadedModules,
    ...known.map(({ symbol }) => symbol),
    'contained fault',
    'verdict',
  ];
  const cells = rows.map(({ result, ok }) => [
    result.arch,
    time(result.bootMs, 'boot'),
    ...loadedModules.map((name) =>
      time(result.loadMs.get(name), name, isDebian(name) && result.absent ? 'absent' : 'none'),
    ),
    ...known.map(({ module }) => result.values.get(module) ?? (result.absent ? 'absent' : 'none')),
    result.fault ?? 'none',
    ok ? 'ok' : 'WRONG',
  ]);
  return columns([head, ...cells]);
}

const isDebian = (name: string): boolean => known.some(({ module }) => module === name);

/** Right-aligned under its head. */
function time(ms: number | undefined, head: string, otherwise = 'none'): string {
  return (ms === undefined ? otherwise : formatMs(ms)).padStart(head.length);
}
