// Why an object could not be opened or linked: the problems of every stage that
// reads it, in one union with one function that makes sentences of them.

import { sentenceOf } from '../base/explanation.ts';
import { type ContainerProblem, describeContainerProblem } from '../container/problems.ts';
import { explainImport, type ImportProblem } from '../flavour/import-problems.ts';
import { describeFlavourProblem, type FlavourProblem } from '../flavour/problems.ts';
import { describeLinkProblem, type LinkProblem } from '../linker/problems.ts';
import { describeElfProblem, type ElfProblem } from '../object/elf/problems.ts';

export type LoadProblem =
  | { readonly stage: 'find'; readonly file: string; readonly wantedBy: string | undefined }
  | { readonly stage: 'unpack'; readonly file: string; readonly problem: ContainerProblem }
  | { readonly stage: 'read'; readonly file: string; readonly problem: ElfProblem }
  | { readonly stage: 'identify'; readonly file: string; readonly problem: FlavourProblem }
  | { readonly stage: 'import'; readonly file: string; readonly problem: ImportProblem }
  | { readonly stage: 'link'; readonly file: string; readonly problem: LinkProblem };

/** One sentence: what, where, wanted and found, and what to do. */
export function describeProblem(problem: LoadProblem): string {
  const { file } = problem;
  switch (problem.stage) {
    case 'find':
      return problem.wantedBy === undefined
        ? `${file}: no such file`
        : `${problem.wantedBy}: requires module ${file}, which is neither loaded nor beside it; ` +
            'load it first or name its folder with --path';
    case 'unpack':
      return `${file}: ${describeContainerProblem(problem.problem)}`;
    case 'read':
      return `${file}: ${describeElfProblem(problem.problem)}`;
    case 'identify':
      return describeFlavourProblem(problem.problem, file);
    case 'import':
      return `${file}: ${sentenceOf(explainImport(problem.problem))}`;
    case 'link':
      return describeLinkProblem(problem.problem, file);
  }
}
