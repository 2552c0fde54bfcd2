// The packets that look at registers, memory and threads, or change them.

import type { Addr } from '../base/address.ts';
import { PACKET_BYTES } from './framing.ts';
import { bytesOfHex, countOf, hexOf, rangeOf } from './hex.ts';
import type { Target } from './target.ts';
import { parseThread } from './threads.ts';

/** The packet cannot be understood, or says what there is not: EINVAL in hexadecimal. */
export const MALFORMED = 'E16';
/** EFAULT. */
const NOT_MAPPED = 'E0e';
/** Bytes of memory in one reply: hex doubles them. */
const READ_BYTES = (PACKET_BYTES >> 1) - 64;

/** The number of a thread whose registers are meant; undefined: the one that runs. */
type Thread = number | undefined;

/** p: one register. */
export function readRegister(target: Target, thread: Thread, text: string): string {
  const number = countOf(text);
  if (number === undefined) return MALFORMED;
  return target.registers.one(number, target.registersOf(thread)) ?? MALFORMED;
}

/** P: one register. */
export function writeRegister(target: Target, thread: Thread, text: string): string {
  const [number, value, ...more] = text.split('=');
  const register = target.registers.at(countOf(number) ?? -1);
  const bytes = bytesOfHex(value ?? 'none');
  if (register === undefined || bytes === undefined || more.length > 0) return MALFORMED;
  if (!isCurrent(target, thread)) return NOT_MAPPED;
  return target.debugger.writeRegister(register.name, bytes) === undefined ? 'OK' : MALFORMED;
}

/** G: all of them. */
export function writeRegisters(target: Target, thread: Thread, text: string): string {
  const all = target.registers.parse(text);
  if (all === undefined) return MALFORMED;
  if (!isCurrent(target, thread)) return NOT_MAPPED;
  const problems = all.map(({ name, bytes }) => target.debugger.writeRegister(name, bytes));
  return problems.every((problem) => problem === undefined) ? 'OK' : MALFORMED;
}

/** Where the CPU goes on; whether that is possible. */
export function writePc(target: Target, address: Addr): boolean {
  const { arch } = target.debugger;
  const word = new Uint8Array(8);
  new DataView(word.buffer).setBigUint64(0, address, true);
  const bytes = word.subarray(0, arch.wordBytes);
  return target.debugger.writeRegister(arch.roles.pc, bytes) === undefined;
}

/** m: as much as is mapped and fits a packet. */
export function readMemory(target: Target, text: string): string {
  const range = rangeOf(text);
  if (range === undefined) return MALFORMED;
  const length = Math.min(range.length, READ_BYTES);
  if (length === 0) return '';
  const bytes = target.debugger.read(range.address, length);
  return bytes.length === 0 ? NOT_MAPPED : hexOf(bytes);
}

/** M and X: all or nothing. */
export function writeMemory(
  target: Target,
  text: string,
  decode: (text: string) => Uint8Array | undefined,
): string {
  const colon = text.indexOf(':');
  const range = rangeOf(text.slice(0, Math.max(colon, 0)));
  const bytes = decode(text.slice(colon + 1));
  if (colon < 0 || range === undefined || bytes?.length !== range.length) return MALFORMED;
  if (bytes.length === 0) return 'OK';
  return target.debugger.write(range.address, bytes) ? 'OK' : NOT_MAPPED;
}

/** T: whether there is such a thread. */
export function isAlive(target: Target, text: string): boolean {
  const choice = parseThread(text);
  return choice !== undefined && typeof choice !== 'string' && isKnown(target, choice.thread);
}

export function isKnown(target: Target, thread: number): boolean {
  return thread === target.threads.current() || target.threads.find(thread) !== undefined;
}

/** Only the thread in the CPU has registers that can be written. */
function isCurrent(target: Target, thread: Thread): boolean {
  return thread === undefined || thread === target.threads.current();
}
