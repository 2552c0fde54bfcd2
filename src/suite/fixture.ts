// A booted kernel for the cases of a suite, with snapshots to begin each of them
// from: what the suite requires is loaded (`prepared`), and the module too (`loaded`).

import type { ArchName } from '../arch/arch.ts';
import { type CodeRecord, type CoverageRecorder, startCoverage } from '../coverage/recorder.ts';
import { openDwarf } from '../dwarf/info.ts';
import { boot } from '../host/boot.ts';
import { readNamed } from '../host/disk.ts';
import type { ObjectFile } from '../kernel/files.ts';
import type { Kernel } from '../kernel/kernel.ts';
import type { MissingSymbols } from '../kernel/missing.ts';
import type { Module } from '../kernel/module.ts';
import { describeOops, type Oops } from '../kernel/oops.ts';
import type { LoadFailure } from '../kernel/results.ts';
import type { Snapshot } from '../kernel/snapshot.ts';
import { formatWhere } from '../kernel/symbols.ts';
import type { ModuleView } from '../kernel/view.ts';
import { LinkedDebugSections } from '../linker/debug-sections.ts';
import { loadBias } from '../linker/resolve.ts';
import type { Fault } from './results.ts';

/** All that a snapshot depends on. */
export interface FixtureSpec {
  readonly arch: ArchName;
  /** Paths; in this order. */
  readonly requires: readonly string[];
  readonly module: string;
  readonly searchPath: readonly string[];
  readonly budgetNs: number | undefined;
  readonly ramBytes: number | undefined;
  readonly missing: MissingSymbols;
  /** Whether modules are watched closely: docs/checks.md. */
  readonly checks: boolean;
}

export type Readiness = 'prepared' | 'loaded';

/** What a case begins with; or what could not be loaded for it, and why. */
export type Start =
  | { readonly ok: true; readonly module: Module | undefined }
  | { readonly ok: false; readonly file: string; readonly failure: LoadFailure };

interface Beginning {
  readonly snapshot: Snapshot;
  readonly start: Start;
}

export class Fixture {
  readonly kernel: Kernel;
  /** The module's object. */
  readonly file: ObjectFile;
  readonly #requires: readonly ObjectFile[];
  readonly #snapshots = new Map<Readiness, Beginning>();
  /** Of every module that was linked, by name: its view is gone when init has failed. */
  readonly #views = new Map<string, ModuleView>();
  readonly #recorder: CoverageRecorder | undefined;
  readonly #loading: CodeRecord[] = [];

  private constructor(kernel: Kernel, spec: FixtureSpec, covered: boolean) {
    this.kernel = kernel;
    this.file = readNamed(spec.module);
    this.#requires = spec.requires.map(readNamed);
    kernel.onLinked = (view) => void this.#views.set(view.name, view);
    this.#recorder = covered ? startCoverage(kernel) : undefined;
  }

  /**
   * @param covered whether what runs is recorded
   * @throws what boot() and readNamed() throw
   */
  static async open(spec: FixtureSpec, covered = false): Promise<Fixture> {
    const kernel = await boot({
      arch: spec.arch,
      searchPath: spec.searchPath,
      missing: spec.missing,
      checks: spec.checks,
      ...(spec.budgetNs === undefined ? {} : { watchdogNs: spec.budgetNs }),
      ...(spec.ramBytes === undefined ? {} : { ramBytes: spec.ramBytes }),
    });
    try {
      return new Fixture(kernel, spec, covered);
    } catch (error) {
      kernel.close();
      throw error;
    }
  }

  /** Goes back to where a case begins. */
  begin(readiness: Readiness): Start {
    const known = this.#snapshots.get(readiness);
    if (known !== undefined) {
      known.snapshot.restore();
      // Nothing has run; but other modules are there now.
      this.#recorder?.take();
      return this.#current(known.start);
    }
    const start = readiness === 'prepared' ? this.#prepare() : this.#load();
    // What was noticed until now is of the life of modules, not of what comes.
    this.kernel.takeFindings();
    this.#loading.push(this.takeCoverage());
    this.#snapshots.set(readiness, { snapshot: this.kernel.snapshot(), start });
    return start;
  }

  /** What ran since the case began. */
  takeCoverage(): CodeRecord {
    return this.#recorder?.take() ?? [];
  }

  /** What ran before cases began: of what is loaded for all of them. */
  get loading(): CodeRecord {
    return this.#loading.flat();
  }

  close(): void {
    this.kernel.close();
  }

  /** An oops with the source line, where debug information has it. */
  describe(oops: Oops): Fault {
    return {
      text: describeOops(oops),
      kind: oops.kind,
      module: oops.module,
      source: this.#sourceOf(oops),
      backtrace: oops.backtrace.map(formatWhere),
    };
  }

  #prepare(): Start {
    for (const file of this.#requires) {
      const result = this.kernel.load(file);
      if (!result.ok) return { ok: false, file: file.name, failure: result.failure };
    }
    return { ok: true, module: undefined };
  }

  #load(): Start {
    const prepared = this.begin('prepared');
    if (!prepared.ok) return prepared;
    const result = this.kernel.load(this.file);
    if (result.ok) return { ok: true, module: result.module };
    return { ok: false, file: this.file.name, failure: result.failure };
  }

  /** A restored kernel has another object for the same module. */
  #current(start: Start): Start {
    if (!start.ok || start.module === undefined) return start;
    const { id } = start.module;
    return { ok: true, module: this.kernel.modules.find((each) => each.id === id) };
  }

  #sourceOf({ module = '', where }: Oops): string | undefined {
    const placed = this.#views.get(module)?.placed;
    if (placed === undefined) return undefined;
    const { arch } = this.kernel;
    const debug = new LinkedDebugSections({ object: placed.object, arch, placed });
    const info = openDwarf(debug, arch.wordBytes, { bias: loadBias(placed) });
    const line = info.ok ? info.value.lineAt(where.address) : undefined;
    return line === undefined || line.line === 0 ? undefined : `${line.file}:${line.line}`;
  }
}
