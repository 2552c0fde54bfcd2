// The host's half of the linker device: what the linker thread asks for with
// OPEN, FETCH, LINK and CLOSE.  The guest decides and owns the memory; the host
// reads files, resolves and relocates, and keeps a view of each module.

import type { Arch } from '../arch/arch.ts';
import { type Addr, addr, type PhysAddr, plus } from '../base/address.ts';
import { identify, type ModuleDescription } from '../flavour/flavour.ts';
import { refusedImports } from '../flavour/imports.ts';
import { moduleNameOf, sameModule } from '../flavour/names.ts';
import { type Layout, type LayoutOptions, link, planLayout } from '../linker/link.ts';
import type { Machine } from '../machine/machine.ts';
import type { ElfObject } from '../object/elf/model.ts';
import { readElf } from '../object/elf/reader.ts';
import { readBases } from './bases.ts';
import { encodeLinkinfo, encodeManifest, type KeptSymbols } from './encode.ts';
import { ExportLookup } from './exports.ts';
import type { ObjectFile, ObjectFiles } from './files.ts';
import type { KernelImage } from './image.ts';
import { lineFinder } from './lines.ts';
import { countUnknown, MissingPlaces, type MissingSymbols, missingAt } from './missing.ts';
import type { LoadProblem } from './problem.ts';
import type { Where } from './symbols.ts';
import { type ModuleView, viewOfImage } from './view.ts';
import * as wire from './wire.ts';

/** Errno values of guest/include/sys/errno.h that the device answers with. */
const ENOENT = 2;
const ENOEXEC = 8;
const EFAULT = 14;
const EINVAL = 22;

interface OpenObject {
  readonly file: ObjectFile;
  readonly object: ElfObject;
  readonly description: ModuleDescription;
  readonly layout: Layout;
  manifest: Uint8Array;
  linkinfo: Uint8Array | undefined;
  view: ModuleView | undefined;
}

export interface ServiceOptions {
  readonly layout?: LayoutOptions | undefined;
  /** Which of a module's symbols the guest keeps; default all. */
  readonly symbols?: KeptSymbols | undefined;
  readonly missing?: MissingSymbols | undefined;
}

/** Views of modules that are gone, kept so that reports can still name them. */
const GONE_KEPT = 32;
const PAGE = 4096;
const { fields } = wire.command;

export class LinkerService {
  /** Live modules by id. */
  readonly modules = new Map<number, ModuleView>();
  readonly #arch: Arch;
  readonly #machine: Machine;
  readonly #image: KernelImage;
  readonly #files: ObjectFiles;
  readonly #layout: LayoutOptions;
  readonly #symbols: KeptSymbols;
  readonly #missing: MissingSymbols;
  readonly #sources = new Map<number, ObjectFile>();
  readonly #objects = new Map<number, OpenObject>();
  /** Told of each module that was linked, before any of its code runs. */
  onLinked: ((view: ModuleView) => void) | undefined;
  /** Told of each module whose memory, or init memory, is about to go. */
  onClosed: ((view: ModuleView, live: boolean) => void) | undefined;
  /** Linked but not live: coming, or gone. */
  readonly #others = new Map<number, ModuleView>();
  #nextSource = 1;
  #nextObject = 1;
  #problems: LoadProblem[] = [];

  constructor(
    machine: Machine,
    image: KernelImage,
    files: ObjectFiles,
    { layout = {}, symbols = 'all', missing = 'refuse' }: ServiceOptions = {},
  ) {
    this.#arch = machine.arch;
    this.#machine = machine;
    this.#image = image;
    this.#files = files;
    this.#layout = layout;
    this.#symbols = symbols;
    this.#missing = missing;
  }

  /** Numbers a file, so that a request can name it. */
  addSource(file: ObjectFile): number {
    const number = this.#nextSource++;
    this.#sources.set(number, file);
    return number;
  }

  removeSource(number: number): void {
    this.#sources.delete(number);
  }

  /** Why objects were refused since the last call. */
  takeProblems(): readonly LoadProblem[] {
    const problems = this.#problems;
    this.#problems = [];
    return problems;
  }

  /** What the service knows at a moment; the files themselves never change. */
  save() {
    return {
      modules: new Map(this.modules),
      others: new Map(this.#others),
      sources: new Map(this.#sources),
      objects: new Map([...this.#objects].map(([handle, object]) => [handle, { ...object }])),
      next: [this.#nextSource, this.#nextObject] as const,
      problems: [...this.#problems],
    };
  }

  restore(state: ReturnType<LinkerService['save']>): void {
    refill(this.modules, state.modules);
    refill(this.#others, state.others);
    refill(this.#sources, state.sources);
    this.#objects.clear();
    for (const [handle, object] of state.objects) this.#objects.set(handle, { ...object });
    [this.#nextSource, this.#nextObject] = state.next;
    this.#problems = [...state.problems];
  }

  /** A live, coming or recently unloaded module. */
  view(id: number): ModuleView | undefined {
    return this.modules.get(id) ?? this.#others.get(id);
  }

  /** Live modules, then those that are coming, in the order of loading. */
  get present(): readonly ModuleView[] {
    const coming = [...this.#others.values()].filter(({ placed }) => placed !== undefined);
    return [...this.modules.values(), ...coming];
  }

  /** The module whose memory holds the address; gone ones are asked last. */
  viewAt(address: Addr): ModuleView | undefined {
    const holds = (view: ModuleView): boolean =>
      view.segments.some(({ base, bytes }) => address >= base && address < plus(base, bytes));
    return (
      [...this.modules.values()].find(holds) ?? [...this.#others.values()].reverse().find(holds)
    );
  }

  /** The symbol that nobody has and that an address stands for. */
  missingAt(address: Addr): Where | undefined {
    return missingAt(address, [...this.modules.values(), ...this.#others.values()]);
  }

  /** Carries out one command block; the caller raises the line. */
  serve(block: PhysAddr): void {
    const { view } = this.#machine.memory;
    const at = this.#machine.memory.offset(block, wire.command.bytes);
    if (at === undefined) return;
    wire.put32(view, at, fields.error, this.#dispatch(view, at));
    wire.put32(view, at, fields.done, 1);
  }

  #dispatch(view: DataView, at: number): number {
    switch (wire.get32(view, at, fields.op)) {
      case wire.COMMAND.open:
        return this.#open(view, at);
      case wire.COMMAND.fetch:
        return this.#fetch(view, at);
      case wire.COMMAND.link:
        return this.#link(view, at);
      case wire.COMMAND.close:
        return this.#close(view, at);
      default:
        return EINVAL;
    }
  }

  #open(view: DataView, at: number): number {
    const file = this.#findFile(view, at);
    if (file === undefined) return ENOENT;
    const opened = this.#read(file);
    if (opened === undefined) return ENOEXEC;
    const handle = this.#nextObject++;
    this.#objects.set(handle, opened);
    wire.put64(view, at, fields.object, BigInt(handle));
    wire.put64(view, at, fields.result, BigInt(opened.manifest.length));
    return 0;
  }

  #findFile(view: DataView, at: number): ObjectFile | undefined {
    const source = wire.get32(view, at, fields.source);
    if (source !== 0) return this.#sources.get(source);
    const bytes = Number(wire.get64(view, at, fields.buffer_bytes));
    const text = this.#machine.memory.read(addr(wire.get64(view, at, fields.buffer_va)), bytes);
    if (text === undefined) return undefined;
    const name = new TextDecoder().decode(text).replace(/\0.*$/s, '');
    const from = this.#objects.get(wire.get32(view, at, fields.from));
    const known = [...this.#sources.values()].find((each) =>
      sameModule(moduleNameOf(each.name), name),
    );
    const found =
      known ?? (name.includes('/') ? this.#files.read(name) : this.#files.find(name, from?.file));
    if (found === undefined)
      this.#problems.push({ stage: 'find', file: name, wantedBy: from?.description.name });
    return found;
  }

  #read(file: ObjectFile): OpenObject | undefined {
    const { name } = file;
    if (file.problem !== undefined) {
      this.#problems.push({ stage: 'unpack', file: name, problem: file.problem });
      return undefined;
    }
    const read = readElf(file.bytes);
    if (!read.ok) {
      this.#problems.push(
        ...read.problems.map((problem): LoadProblem => ({ stage: 'read', file: name, problem })),
      );
      return undefined;
    }
    const layout = planLayout(read.value, this.#arch, this.#layout);
    if (!layout.ok) {
      this.#problems.push(
        ...layout.problems.map((problem): LoadProblem => ({ stage: 'link', file: name, problem })),
      );
      return undefined;
    }
    const described = identify(read.value, this.#arch, moduleNameOf(name));
    if (!described.ok) {
      this.#problems.push(
        ...described.problems.map(
          (problem): LoadProblem => ({ stage: 'identify', file: name, problem }),
        ),
      );
      return undefined;
    }
    return {
      file,
      object: read.value,
      description: described.value,
      layout: layout.value,
      manifest: encodeManifest(
        described.value,
        layout.value,
        this.#mayMiss(described.value) ? countUnknown(read.value, this.#image.linuxExports) : 0,
      ),
      linkinfo: undefined,
      view: undefined,
    };
  }

  #mayMiss({ flavour }: ModuleDescription): boolean {
    return this.#missing === 'trap' && flavour === 'linux';
  }

  #fetch(view: DataView, at: number): number {
    const opened = this.#objects.get(Number(wire.get64(view, at, fields.object)));
    const what = wire.get32(view, at, fields.what);
    const blob = what === wire.FETCH.manifest ? opened?.manifest : opened?.linkinfo;
    if (blob === undefined) return EINVAL;
    if (wire.get64(view, at, fields.buffer_bytes) < blob.length) return EINVAL;
    const target = addr(wire.get64(view, at, fields.buffer_va));
    return this.#machine.memory.write(target, blob) ? 0 : EFAULT;
  }

  #link(view: DataView, at: number): number {
    const opened = this.#objects.get(Number(wire.get64(view, at, fields.object)));
    if (opened === undefined) return EINVAL;
    const bases = readBases(this.#machine.memory, view, at, opened.layout.segments.length);
    if (bases === undefined) return EFAULT;
    const exports = new ExportLookup({
      arch: this.#arch,
      image: this.#image,
      modules: () => this.modules.values(),
      linux: opened.description.flavour === 'linux',
    });
    const missing = new MissingPlaces(addr(wire.get64(view, at, fields.missing_va)));
    const linked = link({
      object: opened.object,
      arch: this.#arch,
      layout: opened.layout,
      bases,
      lookup: (name, version) => exports.find(name, version),
      versions: (symbol, from) => exports.versions(symbol, from),
      exports: exports.names(),
      perCpuBase: this.#image.symbols.byName('linux_percpu')?.address,
      standIn: this.#mayMiss(opened.description) ? (name) => missing.at(name) : undefined,
    });
    const refused = this.#checkImports(opened, exports);
    if (!linked.ok) {
      const file = opened.file.name;
      this.#problems.push(
        ...linked.problems.map((problem): LoadProblem => ({ stage: 'link', file, problem })),
      );
      return ENOEXEC;
    }
    if (refused !== 0) return refused;
    const { memory } = this.#machine;
    const { segments } = linked.value;
    const mapped = segments.every(({ base, bytes }) => memory.covers(base, bytes.length));
    if (!mapped) return EFAULT;
    for (const { base, bytes } of segments) memory.write(base, bytes);

    const id = wire.get32(view, at, fields.module);
    const { object, layout, description, file } = opened;
    const placed = { object, layout, bases };
    const made = viewOfImage(id, file.name, description, linked.value, placed, missing.all);
    opened.view = { ...made, lineAt: lineFinder(placed, this.#arch) };
    this.#others.set(id, opened.view);
    const kept = opened.object.dynamic?.noKsyms === true ? 'none' : this.#symbols;
    opened.linkinfo = encodeLinkinfo(opened.description, opened.view, linked.value, kept);
    wire.put64(view, at, fields.result, BigInt(opened.linkinfo.length));
    this.onLinked?.(opened.view);
    return 0;
  }

  /** Whether the module may use what it uses; answers the error of Linux. */
  #checkImports({ description, file }: OpenObject, { used }: ExportLookup): number {
    if (description.flavour !== 'linux') return 0;
    const problems = refusedImports(description, used);
    this.#problems.push(
      ...problems.map((problem): LoadProblem => ({ stage: 'import', file: file.name, problem })),
    );
    const [first] = problems;
    if (first === undefined) return 0;
    // For such a module a GPL-only symbol is not there at all.
    return first.kind === 'gpl-only' ? ENOENT : EINVAL;
  }

  #close(view: DataView, at: number): number {
    const handle = Number(wire.get64(view, at, fields.object));
    const id = wire.get32(view, at, fields.module);
    const opened = this.#objects.get(handle);
    const live = wire.get32(view, at, fields.what) === wire.CLOSE.live;
    const closing = this.view(id);
    this.#forgetCode(closing, live);
    if (closing !== undefined) this.onClosed?.(closing, live);
    if (live) {
      if (opened?.view === undefined) return EINVAL;
      this.#others.delete(id);
      this.modules.set(id, opened.view);
      return 0;
    }
    if (closing !== undefined) this.#others.set(id, { ...closing, placed: undefined });
    this.modules.delete(id);
    this.#objects.delete(handle);
    const [oldest] = this.#others.keys();
    if (this.#others.size > GONE_KEPT && oldest !== undefined) this.#others.delete(oldest);
    return 0;
  }

  /**
   * Memory that held code is about to be unmapped, and other code may come to the
   * same pages: the engine must not run what it translated.  Init code of a live
   * module went before.
   */
  #forgetCode(view: ModuleView | undefined, disposableOnly: boolean): void {
    for (const { base, bytes, executable, disposable } of view?.segments ?? []) {
      if (!executable || (disposableOnly && !disposable)) continue;
      const end = plus(base, bytes);
      for (let page = base; page < end; page = plus(page, PAGE))
        if (this.#machine.memory.translate(page)?.executable === true)
          this.#machine.engine.forgetCode(page);
    }
  }
}

function refill<K, V>(map: Map<K, V>, from: ReadonlyMap<K, V>): void {
  map.clear();
  for (const [key, value] of from) map.set(key, value);
}
