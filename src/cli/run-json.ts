// The report of a run for programs.  Keys are stable; addresses and results are
// strings in hexadecimal, because JSON numbers end at 2^53.

import type { Finding, Leaks } from '../kernel/findings.ts';
import type { HeapMisuse } from '../kernel/misuse.ts';
import type { Oops } from '../kernel/oops.ts';
import { describeProblem } from '../kernel/problem.ts';
import { describeDeath, describeFailure, type LoadFailure } from '../kernel/results.ts';

import { formatWhere, type Where } from '../kernel/symbols.ts';
import { hexOf, type Json } from './json.ts';
import {
  type CallReport,
  type ModuleReport,
  missingIn,
  type RunReport,
  succeeded,
} from './run-report.ts';

/** @param more what was asked for besides */
export function reportJson(report: RunReport, more: { readonly [key: string]: Json } = {}): Json {
  return {
    ok: succeeded(report),
    arch: report.arch,
    modules: report.modules.map(moduleJson),
    calls: report.calls.map(callJson),
    findings: report.findings.map(findingJson),
    missing: missingIn(report),
    console: report.console,
    death: report.death === undefined ? null : describeDeath(report.death),
    ...more,
  };
}

function moduleJson(module: ModuleReport): Json {
  const { view } = module;
  return {
    name: module.name,
    file: module.file,
    implied: module.implied,
    flavour: view?.flavour ?? null,
    load: module.load,
    init: module.init,
    fini: module.fini,
    stack: module.stackBytes ?? null,
    leaks: module.leaks === undefined ? null : leaksJson(module.leaks),
    segments: (view?.segments ?? []).map(({ name, base, bytes, disposable }) => ({
      name,
      base: hexOf(base),
      bytes,
      disposable,
    })),
    relocations: view?.relocations ?? null,
    failure: module.failure === undefined ? null : failureJson(module.failure),
  };
}

function leaksJson({ blocks, bytes, records }: Leaks): Json {
  return {
    blocks,
    bytes,
    records: records.map(({ kind, name, bytes: size, address, by }) => ({
      kind,
      name,
      bytes: size,
      address: hexOf(address),
      ...placeJson(by),
    })),
  };
}

/** A call, and its source line. */
function placeJson(by: Where | undefined): { readonly [key: string]: Json } {
  return {
    by: by === undefined ? null : formatWhere({ ...by, line: undefined }),
    file: by?.line?.file ?? null,
    line: by?.line?.line ?? null,
  };
}

function findingJson({ kind, text, by, address }: Finding): Json {
  return {
    kind,
    text,
    ...placeJson(by),
    address: hexOf(address),
  };
}

function failureJson(failure: LoadFailure): Json {
  return {
    stage: failure.stage,
    errno: failure.error,
    text: describeFailure(failure),
    problems: failure.problems.map((problem) => describeProblem(problem)),
    oops: failure.oops === undefined ? null : oopsJson(failure.oops),
    death: failure.death === undefined ? null : describeDeath(failure.death),
  };
}

function oopsJson(oops: Oops): Json {
  return {
    kind: oops.kind,
    module: oops.module ?? null,
    at: formatWhere(oops.where),
    pc: hexOf(oops.where.address),
    access: oops.access ?? null,
    missing: oops.missing?.symbol ?? null,
    heap: oops.heap === undefined ? null : heapJson(oops.heap),
    freed:
      oops.freed === undefined
        ? null
        : { what: oops.freed.what, use: oops.freed.use, ...placeJson(oops.freed.by) },
    address: hexOf(oops.address),
    code: hexOf(oops.code),
    registers: Object.fromEntries(
      Object.entries(oops.registers).map(([name, value]) => [name, hexOf(value)]),
    ),
    backtrace: oops.backtrace.map(formatWhere),
  };
}

function heapJson({ class: kind, use, bytes, block, by }: HeapMisuse): Json {
  return {
    class: kind,
    use,
    bytes: bytes ?? null,
    ...placeJson(by),
    block:
      block === undefined
        ? null
        : {
            address: hexOf(block.address),
            bytes: block.bytes,
            allocated: placeJson(block.allocated),
            freed: block.freed === undefined ? null : placeJson(block.freed),
          },
  };
}

function callJson({ call, module, result, buffers }: CallReport): Json {
  return {
    call: call.text,
    module: module ?? null,
    outcome: result.kind,
    type: call.returns ?? null,
    value: result.kind === 'returned' ? hexOf(result.value) : null,
    stack: (result.kind === 'returned' ? result.stackBytes : undefined) ?? null,
    text: result.kind === 'refused' ? result.reason : null,
    oops: result.kind === 'fault' ? oopsJson(result.oops) : null,
    death: result.kind === 'died' ? describeDeath(result.death) : null,
    buffers: buffers.map(({ index, bytes }) => ({
      argument: index,
      bytes: Buffer.from(bytes).toString('hex'),
    })),
  };
}
