// What the corpus commands print: a table with a row per target, then every
// cause of a failure with one example.

import type { CheckResult } from '../corpus/check.ts';
import type { OracleResult } from '../corpus/oracle.ts';
import { grouped, megabytes, numberTable } from './corpus-table.ts';
import { count } from './words.ts';

export function checkText(results: readonly CheckResult[]): string {
  const rows = results.map((one) => [
    one.target,
    grouped(one.modules),
    grouped(one.linked),
    megabytes(one.bytes),
    grouped(one.relocations),
    grouped(one.symbols),
    `${one.seconds.toFixed(1)} s`,
  ]);
  const head = ['', 'modules', 'linked', 'files', 'relocations', 'stubs', 'time'];
  const digests = results.map((one) => `${one.target.padEnd(15)}${one.digest}\n`).join('');
  return (
    `${numberTable([head, ...rows])}\n` +
    `sha256 over all output images; the same in every run of the same modules:\n\n${digests}\n` +
    failureText(results)
  );
}

function failureText(results: readonly CheckResult[]): string {
  const lines = results.flatMap((one) =>
    one.causes.map(
      ({ name, problems, modules, example }) =>
        `${one.target}: ${name}: ${count(problems, 'problem')} in ${count(modules, 'module')}\n` +
        `  ${example}\n`,
    ),
  );
  const modules = results.reduce((sum, one) => sum + one.modules, 0);
  return lines.length === 0 ? `No failures in ${grouped(modules)} modules.\n` : lines.join('');
}

export function oracleText(results: readonly OracleResult[], seed: number): string {
  const rows = results.map((one) => [
    one.target,
    `${one.identical}/${one.compared}`,
    grouped(one.sections),
    grouped(one.bytes),
    `${one.seconds.toFixed(1)} s`,
  ]);
  const head = ['', 'identical', 'sections', 'bytes', 'time'];
  const differences = results.flatMap((one) =>
    one.differences.map((sentence) => `${one.target}: ${sentence}\n`),
  );
  return (
    `${numberTable([head, ...rows])}\n` +
    `Seed ${seed}: it chose the modules, the order of their sections and the gaps.\n` +
    differences.join('')
  );
}
