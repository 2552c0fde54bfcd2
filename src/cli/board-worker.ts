// A thread that lets modules live, one after the other, each from the same snapshot
// of a booted kernel.

import { parentPort, workerData } from 'node:worker_threads';
import { assert } from '../base/result.ts';
import { type Life, live } from '../board/life.ts';
import { findTarget, readModule } from '../corpus/targets.ts';
import { moduleNameOf } from '../flavour/names.ts';
import { boot } from '../host/boot.ts';
import type { ObjectFile, ObjectFiles } from '../kernel/files.ts';

/** What the thread is to do; it answers a Life for each module, in order. */
export interface BoardOrder {
  readonly folder: string;
  readonly target: string;
  readonly modules: readonly string[];
}

const { folder, target: name, modules }: BoardOrder = workerData;
const target = findTarget(folder, name);
assert(target !== undefined, 'the target was there a moment ago');
const paths = new Map(target.modules.map((path) => [keyOf(moduleNameOf(path)), path]));
const fileAt = (path: string): ObjectFile => ({ name: path, bytes: readModule(target, path) });
const find = (wanted: string): ObjectFile | undefined => {
  const path = paths.get(keyOf(wanted));
  return path === undefined ? undefined : fileAt(path);
};
const files: ObjectFiles = { read: find, find };

/** Enough for an init that measures how fast the CPU is. */
const WATCHDOG_NS = 2e9;
const open = () =>
  boot({ arch: target.arch.name, files, missing: 'trap', watchdogNs: WATCHDOG_NS });

let kernel = await open();
let snapshot = kernel.snapshot();
for (const module of modules) {
  snapshot.restore();
  const life: Life = live(kernel, module, fileAt(module));
  parentPort?.postMessage(life);
  if (kernel.death === undefined) continue;
  kernel.close();
  kernel = await open();
  snapshot = kernel.snapshot();
}
kernel.close();

function keyOf(text: string): string {
  return text.replaceAll('-', '_');
}
