// Module.symvers, which a kernel's build leaves behind: a line for each exported
// symbol, "CRC<tab>SYMBOL<tab>MODULE<tab>EXPORT_TYPE[<tab>NAMESPACE]".  Linux 5.4
// and 5.5 had the namespace before the module.
// Documentation/kbuild/modules.rst of Linux, section 6.3

import { type Result, unlessRefused } from '../base/result.ts';
import { type Export, exportOf } from './target.ts';

export interface SymversProblem {
  readonly line: number;
  readonly wanted: string;
  readonly found: string;
}

export function describeSymversProblem(problem: SymversProblem, file: string): string {
  return `${file}:${problem.line}: found ${problem.found}, wanted ${problem.wanted}`;
}

const PROBLEM_LIMIT = 10;

export function parseSymvers(text: string): Result<ReadonlyMap<string, Export>, SymversProblem> {
  const exports = new Map<string, Export>();
  const problems: SymversProblem[] = [];
  text.split(/\r?\n/).forEach((line, i) => {
    if (line === '' || problems.length >= PROBLEM_LIMIT) return;
    const found = parseLine(line);
    if (typeof found === 'string')
      problems.push({ line: i + 1, wanted: found, found: shown(line) });
    else exports.set(found.name, found);
  });
  if (exports.size === 0 && problems.length === 0)
    problems.push({ line: 1, wanted: 'a line for each exported symbol', found: 'nothing' });
  return unlessRefused(exports, problems);
}

/** The export, or what was wanted instead. */
function parseLine(line: string): Export | string {
  const fields = line.split('\t');
  const [crc = '', name = '', third = '', fourth = '', fifth = ''] = fields;
  if (fields.length < 4) return 'at least four fields, with tabs between them';
  if (!/^0x[0-9a-f]{1,8}$/i.test(crc)) return 'a CRC such as 0x82164fbb in the first field';
  if (name === '') return 'the name of a symbol in the second field';
  const newer = fourth.startsWith('EXPORT_');
  const [module, type, namespace] = newer ? [third, fourth, fifth] : [fourth, fifth, third];
  if (!type.startsWith('EXPORT_')) return 'EXPORT_SYMBOL or EXPORT_SYMBOL_GPL in the fourth field';
  // A kernel without CONFIG_MODVERSIONS writes zeros.
  const value = Number(crc);
  return exportOf({
    name,
    module: module === 'vmlinux' ? undefined : module.slice(module.lastIndexOf('/') + 1),
    gpl: type.includes('_GPL'),
    namespace: namespace || undefined,
    crc: value === 0 ? undefined : value,
  });
}

function shown(line: string): string {
  return JSON.stringify(line.length > 60 ? `${line.slice(0, 60)}...` : line);
}
