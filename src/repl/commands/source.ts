// Source lines and instructions on demand.

import { addr, offsetIn, plus } from '../../base/address.ts';
import type { DisassembledInstruction } from '../../debug/model.ts';
import { type Answer, type Command, fail, say } from '../command.ts';
import type { Context } from '../context.ts';
import { addressOf } from '../evaluate.ts';
import { instructionLines, sourceLines } from '../listing.ts';
import { locate } from '../locations.ts';

const LINES = 10;
/** Instructions shown of one function. */
const FUNCTION_LIMIT = 4000;

function list(context: Context, args: string): Answer {
  const { listed, frame } = context;
  if (args === '' && listed !== undefined)
    return show(context, listed.file, listed.last + 1, listed.last + LINES);
  if (args === '-' && listed !== undefined)
    return show(context, listed.file, Math.max(1, listed.first - LINES), listed.first - 1);
  if (args === '' || args === '.') {
    if (frame?.file === undefined) return fail('list: there is no source here; name a function');
    return centred(context, frame.file, frame.line ?? 1);
  }
  const range = /^(?:(.+):)?(\d+),\s*(\d+)?$/.exec(args);
  if (range !== null) {
    const file = range[1] ?? listed?.file ?? frame?.file;
    if (file === undefined) return fail('list: no file is at hand; as in list hello.c:10,20');
    const first = Number(range[2]);
    return show(context, fileOf(context, file), first, Number(range[3] ?? first + LINES - 1));
  }
  const line = /^(?:(.+):)?(\d+)$/.exec(args);
  const file = line?.[1] ?? listed?.file ?? frame?.file;
  if (line !== null && file !== undefined)
    return centred(context, fileOf(context, file), Number(line[2]));
  const places = locate(context, args);
  if (typeof places === 'string') return fail(places);
  const [place] = places;
  if (place?.file === undefined) return fail(`there are no lines of ${args}`);
  return centred(context, place.file, place.line ?? 1);
}

/** The whole name of a file that ends so. */
function fileOf(context: Context, name: string): string {
  const files = context.debugger.sourceFiles();
  return (
    files.find((each) => each === name) ?? files.find((each) => each.endsWith(`/${name}`)) ?? name
  );
}

function centred(context: Context, file: string, line: number): Answer {
  const first = Math.max(1, line - LINES / 2);
  return show(context, file, first, first + LINES - 1);
}

function show(context: Context, file: string, first: number, last: number): Answer {
  const { frame } = context;
  const mark = frame?.file === file ? frame.line : undefined;
  const lines = sourceLines(context, file, first, last, mark);
  if (lines === undefined)
    return fail(context.host.sources.takeComplaint(file) ?? `no source of ${file}`);
  if (lines.length === 0) return fail(`${file} has no line ${first}`);
  context.listed = { file, first, last: first + lines.length - 1 };
  return say(lines.join('\n'));
}

/** disassemble [/rs] [LOCATION | START,END | START,+BYTES] */
function disassemble(context: Context, args: string): Answer {
  const [, flags = '', rest = ''] = /^(?:\/([a-z]*)\s*)?(.*)$/s.exec(args) ?? [];
  if (/[^rsm]/.test(flags)) return fail('disassemble: /r is with bytes, /s with source');
  const style = { mark: context.frame?.pc, bytes: flags.includes('r'), source: /[sm]/.test(flags) };
  const [from = '', to] = rest.split(',').map((part) => part.trim());
  const start = from === '' ? context.frame?.pc : placeOf(context, from);
  if (typeof start === 'string') return fail(start);
  if (start === undefined) return fail('disassemble: nothing runs; name a function');
  const code = to === undefined ? wholeFunction(context, start) : codeRange(context, start, to);
  if (typeof code === 'string') return fail(code);
  return say(instructionLines(context, code, style).join('\n'));
}

/** An address as an expression, or a location; names of functions are where they begin. */
function placeOf(context: Context, text: string): bigint | string {
  const found = addressOf(context, text.replace(/^\*/, ''));
  if (typeof found === 'bigint') return found;
  const places = locate(context, text);
  return typeof places === 'string' ? found : (places[0]?.address ?? found);
}

function wholeFunction(context: Context, at: bigint): readonly DisassembledInstruction[] | string {
  const { symbol, offset, size } = context.debugger.kernel.symbolise(addr(at));
  if (symbol === undefined)
    return `there is no function at 0x${at.toString(16)}; as in disassemble $pc,+32`;
  const start = plus(addr(at), -offset);
  const code = context.debugger.disassemble(start, Math.min(size || 64, FUNCTION_LIMIT));
  const end = size === 0 ? undefined : plus(start, size);
  return code.filter((each) => each.bytes.length > 0 && (end === undefined || each.address < end));
}

function codeRange(
  context: Context,
  from: bigint,
  to: string,
): readonly DisassembledInstruction[] | string {
  const start = addr(from);
  const end = to.startsWith('+') ? addressOf(context, to.slice(1)) : addressOf(context, to);
  if (typeof end === 'string') return end;
  const bytes = to.startsWith('+') ? Number(end) : offsetIn(start, addr(end));
  if (bytes <= 0 || bytes > 1 << 16) return `${to} is no end of a range at 0x${start.toString(16)}`;
  const stop = plus(start, bytes);
  return context.debugger.disassemble(start, bytes).filter(({ address }) => address < stop);
}

export const source: readonly Command[] = [
  {
    ...{ name: 'list', aliases: ['l'], group: 'source', usage: '[LOCATION | FIRST,LAST | -]' },
    ...{ summary: 'source lines; again: the next ones', repeats: 'next', completes: 'location' },
    run: list,
  },
  {
    ...{ name: 'disassemble', aliases: ['disas'], group: 'source', completes: 'location' },
    usage: '[/rs] [FUNCTION | START,END | START,+BYTES]',
    summary: 'instructions; /r with bytes, /s with source',
    run: disassemble,
  },
];
