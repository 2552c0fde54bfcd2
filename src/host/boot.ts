// boot() of the library: finds libunicorn and the guest kernel that set-up left on
// this host, and boots.

import { existsSync } from 'node:fs';
import type { ArchName } from '../arch/arch.ts';
import { architectures } from '../arch/registry.ts';
import { loadBinding } from '../engine/binding.ts';
import { locateLibrary } from '../engine/library.ts';
import { bootKernel } from '../kernel/boot.ts';
import type { WantedChecks } from '../kernel/checks.ts';
import type { ObjectFiles } from '../kernel/files.ts';
import type { AddressRange } from '../kernel/image.ts';
import type { Kernel } from '../kernel/kernel.ts';
import type { MissingSymbols } from '../kernel/missing.ts';
import { MissingAssetError, readKernelImage } from './assets.ts';
import { diskFiles } from './disk.ts';

export interface HostBootOptions {
  readonly arch: ArchName;
  /** A multiple of 4 MiB; default 64 MiB. */
  readonly ramBytes?: number;
  /** Virtual nanoseconds that init, fini or a call may take; default one second. */
  readonly watchdogNs?: number;
  /** Where modules go; default: near the kernel, so that branches reach it. */
  readonly modulesAt?: AddressRange;
  /** false: a branch that does not reach is an error.  Default true. */
  readonly veneers?: boolean;
  /** Which symbols of a module the guest keeps for its backtraces; default all. */
  readonly symbols?: 'all' | 'exported' | undefined;
  /** What becomes of Linux modules that use symbols nobody has; default 'refuse'. */
  readonly missing?: MissingSymbols | undefined;
  /** Watch modules closely, for memory they misuse and the like; default false. */
  readonly checks?: WantedChecks | undefined;
  /** Folders to look for required modules in, after that of the requiring one. */
  readonly searchPath?: readonly string[];
  /** Instead of the disk. */
  readonly files?: ObjectFiles;
  /** The guest kernel, an ELF executable; default: the one that set-up built. */
  readonly kernel?: Uint8Array;
  /** The libunicorn to load; default: what set-up found, or MODBOX_UNICORN. */
  readonly library?: string;
  readonly onConsole?: (byte: number) => void;
  readonly slices?: 'native' | 'callback';
}

/** libunicorn is there but cannot be loaded. */
export class LibraryError extends Error {
  constructor(path: string, cause: unknown) {
    const why = cause instanceof Error ? cause.message : String(cause);
    super(`${path} is no libunicorn for this machine (${why}); run \`npm run setup\``);
    this.name = 'LibraryError';
  }
}

/**
 * Boots a guest kernel.
 * @throws MissingAssetError when set-up has not run, LibraryError when libunicorn
 *   cannot be loaded, OldLibraryError when it is too old, BootError when the kernel
 *   does not come up
 */
export async function boot(options: HostBootOptions): Promise<Kernel> {
  const { arch, searchPath, library: named, ...rest } = options;
  const library = named ?? defaultLibrary();
  try {
    loadBinding(library);
  } catch (error) {
    throw new LibraryError(library, error);
  }
  return bootKernel({
    ...rest,
    arch: architectures[arch],
    library,
    kernel: options.kernel ?? readKernelImage(arch),
    files: options.files ?? diskFiles(searchPath ?? []),
  });
}

function defaultLibrary(): string {
  const found = locateLibrary(process.env);
  if (found === undefined) throw new MissingAssetError('libunicorn', 'build/unicorn.json');
  if (!existsSync(found.path))
    throw new MissingAssetError(`the libunicorn that ${found.origin} names`, found.path);
  return found.path;
}
