// Requires: walks what a module requires, and what that requires, as the kernel
// would before it loads the module; finds what is missing and what goes round.

import type { Finding } from './findings.ts';
import { type KnownModule, sameName, type Target, type Unusable } from './target.ts';

export interface Requirements {
  /** Required modules that were found, deepest first. */
  readonly modules: readonly KnownModule[];
  readonly findings: readonly Finding[];
}

export interface RequirementRequest {
  readonly module: KnownModule;
  readonly target: Target;
  /** Modules that are there already. */
  readonly loaded: readonly KnownModule[];
  /** The module of this name, for a requirement of `from`. */
  readonly find: (name: string, from: KnownModule) => KnownModule | Unusable | undefined;
}

export function walkRequirements(request: RequirementRequest): Requirements {
  const modules: KnownModule[] = [];
  const findings: Finding[] = [];
  const seen = new Set<string>();
  const visit = (module: KnownModule, path: readonly string[]): void => {
    for (const name of module.description.required) {
      const key = name.replaceAll('-', '_');
      const longer = [...path, name];
      if (path.some((each) => sameName(each, name))) {
        findings.push({ kind: 'circular-requirement', fatal: true, path: longer });
        continue;
      }
      if (seen.has(key)) continue;
      seen.add(key);
      if (request.loaded.some((each) => sameName(each.description.name, name))) continue;
      const found = request.find(name, module);
      if (found === undefined) {
        if (isExporter(request.target, module, name)) continue;
        const fatal = request.target.loadsRequired;
        findings.push({ kind: 'missing-requirement', fatal, module: name, path: longer });
        continue;
      }
      if ('reason' in found) {
        findings.push({ kind: 'unusable-requirement', fatal: true, module: name, ...found });
        continue;
      }
      visit(found, longer);
      modules.push(found);
    }
  };
  visit(request.module, [request.module.description.name]);
  return { modules, findings };
}

/** A Module.symvers names modules without having them. */
function isExporter(target: Target, module: KnownModule, name: string): boolean {
  for (const each of target.exports(module.description.flavour).values())
    if (each.module !== undefined && sameName(each.module, name)) return true;
  return false;
}
