// npm run corpus:check and npm run corpus:oracle: the linker over the modules
// that `npm run corpus` fetched.  docs/linker.md shows what they print.

import { sampleOf, seededRandom, seedFor } from '../base/random.ts';
import { checkTarget } from '../corpus/check.ts';
import { compareWithLld } from '../corpus/oracle.ts';
import type { CorpusTarget } from '../corpus/targets.ts';
import { cacheFolder } from '../host/assets.ts';
import { chosenTargets, lldOfSetUp } from './corpus-input.ts';
import { checkText, oracleText } from './corpus-text.ts';
import { endingOf, UsageError } from './errors.ts';
import { jsonText } from './json.ts';
import { numberOption, parseOptions } from './options.ts';
import { processTerminal, type Terminal } from './terminal.ts';
import { STATUS, type Status } from './verb.ts';

const ORACLE_SAMPLE = 500;

const USAGE = `npm run corpus:check  [-- --target NAME ...] [--sample N] [--seed S] [--json]
npm run corpus:oracle [-- --target NAME ...] [--sample N] [--seed S] [--json]

check links every module of the fetched targets, or N of each that the seed chooses
(default 1), and counts what fails and why; oracle compares what N modules of each
become (default ${ORACLE_SAMPLE}) with what ld.lld makes of them, byte for byte.
Exit status: 0 all link, or are identical; 1 one does not; 2 wrong usage.
`;

interface Options {
  readonly targets: readonly CorpusTarget[];
  /** Modules of each target; undefined: all. */
  readonly sample: number | undefined;
  readonly seed: number;
  readonly json: boolean;
}

function readOptions(command: string, args: readonly string[], terminal: Terminal): Options {
  const { values, positionals } = parseOptions(`corpus:${command}`, args, {
    target: { type: 'string', multiple: true },
    sample: { type: 'string' },
    seed: { type: 'string' },
    json: { type: 'boolean' },
  });
  if (positionals[0] !== undefined)
    throw new UsageError(`corpus:${command}: no argument ${positionals[0]} was expected`);
  return {
    targets: chosenTargets(values.target, cacheFolder(terminal.environment)),
    sample: numberOption('sample', values.sample, { min: 1, max: 100_000, unit: 'modules' }),
    seed: numberOption('seed', values.seed, { min: 0, max: 2 ** 32 - 1, unit: '' }) ?? 1,
    json: values.json ?? false,
  };
}

function chosenModules(target: CorpusTarget, sample: number | undefined, seed: number) {
  if (sample === undefined) return target.modules;
  return sampleOf(target.modules, sample, seededRandom(seedFor(seed, target.name)));
}

function check({ targets, sample, seed, json }: Options, terminal: Terminal): boolean {
  const results = targets.map((target) => {
    terminal.err(`${target.name}: ${target.origin}\n`);
    return checkTarget(target, chosenModules(target, sample, seed), () => performance.now());
  });
  if (json)
    terminal.out(jsonText(results.map((result) => ({ ...result, causes: causesOf(result) }))));
  else terminal.out(checkText(results));
  return results.every(({ linked, modules }) => linked === modules);
}

const causesOf = ({ causes }: ReturnType<typeof checkTarget>) =>
  causes.map(({ name, problems, modules, example }) => ({ name, problems, modules, example }));

async function oracle(options: Options, terminal: Terminal): Promise<boolean> {
  const { targets, sample, seed, json } = options;
  const lld = lldOfSetUp();
  const results = [];
  for (const target of targets) {
    terminal.err(`${target.name}: ${target.origin}\n`);
    const modules = chosenModules(target, sample ?? ORACLE_SAMPLE, seed);
    results.push(
      await compareWithLld(target, modules, { lld, seed, clock: () => performance.now() }),
    );
  }
  terminal.out(json ? jsonText(results.map((one) => ({ ...one }))) : oracleText(results, seed));
  return results.every(({ identical, compared }) => identical === compared);
}

async function main([command, ...args]: readonly string[]): Promise<Status> {
  const terminal = processTerminal();
  try {
    if (command === '--help' || args.includes('--help')) {
      terminal.out(USAGE);
      return STATUS.ok;
    }
    if (command !== 'check' && command !== 'oracle')
      throw new UsageError('corpus: wanted check or oracle');
    const options = readOptions(command, args, terminal);
    const good = command === 'check' ? check(options, terminal) : await oracle(options, terminal);
    return good ? STATUS.ok : STATUS.failed;
  } catch (error) {
    const { status, message } = endingOf(error, Boolean(terminal.environment['MODBOX_TRACE']));
    terminal.err(`${message}\n`);
    return status;
  }
}

process.exitCode = await main(process.argv.slice(2));
