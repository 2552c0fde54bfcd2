// A finding in words: what is wrong, where, what was wanted and found, and what to
// do about it.

import type { Explanation } from '../base/explanation.ts';
import { explainImport } from '../flavour/import-problems.ts';
import { describeFlavourProblem } from '../flavour/problems.ts';
import { describeLinkProblem, type Place } from '../linker/problems.ts';
import type { Finding, Group, Provider } from './findings.ts';

export const groupTitles: Readonly<Record<Group, string>> = {
  module: 'the module',
  names: 'names and requirements',
  vermagic: 'vermagic',
  symbols: 'symbols',
  versions: 'versions of symbols',
  link: 'sections and relocations',
};

/** `file` is the module, `target` what it was checked against. */
export function explain(finding: Finding, file: string, target: string): Explanation {
  switch (finding.kind) {
    case 'identify':
      return { what: sentence(describeFlavourProblem(finding.problem, file), file) };
    case 'missing-requirement':
      return {
        what: `module ${finding.module} is required and cannot be found`,
        where: finding.path.join(' -> '),
        wanted: `a file ${finding.module}.ko`,
        found: 'none in the same folder or archive, nor on the command line',
        todo: 'name its file as well, or put it beside this one',
      };
    case 'unusable-requirement':
      return {
        what: `module ${finding.module} is required and cannot be used`,
        found: `${finding.file}: ${finding.reason}`,
        todo: 'replace that file',
      };
    case 'circular-requirement':
      return {
        what: 'the module requires itself',
        where: finding.path.join(' -> '),
        todo: 'take one of these requirements out, or move what both need to a third module',
      };
    case 'name-taken':
      return {
        what: `module ${finding.name} is there already`,
        found: finding.by,
        todo: 'give one of them another name, or leave it out',
      };
    case 'name-differs':
      return {
        what: `the module calls itself ${finding.name}`,
        found: `a file called ${finding.fileName}`,
        todo: 'rename the file: modules that require it look for it by its name',
      };
    case 'name-too-long':
      return {
        what: `the module's name, ${finding.name}, is too long`,
        wanted: `at most ${finding.limit} bytes`,
        found: `${finding.bytes}`,
      };
    case 'no-vermagic':
      return {
        what: 'the module has no vermagic',
        wanted: `"${finding.wanted.trim()}"`,
        found: 'nothing in .modinfo',
        todo: 'build it with the build system of the kernel (kbuild)',
      };
    case 'vermagic':
      return {
        what: `${finding.field} differs`,
        wanted: finding.wanted ?? 'absent',
        found: finding.found ?? 'absent',
        todo: finding.fatal
          ? `build it for that kernel; this is ${finding.option}`
          : 'nothing: a module with symbol versions may come from another release',
      };
    case 'undefined-symbol':
      return {
        what: `${finding.symbol} is not defined`,
        where: used(finding.first, finding.uses),
        wanted: `an export of ${target} or of a module it requires`,
        found: foundInstead(finding.providers, finding.nearest),
        todo: supply(finding.providers, finding.nearest),
      };
    case 'gpl-only':
    case 'namespace':
    case 'version':
      return explainImport(finding);
    case 'unknown-relocation':
      return {
        what: `${finding.first.relocation} is not supported`,
        where: used(finding.first, finding.uses),
        wanted: `a relocation of ${finding.specification} that kernel code may have`,
        ...(finding.reason === undefined ? {} : { found: `one that ${finding.reason}` }),
        todo: finding.reason?.includes('compile')
          ? 'compile it again as said'
          : 'compile it as the kernel is compiled: no -fPIC, no thread-local variables',
      };
    case 'writable-text':
      return {
        what: `section ${finding.section} is both writable and executable`,
        wanted: 'W or X in its flags',
        found: 'W and X',
        todo: 'put code and data into sections of their own',
      };
    case 'link':
      return { what: sentence(describeLinkProblem(finding.problem, file), file) };
  }
}

/** The file stands in the line above. */
function sentence(text: string, file: string): string {
  return text.startsWith(`${file}: `) ? text.slice(file.length + 2) : text;
}

function used({ section, offset, relocation, symbol }: Place, uses: number): string {
  const more = uses === 1 ? '' : `, the first of ${uses} uses`;
  return `${section}+0x${offset.toString(16)}: ${relocation} to ${symbol}${more}`;
}

function foundInstead(providers: readonly Provider[], nearest: readonly string[]): string {
  if (providers.length > 0)
    return providers.map(({ module, file }) => `${module} exports it: ${file}`).join('; ');
  return nearest.length === 0 ? 'nothing of this name' : `${nearest.join(', ')} (similar names)`;
}

function supply([provider]: readonly Provider[], nearest: readonly string[]): string {
  if (provider === undefined)
    return nearest.length === 0
      ? 'load the module that exports it first, or check for a kernel that has it'
      : 'correct the name, or load the module that exports it first';
  return provider.why === 'later'
    ? `name ${provider.file} before this one, or let this module require ${provider.module}`
    : `load ${provider.module} first, or let this module require it`;
}
