// npm run bench:linker: the host linker over every module of Debian's amd64 kernel,
// on one core, and beside ld.lld.  Times are of a warm process and a warm file
// cache, medians where there are rounds; machines are noisy, and what matters is
// the ratio to lld in the same run.

import { sampleOf, seededRandom } from '../base/random.ts';
import {
  type Comparison,
  fileBytes,
  linkAll,
  lldStart,
  type ModuleSpeed,
  raceLld,
  type Stages,
  totalOf,
} from '../corpus/speed.ts';
import { type CorpusTarget, findTargets } from '../corpus/targets.ts';
import { cacheFolder } from '../host/assets.ts';
import { corpusFolder, lldOfSetUp } from './corpus-input.ts';
import { grouped, megabytes, numberTable } from './corpus-table.ts';

const TARGET = 'amd64';
/** The first one warms up. */
const ROUNDS = 4;
const SMALL_BYTES = 64 << 10;
const SMALL_MODULES = 200;
const KIB = 1024;
const clock = (): number => performance.now();
const say = (text: string): void => void process.stdout.write(text);

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;

function sumOf(speeds: readonly ModuleSpeed[]) {
  const stages: Stages = { read: 0, parse: 0, layout: 0, link: 0 };
  let [bytes, relocations] = [0, 0];
  for (const speed of speeds) {
    bytes += speed.bytes;
    relocations += speed.relocations;
    for (const stage of ['read', 'parse', 'layout', 'link'] as const)
      stages[stage] += speed.stages[stage];
  }
  return { bytes, relocations, stages, ms: totalOf(stages) };
}

const perSecond = (count: number, ms: number): string => grouped((count / ms) * 1000);

function row(name: string, speeds: readonly ModuleSpeed[]): readonly string[] {
  const { bytes, relocations, ms } = sumOf(speeds);
  return [
    name,
    grouped(speeds.length),
    grouped(relocations),
    `${(ms / 1000).toFixed(2)} s`,
    perSecond(speeds.length, ms),
    perSecond(relocations, ms),
    `${(bytes / ms / 1000).toFixed(0)}`,
  ];
}

const head = ['', 'modules', 'relocations', 'time', 'modules/s', 'relocations/s', 'MB/s'];

const classes = [
  ['up to 16 KiB', 0, 16 * KIB],
  ['up to 64 KiB', 16 * KIB, 64 * KIB],
  ['up to 256 KiB', 64 * KIB, 256 * KIB],
  ['up to 1 MiB', 256 * KIB, 1024 * KIB],
  ['larger', 1024 * KIB, Number.POSITIVE_INFINITY],
] as const;

function wholeTarget(target: CorpusTarget): void {
  say(`${target.origin}, from files to linked images, one core:\n\n`);
  const rounds = Array.from({ length: ROUNDS }, () => linkAll(target, clock));
  const warm = rounds.slice(1);
  const best = warm.toSorted((a, b) => sumOf(a).ms - sumOf(b).ms)[warm.length >> 1] ?? [];
  const bySize = classes.map(([name, min, max]) =>
    row(
      name,
      best.filter(({ bytes }) => bytes > min && bytes <= max),
    ),
  );
  const rows = [row('cold process', rounds[0] ?? []), row('warm', best), ...bySize];
  say(`${numberTable([head, ...rows])}\n`);
  const { stages, ms } = sumOf(best);
  const share = (part: number): string => `${((part / ms) * 100).toFixed(0)} %`;
  say(
    `Reading files ${share(stages.read)}, parsing ${share(stages.parse)}, laying out ` +
      `${share(stages.layout)}, resolving and relocating ${share(stages.link)}.\n\n`,
  );
}

function compared(name: string, { bytes, relocations, ours, lld }: Comparison) {
  const ratios = ours.map((time, i) => time / (lld[i] ?? Number.NaN));
  return [
    name,
    megabytes(bytes),
    grouped(relocations),
    `${median(ours).toFixed(1)} ms`,
    `${median(lld).toFixed(1)} ms`,
    median(ratios).toFixed(2),
  ];
}

function besideLld(target: CorpusTarget): void {
  const lld = lldOfSetUp();
  const bySize = target.modules.toSorted((a, b) => fileBytes(target, b) - fileBytes(target, a));
  const large = bySize.slice(0, 1);
  const small = bySize.filter((module) => fileBytes(target, module) <= SMALL_BYTES);
  const sample = sampleOf(small, SMALL_MODULES, seededRandom(1));
  const largeRace = raceLld(target, large, { lld, threads: 1, rounds: 21, clock });
  const threaded = raceLld(target, large, { lld, rounds: 21, clock });
  const smallRace = raceLld(target, sample, { lld, threads: 1, rounds: 5, clock });
  const start = median(lldStart(lld, { rounds: 21, clock }));
  const largeName = large[0]?.split('/').at(-1) ?? '';
  say('Beside ld.lld, by turns; its time has the start of a process for each module:\n\n');
  say(
    numberTable([
      ['', 'files', 'relocations', 'modbox', 'ld.lld', 'modbox / ld.lld'],
      compared(`${largeName}, one thread each`, largeRace),
      compared(`${largeName}, all threads of lld`, threaded),
      compared(`${sample.length} small modules, one thread each`, smallRace),
    ]),
  );
  const without = median(largeRace.lld) - start;
  say(
    `\nA process of ld.lld that does nothing takes ${start.toFixed(1)} ms: without it, ` +
      `${without.toFixed(1)} ms for ${largeName} with one thread, ` +
      `${(median(smallRace.lld) - start * sample.length).toFixed(1)} ms for the small ones.\n`,
  );
}

const folder = corpusFolder(cacheFolder(process.env));
const target = findTargets(folder).find(({ name }) => name === TARGET);
if (target === undefined) {
  say(`Linker: ${TARGET} is not in the corpus; \`npm run corpus -- ${TARGET}\` fetches it.\n`);
} else {
  wholeTarget(target);
  besideLld(target);
}
