// npm run bench:debug, first part: what the debugger costs in this process.  Single
// steps, a step back far into a run, and how much slower a guest runs with a debugger
// that remembers its past, and with breakpoints that it does not reach.

import { readFileSync } from 'node:fs';
import { type ArchName, archNames } from '../arch/arch.ts';
import type { Session } from '../debug/session.ts';
import { samplePath } from '../host/assets.ts';
import { boot } from '../host/boot.ts';
import { openSession } from '../host/debug.ts';
import { unwrap } from '../kernel/results.ts';

const STEPS = 300_000;
const PAIRS = 7;
const ROUNDS = 300;
/** No watchdog while measuring. */
const PATIENCE_NS = 1e15;
/** Bytes of code; no instruction of the workload has more than 7, so 100 million of them. */
const FAR_NS = 700e6;
const BREAKPOINTS = 64;

/** Functions of the kernel that a call does not reach. */
const UNREACHED = [
  ...['module_load', 'module_unload', 'module_create', 'module_destroy'],
  ...['module_link', 'module_place', 'module_init', 'module_fini'],
];

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;

/** Milliseconds of the CPU's time, which other programs do not lengthen. */
async function timed(work: () => unknown): Promise<number> {
  const start = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000;
}

async function openWorkload(arch: ArchName): Promise<Session> {
  const session = await openSession({ arch, watchdogNs: PATIENCE_NS });
  const path = samplePath(arch, 'workload');
  session.begin({ kind: 'load', file: { name: path, bytes: readFileSync(path) } });
  await session.resume({ kind: 'continue' });
  return session;
}

function beginRun(session: Session, rounds: number): void {
  const problem = session.begin({ kind: 'call', symbol: 'workload_run', words: [BigInt(rounds)] });
  if (problem !== undefined) throw new Error(problem);
}

async function runWorkload(session: Session): Promise<void> {
  beginRun(session, ROUNDS);
  const stop = await session.resume({ kind: 'continue' });
  if (stop.reason !== 'done') throw new Error(`the workload stopped: ${stop.reason}`);
}

async function stepsPerSecond(arch: ArchName): Promise<number> {
  const session = await openWorkload(arch);
  beginRun(session, 1);
  await session.resume({ kind: 'instruction', count: 1000 });
  const ms = await timed(() => session.resume({ kind: 'instruction', count: STEPS }));
  session.close();
  return (STEPS / ms) * 1000;
}

/** Milliseconds of the first step back after a long run, and of those after it. */
async function stepBack(arch: ArchName): Promise<{ first: number; next: number }> {
  const session = await openWorkload(arch);
  beginRun(session, 1_000_000);
  const start = session.position.now;
  session.onOutput = undefined;
  const running = session.resume({ kind: 'continue' });
  while (session.position.now < start + FAR_NS) await new Promise((done) => setImmediate(done));
  session.interrupt();
  await running;
  const back = () => session.resume({ kind: 'instruction' }, { reverse: true });
  const first = await timed(back);
  const next: number[] = [];
  for (let i = 0; i < 15; i++) next.push(await timed(back));
  session.close();
  return { first, next: median(next) };
}

function placeIn(session: Session, name: string, offset: number): string {
  const address = session.kernel.symbol(name);
  if (address === undefined) throw new Error(`the kernel has no ${name}`);
  return ((address & ~1n) + BigInt(offset)).toString(16);
}

/** How long the workload takes beside a kernel without debugger, by turns. */
async function slowdown(arch: ArchName): Promise<{ watched: number; broken: number }> {
  const kernel = await boot({ arch, watchdogNs: PATIENCE_NS });
  const plain = unwrap(kernel.load(samplePath(arch, 'workload')));
  const watched = await openWorkload(arch);
  const broken = await openWorkload(arch);
  for (const name of UNREACHED)
    for (let i = 0; i < BREAKPOINTS / UNREACHED.length; i++)
      broken.addBreakpoint({ location: `*0x${placeIn(broken, name, 4 * i)}` });
  const times: { plain: number; watched: number; broken: number }[] = [];
  for (let i = 0; i <= PAIRS; i++)
    times.push({
      plain: await timed(() => plain.call('workload_run', ROUNDS)),
      watched: await timed(() => runWorkload(watched)),
      broken: await timed(() => runWorkload(broken)),
    });
  const warm = times.slice(1);
  kernel.close();
  watched.close();
  broken.close();
  return {
    watched: median(warm.map((time) => time.watched / time.plain)),
    broken: median(warm.map((time) => time.broken / time.watched)),
  };
}

const percent = (ratio: number): string => `${((ratio - 1) * 100).toFixed(1)} %`;

console.log(
  '            steps/s   step back, 100 M instructions into a run   slower: debugged   with 64 breakpoints',
);
for (const arch of archNames) {
  const steps = await stepsPerSecond(arch);
  const back = await stepBack(arch);
  const { watched, broken } = await slowdown(arch);
  console.log(
    `${arch.padEnd(8)} ${Math.round(steps).toLocaleString('en').padStart(10)}   first ` +
      `${back.first.toFixed(1).padStart(5)} ms, then ${back.next.toFixed(1).padStart(5)} ms ` +
      `${percent(watched).padStart(28)} ${percent(broken).padStart(20)}`,
  );
}
