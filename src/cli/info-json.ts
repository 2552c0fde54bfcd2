// The facts of an object for programs; keys are stable.

import { foreignJson, foreignName, foreignRequired } from './foreign-facts.ts';
import { exportsOf, type ObjectFacts, type SharedFacts } from './info-facts.ts';
import type { Json } from './json.ts';
import { parametersOf, vermagicOf } from './linux-facts.ts';

export function infoJson(facts: ObjectFacts): Json {
  const { module, foreign } = facts;
  const linux = module?.flavour === 'linux' ? module : undefined;
  return {
    ok: facts.problems.length === 0,
    file: facts.file,
    bytes: facts.fileBytes,
    format: facts.format,
    shared: facts.shared === undefined ? null : sharedJson(facts.shared),
    arch: facts.arch.name,
    machine: facts.machine,
    signed: facts.signed,
    signature: signatureJson(facts.signature),
    flavour: module?.flavour ?? foreign?.flavour ?? null,
    name: module?.name ?? (foreign && foreignName(foreign)) ?? null,
    foreign: foreign === undefined ? null : foreignJson(foreign),
    modules:
      module?.flavour === 'netbsd'
        ? module.modules.map(({ name, class: number, version, required }) => ({
            name,
            class: number,
            version,
            required,
          }))
        : [],
    vermagic: linux === undefined ? null : (vermagicOf(linux.modinfo) ?? null),
    init: linux === undefined ? null : linux.init !== undefined,
    exit: linux === undefined ? null : linux.exit !== undefined,
    requires: module?.required ?? (foreign === undefined ? [] : foreignRequired(foreign)),
    exports: exportsOf(facts).map(({ name, gpl }) => ({ name, gpl })),
    undefined: facts.needs.map(({ name, weak, inKernel }) => ({
      name,
      weak,
      inKernel: inKernel ?? null,
    })),
    segments: facts.segments.map((segment) => ({
      ...segment,
      sections: segment.sections.map((section) => ({ ...section })),
    })),
    relocations: Object.fromEntries(facts.relocations.map(({ name, count }) => [name, count])),
    modinfo: (linux?.modinfo ?? []).map(({ key, value }) => ({ key, value })),
    parameters: parametersOf(linux?.modinfo ?? []).map(({ name, type, description }) => ({
      name,
      type: type ?? null,
      description: description ?? null,
    })),
    problems: facts.problems,
  };
}

function signatureJson(signature: ObjectFacts['signature']): Json {
  if (signature === undefined) return null;
  const { id, signer, key, hash, signature: bytes } = signature;
  return {
    id,
    signer: signer ?? null,
    key: key ?? null,
    hash: hash ?? null,
    signature: bytes ?? null,
  };
}

function sharedJson({ soname, needed, defines, wants, textRelocations }: SharedFacts): Json {
  return {
    soname: soname ?? null,
    needed,
    versions: defines,
    wants: wants.map(({ from, names }) => ({ from, names })),
    textRelocations,
  };
}
