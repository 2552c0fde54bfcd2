// How fast the linker is, over whole targets, and beside ld.lld on the same
// modules in the same run.  `clock` answers milliseconds.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { devNull, tmpdir } from 'node:os';
import { join } from 'node:path';
import { seededRandom } from '../base/random.ts';
import { assert } from '../base/result.ts';
import { link, planLayout } from '../linker/link.ts';
import { readElf } from '../object/elf/reader.ts';
import { basesFor } from './link-module.ts';
import { prepareLld, scatter } from './oracle.ts';
import { rawElf } from './oracle-elf.ts';
import { Stubs } from './stubs.ts';
import { type CorpusTarget, ModuleReader, readModule } from './targets.ts';

type Clock = () => number;

/** Milliseconds. */
export interface Stages {
  /** The file into memory. */
  read: number;
  parse: number;
  layout: number;
  /** Resolving and relocating. */
  link: number;
}

export interface ModuleSpeed {
  readonly name: string;
  readonly bytes: number;
  readonly relocations: number;
  readonly stages: Stages;
}

export const totalOf = ({ read, parse, layout, link: linking }: Stages): number =>
  read + parse + layout + linking;

/** All modules once, one after the other on this thread. */
export function linkAll(target: CorpusTarget, clock: Clock): readonly ModuleSpeed[] {
  const stubs = new Stubs(target.arch);
  const reader = new ModuleReader();
  return target.modules.map((name) => linkOne(target, name, { stubs, reader, clock }));
}

interface Means {
  readonly stubs: Stubs;
  readonly reader: ModuleReader;
  readonly clock: Clock;
}

function linkOne(target: CorpusTarget, name: string, { stubs, reader, clock }: Means): ModuleSpeed {
  const { arch } = target;
  const start = clock();
  const bytes = reader.read(target, name);
  const inMemory = clock();
  const object = readElf(bytes);
  const parsed = clock();
  assert(object.ok, `${name} reads`);
  const layout = planLayout(object.value, arch);
  const laidOut = clock();
  assert(layout.ok, `${name} has a layout`);
  const linked = link({
    object: object.value,
    arch,
    layout: layout.value,
    bases: basesFor(layout.value, arch),
    lookup: stubs.lookup,
  });
  const done = clock();
  assert(linked.ok, `${name} links`);
  const { relocations } = linked.value;
  const stages = {
    read: inMemory - start,
    parse: parsed - inMemory,
    layout: laidOut - parsed,
    link: done - laidOut,
  };
  return { name, bytes: bytes.length, relocations, stages };
}

export interface Comparison {
  readonly modules: readonly string[];
  readonly bytes: number;
  readonly relocations: number;
  /** Milliseconds for all modules, one time for each round. */
  readonly ours: readonly number[];
  /** The same with one lld process for each module, its start included. */
  readonly lld: readonly number[];
}

export interface ComparisonOptions {
  readonly lld: string;
  /** Of lld; undefined: as many as it likes. */
  readonly threads?: number;
  readonly rounds: number;
  readonly clock: Clock;
}

/**
 * Ours and lld by turns, so that a busy machine slows both.  Neither writes a file:
 * ours leaves the images in memory, lld writes to the null device.
 */
export function raceLld(
  target: CorpusTarget,
  modules: readonly string[],
  { lld, threads, rounds, clock }: ComparisonOptions,
): Comparison {
  const stubs = new Stubs(target.arch);
  const reader = new ModuleReader();
  const limit = threads === undefined ? [] : [`--threads=${threads}`];
  const folder = mkdtempSync(join(tmpdir(), 'modbox-bench-'));
  const times = { ours: new Array<number>(rounds).fill(0), lld: new Array<number>(rounds).fill(0) };
  let bytes = 0;
  let relocations = 0;
  try {
    for (const name of modules) {
      const elf = rawElf(readModule(target, name));
      const places = scatter(elf, { arch: target.arch, random: seededRandom(1) });
      const args = [...limit, ...prepareLld(folder, elf, places, stubs, devNull)];
      for (let round = 0; round < rounds; round++) {
        const start = clock();
        runLld(lld, args);
        const between = clock();
        const one = linkOne(target, name, { stubs, reader, clock });
        times.lld[round] = (times.lld[round] ?? 0) + between - start;
        times.ours[round] = (times.ours[round] ?? 0) + clock() - between;
        if (round > 0) continue;
        bytes += one.bytes;
        relocations += one.relocations;
      }
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
  return { modules, bytes, relocations, ...times };
}

function runLld(lld: string, args: readonly string[]): void {
  const done = spawnSync(lld, args, { encoding: 'utf8' });
  assert(done.status === 0, `lld succeeds: ${done.stderr}`);
}

/** Milliseconds that a process of lld takes to do nothing. */
export function lldStart(
  lld: string,
  { rounds, clock }: Pick<ComparisonOptions, 'rounds' | 'clock'>,
) {
  return Array.from({ length: rounds }, () => {
    const start = clock();
    spawnSync(lld, ['--version']);
    return clock() - start;
  });
}

export function fileBytes(target: CorpusTarget, module: string): number {
  return statSync(join(target.folder, module)).size;
}
