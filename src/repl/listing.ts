// Source lines and instructions as they are shown: numbered, with a mark at the place
// where the guest stands.

import type { Addr } from '../base/address.ts';
import type { DisassembledInstruction, StackFrame } from '../debug/model.ts';
import type { Context } from './context.ts';
import { expandTabs, fitted, visible } from './paint.ts';

/** Lines around a stop. */
const BEFORE = 3;
const AFTER = 4;
/** Instructions around a stop without source. */
const CODE_BEFORE = 3;
const CODE_AFTER = 5;

/** Lines `first` to `last` of a file, as far as there are any; undefined: no such file. */
export function sourceLines(
  context: Context,
  file: string,
  first: number,
  last: number,
  mark?: number,
): readonly string[] | undefined {
  const lines = context.host.sources.lines(file);
  if (lines === undefined) return undefined;
  const { bold, dim } = context.host.style;
  const width = context.host.width();
  const end = Math.min(last, lines.length);
  const digits = String(end).length;
  const shown: string[] = [];
  for (let number = Math.max(first, 1); number <= end; number++) {
    const text = visible(expandTabs(lines[number - 1] ?? ''));
    const head = `${number === mark ? '>' : ' '} ${String(number).padStart(digits)}`;
    const rest = width === undefined ? undefined : width - head.length - 2;
    const line = `${head}  ${fitted(text, rest)}`.trimEnd();
    shown.push(number === mark ? bold(line) : dim(head) + line.slice(head.length));
  }
  return shown;
}

/** The source or the code around the place of a frame. */
export function around(context: Context, frame: StackFrame): readonly string[] {
  const { file, line } = frame;
  if (file !== undefined && line !== undefined && line > 0) {
    const lines = sourceLines(context, file, line - BEFORE, line + AFTER, line);
    if (lines !== undefined) {
      context.listed = { file, first: line - BEFORE, last: line + AFTER };
      return lines;
    }
    const complaint = context.host.sources.takeComplaint(file);
    return [...(complaint === undefined ? [] : [complaint]), ...codeAround(context, frame.pc)];
  }
  return codeAround(context, frame.pc);
}

function codeAround(context: Context, pc: Addr): readonly string[] {
  const code = context.debugger.disassemble(pc, CODE_BEFORE + 1 + CODE_AFTER, CODE_BEFORE);
  // What cannot be read before the place helps nobody.
  const from = code.findIndex(({ address, bytes }) => bytes.length > 0 || address === pc);
  return instructionLines(context, code.slice(Math.max(from, 0)), { mark: pc });
}

export interface CodeStyle {
  /** Where the guest stands. */
  readonly mark?: Addr | undefined;
  /** The bytes, too. */
  readonly bytes?: boolean;
  /** Source lines before the code that was made of them. */
  readonly source?: boolean;
}

export function instructionLines(
  context: Context,
  code: readonly DisassembledInstruction[],
  { mark, bytes = false, source = false }: CodeStyle,
): readonly string[] {
  const { wordBytes } = context.debugger.arch;
  const { bold } = context.host.style;
  const width = context.host.width();
  const places = code.map(placeOf);
  const wide = Math.max(0, ...places.map((place) => place.length));
  const hexWide = Math.max(0, ...code.map((each) => each.bytes.length * 3));
  const verbs = Math.max(0, ...code.map(({ mnemonic }) => mnemonic.length));
  const shown: string[] = [];
  let last: string | undefined;
  code.forEach((each, i) => {
    const line = `${each.file}:${each.line}`;
    if (source && each.file !== undefined && each.line !== undefined && line !== last) {
      last = line;
      shown.push(...(sourceLines(context, each.file, each.line, each.line) ?? [`  ${line}`]));
    }
    const address = `0x${each.address.toString(16).padStart(wordBytes * 2, '0')}`;
    const hex = [...each.bytes].map((byte) => `${byte.toString(16).padStart(2, '0')} `).join('');
    const head = `${each.address === mark ? '=>' : '  '} ${address} ${(places[i] ?? '').padEnd(wide)}`;
    const text = `${bytes ? hex.padEnd(hexWide) : ''}${each.mnemonic.padEnd(verbs)} ${each.operands}`;
    const whole = fitted(`${head}  ${text}`.trimEnd(), width);
    shown.push(each.address === mark ? bold(whole) : whole);
  });
  return shown;
}

function placeOf({ symbol, offset = 0 }: DisassembledInstruction): string {
  return symbol === undefined ? '' : `<${symbol}+${offset}>`;
}
