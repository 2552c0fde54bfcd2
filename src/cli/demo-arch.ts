// The demo on one architecture: modules of our own, modules of Debian as they
// are, a fault that is contained, and the kernel that goes on.

import { existsSync } from 'node:fs';
import type { ArchName } from '../arch/arch.ts';
import { debianPath, samplePath } from '../host/assets.ts';
import { boot } from '../host/boot.ts';
import type { Kernel } from '../kernel/kernel.ts';
import type { Module } from '../kernel/module.ts';
import { describeOops } from '../kernel/oops.ts';
import type { ResultType } from '../kernel/result-type.ts';
import { describeFailure } from '../kernel/results.ts';
import { debianPackage } from './debian.ts';
import type { Transcript } from './demo-transcript.ts';
import type { Terminal } from './terminal.ts';
import { count } from './words.ts';

/** What the table at the end says of an architecture. */
export interface ArchResult {
  readonly arch: ArchName;
  bootMs: number | undefined;
  readonly loadMs: Map<string, number>;
  /** By module: what its function returned. */
  readonly values: Map<string, string>;
  fault: string | undefined;
  /** Debian's modules were not there. */
  absent: boolean;
}

/** Functions of Debian's modules with the values that every table of CRCs gives. */
export const known: readonly {
  readonly module: string;
  readonly symbol: string;
  readonly returns: ResultType;
  readonly value: bigint;
}[] = [
  { module: 'crc-itu-t', symbol: 'crc_itu_t', returns: 'u16', value: 0x31c3n },
  { module: 'crc7', symbol: 'crc7_be', returns: 'u8', value: 0xean },
];
const text = '123456789';

export const loadedModules: readonly string[] = [
  'hello',
  'provider',
  'consumer',
  ...known.map(({ module }) => module),
];

interface Scene {
  readonly kernel: Kernel;
  readonly transcript: Transcript;
  readonly terminal: Terminal;
  readonly result: ArchResult;
}

export function nothingYet(arch: ArchName): ArchResult {
  return {
    arch,
    bootMs: undefined,
    loadMs: new Map(),
    values: new Map(),
    fault: undefined,
    absent: false,
  };
}

/** Fills in `result` on the way, so that what throws leaves what was before it. */
export async function demonstrate(
  result: ArchResult,
  transcript: Transcript,
  terminal: Terminal,
): Promise<void> {
  const { arch } = result;
  transcript.title(arch);
  const booted = await transcript.step('boot', () =>
    boot({ arch, onConsole: transcript.onConsole }),
  );
  result.bootMs = booted.ms;
  const kernel = booted.value;
  try {
    const scene: Scene = { kernel, transcript, terminal, result };
    await ownModules(scene);
    await debianModules(scene);
    await containedFault(scene);
    await helloAgain(scene);
    await unloadEverything(scene);
  } finally {
    kernel.close();
  }
}

async function load(scene: Scene, name: string, path: string, note = ''): Promise<Loaded> {
  const { kernel, transcript, result } = scene;
  const step = await transcript.step(`load ${name}${note}`, () => kernel.load(path));
  if (!result.loadMs.has(name)) result.loadMs.set(name, step.ms);
  const loaded = step.value;
  transcript.expect(loaded.ok, `${name} did not load`);
  if (!loaded.ok) transcript.note(describeFailure(loaded.failure));
  return { module: loaded.ok ? loaded.module : undefined, console: step.console };
}

interface Loaded {
  readonly module: Module | undefined;
  readonly console: readonly string[];
}

async function ownModules(scene: Scene): Promise<void> {
  const { transcript, result } = scene;
  const sample = (name: string): Promise<Loaded> =>
    load(scene, name, samplePath(result.arch, name));
  const hello = await sample('hello');
  await callHello(scene, hello.module);
  await transcript.step('unload hello', () => hello.module?.unload());
  await sample('provider');
  const consumer = await sample('consumer');
  transcript.expect(
    consumer.console.includes('consumer: the sum is 10'),
    'consumer did not get 10 from provider_sum()',
  );
}

async function callHello({ transcript }: Scene, hello: Module | undefined): Promise<void> {
  if (hello === undefined) return;
  const { value } = await transcript.step('call hello_add(2, 40)', () =>
    hello.call('hello_add', 2, 40),
  );
  const sum = value.kind === 'returned' ? value.value : undefined;
  transcript.note(`= ${sum ?? value.kind}`);
  transcript.expect(sum === 42n, 'hello_add(2, 40) is not 42');
}

async function debianModules(scene: Scene): Promise<void> {
  const { transcript, terminal, result } = scene;
  const { arch } = result;
  const package_ = debianPackage(terminal.environment, arch) ?? 'a package nobody noted';
  for (const { module: name, symbol, returns, value } of known) {
    const path = debianPath(terminal.environment, arch, name);
    if (!existsSync(path)) {
      result.absent = true;
      transcript.note(`${name} of Debian's kernel is absent`);
      continue;
    }
    const { module } = await load(scene, name, path, `, unmodified, of ${package_}`);
    if (module === undefined) continue;
    const { segments, relocations } = module.view;
    const bytes = segments.reduce((sum, segment) => sum + segment.bytes, 0);
    transcript.note(`${count(bytes, 'byte')}, ${count(relocations, 'relocation')}`);
    const call = `${symbol}(0, "${text}", ${text.length})`;
    const step = await transcript.step(`call ${call}`, () =>
      module.call({ symbol, returns }, 0, text, text.length),
    );
    const got = step.value.kind === 'returned' ? `0x${step.value.value.toString(16)}` : 'none';
    const wanted = `0x${value.toString(16)}`;
    result.values.set(name, got);
    if (got === wanted) transcript.note(`= ${terminal.style.good(got)}, as it must be`);
    transcript.expect(got === wanted, `${call} is ${got}, not ${wanted}`);
  }
}

async function containedFault(scene: Scene): Promise<void> {
  const { kernel, transcript, result } = scene;
  const path = samplePath(result.arch, 'nullderef');
  const { value } = await transcript.step(
    'load nullderef, which reads through a null pointer',
    () => kernel.load(path),
  );
  const oops = value.ok ? undefined : value.failure.oops;
  if (oops !== undefined) {
    transcript.note(`contained: ${describeOops(oops)}`);
    result.fault = `${oops.kind} in ${oops.where.symbol ?? '?'}()`;
  }
  transcript.expect(
    oops?.kind === 'page-fault' && oops.module === 'nullderef' && oops.where.symbol === 'weigh',
    'nullderef was not stopped by a page fault in weigh()',
  );
  transcript.expect(kernel.death === undefined, 'the kernel did not survive nullderef');
}

async function helloAgain(scene: Scene): Promise<void> {
  const { module } = await load(scene, 'hello', samplePath(scene.result.arch, 'hello'), ' again');
  await callHello(scene, module);
}

async function unloadEverything({ kernel, transcript }: Scene): Promise<void> {
  const modules = [...kernel.modules].reverse();
  const names = modules.map(({ name }) => name).join(', ');
  const { value } = await transcript.step(`unload ${names}`, () =>
    modules.map((module) => ({ name: module.name, unloaded: module.unload() })),
  );
  for (const { name, unloaded } of value) {
    transcript.expect(unloaded.ok, `${name} did not unload`);
    if (unloaded.ok) transcript.expect(unloaded.leaks.blocks === 0, `${name} leaked memory`);
  }
  transcript.expect(kernel.modules.length === 0, 'modules stayed behind');
}
