// The good objects that fuzzing starts from: the samples that set-up built and
// Debian's modules in the cache, in the order of their names.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { ArchName } from '../arch/arch.ts';
import { architectures } from '../arch/registry.ts';
import type { Stock } from '../fuzz/campaign.ts';
import { seedOf } from '../fuzz/mutate.ts';
import { debianPath, MissingAssetError, samplePath } from '../host/assets.ts';

export function stocksOf(
  environment: Readonly<Record<string, string | undefined>>,
  archs: readonly ArchName[],
): readonly Stock[] {
  return archs.map((name) => {
    const arch = architectures[name];
    const folders = [samplePath(name, 'any'), debianPath(environment, name, 'any')].map(dirname);
    const files = folders.filter((folder) => existsSync(folder)).flatMap(modulesIn);
    if (files.length === 0) throw new MissingAssetError(`a module for ${name}`, folders.join(', '));
    const types = [...arch.relocations.keys()];
    return { arch, seeds: files.map((file) => seedOf(file, readFileSync(file), types)) };
  });
}

function modulesIn(folder: string): readonly string[] {
  const names = readdirSync(folder).filter((name) => /\.(ko|so)$/.test(name));
  return names.sort().map((name) => join(folder, name));
}
