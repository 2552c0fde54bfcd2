// Links every module of a target, or a sample, and adds up what came out.

import { createHash, type Hash } from 'node:crypto';
import type { LinkedImage } from '../linker/link.ts';
import { linkModule } from './link-module.ts';
import { Stubs } from './stubs.ts';
import { type CorpusTarget, readModule } from './targets.ts';

export interface CauseCount {
  readonly name: string;
  problems: number;
  /** Modules that have such problems. */
  modules: number;
  /** The first one, in words. */
  readonly example: string;
}

export interface CheckResult {
  readonly target: string;
  readonly origin: string;
  readonly modules: number;
  readonly linked: number;
  /** Of the files. */
  readonly bytes: number;
  readonly relocations: number;
  /** Different names that were bound to stubs. */
  readonly symbols: number;
  readonly causes: readonly CauseCount[];
  readonly seconds: number;
  /** sha256 over the addresses and bytes of all images, in the modules' order. */
  readonly digest: string;
}

/** `clock` answers milliseconds. */
export function checkTarget(
  target: CorpusTarget,
  modules: readonly string[],
  clock: () => number,
): CheckResult {
  const start = clock();
  const stubs = new Stubs(target.arch);
  const hash = createHash('sha256');
  const causes = new Map<string, CauseCount>();
  let bytes = 0;
  let linked = 0;
  let relocations = 0;
  for (const name of modules) {
    const file = { name, bytes: readModule(target, name) };
    bytes += file.bytes.length;
    const outcome = linkModule(file, target.arch, stubs);
    if (outcome.kind === 'linked') {
      linked++;
      relocations += outcome.image.relocations;
      addImage(hash, name, outcome.image);
      continue;
    }
    const seen = new Set<string>();
    for (const { name: cause, sentence } of outcome.causes) {
      const sum = causes.get(cause) ?? { name: cause, problems: 0, modules: 0, example: sentence };
      sum.problems++;
      if (!seen.has(cause)) sum.modules++;
      seen.add(cause);
      causes.set(cause, sum);
    }
  }
  return {
    target: target.name,
    origin: target.origin,
    modules: modules.length,
    linked,
    bytes,
    relocations,
    symbols: stubs.count,
    causes: [...causes.values()],
    seconds: (clock() - start) / 1000,
    digest: hash.digest('hex'),
  };
}

function addImage(hash: Hash, name: string, image: LinkedImage): void {
  for (const { base, bytes } of image.segments) {
    hash.update(`${name} ${base.toString(16)} ${bytes.length}\n`);
    hash.update(bytes);
  }
}
