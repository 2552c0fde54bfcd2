// npm run bench: boot time, the cost of loading modules, and the speed of the
// emulated CPU against a bare libunicorn in the same process.  Machines are noisy:
// every figure is a median, and what matters is the ratio.

import { readFileSync } from 'node:fs';
import type { ArchName } from '../arch/arch.ts';
import { archNames } from '../arch/arch.ts';
import { addr, offsetIn } from '../base/address.ts';
import { BareCpu } from '../engine/bare.ts';
import { locateLibrary } from '../engine/library.ts';
import { samplePath } from '../host/assets.ts';
import { boot } from '../host/boot.ts';
import type { Kernel } from '../kernel/kernel.ts';
import type { Module } from '../kernel/module.ts';
import { unwrap } from '../kernel/results.ts';

const BOOTS = 9;
const CYCLES = 25;
const PAIRS = 7;
const ROUNDS = 600;
const COUNTED_ROUNDS = 2;
/** No watchdog while measuring. */
const PATIENCE_NS = 1e15;

interface Figures {
  readonly arch: ArchName;
  readonly bootMs: number;
  readonly cycleMs: number;
  readonly mips: number;
  readonly bareMips: number;
  readonly ratio: number;
}

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;

function timed(work: () => void): number {
  const start = performance.now();
  work();
  return performance.now() - start;
}

async function measureBoot(arch: ArchName): Promise<number> {
  const times: number[] = [];
  for (let i = 0; i < BOOTS; i++) {
    const start = performance.now();
    const kernel = await boot({ arch });
    times.push(performance.now() - start);
    kernel.close();
  }
  return median(times.slice(1));
}

/** load + init + fini + unload of hello. */
function measureCycle(kernel: Kernel, arch: ArchName): number {
  const name = samplePath(arch, 'hello');
  const file = { name, bytes: readFileSync(name) };
  const times = Array.from({ length: CYCLES }, () =>
    timed(() => {
      unwrap(kernel.load(file)).unload();
    }),
  );
  return median(times.slice(2));
}

/** How a bare CPU is made to call f(argument) and stop: set-up per architecture. */
function callBare(cpu: BareCpu, kernel: Kernel, target: bigint, argument: number): bigint {
  const symbol = (name: string): bigint => {
    const address = kernel.symbol(name);
    if (address === undefined) throw new Error(`the kernel has no ${name}`);
    return address;
  };
  // An exception ends a run without hooks: return to an instruction that traps.
  const back = symbol('cpu_undefined');
  const sp = symbol('boot_stack_top') - 512n;
  const at = offsetIn(kernel.arch.map.kernelBase, addr(sp));
  cpu.write(kernel.arch.roles.sp, sp);
  switch (kernel.arch.name) {
    case 'amd64':
      cpu.ram.setBigUint64(at, back, true);
      cpu.write('rdi', BigInt(argument));
      break;
    case 'i386':
      cpu.ram.setUint32(at, Number(back), true);
      cpu.ram.setUint32(at + 4, argument, true);
      break;
    case 'armv7':
      cpu.write('lr', back);
      cpu.write('r0', BigInt(argument));
      break;
    case 'aarch64':
      cpu.write('x30', back);
      cpu.write('x0', BigInt(argument));
      break;
  }
  cpu.run(addr(target));
  const result = { amd64: 'rax', i386: 'eax', armv7: 'r0', aarch64: 'x0' }[kernel.arch.name];
  return BigInt.asUintN(32, cpu.read(result));
}

function callKernel(module: Module, rounds: number): bigint {
  const result = module.call('workload_run', rounds);
  if (result.kind !== 'returned') throw new Error(`workload_run: ${result.kind}`);
  return BigInt.asUintN(32, result.value);
}

function measureSpeed(
  kernel: Kernel,
  library: string,
): Pick<Figures, 'mips' | 'bareMips' | 'ratio'> {
  const module = unwrap(kernel.load(samplePath(kernel.arch.name, 'workload')));
  const target = module.symbol('workload_run');
  if (target === undefined) throw new Error('workload has no workload_run');
  callKernel(module, 1); // so that the bare CPU gets tables and TLB-independent state
  const bare = new BareCpu(kernel.machine.engine, kernel.arch, library);
  const ours: number[] = [];
  const theirs: number[] = [];
  callBare(bare, kernel, target, 1);
  for (let i = 0; i < PAIRS; i++) {
    let expected = 0n;
    let found = 0n;
    theirs.push(timed(() => (expected = callBare(bare, kernel, target, ROUNDS))));
    ours.push(timed(() => (found = callKernel(module, ROUNDS))));
    if (expected !== found) throw new Error('the two CPUs computed different results');
  }
  const counter = bare.countInstructions();
  callBare(bare, kernel, target, COUNTED_ROUNDS);
  const instructions = (counter.count() / COUNTED_ROUNDS) * ROUNDS;
  bare.close();
  const mips = (times: readonly number[]): number => instructions / median(times) / 1000;
  return {
    mips: mips(ours),
    bareMips: mips(theirs),
    ratio: median(theirs.map((time, i) => time / (ours[i] ?? Number.NaN))),
  };
}

async function measure(arch: ArchName, library: string): Promise<Figures> {
  const bootMs = await measureBoot(arch);
  const kernel = await boot({ arch, watchdogNs: PATIENCE_NS });
  try {
    const cycleMs = measureCycle(kernel, arch);
    return { arch, bootMs, cycleMs, ...measureSpeed(kernel, library) };
  } finally {
    kernel.close();
  }
}

const library = locateLibrary(process.env)?.path;
if (library === undefined) throw new Error('libunicorn is missing; run `npm run setup`');
console.log('             boot    load cycle       CPU   bare libunicorn   ratio');
for (const arch of archNames) {
  const { bootMs, cycleMs, mips, bareMips, ratio } = await measure(arch, library);
  console.log(
    `${arch.padEnd(8)} ${bootMs.toFixed(1).padStart(5)} ms ${cycleMs.toFixed(2).padStart(8)} ms ` +
      `${mips.toFixed(0).padStart(5)} MIPS ${bareMips.toFixed(0).padStart(12)} MIPS ` +
      `${ratio.toFixed(3).padStart(7)}`,
  );
}
