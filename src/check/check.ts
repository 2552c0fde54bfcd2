// Would this module load, and if not, everything that is wrong with it at once,
// without a machine.  The passes look at different things and none needs the one
// before to have gone well, except that a module which does not say what it is
// has no requirements to walk.

import { exportKeys, versionsOf } from '../flavour/exports.ts';
import { identify, type ModuleDescription } from '../flavour/flavour.ts';
import { forbiddenImports, valuesOf, versionProblems } from '../flavour/imports.ts';
import type { LinuxModule } from '../flavour/linux.ts';
import { isMeant } from '../flavour/names.ts';
import { type Finding, groupOf, groups, type Provider } from './findings.ts';
import { linkOnTrial, type TrialRequest, type Undefined } from './linkable.ts';
import { type RequirementRequest, walkRequirements } from './requirements.ts';
import {
  type Export,
  exportsOfModule,
  type KnownModule,
  type Subject,
  sameKind,
  sameName,
  type Target,
} from './target.ts';
import { compareVermagic } from './vermagic.ts';

export interface CheckRequest {
  readonly subject: Subject;
  /** The file's name without folder and suffix. */
  readonly fileName: string;
  readonly target: Target;
  /** Named earlier on the command line: there already. */
  readonly loaded: readonly KnownModule[];
  /** Named later. */
  readonly later: readonly KnownModule[];
  readonly find: RequirementRequest['find'];
  /** Modules around that may export one of these symbols; asked at most once. */
  readonly around: (
    symbols: readonly string[],
    flavour: ModuleDescription['flavour'],
  ) => readonly KnownModule[];
}

export interface CheckReport {
  readonly file: string;
  readonly description: ModuleDescription | undefined;
  /** By group. */
  readonly findings: readonly Finding[];
  /** What could not be compared, because the target does not say. */
  readonly notCompared: readonly ('vermagic' | 'versions')[];
  readonly wouldLoad: boolean;
}

export function check(request: CheckRequest): CheckReport {
  const { subject, target } = request;
  const described = identify(subject.object, subject.arch, request.fileName);
  const description = described.ok ? described.value : undefined;
  const findings: Finding[] = described.ok
    ? []
    : described.problems.map((problem) => ({ kind: 'identify', fatal: true, problem }));
  const module = description && { file: subject.file, description };

  // What must be there before it is, and its own name is free.
  const required = module && walkRequirements({ ...request, module });
  findings.push(...(required?.findings ?? []));
  if (module !== undefined) findings.push(...checkName(request, module));

  // Every symbol is known, every relocation possible.
  const present = [...request.loaded, ...(required?.modules ?? [])];
  const lookup = lookupIn(target, present, description);
  const trial = linkOnTrial({ subject, ...lookup, names: lookup.names() });
  findings.push(...trial.findings);
  findings.push(...explainUndefined(request, trial.undefinedSymbols, description));

  // What Linux asks of its modules besides.
  if (description?.flavour === 'linux') {
    for (const each of forbiddenImports(description, trial.used))
      findings.push({ ...each, fatal: true });
    findings.push(...checkVermagic(description, target));
    findings.push(...checkVersions(description, target, trial.used));
  }
  return {
    file: subject.file,
    description,
    findings: groups.flatMap((group) => findings.filter((each) => groupOf(each) === group)),
    notCompared: description?.flavour === 'linux' ? notCompared(target) : [],
    wouldLoad: !findings.some(({ fatal }) => fatal),
  };
}

/** MODULE_NAME_LEN of Linux: 64 bytes less a word, the NUL included. */
const NAME_BYTES = 64;

function checkName(request: CheckRequest, module: KnownModule): readonly Finding[] {
  const findings: Finding[] = [];
  const { name, flavour } = module.description;
  const twin = request.loaded.find((each) => sameName(each.description.name, name));
  if (twin !== undefined) findings.push({ kind: 'name-taken', fatal: true, name, by: twin.file });
  if (flavour !== 'plain' && !sameName(name, request.fileName))
    findings.push({ kind: 'name-differs', fatal: false, name, fileName: request.fileName });
  const limit = NAME_BYTES - request.subject.arch.wordBytes - 1;
  const bytes = new TextEncoder().encode(name).length;
  if (flavour === 'linux' && bytes > limit)
    findings.push({ kind: 'name-too-long', fatal: true, name, bytes, limit });
  return findings;
}

interface Lookup {
  readonly lookup: TrialRequest['lookup'];
  readonly versions: TrialRequest['versions'];
  readonly names: () => Iterable<string>;
}

/** The kernel first, then modules in the order in which they came. */
function lookupIn(
  target: Target,
  present: readonly KnownModule[],
  description: ModuleDescription | undefined,
): Lookup {
  const kernel = target.exports(description?.flavour ?? 'plain');
  const kin = present.filter(
    (module) => description === undefined || sameKind(module.description, description),
  );
  const modules = new Map<string, Export>();
  for (const module of kin)
    for (const each of exportsOfModule(module))
      for (const key of exportKeys(each)) if (!modules.has(key)) modules.set(key, each);
  const meant = (from: string): KnownModule | undefined =>
    kin.find(({ file, description: { name } }) => isMeant(from, { file, name }));
  return {
    lookup: (name, version) => {
      if (version === undefined) return kernel.get(name) ?? modules.get(name);
      const module = meant(version.from);
      const own = module === undefined ? [] : exportsOfModule(module);
      return own.find((each) => each.name === name && each.version?.name === version.name);
    },
    versions: (symbol, from) => {
      const module = meant(from);
      return module && versionsOf(module.description.exports, symbol);
    },
    names: () => [...kernel.keys(), ...[...modules.keys()].filter((name) => !name.includes('@'))],
  };
}

/** Adds who would have each symbol. */
function explainUndefined(
  request: CheckRequest,
  problems: readonly Undefined[],
  description: ModuleDescription | undefined,
): readonly Finding[] {
  if (problems.length === 0) return [];
  const wanted = problems.map(({ symbol }) => symbol);
  const isKin = (module: KnownModule): boolean =>
    description === undefined || sameKind(module.description, description);
  const later = request.later.filter(isKin);
  const files = new Set([request.subject.file, ...later.map(({ file }) => file)]);
  const around = request
    .around(wanted, description?.flavour ?? 'plain')
    .filter((each) => isKin(each) && !files.has(each.file));
  const providersIn = (
    modules: readonly KnownModule[],
    symbol: string,
    why: Provider['why'],
  ): readonly Provider[] =>
    modules
      .filter((each) => each.description.exports.some(({ name }) => name === symbol))
      .map(({ file, description: { name } }) => ({ module: name, file, why }));
  return problems.map(({ symbol, first, uses, nearest }) => ({
    kind: 'undefined-symbol',
    fatal: true,
    symbol,
    first,
    uses,
    nearest,
    providers: [
      ...providersIn(later, symbol, 'later'),
      ...providersIn(around, symbol, 'not-required'),
    ],
  }));
}

function checkVermagic(module: LinuxModule, target: Target): readonly Finding[] {
  const wanted = target.vermagic;
  if (wanted === undefined) return [];
  const [found] = valuesOf(module, 'vermagic');
  if (found === undefined) return [{ kind: 'no-vermagic', fatal: true, wanted }];
  // With versions of its symbols a module may come from another release.
  const hasVersions = module.versions.length > 0;
  return compareVermagic(wanted, found).map((each) => ({
    kind: 'vermagic',
    fatal: !(hasVersions && each.field === 'release'),
    ...each,
  }));
}

function checkVersions(
  module: LinuxModule,
  target: Target,
  used: ReadonlyMap<string, Export>,
): readonly Finding[] {
  const known = target.exports('linux');
  const carried = module.versions.map(({ name }) => name);
  // The layout of struct module has a version too, though nothing refers to it.
  const symbols = new Set(['module_layout', ...carried, ...used.keys()]);
  const wanted = [...symbols].map((symbol) => {
    const by = used.get(symbol) ?? known.get(symbol);
    return [symbol, { module: by?.module, crc: by?.crc ?? target.crcs.get(symbol) }] as const;
  });
  // One that is missing among others is a warning in Linux.
  const needsAll = target.wantsVersions && carried.length === 0;
  return versionProblems(module, new Map(wanted)).map((each) => ({
    ...each,
    fatal: each.found !== undefined || needsAll,
  }));
}

function notCompared(target: Target): CheckReport['notCompared'] {
  const hasVersions =
    target.crcs.size > 0 ||
    [...target.exports('linux').values()].some(({ crc }) => crc !== undefined);
  return [
    ...(target.vermagic === undefined ? (['vermagic'] as const) : []),
    ...(hasVersions ? [] : (['versions'] as const)),
  ];
}
