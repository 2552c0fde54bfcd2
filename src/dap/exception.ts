// What exceptionInfo answers: the fault that the guest stands at, and the way there.

import type { DebugProtocol } from '@vscode/debugprotocol';
import { formatAddr } from '../base/address.ts';
import type { Debugger } from '../debug/model.ts';
import { describeDeath } from '../kernel/results.ts';
import { Refusal } from './fields.ts';
import type { Body } from './protocol.ts';

/** POSIX's names of the signals that stand for exceptions. */
const signalNames: ReadonlyMap<number, string> = new Map([
  [4, 'SIGILL'],
  [5, 'SIGTRAP'],
  [6, 'SIGABRT'],
  [7, 'SIGBUS'],
  [8, 'SIGFPE'],
  [11, 'SIGSEGV'],
]);

export function signalName(signal: number): string {
  return signalNames.get(signal) ?? `signal ${signal}`;
}

/** @throws Refusal when the guest does not stand at an exception */
export function exceptionInfo(target: Debugger): Body<DebugProtocol.ExceptionInfoResponse> {
  const { stop } = target;
  const stackTrace = target
    .frames()
    .map(({ index, function: name, pc, file, line }) => {
      const place = file === undefined ? '' : ` at ${file}:${line ?? '?'}`;
      return `#${index} ${formatAddr(pc)} in ${name ?? '??'}${place}`;
    })
    .join('\n');
  if (stop?.reason === 'exception') {
    const { signal, text } = stop.exception;
    const name = signalName(signal);
    return {
      exceptionId: name,
      description: text,
      breakMode: 'always',
      details: { message: text, typeName: name, stackTrace },
    };
  }
  if (stop?.reason === 'dead') {
    const message = describeDeath(stop.death);
    return {
      exceptionId: stop.death.kind,
      description: message,
      breakMode: 'unhandled',
      details: { message, stackTrace },
    };
  }
  throw new Refusal('the guest does not stand at an exception');
}
