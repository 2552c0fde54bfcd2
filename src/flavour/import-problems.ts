// Why a Linux module may not use a symbol that is there, as data and in words.

import type { Explanation } from '../base/explanation.ts';

export type ImportProblem =
  | {
      readonly kind: 'gpl-only';
      readonly symbol: string;
      /** undefined: the kernel itself. */
      readonly exporter: string | undefined;
      /** undefined: the module does not say. */
      readonly licence: string | undefined;
    }
  | {
      readonly kind: 'namespace';
      readonly symbol: string;
      readonly exporter: string | undefined;
      readonly namespace: string;
      readonly imported: readonly string[];
    }
  | {
      readonly kind: 'version';
      readonly symbol: string;
      readonly exporter: string | undefined;
      readonly wanted: number;
      /** undefined: the module carries no CRC of it. */
      readonly found: number | undefined;
    };

export function explainImport(problem: ImportProblem): Explanation {
  const { symbol } = problem;
  const where = `exported by ${problem.exporter ?? 'the kernel'}`;
  switch (problem.kind) {
    case 'gpl-only':
      return {
        what: `${symbol} is for modules under the GPL only`,
        where,
        wanted: 'MODULE_LICENSE("GPL") or a licence compatible with it',
        found: problem.licence === undefined ? 'no licence' : `"${problem.licence}"`,
        todo: 'change the licence, or do without the symbol',
      };
    case 'namespace':
      return {
        what: `${symbol} is in the namespace ${problem.namespace}, which is not imported`,
        where,
        wanted: `import_ns=${problem.namespace} in .modinfo`,
        found: problem.imported.length === 0 ? 'no import_ns' : problem.imported.join(', '),
        todo: `add MODULE_IMPORT_NS(${problem.namespace}) to the source`,
      };
    case 'version':
      return {
        what:
          problem.found === undefined
            ? `the module carries no version of ${symbol}`
            : `the module disagrees about the version of ${symbol}`,
        where,
        wanted: crc(problem.wanted),
        found: problem.found === undefined ? 'none' : crc(problem.found),
        todo:
          symbol === 'module_layout'
            ? 'struct module differs, so the kernels do: build the module for that kernel'
            : 'its type, or one it uses, has changed: build the module against that exporter',
      };
  }
}

function crc(value: number): string {
  return `0x${value.toString(16).padStart(8, '0')}`;
}
