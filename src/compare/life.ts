// One module's life on one architecture, as the sequence of its kernel calls: init,
// what else is called, exit.

import type { ObjectFile } from '../kernel/files.ts';
import type { Kernel } from '../kernel/kernel.ts';
import type { Module } from '../kernel/module.ts';
import { describeFailure } from '../kernel/results.ts';
import { normalName } from './normal.ts';
import { CallRecorder } from './record.ts';

export interface RecordedLife {
  readonly arch: string;
  /** Names of kernel functions, between markers: "(init)", "(exit)", and the calls. */
  readonly calls: readonly string[];
  /** What init, the calls and exit answered, in sentences. */
  readonly results: readonly string[];
  readonly console: string;
}

/** What is called between init and exit, with a name for it and its result in words. */
export interface Step {
  readonly name: string;
  readonly run: (module: Module) => string;
}

export function recordLife(
  kernel: Kernel,
  file: ObjectFile,
  steps: readonly Step[] = [],
): RecordedLife {
  const recorder = new CallRecorder(kernel);
  const started = kernel.console.length;
  const calls: string[] = [];
  const results: string[] = [];
  const section = (name: string, result: string): void => {
    const made = recorder.take().flatMap(({ symbol }) => normalName(symbol) ?? []);
    calls.push(`(${name})`, ...made);
    results.push(`${name}: ${result}`);
  };
  try {
    const loaded = kernel.load(file);
    section('init', loaded.ok ? 'ok' : describeFailure(loaded.failure));
    if (loaded.ok) {
      for (const { name, run } of steps) section(name, run(loaded.module));
      if (!loaded.module.isPermanent) {
        const result = loaded.module.unload();
        section('exit', result.ok ? 'ok' : describeFailure(result.failure));
      }
    }
  } finally {
    recorder.stop();
  }
  return { arch: kernel.arch.name, calls, results, console: kernel.console.slice(started) };
}
