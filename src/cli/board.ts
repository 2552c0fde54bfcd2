// npm run board: every module of the fetched corpus, loaded, initialised and taken
// out, each in a kernel of its own; a table, and a page for browsers.

import { mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { sampleOf, seededRandom, seedFor } from '../base/random.ts';
import { boardHtml } from '../board/html.ts';
import { type Life, outcomes } from '../board/life.ts';
import { stoppersOf, type TargetBoard, tally } from '../board/tally.ts';
import type { CorpusTarget } from '../corpus/targets.ts';
import { cacheFolder, root } from '../host/assets.ts';
import type { BoardOrder } from './board-worker.ts';
import { chosenTargets } from './corpus-input.ts';
import { grouped, numberTable } from './corpus-table.ts';
import { endingOf, UsageError } from './errors.ts';
import { type Json, jsonText } from './json.ts';
import { numberOption, parseOptions } from './options.ts';
import { processTerminal, type Terminal } from './terminal.ts';
import { STATUS, type Status } from './verb.ts';

const USAGE = `npm run board [-- --target NAME ...] [--sample N] [--seed S] [--only REGEX] [--jobs N]
                 [--top N] [--html FILE] [--verbose] [--json]

Loads, initialises and takes out every module of the fetched targets (npm run corpus), or
N of each that the seed chooses (default 1), or those whose path matches. Prints what came
of them and the missing symbols that stop the most, and writes a page (build/board.html).
Exit status: 0 done; 2 wrong usage.
`;

interface Options {
  readonly targets: readonly CorpusTarget[];
  readonly sample: number | undefined;
  readonly seed: number;
  readonly only: RegExp | undefined;
  readonly jobs: number;
  readonly top: number;
  readonly html: string;
  readonly json: boolean;
  readonly verbose: boolean;
}

function readOptions(args: readonly string[], terminal: Terminal): Options {
  const { values, positionals } = parseOptions('board', args, {
    target: { type: 'string', multiple: true },
    sample: { type: 'string' },
    seed: { type: 'string' },
    only: { type: 'string' },
    jobs: { type: 'string' },
    top: { type: 'string' },
    html: { type: 'string' },
    json: { type: 'boolean' },
    verbose: { type: 'boolean' },
  });
  if (positionals[0] !== undefined)
    throw new UsageError(`board: no argument ${positionals[0]} was expected`);
  const many = { min: 1, max: 100_000, unit: '' };
  return {
    targets: chosenTargets(values.target, cacheFolder(terminal.environment)),
    sample: numberOption('sample', values.sample, { ...many, unit: 'modules' }),
    seed: numberOption('seed', values.seed, { min: 0, max: 2 ** 32 - 1, unit: '' }) ?? 1,
    only: values.only === undefined ? undefined : patternOf(values.only),
    jobs: numberOption('jobs', values.jobs, many) ?? availableParallelism(),
    top: numberOption('top', values.top, many) ?? 20,
    html: values.html ?? join(root, 'build', 'board.html'),
    json: values.json ?? false,
    verbose: values.verbose ?? false,
  };
}

function patternOf(text: string): RegExp {
  try {
    return new RegExp(text);
  } catch (error) {
    throw new UsageError(`--only: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function modulesOf(target: CorpusTarget, { sample, seed, only }: Options): readonly string[] {
  const wanted = target.modules.filter((module) => only?.test(module) ?? true);
  if (sample === undefined) return wanted;
  return sampleOf(wanted, sample, seededRandom(seedFor(seed, target.name)));
}

/** The lives of some modules, in a thread of their own. */
function inThread(order: BoardOrder, hear: () => void): Promise<readonly Life[]> {
  const worker = new Worker(new URL('./board-worker.js', import.meta.url), { workerData: order });
  return new Promise((resolve, reject) => {
    const lives: Life[] = [];
    worker.on('message', (life: Life) => {
      lives.push(life);
      hear();
    });
    worker.on('error', reject);
    worker.on('exit', () => resolve(lives));
  });
}

async function boardOf(
  target: CorpusTarget,
  options: Options,
  terminal: Terminal,
): Promise<TargetBoard> {
  const modules = modulesOf(target, options);
  let done = 0;
  const hear = (): void => {
    if (++done % 500 === 0) terminal.err(`${target.name}: ${done} of ${modules.length}\n`);
  };
  // Dealt out in turn: neighbours in the list are of a size.
  const hands = Array.from({ length: Math.min(options.jobs, modules.length) }, (_, i) =>
    modules.filter((_module, j) => j % options.jobs === i),
  );
  const order = { folder: target.folder, target: target.name };
  const lives = await Promise.all(hands.map((hand) => inThread({ ...order, modules: hand }, hear)));
  const sorted = lives.flat().sort((a, b) => (a.module < b.module ? -1 : 1));
  return tally(target.name, target.origin, sorted);
}

const share = (part: number, all: number): string => `${((part / all) * 100).toFixed(1)} %`;

function boardText(boards: readonly TargetBoard[], top: number): string {
  const rows = boards.map((board) => [
    board.target,
    grouped(board.modules),
    share(board.byReached.loaded, board.modules),
    share(board.byReached.initialised, board.modules),
    share(board.byReached.exited, board.modules),
    `${grouped(board.conclusive)}`,
    share(board.conclusive, board.modules),
    ...outcomes.map((outcome) => grouped(board.byOutcome[outcome])),
  ]);
  const head = ['target', 'modules', 'loaded', 'init ran', 'exited', 'conclusive', '', ...outcomes];
  const stoppers = stoppersOf(boards.flatMap(({ lives }) => lives)).slice(0, top);
  const wanted = stoppers.map(({ symbol, modules, example }) => [
    symbol,
    grouped(modules),
    example,
  ]);
  return `${numberTable([head, ...rows])}\nMost wanted of what nobody has:\n${numberTable([['symbol', 'modules', 'for example'], ...wanted])}`;
}

function boardJson({ target, origin, modules, byOutcome, byReached, lives }: TargetBoard): Json {
  return {
    target,
    origin,
    modules,
    byOutcome: { ...byOutcome },
    byReached: { ...byReached },
    lives: lives.map((life) => ({ ...life, missing: life.missing ?? null })),
  };
}

function detailsOf({ target, lives }: TargetBoard): string {
  const lines = lives.map(({ module, outcome, detail }) => {
    const [first = ''] = detail.split('\n');
    return `${target} ${outcome.padEnd(12)} ${module}${first === '' ? '' : `: ${first}`}`;
  });
  return `${lines.join('\n')}\n`;
}

async function main(args: readonly string[]): Promise<Status> {
  const terminal = processTerminal();
  try {
    if (args.includes('--help')) {
      terminal.out(USAGE);
      return STATUS.ok;
    }
    const options = readOptions(args, terminal);
    const boards: TargetBoard[] = [];
    for (const target of options.targets) boards.push(await boardOf(target, options, terminal));
    mkdirSync(dirname(options.html), { recursive: true });
    writeFileSync(options.html, boardHtml(boards, new Date().toISOString().slice(0, 10)));
    if (options.verbose) for (const board of boards) terminal.out(detailsOf(board));
    if (options.json) terminal.out(jsonText(boards.map(boardJson)));
    else terminal.out(boardText(boards, options.top));
    return STATUS.ok;
  } catch (error) {
    const { status, message } = endingOf(error, Boolean(terminal.environment['MODBOX_TRACE']));
    terminal.err(`${message}\n`);
    return status;
  }
}

process.exitCode = await main(process.argv.slice(2));
