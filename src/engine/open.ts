// Opening a CPU of libunicorn: of the right version, model and manners.

import type { ArchName } from '../arch/arch.ts';
import type { Binding, Pointer } from './binding.ts';
import { CTL, models } from './constants.ts';

/** Oldest version with x86 page translation, as uc_version() >> 16. */
const OLDEST = 0x0201;

/**
 * Opens a CPU without memory.
 * @throws OldLibraryError when the library is older than 2.1
 */
export function openCpu(lib: Binding, arch: ArchName): Pointer {
  if (lib.version >>> 16 < OLDEST) throw new OldLibraryError(lib.version, lib.path);
  const model = models[arch];
  const check = (error: number, what: string): void => {
    if (error !== 0) throw new Error(`libunicorn: ${what}: ${lib.strerror(error)}`);
  };
  const out: [Pointer | null] = [null];
  check(lib.open(model.arch, model.mode, out), 'uc_open');
  if (out[0] === null) throw new Error('uc_open answered no engine');
  if (model.cpu !== undefined) check(lib.ctl(out[0], CTL.cpuModel, 'int', model.cpu), 'cpu model');
  // Exits would be probed through the page tables: there are none.
  check(lib.ctl(out[0], CTL.useExits, 'int', 1), 'use exits');
  return out[0];
}

/** The library is too old; the message says why that matters. */
export class OldLibraryError extends Error {
  constructor(version: number, path: string) {
    const found = `${version >>> 24}.${(version >>> 16) & 0xff}.${(version >>> 8) & 0xff}`;
    super(
      `${path} is libunicorn ${found}; modbox needs 2.1 or newer (2.0 has no x86 page ` +
        'translation and takes 100 ms for each flush of translated code). Run `npm run setup` ' +
        'to fetch 2.1.4, or name another library in MODBOX_UNICORN.',
    );
    this.name = 'OldLibraryError';
  }
}
