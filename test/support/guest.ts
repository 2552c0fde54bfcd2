// Booted kernels for tests, and what tests ask them: how many pages are free, and
// how many heap blocks there are.

import { readFileSync } from 'node:fs';
import type { ArchName } from '../../src/arch/arch.ts';
import { moduleNameOf } from '../../src/flavour/names.ts';
import { samplePath } from '../../src/host/assets.ts';
import { boot, type HostBootOptions } from '../../src/host/boot.ts';
import type { ObjectFile, ObjectFiles } from '../../src/kernel/files.ts';
import type { Kernel } from '../../src/kernel/kernel.ts';
import type { Module } from '../../src/kernel/module.ts';
import { type LoadFailure, type LoadResult, unwrap } from '../../src/kernel/results.ts';

/** Shorter than the default: tests of the watchdog wait for it. */
export const WATCHDOG_NS = 2e7;

export function bootTest(
  arch: ArchName,
  options: Partial<Omit<HostBootOptions, 'arch'>> = {},
): Promise<Kernel> {
  return boot({ arch, ramBytes: 16 << 20, watchdogNs: WATCHDOG_NS, ...options });
}

/** Finds the given files by module name, and nothing else. */
export function onlyFiles(...files: readonly ObjectFile[]): ObjectFiles {
  const named = (name: string): ObjectFile | undefined =>
    files.find((file) => file.name === name || moduleNameOf(file.name) === name);
  return { read: named, find: named };
}

/** A sample module's object. */
export function sample(arch: ArchName, module: string): ObjectFile {
  return { name: `${module}.ko`, bytes: readFileSync(samplePath(arch, module)) };
}

/** The failure of a load that must fail. */
export function failureOf(result: LoadResult | ReturnType<Module['unload']>): LoadFailure {
  if (result.ok) throw new Error('it succeeded');
  return result.failure;
}

export interface Holdings {
  readonly pages: number;
  /** Used blocks of the kernel heap, whoever owns them. */
  readonly blocks: number;
}

/** What is in use; a load that was undone must leave it as it was. */
export function holdings(kernel: Kernel): Holdings {
  return { pages: callKernel(kernel, 'page_free_count'), blocks: heapBlocks(kernel) };
}

/** Calls a function of the kernel, exported or not. */
export function callKernel(kernel: Kernel, name: string, ...words: readonly bigint[]): number {
  const target = kernel.symbol(name);
  if (target === undefined) throw new Error(`the kernel has no ${name}`);
  const result = kernel.callAddress(target, kernel.arch.conventions.native, words);
  if (result.kind !== 'returned') throw new Error(`${name}: ${result.kind}`);
  return Number(result.value);
}

const MAGIC_USED = 0x6b6d_656d;
const MAGIC_FREE = 0x6672_6565;
const UNIT = 16;

function heapBlocks(kernel: Kernel): number {
  return usedBlocks(kernel).length;
}

/** What is in use of the heap, headers included. */
export function heapBytes(kernel: Kernel): number {
  return usedBlocks(kernel).reduce((sum, bytes) => sum + bytes, 0);
}

/** The bytes of each used block: walks the arenas of guest/kern/kmem.c from outside. */
function usedBlocks(kernel: Kernel): readonly number[] {
  const { wordBytes } = kernel.arch;
  const head = kernel.symbol('arenas');
  if (head === undefined) throw new Error('the kernel has no arenas');
  const word = (at: bigint): bigint => readWord(kernel, at, wordBytes);
  const used: number[] = [];
  for (let arena = word(head); arena !== 0n; arena = word(arena)) {
    for (let block = arena + BigInt(UNIT); ; ) {
      const magic = Number(readWord(kernel, block, 4));
      if (magic !== MAGIC_USED && magic !== MAGIC_FREE) break;
      const bytes = readWord(kernel, block + 4n, 4);
      if (magic === MAGIC_USED) used.push(Number(bytes));
      block += bytes;
    }
  }
  return used;
}

function readWord(kernel: Kernel, at: bigint, bytes: 4 | 8): bigint {
  const data = kernel.read(at, bytes);
  if (data === undefined) throw new Error(`nothing at 0x${at.toString(16)}`);
  const view = new DataView(data.buffer, data.byteOffset, bytes);
  return bytes === 8 ? view.getBigUint64(0, true) : BigInt(view.getUint32(0, true));
}

/** The kernel still works: hello comes, adds and goes. */
export function helloWorks(kernel: Kernel): boolean {
  const hello = unwrap(kernel.load(sample(kernel.arch.name, 'hello')));
  const sum = hello.call('hello_add', 40, 2);
  return hello.unload().ok && sum.kind === 'returned' && BigInt.asIntN(32, sum.value) === 42n;
}
