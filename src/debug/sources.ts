// The kernel and the modules that are present, as objects with debug information.
// What was read of an object is kept as long as anybody knows its view: going back
// in time brings old views back, and what was read with them.

import type { Addr } from '../base/address.ts';
import type { Kernel } from '../kernel/kernel.ts';
import type { ModuleView } from '../kernel/view.ts';
import { kernelObject, moduleObject, type SourceObject } from './source-object.ts';

export class Sources {
  readonly kernel: SourceObject;
  readonly #guest: Kernel;
  readonly #modules = new WeakMap<ModuleView, SourceObject>();

  constructor(guest: Kernel) {
    this.#guest = guest;
    this.kernel = kernelObject(guest.image, guest.arch);
  }

  /** The kernel first, then modules in the order of loading, coming ones too. */
  all(): readonly SourceObject[] {
    return [this.kernel, ...this.#guest.present.flatMap((view) => this.of(view) ?? [])];
  }

  /** undefined: the module is gone. */
  of(view: ModuleView): SourceObject | undefined {
    let object = this.#modules.get(view);
    if (object === undefined && view.placed !== undefined) {
      object = moduleObject(view, view.placed, this.#guest.arch);
      this.#modules.set(view, object);
    }
    return object;
  }

  named(name: string): SourceObject | undefined {
    return this.all().find((object) => object.name === name);
  }

  /** The object whose memory holds the address. */
  at(address: Addr): SourceObject | undefined {
    if (this.kernel.holds(address)) return this.kernel;
    for (const view of this.#guest.present) {
      const object = this.of(view);
      if (object?.holds(address) === true) return object;
    }
    return undefined;
  }
}
