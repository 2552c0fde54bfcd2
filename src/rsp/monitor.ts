// `monitor` commands (qRcmd): what a debugger of programs has no word for.  Each answers
// text; those that give the guest something to do say so, and `continue` does it.

import type { Addr } from '../base/address.ts';
import { addr, formatAddr } from '../base/address.ts';
import type { Debugger } from '../debug/model.ts';
import type { ObjectFiles } from '../kernel/files.ts';
import type { Module } from '../kernel/module.ts';
import { formatWhere } from '../kernel/symbols.ts';
import type { Program } from './program.ts';

export interface MonitorContext {
  readonly program: Program;
  /** What insmod may read. */
  readonly files: ObjectFiles;
}

interface Command {
  readonly usage: string;
  readonly does: string;
  run(context: MonitorContext, args: readonly string[]): string | Promise<string>;
}

const LAST_BYTES = 64;

const commands: Readonly<Record<string, Command>> = {
  help: { usage: 'help', does: 'this list', run: () => helpText() },
  lsmod: { usage: 'lsmod', does: 'the modules that are loaded', run: lsmod },
  insmod: { usage: 'insmod FILE', does: 'load a module; continue runs its init', run: insmod },
  rmmod: { usage: 'rmmod MODULE', does: 'unload a module; continue runs its fini', run: rmmod },
  call: {
    usage: 'call FUNCTION [WORD...]',
    does: 'call a function with integers; continue runs it',
    run: call,
  },
  dmesg: {
    usage: 'dmesg',
    does: "all of the guest's console",
    run: ({ program }) => program.debugger.kernel.console,
  },
  why: { usage: 'why ADDRESS|VARIABLE [BYTES]', does: 'who last wrote it', run: why },
  regs: { usage: 'regs', does: 'every register, system registers too', run: regs },
};

/** Carries one out; never fails but with a sentence. */
export async function monitor(context: MonitorContext, line: string): Promise<string> {
  const [name = 'help', ...args] = line.trim().split(/\s+/).filter(Boolean);
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (command === undefined) return `no command ${name}; monitor help lists them\n`;
  return command.run(context, args);
}

function helpText(): string {
  const rows = Object.values(commands).map(({ usage, does }) => `${usage.padEnd(30)}${does}\n`);
  return rows.join('');
}

function lsmod({ program }: MonitorContext): string {
  const rows = program.debugger.kernel.modules.map((module) => {
    const size = module.view.segments.reduce((sum, { bytes }) => sum + bytes, 0);
    return `${module.name.padEnd(24)}${String(size).padStart(8)}  ${baseOf(module)}\n`;
  });
  return `${'Module'.padEnd(24)}${'Size'.padStart(8)}  Address\n${rows.join('')}`;
}

function baseOf({ view }: Module): string {
  const text = view.segments.find(({ executable, disposable }) => executable && !disposable);
  return text === undefined ? '-' : formatAddr(text.base);
}

function insmod({ program, files }: MonitorContext, [path, ...rest]: readonly string[]): string {
  if (path === undefined || rest.length > 0) return usage('insmod');
  const file = files.read(path);
  if (file === undefined) return `${path}: no such file\n`;
  return begun(program.begin({ kind: 'load', file }), `${path} will be loaded`);
}

function rmmod({ program }: MonitorContext, [module, ...rest]: readonly string[]): string {
  if (module === undefined || rest.length > 0) return usage('rmmod');
  return begun(program.begin({ kind: 'unload', module }), `${module} will be unloaded`);
}

function call({ program }: MonitorContext, [symbol, ...args]: readonly string[]): string {
  if (symbol === undefined) return usage('call');
  const words = args.map(integer);
  const bad = words.indexOf(undefined);
  if (bad >= 0) return `${args[bad]} is no integer\n`;
  const known = words.filter((word) => word !== undefined);
  return begun(program.begin({ kind: 'call', symbol, words: known }), `${symbol} will be called`);
}

function begun(problem: string | undefined, done: string): string {
  return problem === undefined ? `${done} by continue\n` : `${problem}\n`;
}

async function why({ program }: MonitorContext, args: readonly string[]): Promise<string> {
  const place = placeOf(program.debugger, args);
  if (typeof place === 'string') return place;
  const { address, bytes } = place;
  const write = await program.debugger.lastWrite(address, bytes);
  const what = `${bytes} bytes at ${formatAddr(address)}`;
  if (write === undefined) return `${what}: no write is recorded\n`;
  const { kernel } = program.debugger;
  const [instruction] = program.debugger.disassemble(write.pc, 1);
  const line = instruction?.line === undefined ? '' : `, ${instruction.file}:${instruction.line}`;
  const where = formatWhere(kernel.symbolise(write.pc));
  return `${what}: written by ${where}${line}: ${shown(write.old)} became ${shown(write.new)}\n`;
}

function placeOf(
  debugger_: Debugger,
  [what, count, ...rest]: readonly string[],
): { address: Addr; bytes: number } | string {
  const bytes = count === undefined ? undefined : Number(integer(count) ?? 0n);
  if (what === undefined || rest.length > 0) return usage('why');
  if (bytes !== undefined && !(bytes > 0 && bytes <= LAST_BYTES))
    return `${count}: wanted 1 to ${LAST_BYTES} bytes\n`;
  const number = integer(what);
  if (number !== undefined)
    return { address: addr(number), bytes: bytes ?? debugger_.arch.wordBytes };
  const value = debugger_.evaluate(what);
  if (!value.ok) return `${value.problem}\n`;
  const { address } = value.value;
  if (address === undefined) return `${what} is not in memory\n`;
  const own = Math.min(value.value.bytes ?? debugger_.arch.wordBytes, LAST_BYTES);
  return { address, bytes: bytes ?? own };
}

function regs({ program }: MonitorContext): string {
  const rows = program.debugger
    .registers()
    .map(({ name, bytes }) => `${name.padEnd(12)}${shown(bytes)}\n`);
  return rows.join('');
}

/** Little-endian bytes as a number. */
function shown(bytes: Uint8Array): string {
  const digits = [...bytes].reverse().map((byte) => byte.toString(16).padStart(2, '0'));
  return `0x${digits.join('')}`;
}

function integer(text: string): bigint | undefined {
  if (!/^-?(0x[0-9a-fA-F]{1,16}|[0-9]{1,20})$/.test(text)) return undefined;
  const value = BigInt(text.replace('-', ''));
  return BigInt.asUintN(64, text.startsWith('-') ? -value : value);
}

function usage(name: string): string {
  return `usage: monitor ${commands[name]?.usage}\n`;
}
