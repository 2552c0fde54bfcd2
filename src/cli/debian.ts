// The modules of real Debian kernels that set-up fetched: where they came from,
// or why they are not there.

import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { ArchName } from '../arch/arch.ts';
import { debianPath, root } from '../host/assets.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** "linux-image-6.1.0-50-armmp 6.1.176-1"; undefined when nothing is there. */
export function debianPackage(environment: Environment, arch: ArchName): string | undefined {
  const index = join(dirname(debianPath(environment, arch, 'any')), 'index.json');
  if (!existsSync(index)) return undefined;
  const written: unknown = JSON.parse(readFileSync(index, 'utf8'));
  if (typeof written !== 'object' || written === null) return undefined;
  if (!('package' in written) || !('version' in written)) return undefined;
  return `${written.package} ${written.version}`;
}

/** One paragraph. */
export function whyNoDebian(): string {
  const note = join(root, 'build', 'corpus-missing.txt');
  if (existsSync(note)) return readFileSync(note, 'utf8').trim();
  return 'Modules of real Debian kernels are not in the cache; `npm run setup debian` fetches them.';
}
