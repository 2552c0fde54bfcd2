// Commands that go back in time, and ask it.

import { addr } from '../../base/address.ts';
import type { Resume } from '../../debug/model.ts';
import { type Answer, type Command, countOf, fail, say } from '../command.ts';
import type { Context } from '../context.ts';
import { readerOf, symbolText } from '../evaluate.ts';
import { fromLittleEndian, integerOf } from '../formats.ts';
import { resume } from '../resume.ts';
import { bytesText, type Stride } from '../stop-text.ts';

function backwards(
  name: string,
  alias: string,
  summary: string,
  stride: Stride,
  how: Resume,
): Command {
  return {
    ...{ name, aliases: [alias], summary, group: 'time', repeats: 'same' },
    run: (context, args) => {
      const count = countOf(args, 1);
      if (count === undefined) return fail(`${name}: "${args}" is no count`);
      const counted = how.kind === 'line' || how.kind === 'instruction' ? { ...how, count } : how;
      return resume(context, counted, stride, { reverse: true });
    },
  };
}

function record(context: Context, args: string): Answer {
  const file = /^save\s+(.+)$/.exec(args)?.[1];
  if (file === undefined) return fail('as in: record save FILE');
  const bytes = context.debugger.record?.();
  if (bytes === undefined) return fail('this run cannot be recorded');
  const problem = context.host.writeFile(file, bytes);
  if (problem !== undefined) return fail(problem);
  return say(`${bytes.length} bytes; modbox debug --replay ${file} is here again`);
}

/** Memory that an expression means: where a variable is, or a number's 1, 2, 4 or 8 bytes. */
async function why(context: Context, args: string): Promise<Answer> {
  if (args === '') return fail('why: name a variable or *ADDRESS');
  const found = context.evaluate(args);
  if (!found.ok) return fail(found.problem);
  const { value } = found;
  const { wordBytes } = context.debugger.arch;
  const number = value.address ?? integerOf(value, readerOf(context))?.value;
  if (number === undefined) return fail(`${args} is nowhere in memory`);
  const address = addr(BigInt.asUintN(wordBytes * 8, number));
  const bytes = value.address === undefined ? wordBytes : (value.bytes ?? wordBytes);
  const write = await context.debugger.lastWrite(address, bytes);
  if (write === undefined) return say(`no write to ${args} is recorded`);
  const [code] = context.debugger.disassemble(write.pc, 1);
  const where = code?.file === undefined ? '' : ` at ${code.file}:${code.line}`;
  return say(
    [
      `${args} was last written by 0x${write.pc.toString(16)}${symbolText(context, write.pc)}${where}`,
      ...(code === undefined ? [] : [`  ${code.mnemonic} ${code.operands}`]),
      `  old: ${bytesText(write.old)}`,
      `  new: ${bytesText(write.new)}${pointed(context, write.new)}`,
    ].join('\n'),
  );
}

/** A pointer's symbol. */
function pointed(context: Context, bytes: Uint8Array): string {
  const isWord = bytes.length === context.debugger.arch.wordBytes;
  return isWord ? symbolText(context, fromLittleEndian(bytes)) : '';
}

export const time: readonly Command[] = [
  backwards('reverse-step', 'rs', 'back to the start of a line before, into calls', 'line', {
    kind: 'line',
  }),
  backwards('reverse-next', 'rn', 'back to the start of a line before, over calls', 'line', {
    ...{ kind: 'line', over: true },
  }),
  backwards('reverse-stepi', 'rsi', 'back by one instruction', 'instruction', {
    kind: 'instruction',
  }),
  backwards('reverse-nexti', 'rni', 'back by one instruction, over calls', 'instruction', {
    ...{ kind: 'instruction', over: true },
  }),
  backwards('reverse-continue', 'rc', 'back to the stop before', 'far', { kind: 'continue' }),
  backwards('reverse-finish', 'rfin', 'back to the call of this function', 'line', {
    kind: 'finish',
  }),
  {
    ...{ name: 'why', group: 'time', usage: 'VARIABLE | *ADDRESS', completes: 'expression' },
    summary: 'who wrote this last',
    run: why,
  },
  {
    ...{ name: 'record', group: 'time', usage: 'save FILE', completes: ['save'] },
    summary: 'save the run up to here, for modbox debug --replay',
    help: 'All is recorded anyway, by default; the file has the kernel and the modules, too.',
    run: record,
  },
];
