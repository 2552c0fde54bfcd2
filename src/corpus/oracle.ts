// Compares what our linker makes of a module with what ld.lld makes of it: every
// loaded section at an address of its own, in random order with random gaps, all
// symbols at the same values.  Then every byte must be the same.

import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Arch } from '../arch/arch.ts';
import { type Addr, addr } from '../base/address.ts';
import { type Random, seededRandom, seedFor, shuffled } from '../base/random.ts';
import { type Layout, link, planLayout } from '../linker/link.ts';
import { describeLinkProblem } from '../linker/problems.ts';
import { SEGMENT_DATA } from '../linker/segments.ts';
import { readElf } from '../object/elf/reader.ts';
import { windowMiddle } from './link-module.ts';
import { type RawElf, rawElf, SHF_ALLOC, SHT_NOBITS, undefinedNames } from './oracle-elf.ts';
import {
  type LldOutput,
  linkerProof,
  linkerScript,
  lldArguments,
  readOutput,
} from './oracle-input.ts';
import { Stubs } from './stubs.ts';
import { type CorpusTarget, readModule } from './targets.ts';

export interface OracleResult {
  readonly target: string;
  readonly compared: number;
  readonly identical: number;
  readonly sections: number;
  /** Compared byte for byte; NOBITS sections have none. */
  readonly bytes: number;
  readonly seconds: number;
  /** A sentence each. */
  readonly differences: readonly string[];
}

export interface OracleOptions {
  readonly lld: string;
  readonly seed: number;
  /** Milliseconds. */
  readonly clock: () => number;
}

export async function compareWithLld(
  target: CorpusTarget,
  modules: readonly string[],
  { lld, seed, clock }: OracleOptions,
): Promise<OracleResult> {
  const start = clock();
  const stubs = new Stubs(target.arch);
  const sum = { identical: 0, sections: 0, bytes: 0 };
  const differences: string[] = [];
  const waiting = [...modules];
  const work = async (): Promise<void> => {
    for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
      const random = seededRandom(seedFor(seed, `${target.name}/${name}`));
      const one = await compareModule(readModule(target, name), {
        arch: target.arch,
        stubs,
        random,
        lld,
      });
      sum.sections += one.sections;
      sum.bytes += one.bytes;
      if (one.difference === undefined) sum.identical++;
      else differences.push(`${name}: ${one.difference}`);
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, work));
  const seconds = (clock() - start) / 1000;
  return { target: target.name, compared: modules.length, ...sum, seconds, differences };
}

interface Setting {
  readonly arch: Arch;
  readonly stubs: Stubs;
  readonly random: Random;
  readonly lld: string;
}

interface Comparison {
  readonly sections: number;
  readonly bytes: number;
  /** The first one found. */
  readonly difference: string | undefined;
}

async function compareModule(file: Uint8Array, setting: Setting): Promise<Comparison> {
  const elf = rawElf(file);
  const places = scatter(elf, setting);
  const ours = linkAt(file, places, setting);
  if (typeof ours === 'string') return { sections: 0, bytes: 0, difference: ours };
  const theirs = await linkWithLld(elf, places, setting);
  if (typeof theirs === 'string') return { sections: 0, bytes: 0, difference: theirs };
  return compare(elf, places, ours, theirs);
}

const GAP_BYTES = 512;

/**
 * Code loads words from sections that claim to be aligned to 1 (.BTF_ids of arm64's
 * nf_conntrack); where such a load cannot be encoded both linkers refuse.
 */
const LEAST_ALIGN = 4;

/** Section index to address, in random order of addresses. */
export function scatter(
  elf: RawElf,
  { arch, random }: Pick<Setting, 'arch' | 'random'>,
): ReadonlyMap<number, bigint> {
  const loaded = elf.sections.filter(({ flags }) => (flags & SHF_ALLOC) !== 0);
  const places = new Map<number, bigint>();
  let at: bigint = windowMiddle(arch);
  for (const { index, size, align } of shuffled(loaded, random)) {
    const unit = BigInt(Math.max(LEAST_ALIGN, align));
    at = ((at + BigInt(random.below(GAP_BYTES)) + unit - 1n) / unit) * unit;
    places.set(index, at);
    at += BigInt(size);
  }
  return places;
}

/** Our images by section index, or why there are none. */
function linkAt(
  file: Uint8Array,
  places: ReadonlyMap<number, bigint>,
  { arch, stubs }: Setting,
): ReadonlyMap<number, Uint8Array> | string {
  const read = readElf(file);
  if (!read.ok) return 'our reader refuses it';
  const { sections } = read.value;
  const order = [...places.keys()];
  // What a layout holds besides sections: nothing, here.
  const empty = planLayout({ ...read.value, sections: [], relocations: [] }, arch);
  if (!empty.ok) return 'it has no layout';
  const layout: Layout = {
    ...empty.value,
    segments: order.map((index, i) => ({
      ...{ area: i, offset: 0 },
      kind: SEGMENT_DATA,
      bytes: sections[index]?.size ?? 0,
      align: sections[index]?.align ?? 1,
    })),
    placements: sections.map(({ index }) =>
      places.has(index) ? { segment: order.indexOf(index), offset: 0 } : undefined,
    ),
  };
  const bases: Addr[] = [...places.values()].map((place) => addr(place));
  const linked = link({ object: read.value, arch, layout, bases, lookup: stubs.lookup });
  if (!linked.ok) return linked.problems.map((one) => describeLinkProblem(one, 'ours')).join('; ');
  return new Map(linked.value.segments.map(({ bytes }, i) => [order[i] ?? 0, bytes]));
}

const run = promisify(execFile);

async function linkWithLld(
  elf: RawElf,
  places: ReadonlyMap<number, bigint>,
  { stubs, lld }: Setting,
): Promise<LldOutput | string> {
  const folder = mkdtempSync(join(tmpdir(), 'modbox-oracle-'));
  const output = join(folder, 'm.elf');
  try {
    await run(lld, prepareLld(folder, elf, places, stubs, output));
    return readOutput(readFileSync(output));
  } catch (error) {
    return `lld: ${error instanceof Error ? error.message : String(error)}`;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Leaves in `folder` what lld needs for this link, and answers its arguments. */
export function prepareLld(
  folder: string,
  elf: RawElf,
  places: ReadonlyMap<number, bigint>,
  stubs: Stubs,
  output: string,
): readonly string[] {
  const script = join(folder, 'm.lds');
  const input = join(folder, 'm.o');
  const symbols = new Map(undefinedNames(elf).map((name) => [name, stubs.lookup(name).address]));
  writeFileSync(script, linkerScript(places, symbols));
  writeFileSync(input, linkerProof(elf));
  return lldArguments(elf, { script, input, output });
}

function compare(
  elf: RawElf,
  places: ReadonlyMap<number, bigint>,
  ours: ReadonlyMap<number, Uint8Array>,
  theirs: LldOutput,
): Comparison {
  let sections = 0;
  let bytes = 0;
  let difference = theirs.extra.length > 0 ? `lld adds ${theirs.extra.join(', ')}` : undefined;
  for (const { index, name, type, size } of elf.sections) {
    const place = places.get(index);
    if (place === undefined || size === 0) continue;
    sections++;
    if (type !== SHT_NOBITS) bytes += size;
    difference ??= differenceIn(name, type, place, ours.get(index), theirs.section(index));
  }
  return { sections, bytes, difference };
}

function differenceIn(
  name: string,
  type: number,
  place: bigint,
  ours: Uint8Array | undefined,
  theirs: ReturnType<LldOutput['section']>,
): string | undefined {
  if (ours === undefined || theirs === undefined) return `${name} is missing`;
  if (theirs.addr !== place) return `${name} is at ${theirs.addr}, wanted ${place}`;
  const theirSize = typeof theirs.bytes === 'number' ? theirs.bytes : theirs.bytes.length;
  if (theirSize !== ours.length) return `${name} has ${theirSize} bytes, ours ${ours.length}`;
  if (type === SHT_NOBITS || typeof theirs.bytes === 'number') return undefined;
  if (theirs.bytes.equals(ours)) return undefined;
  const at = theirs.bytes.findIndex((byte, i) => byte !== ours[i]);
  const word = (from: Uint8Array): string => Buffer.from(from.subarray(at, at + 8)).toString('hex');
  return `${name}+0x${at.toString(16)}: lld ${word(theirs.bytes)}, ours ${word(ours)}`;
}
