// The steps of `modbox run` on a booted kernel: load in order, call, unload in
// reverse.  A failure ends only what depends on it; the report says what became
// of each module.

import { moduleNameOf } from '../flavour/names.ts';
import type { ObjectFile } from '../kernel/files.ts';
import type { Kernel } from '../kernel/kernel.ts';
import type { Module } from '../kernel/module.ts';
import type { LoadFailure } from '../kernel/results.ts';
import { nearestNames } from '../linker/nearest.ts';
import type { CallExpression } from '../suite/call-expression.ts';
import { argumentOf } from '../suite/literals.ts';
import type { CallReport, ModuleReport, Outcome, RunReport } from './run-report.ts';

export interface RunPlan {
  readonly files: readonly ObjectFile[];
  readonly calls: readonly CallExpression[];
  readonly keep: boolean;
  /** The kernel was booted with checks. */
  readonly checked: boolean;
  /** Told of each call when it is done, while the console is being shown. */
  onCall(report: CallReport): void;
}

export function runModules(kernel: Kernel, plan: RunPlan): RunReport {
  // Any of them may be required by one before it.
  for (const file of plan.files) kernel.offer(file);
  const modules = new Map<string, ModuleReport>();
  for (const file of plan.files) loadOne(kernel, file, plan, modules);

  const calls: CallReport[] = [];
  for (const call of plan.calls) {
    if (kernel.death !== undefined) break;
    const report = callOne(kernel, call);
    plan.onCall(report);
    calls.push(report);
  }

  if (!plan.keep) unloadAll(kernel, modules);
  const { death, console } = kernel;
  const findings = kernel.takeFindings();
  const arch = kernel.arch.name;
  return {
    arch,
    modules: [...modules.values()],
    calls,
    findings,
    console,
    death,
    checked: plan.checked,
  };
}

function loadOne(
  kernel: Kernel,
  file: ObjectFile,
  plan: RunPlan,
  modules: Map<string, ModuleReport>,
): void {
  // It came already, for one that requires it.
  if (modules.has(file.name)) return;
  if (kernel.death !== undefined) {
    modules.set(file.name, notLoaded(file, 'skipped', undefined));
    return;
  }
  const result = kernel.load(file);
  for (const module of kernel.modules) {
    const path = module.view.file;
    const implied = !plan.files.some(({ name }) => name === path);
    const stackBytes = result.ok && module === result.module ? result.stackBytes : undefined;
    if (!modules.has(path)) modules.set(path, loaded(module, implied, stackBytes));
  }
  if (!result.ok) modules.set(file.name, notLoaded(file, 'failed', result.failure));
}

function loaded(module: Module, implied: boolean, stackBytes: number | undefined): ModuleReport {
  const { name, view } = module;
  return {
    name,
    file: view.file,
    implied,
    load: 'ok',
    init: hasInit(module) ? 'ok' : 'none',
    fini: 'kept',
    view,
    failure: undefined,
    leaks: undefined,
    stackBytes,
  };
}

function notLoaded(
  file: ObjectFile,
  outcome: 'failed' | 'skipped',
  failure: LoadFailure | undefined,
): ModuleReport {
  const inInit = failure?.stage === 'init';
  return {
    name: moduleNameOf(file.name),
    file: file.name,
    implied: false,
    load: inInit ? 'ok' : outcome,
    init: inInit ? 'failed' : 'skipped',
    fini: 'skipped',
    view: undefined,
    failure,
    leaks: inInit && failure.death === undefined ? failure.leaks : undefined,
    stackBytes: undefined,
  };
}

function hasInit({ view: { description } }: Module): boolean {
  if (description.flavour === 'linux') return description.init !== undefined;
  return description.flavour === 'netbsd';
}

function unloadAll(kernel: Kernel, modules: Map<string, ModuleReport>): void {
  const held = new Set<string>();
  for (const module of [...kernel.modules].reverse()) {
    const before = modules.get(module.view.file);
    if (before === undefined) continue;
    if (module.isPermanent || held.has(module.name)) {
      for (const name of module.view.description.required) held.add(name);
      continue;
    }
    if (kernel.death !== undefined) {
      modules.set(before.file, { ...before, fini: 'skipped' });
      continue;
    }
    const result = module.unload();
    const fini: Outcome = result.ok ? (hasFini(module) ? 'ok' : 'none') : 'failed';
    const failure = result.ok ? undefined : result.failure;
    const leaks = result.ok ? result.leaks : leaksAfter(result.failure);
    const used = result.ok ? result.stackBytes : undefined;
    const stackBytes =
      used === undefined ? before.stackBytes : Math.max(used, before.stackBytes ?? 0);
    modules.set(before.file, { ...before, fini, failure, leaks, stackBytes });
  }
}

function hasFini({ view: { description } }: Module): boolean {
  if (description.flavour === 'linux') return description.exit !== undefined;
  return description.flavour === 'netbsd';
}

/** A module that faulted in fini is gone all the same, and was counted. */
function leaksAfter(failure: LoadFailure): ModuleReport['leaks'] {
  return failure.stage === 'fini' && failure.oops !== undefined ? failure.leaks : undefined;
}

function callOne(kernel: Kernel, call: CallExpression): CallReport {
  const { symbol, returns } = call;
  const module = [...kernel.modules].reverse().find((each) => each.symbol(symbol) !== undefined);
  const args = call.args.map(argumentOf);
  const buffers = args.flatMap((bytes, index) =>
    bytes instanceof Uint8Array ? [{ index, bytes }] : [],
  );
  if (module === undefined) {
    const names = kernel.modules.flatMap(({ view }) => [...view.globals.keys()]);
    const near = nearestNames(symbol, names);
    const hint = near.length === 0 ? '' : `; did you mean ${near.join(', ')}?`;
    const reason =
      kernel.modules.length === 0 ? 'no module is loaded' : `no loaded module has ${symbol}${hint}`;
    return { call, module: undefined, result: { kind: 'refused', reason }, buffers: [] };
  }
  const result = module.call(returns === undefined ? symbol : { symbol, returns }, ...args);
  return { call, module: module.name, result, buffers };
}
