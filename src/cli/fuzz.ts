// npm run fuzz: damaged objects by the hundred thousand, through every pass that a
// load runs on the host.  Each must come to an image or to problems: no exception,
// no hang, no more memory than the object may ask for.  docs/fuzzing.md tells more.

import { writeFileSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { type ArchName, archNames } from '../arch/arch.ts';
import { makeMutant, type Tally } from '../fuzz/campaign.ts';
import { runPasses } from '../fuzz/passes.ts';
import { ALLOC_LIMIT } from '../object/elf/sections.ts';
import { grouped, numberTable } from './corpus-table.ts';
import { endingOf, UsageError } from './errors.ts';
import { stocksOf } from './fuzz-input.ts';
import { numberOption, parseOptions } from './options.ts';
import { processTerminal, type Terminal } from './terminal.ts';
import { STATUS, type Status } from './verb.ts';

const USAGE = `npm run fuzz [-- --count N] [--seed S] [--arch NAME ...]
npm run fuzz -- --seed S --only NUMBER [--write FILE]

Reads and links N damaged objects (default 100000) that the seed makes (default 1)
and counts what became of them; --only does one of them again, --write keeps it.
Exit status: 0 no crash, no hang; 1 one of these; 2 wrong usage.
`;

/** For the worker. */
export interface FuzzOrder {
  readonly archs: readonly ArchName[];
  readonly seed: number;
  readonly count: number;
  /** One 32-bit word: the mutant in the works. */
  readonly current: SharedArrayBuffer;
}

export interface FuzzMessage {
  readonly tally: Tally;
  readonly done: boolean;
}

interface Options extends Omit<FuzzOrder, 'current'> {
  readonly only: number | undefined;
  readonly write: string | undefined;
}

function readOptions(args: readonly string[]): Options {
  const { values, positionals } = parseOptions('fuzz', args, {
    count: { type: 'string' },
    seed: { type: 'string' },
    arch: { type: 'string', multiple: true },
    only: { type: 'string' },
    write: { type: 'string' },
  });
  if (positionals[0] !== undefined)
    throw new UsageError(`fuzz: no argument ${positionals[0]} was expected`);
  const wrong = values.arch?.find((name) => !archNames.some((each) => each === name));
  if (wrong !== undefined)
    throw new UsageError(`fuzz: no architecture ${wrong}: ${archNames.join(' ')}`);
  const mutants = { min: 0, max: 1e9, unit: '' };
  return {
    archs: values.arch ? archNames.filter((name) => values.arch?.includes(name)) : archNames,
    seed: numberOption('seed', values.seed, { min: 0, max: 2 ** 32 - 1, unit: '' }) ?? 1,
    count: numberOption('count', values.count, mutants) ?? 100_000,
    only: numberOption('only', values.only, mutants),
    write: values.write,
  };
}

/** No mutant of a file this small needs a hundredth of it. */
const HANG_MS = 20_000;
/**
 * For JavaScript's objects; the images of one mutant come on top, and may be as large
 * as ALLOC_LIMIT.
 */
const HEAP_MB = 512;

interface End {
  readonly tally: Tally | undefined;
  readonly failure: string | undefined;
}

function run({ archs, seed, count }: Options, terminal: Terminal): Promise<End> {
  const current = new SharedArrayBuffer(4);
  const order: FuzzOrder = { archs, seed, count, current };
  const worker = new Worker(new URL('./fuzz-worker.js', import.meta.url), {
    workerData: order,
    resourceLimits: { maxOldGenerationSizeMb: HEAP_MB },
  });
  const now = new Int32Array(current);
  return new Promise((resolve) => {
    let tally: Tally | undefined;
    let last = { number: -1, since: performance.now() };
    const end = (failure: string | undefined): void => {
      clearInterval(watch);
      void worker.terminate();
      resolve({ tally, failure });
    };
    const watch = setInterval(() => {
      const number = Atomics.load(now, 0);
      if (number !== last.number) last = { number, since: performance.now() };
      else if (performance.now() - last.since > HANG_MS) end(`mutant ${number} hangs`);
    }, 500);
    worker.on('message', (message: FuzzMessage) => {
      ({ tally } = message);
      const { mutants, linked, crashes } = tally;
      const of = `${grouped(mutants)} of ${grouped(count)}`;
      terminal.err(`${of}: ${grouped(linked)} link, ${crashes.length} crash\n`);
      if (message.done) end(undefined);
    });
    worker.on('error', (error) => end(`mutant ${Atomics.load(now, 0)}: ${error.message}`));
  });
}

function text({ tally, failure }: End, seed: number, seconds: number): string {
  const lines: string[] = [];
  if (tally !== undefined) {
    const rows = [...tally.causes].sort(([, a], [, b]) => b.mutants - a.mutants);
    const share = (mutants: number): string => `${((mutants / tally.mutants) * 100).toFixed(2)} %`;
    lines.push(
      numberTable([
        ['outcome', 'mutants', 'share', 'first'],
        ...rows.map(([name, { mutants, first }]) => [
          name,
          grouped(mutants),
          share(mutants),
          `${first}`,
        ]),
      ]),
      `${grouped(tally.mutants)} mutants of seed ${seed} in ${seconds.toFixed(0)} s, ` +
        `${grouped(tally.relocations)} relocations in those that link.`,
      `Slowest: mutant ${tally.slowest.number}, ${tally.slowest.milliseconds.toFixed(1)} ms.`,
      `Most memory: ${grouped(process.resourceUsage().maxRSS / 1024)} MiB; one object may ask ` +
        `for ${ALLOC_LIMIT / 2 ** 20} MiB.`,
      `Digest of the outcomes: ${tally.digest.toString(16).padStart(8, '0')}.`,
    );
    for (const { number, error } of tally.crashes.slice(0, 5))
      lines.push(`CRASH in mutant ${number}: ${error}`);
  }
  if (failure !== undefined) lines.push(`FAILED: ${failure}`);
  lines.push('A mutant again: npm run fuzz -- --seed S --only NUMBER [--write FILE]');
  return `${lines.join('\n')}\n`;
}

/** Makes one mutant again and tells all about it. */
function replay({ archs, seed, only = 0, write }: Options, terminal: Terminal): Status {
  const mutant = makeMutant(stocksOf(terminal.environment, archs), seed, only);
  terminal.out(`${mutant.arch.name}, ${mutant.seed.name}\n`);
  for (const edit of mutant.edits) terminal.out(`  ${edit}\n`);
  if (write !== undefined) writeFileSync(write, mutant.bytes);
  const outcome = runPasses(mutant.bytes, mutant.arch);
  if (outcome.kind === 'linked') terminal.out('links\n');
  else for (const { name, sentence } of outcome.causes) terminal.out(`${name}: ${sentence}\n`);
  return STATUS.ok;
}

async function main(args: readonly string[]): Promise<Status> {
  const terminal = processTerminal();
  try {
    if (args.includes('--help')) {
      terminal.out(USAGE);
      return STATUS.ok;
    }
    const options = readOptions(args);
    if (options.only !== undefined) return replay(options, terminal);
    const start = performance.now();
    const end = await run(options, terminal);
    terminal.out(text(end, options.seed, (performance.now() - start) / 1000));
    const good = end.failure === undefined && end.tally?.crashes.length === 0;
    return good ? STATUS.ok : STATUS.failed;
  } catch (error) {
    const { status, message } = endingOf(error, Boolean(terminal.environment['MODBOX_TRACE']));
    terminal.err(`${message}\n`);
    return status;
  }
}

process.exitCode = await main(process.argv.slice(2));
