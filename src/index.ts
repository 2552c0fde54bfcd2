// The public API.
//
//   const kernel = await boot({ arch: 'aarch64' });
//   const hello = unwrap(kernel.load('hello.ko'));
//   hello.call('hello_add', 2, 3);   // { kind: 'returned', value: 5n, ... }
//   hello.unload();
//   kernel.close();

export { type ArchName, archNames } from './arch/arch.ts';
export { type Addr, addr, formatAddr } from './base/address.ts';
export { lcovTrace } from './coverage/lcov.ts';
export { type CodeRecord, type CoverageRecorder, startCoverage } from './coverage/recorder.ts';
export type { CoverageReport } from './coverage/report.ts';
export { coverageSummary } from './coverage/summary.ts';
export { boot, type HostBootOptions } from './host/boot.ts';
export { openCoverageReport, writeCoverage } from './host/coverage.ts';
export { type Argument, u64, type Wide } from './kernel/arguments.ts';
export type { ObjectFile, ObjectFiles } from './kernel/files.ts';
export type { Finding, LeakRecord, Leaks } from './kernel/findings.ts';
export type { Kernel } from './kernel/kernel.ts';
export type { Module } from './kernel/module.ts';
export { describeOops, type Oops } from './kernel/oops.ts';
export type { Callee, ResultType } from './kernel/result-type.ts';
export {
  type CallResult,
  describeDeath,
  describeFailure,
  LoadError,
  type LoadFailure,
  type LoadResult,
  type UnloadResult,
  unwrap,
} from './kernel/results.ts';
export type { Snapshot } from './kernel/snapshot.ts';
export { formatWhere, type Where } from './kernel/symbols.ts';
