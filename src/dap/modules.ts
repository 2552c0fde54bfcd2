// The modules view and the list of sources: what is loaded, and what has come or gone
// since the client was told last.

import type { DebugProtocol } from '@vscode/debugprotocol';
import { formatAddr, plus } from '../base/address.ts';
import type { Debugger, LoadedObject } from '../debug/model.ts';
import type { Fields } from './fields.ts';
import type { Body, Emit, Wire } from './protocol.ts';
import type { Sources } from './sources.ts';

type Module = Wire<DebugProtocol.Module> & { readonly sections: string };

/** The number of a module, or of the kernel, in the protocol. */
export function moduleId(object: Pick<LoadedObject, 'id'>): number | string {
  return object.id ?? 'kernel';
}

export class ModuleList {
  readonly #debugger: Debugger;
  readonly #sources: Sources;
  readonly #emit: Emit;
  /** What the client knows of, by number. */
  #told = new Map<number | string, LoadedObject>();
  #toldSources = new Set<string>();

  constructor(target: Debugger, sources: Sources, emit: Emit) {
    this.#debugger = target;
    this.#sources = sources;
    this.#emit = emit;
  }

  modules(args: Fields): Body<DebugProtocol.ModulesResponse> {
    const all = this.#debugger.objects().map(describe);
    const start = args.optionalInteger('startModule', paging) ?? 0;
    const count = args.optionalInteger('moduleCount', paging) ?? 0;
    return {
      modules: all.slice(start, count === 0 ? undefined : start + count),
      totalModules: all.length,
    };
  }

  loadedSources(): Body<DebugProtocol.LoadedSourcesResponse> {
    return {
      sources: this.#debugger.sourceFiles().map((file) => this.#sources.source(file, false)),
    };
  }

  /** Tells the client what has come and gone. */
  update(): void {
    const now = new Map(this.#debugger.objects().map((object) => [moduleId(object), object]));
    for (const [id, object] of this.#told)
      if (!sameObject(now.get(id), object))
        this.#emit('module', { reason: 'removed', module: describe(object) });
    for (const [id, object] of now)
      if (!sameObject(this.#told.get(id), object))
        this.#emit('module', { reason: 'new', module: describe(object) });
    this.#told = now;
    this.#updateSources();
  }

  /** The guest is gone, and all that was loaded. */
  retire(): void {
    for (const object of this.#told.values())
      this.#emit('module', { reason: 'removed', module: describe(object) });
    this.#told.clear();
  }

  #updateSources(): void {
    const now = new Set(this.#debugger.sourceFiles());
    for (const file of this.#toldSources)
      if (!now.has(file))
        this.#emit('loadedSource', {
          reason: 'removed',
          source: this.#sources.source(file, false),
        });
    for (const file of now)
      if (!this.#toldSources.has(file))
        this.#emit('loadedSource', { reason: 'new', source: this.#sources.source(file, false) });
    this.#toldSources = now;
  }
}

const paging = { min: 0, max: 1_000_000 };

/** A number is given again once a module is gone; its addresses tell two apart. */
function sameObject(one: LoadedObject | undefined, other: LoadedObject): boolean {
  return one !== undefined && one.file === other.file && rangeOf(one) === rangeOf(other);
}

function describe(object: LoadedObject): Module {
  return {
    id: moduleId(object),
    name: object.name,
    path: object.file,
    isUserCode: object.id !== undefined,
    symbolStatus: object.hasLines ? 'Symbols and lines loaded.' : 'Symbols loaded, no lines.',
    addressRange: rangeOf(object),
    sections: object.sections
      .filter(({ address }) => address !== 0n)
      .map(({ name, address }) => `${name} ${formatAddr(address)}`)
      .join(', '),
  };
}

/** From the first byte of the first section to the last of the last. */
function rangeOf({ sections }: LoadedObject): string | undefined {
  const placed = sections.filter(({ address, bytes }) => address !== 0n && bytes > 0);
  const [first, ...others] = placed;
  if (first === undefined) return undefined;
  let start = first.address;
  let end = plus(first.address, first.bytes);
  for (const { address, bytes } of others) {
    if (address < start) start = address;
    if (plus(address, bytes) > end) end = plus(address, bytes);
  }
  return `${formatAddr(start)}-${formatAddr(end)}`;
}
