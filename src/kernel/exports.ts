// Looks up the symbols that one module uses of others while it is linked: exports
// of the kernel first, then those of live modules of its kind.  Remembers what was
// used, because Linux has rules about that (src/flavour/imports.ts).

import type { Arch } from '../arch/arch.ts';
import { exportKeys, versionsOf } from '../flavour/exports.ts';
import type { Provision } from '../flavour/imports.ts';
import { isMeant } from '../flavour/names.ts';
import type { FoundSymbol, WantedVersion } from '../linker/link.ts';
import type { KernelImage } from './image.ts';
import type { ModuleView } from './view.ts';

export interface ExporterSet {
  readonly arch: Arch;
  readonly image: KernelImage;
  /** Live ones, in the order in which they came. */
  readonly modules: () => Iterable<ModuleView>;
  /** Linux modules and others do not see each other. */
  readonly linux: boolean;
}

export class ExportLookup {
  /** By the symbol's name. */
  readonly used = new Map<string, Provision>();
  readonly #from: ExporterSet;

  constructor(from: ExporterSet) {
    this.#from = from;
  }

  /** A version is asked of the one that must have it, and of nobody else. */
  find(name: string, version?: WantedVersion): FoundSymbol | undefined {
    if (version === undefined) return this.#inKernel(name) ?? this.#inModules(name, () => true);
    const key = exportKeys({ name, version: { name: version.name, hidden: true } });
    return this.#inModules(key.join(), (view) => isMeant(version.from, view));
  }

  /** The versions of a symbol that a module has; undefined: there is no such module. */
  versions(symbol: string, from: string): readonly string[] | undefined {
    const module = [...this.#kin()].find((view) => isMeant(from, view));
    return module && versionsOf(module.description.exports, symbol);
  }

  #inKernel(name: string): FoundSymbol | undefined {
    const { arch, image, linux } = this.#from;
    const kernel = (linux ? image.linuxExports : image.exports).get(name);
    if (kernel === undefined) return undefined;
    const gpl = linux && image.gplOnly.has(name);
    // The kernel's own are built without versions.
    this.used.set(name, { module: undefined, gpl, namespace: undefined, crc: undefined });
    // Where there are two instruction sets, bit 0 of a function's address tells.
    const hasThumb = arch.thumbState !== undefined;
    return { address: kernel, thumb: hasThumb ? (kernel & 1n) === 1n : undefined };
  }

  #inModules(name: string, mayHave: (view: ModuleView) => boolean): FoundSymbol | undefined {
    for (const view of this.#kin()) {
      const symbol = mayHave(view) ? view.exports.get(name) : undefined;
      if (symbol === undefined) continue;
      const { gpl, namespace, crc } = symbol;
      this.used.set(name, { module: view.name, gpl, namespace, crc });
      return { address: symbol.address, provider: view.id, thumb: symbol.thumb };
    }
    return undefined;
  }

  /** All that find() finds without a version. */
  *names(): Iterable<string> {
    const { image, linux } = this.#from;
    yield* (linux ? image.linuxExports : image.exports).keys();
    for (const view of this.#kin())
      for (const name of view.exports.keys()) if (!name.includes('@')) yield name;
  }

  *#kin(): Iterable<ModuleView> {
    for (const view of this.#from.modules())
      if ((view.flavour === 'linux') === this.#from.linux) yield view;
  }
}
