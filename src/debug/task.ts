// A request to the guest while it is under way, and what came of it.

import type { Arch } from '../arch/arch.ts';
import type { Addr } from '../base/address.ts';
import type { Kernel } from '../kernel/kernel.ts';
import type { Job } from '../kernel/kernel-state.ts';
import type { DebugRequest, Outcome } from './model.ts';

export interface Task {
  readonly request: DebugRequest;
  isDone(): boolean;
  /** Once, when it is done. */
  finish(): Outcome;
}

/** Begins a request; answers what is wrong with it. */
export function beginTask(kernel: Kernel, request: DebugRequest): Task | string {
  switch (request.kind) {
    case 'load': {
      const { file } = request;
      const job = kernel.beginLoad(file);
      return taskOf(kernel, request, job, (result) => ({ kind: 'load', file: file.name, result }));
    }
    case 'unload': {
      const module = kernel.modules.find(({ name }) => name === request.module);
      if (module === undefined) return noModule(kernel, request.module);
      const job = kernel.beginUnload(module);
      return taskOf(kernel, request, job, (result) => ({
        kind: 'unload',
        module: request.module,
        result,
      }));
    }
    case 'call': {
      const target = findFunction(kernel, request.symbol);
      if (target === undefined) return `there is no function ${request.symbol} to call`;
      const job = kernel.beginCall(target.address, target.convention, request.words);
      return taskOf(kernel, request, job, (result) => ({
        kind: 'call',
        symbol: request.symbol,
        result,
      }));
    }
  }
}

function taskOf<T>(
  kernel: Kernel,
  request: DebugRequest,
  job: Job<T>,
  outcome: (result: T) => Outcome,
): Task {
  return {
    request,
    isDone: () => kernel.isDone(job),
    finish: () => outcome(kernel.finish(job)),
  };
}

function noModule(kernel: Kernel, name: string): string {
  const live = kernel.modules.map((module) => module.name).join(', ');
  return `no module ${name} is loaded; ${live === '' ? 'there is none' : `there are: ${live}`}`;
}

interface Target {
  readonly address: Addr;
  readonly convention: Parameters<Kernel['beginCall']>[1];
}

/** Of a module, the one loaded last first, else of the kernel; Thumb functions with bit 0. */
function findFunction(kernel: Kernel, symbol: string): Target | undefined {
  const { conventions }: Arch = kernel.arch;
  for (const { view } of [...kernel.modules].reverse()) {
    const found = view.globals.get(symbol) ?? view.locals.get(symbol);
    if (found === undefined) continue;
    const convention = view.flavour === 'linux' ? conventions.linux : conventions.native;
    return {
      address: (found.address | (found.thumb ? 1n : 0n)) as Addr,
      convention: convention.wire,
    };
  }
  const address = kernel.symbol(symbol);
  return address === undefined ? undefined : { address, convention: conventions.native.wire };
}
