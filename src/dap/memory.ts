// Memory and disassembly.  Both views of a client ask for whole screens and count on
// getting exactly what they asked for, unreadable parts included.

import type { DebugProtocol } from '@vscode/debugprotocol';
import { type Addr, formatAddr, offsetIn, plus } from '../base/address.ts';
import type { Debugger, DisassembledInstruction } from '../debug/model.ts';
import { type Fields, Refusal } from './fields.ts';
import type { Body, Source, Wire } from './protocol.ts';
import { addressIn } from './references.ts';
import type { Sources } from './sources.ts';

/** Bytes of one answer; clients ask for screens and pages. */
const READ_LIMIT = 8 << 20;
/** Characters of base64 in one request. */
const WRITE_LIMIT = 8 << 20;
const INSTRUCTION_LIMIT = 20_000;
/** What a distance in a request may be. */
const distances = { min: Number.MIN_SAFE_INTEGER, max: Number.MAX_SAFE_INTEGER };

export function readMemory(target: Debugger, args: Fields): Body<DebugProtocol.ReadMemoryResponse> {
  const address = startOf(args);
  const count = args.integer('count', { min: 0, max: READ_LIMIT });
  const bytes = target.read(address, count);
  return {
    address: formatAddr(address),
    data: Buffer.from(bytes).toString('base64'),
    unreadableBytes:
      bytes.length < count
        ? unreadable(target, plus(address, bytes.length), count - bytes.length)
        : undefined,
  };
}

/** How many of `bytes` bytes lie before the next mapped one. */
function unreadable(target: Debugger, address: Addr, bytes: number): number {
  const distances = target
    .regions()
    .filter(({ start }) => start > address)
    .map(({ start }) => offsetIn(address, start));
  return Math.min(bytes, ...distances);
}

export interface Written {
  readonly address: Addr;
  readonly bytes: number;
}

/** @throws Refusal if it cannot be written */
export function writeMemory(target: Debugger, args: Fields): Written {
  const address = startOf(args);
  const data = Uint8Array.from(Buffer.from(args.text('data', WRITE_LIMIT), 'base64'));
  const fits = args.flag('allowPartial', false)
    ? data.subarray(0, target.read(address, data.length).length)
    : data;
  if (fits.length === 0 && data.length > 0)
    throw new Refusal(`nothing is mapped at ${formatAddr(address)}`);
  if (!target.write(address, fits))
    throw new Refusal(
      `not all of the ${data.length} bytes from ${formatAddr(address)} are mapped; none were written`,
    );
  return { address, bytes: fits.length };
}

function startOf(args: Fields): Addr {
  return plus(addressIn(args, 'memoryReference'), args.optionalInteger('offset', distances) ?? 0);
}

type Instruction = Wire<DebugProtocol.DisassembledInstruction>;

/** Exactly as many instructions as are asked for, the unreadable ones marked. */
export function disassemble(
  target: Debugger,
  sources: Sources,
  args: Fields,
): Body<DebugProtocol.DisassembleResponse> {
  const count = args.integer('instructionCount', { min: 0, max: INSTRUCTION_LIMIT });
  const skip =
    args.optionalInteger('instructionOffset', {
      min: -INSTRUCTION_LIMIT,
      max: INSTRUCTION_LIMIT,
    }) ?? 0;
  const found =
    skip < 0
      ? target.disassemble(startOf(args), count, -skip)
      : target.disassemble(startOf(args), skip + count).slice(skip);
  let told: Source | undefined;
  const instructions = found.map((each) => {
    const source = each.file === undefined ? undefined : sources.source(each.file, false);
    // A client takes the source of the instruction before where none is told.
    const changed = source !== undefined && source.path !== told?.path;
    told = source ?? told;
    return describe(each, changed ? source : undefined);
  });
  return { instructions };
}

function describe(each: DisassembledInstruction, location: Source | undefined): Instruction {
  const address = formatAddr(each.address);
  if (each.bytes.length === 0) return { address, instruction: '??', presentationHint: 'invalid' };
  return {
    address,
    instructionBytes: [...each.bytes].map((byte) => byte.toString(16).padStart(2, '0')).join(' '),
    instruction: `${each.mnemonic} ${each.operands}`.trim(),
    symbol: each.offset === 0 ? each.symbol : undefined,
    location,
    line: each.line,
  };
}
