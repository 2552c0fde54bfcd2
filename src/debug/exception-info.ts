// An exception in words: what was tried, where, and what the page tables say.

import { type Addr, formatAddr } from '../base/address.ts';
import type { Machine } from '../machine/machine.ts';
import type { Stop } from '../machine/stop.ts';
import type { ExceptionInfo } from './model.ts';

const verbs = { read: 'read of', write: 'write to', execute: 'execution at' } as const;

/** @param stop where the handler has not been entered yet */
export function exceptionInfo(
  machine: Machine,
  { event, fault }: Extract<Stop, { kind: 'exception' }>,
): ExceptionInfo {
  const { exceptions, wordBytes } = machine.arch;
  const { signal, access } = exceptions.diagnose(machine.engine, event, fault);
  const name = exceptions.describe(event);
  if (access === undefined) return { signal, text: name, address: undefined };
  const { kind, address } = access;
  const at = formatAddr(address, wordBytes);
  const why = reason(machine, kind, address);
  return { signal, text: `${name}: ${verbs[kind]} ${at}, which is ${why}`, address };
}

function reason(machine: Machine, kind: keyof typeof verbs, address: Addr): string {
  const translation = machine.memory.translate(address);
  if (translation === undefined) return 'not mapped';
  if (kind === 'write' && !translation.writable) return 'read-only';
  if (kind === 'execute' && !translation.executable) return 'not executable';
  return 'not accessible';
}
