// Variables and C expressions of a frame: what src/dwarf finds out about a frame,
// given the guest's registers, memory and symbols, and assignments done.

import type { Arch } from '../arch/arch.ts';
import { type Addr, addr } from '../base/address.ts';
import { evaluateExpression, type Scope, type Write } from '../dwarf/expression.ts';
import { describeExpressionProblem } from '../dwarf/expression-problems.ts';
import type { DebugInfo, Frame, Variable } from '../dwarf/model.ts';
import { bytesOf } from '../dwarf/pieces.ts';
import { printNested, printValue } from '../dwarf/print.ts';
import { isSeen, scopeOf } from '../dwarf/scope.ts';
import { readVariable } from '../dwarf/value.ts';
import type { Evaluated, ValueNode } from './model.ts';
import type { Sources } from './sources.ts';
import type { FrameOrigin } from './stack.ts';
import type { RawFrame, ReadGuest } from './unwind.ts';
import { nodeOf } from './value-node.ts';

/** What values are made of, and how they are changed. */
export interface GuestAccess {
  readonly arch: Arch;
  readonly sources: Sources;
  readonly read: ReadGuest;
  /** All or nothing. */
  write(address: Addr, bytes: Uint8Array): boolean;
  /** Of the CPU as it stands; answers what is wrong. */
  writeRegister(name: string, bytes: Uint8Array): string | undefined;
  /** Registers of the CPU as it stands, those that frames know nothing of. */
  cpuRegister(name: string): { readonly value: bigint; readonly bytes: 4 | 8 } | undefined;
  /** "add+4" */
  nameOf(address: bigint): string | undefined;
  /** The address of a symbol of any object, those of `near` first. */
  symbol(name: string, near: RawFrame | undefined): Addr | undefined;
}

/** Parameters and locals of the frame's function, innermost block first. */
export function localsOf(origin: FrameOrigin, guest: GuestAccess): readonly ValueNode[] {
  const { raw, inlineDepth } = origin;
  const info = raw.object?.info;
  if (info === undefined) return [];
  const frame = dwarfFrame(raw, guest.read);
  const seen = new Set<string>();
  const nodes: ValueNode[] = [];
  for (const variable of info.variablesAt(raw.lookupPc)) {
    const { name, kind } = variable;
    if (kind === 'global' || !isSeen(variable, { infos: [info], frame, inlineDepth })) continue;
    // The name means the innermost one.
    const path = seen.has(name) ? undefined : name;
    seen.add(name);
    nodes.push({ ...variableNode(variable, frame, path, origin, guest), role: kind });
  }
  return nodes;
}

/** Variables outside functions, of the unit that the frame's function is in. */
export function staticsOf(
  { raw, ...origin }: FrameOrigin,
  guest: GuestAccess,
): readonly ValueNode[] {
  const frame = dwarfFrame(raw, guest.read);
  const variables = raw.object?.info?.variablesAt(raw.lookupPc) ?? [];
  return variables
    .filter(({ kind }) => kind === 'global')
    .map((each) => variableNode(each, frame, each.name, { ...origin, raw }, guest));
}

function variableNode(
  variable: Variable,
  frame: Frame,
  path: string | undefined,
  origin: FrameOrigin,
  guest: GuestAccess,
): ValueNode {
  const value = readVariable(variable, frame);
  return nodeOf(variable.name, value, { path, print: printNested, ...nodeContext(origin, guest) });
}

/** Evaluates, and assigns what the expression assigns. */
export function evaluateIn(
  expression: string,
  origin: FrameOrigin | undefined,
  guest: GuestAccess,
): Evaluated {
  const done = evaluateExpression(expression, scopeIn(origin, guest));
  if (!done.ok) {
    const [problem] = done.problems;
    return { ok: false, problem: problem ? describeExpressionProblem(problem) : expression };
  }
  const { value, writes } = done.value;
  const content = value.content();
  if (!content.ok && content.why.startsWith('Cannot access'))
    return { ok: false, problem: content.why };
  for (const write of writes) {
    const problem = carryOut(write, origin, guest);
    if (problem !== undefined) return { ok: false, problem };
  }
  const context = nodeContext(origin, guest);
  return {
    ok: true,
    value: nodeOf(expression, value, { path: expression, print: printValue, ...context }),
  };
}

/** The number an expression means, as conditions and addresses need it. */
export function scopeIn(origin: FrameOrigin | undefined, guest: GuestAccess): Scope {
  const { arch, sources, read } = guest;
  const raw = origin?.raw;
  const others = sources.all().filter((object) => object !== raw?.object);
  const infos = [raw?.object, ...others].flatMap((object): DebugInfo[] =>
    object?.info === undefined ? [] : [object.info],
  );
  return scopeOf({
    infos: raw?.object?.info === undefined ? [nothing, ...infos] : infos,
    frame: raw === undefined ? nowhere(read) : dwarfFrame(raw, read),
    wordBytes: arch.wordBytes,
    inlineDepth: origin?.inlineDepth,
    register: (name) => registerIn(raw, name, guest),
    symbol: (name) => guest.symbol(name, raw),
  });
}

/** Of an object without debug information: there are no variables. */
const nothing: DebugInfo = {
  lineAt: () => undefined,
  addressesOf: () => [],
  linesIn: () => [],
  files: () => [],
  functionAt: () => undefined,
  functionNamed: () => [],
  inlinedAt: () => [],
  inlinedNamed: () => [],
  variablesAt: () => [],
  globalNamed: () => [],
  typeNamed: () => undefined,
  enumeratorNamed: () => undefined,
  problems: () => [],
};

function nodeContext(origin: FrameOrigin | undefined, guest: GuestAccess) {
  return {
    symbolAt: (address: bigint) => guest.nameOf(address),
    assign: (path: string, expression: string): string | undefined => {
      const done = evaluateIn(`${path} = ${expression}`, origin, guest);
      return done.ok ? undefined : done.problem;
    },
  };
}

function dwarfFrame(raw: RawFrame, read: ReadGuest): Frame {
  return {
    pc: raw.lookupPc,
    register: (number) => raw.register(number),
    memory: read,
    cfa: () => raw.cfa(),
    caller: () => {
      const caller = raw.caller();
      // What was passed is known to who called, not to who was interrupted.
      if (caller === undefined || caller.interrupted) return undefined;
      return { ...dwarfFrame(caller, read), returnAddress: caller.pc };
    },
  };
}

function nowhere(memory: ReadGuest): Frame {
  return { pc: 0n, register: () => undefined, memory, cfa: () => undefined };
}

function registerIn(
  raw: RawFrame | undefined,
  asked: string,
  { arch, cpuRegister }: GuestAccess,
): { readonly value: bigint; readonly bytes: 4 | 8; readonly pointer: boolean } | undefined {
  const name = registerNamed(arch, asked);
  const pointer = name === arch.roles.pc || name === arch.roles.sp;
  const number = arch.dwarfRegisters.indexOf(name);
  if (raw === undefined || number < 0) {
    const found = cpuRegister(name);
    return found && { ...found, pointer };
  }
  const value = name === arch.roles.pc ? raw.pc : raw.register(number);
  return value === undefined ? undefined : { value, bytes: arch.wordBytes, pointer };
}

function registerNamed({ roles, frames }: Arch, name: string): string {
  if (name === 'pc') return roles.pc;
  if (name === 'sp') return roles.sp;
  return name === 'fp' ? frames.pointer : name;
}

function carryOut(
  write: Write,
  origin: FrameOrigin | undefined,
  guest: GuestAccess,
): string | undefined {
  if (write.kind === 'memory') {
    const { address, bytes } = write;
    if (guest.write(addr(address), bytes)) return undefined;
    return `Cannot access memory at address 0x${address.toString(16)}`;
  }
  const { register, value } = write;
  const { arch } = guest;
  const name =
    typeof register === 'number' ? arch.dwarfRegisters[register] : registerNamed(arch, register);
  if (name === undefined) return `there is no register ${register}`;
  if (origin?.raw.isCpu === false) return `${name} of a caller cannot be changed`;
  const bits = arch.registers.find((each) => each.name === name)?.bits ?? arch.wordBytes * 8;
  return guest.writeRegister(name, bytesOf(value, bits / 8));
}
