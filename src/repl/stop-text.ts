// What is said when the guest stands still again: what it printed meanwhile, why it
// stopped, where, and the source or code there.

import type { DebugStop, Outcome, RegisterValue, StackFrame, WatchHit } from '../debug/model.ts';
import { describeDeath, describeFailure } from '../kernel/results.ts';
import type { Context } from './context.ts';
import { showDisplays } from './displays.ts';
import { frameText } from './frame-text.ts';
import { around, instructionLines, sourceLines } from './listing.ts';
import { visible } from './paint.ts';

/** How the guest was made to run, for how much is said. */
export type Stride = 'instruction' | 'line' | 'far';

export function stopText(context: Context, stop: DebugStop, stride: Stride): string {
  const console = heardLines(context);
  const changed = stride === 'instruction' ? changedText(context) : [];
  const displays = isGone(stop) ? [] : showDisplays(context);
  const place = placeOf(context, stop, stride);
  return [...console, ...withPlace(stop, reasonOf(context, stop), place), ...changed, ...displays]
    .filter((line) => line !== '')
    .join('\n');
}

/** "Breakpoint 1, f () at f.c:3" on one line; other reasons have lines of their own. */
function withPlace(
  { reason }: DebugStop,
  told: readonly string[],
  [head = '', ...rest]: readonly string[],
): readonly string[] {
  const joins = reason === 'breakpoint' || reason === 'entry';
  return joins ? [[...told, head].join(', '), ...rest] : [...told, head, ...rest];
}

/** What the guest said, with a bar before each line; `whole`: only lines that have ended. */
export function heardLines({ heard, host }: Context, whole = false): readonly string[] {
  const text = heard.splice(0).join('');
  const end = whole ? text.lastIndexOf('\n') + 1 : text.length;
  if (end < text.length) heard.push(text.slice(end));
  const lines = text.slice(0, end).split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines.map((line) => `${host.style.dim('|')} ${visible(line)}`);
}

function isGone(stop: DebugStop): boolean {
  return stop.reason === 'done' || stop.reason === 'idle' || stop.reason === 'dead';
}

function reasonOf(context: Context, stop: DebugStop): readonly string[] {
  const { bad, good, warn } = context.host.style;
  switch (stop.reason) {
    case 'breakpoint': {
      const [first] = stop.breakpoints;
      if (first === undefined) return [];
      const name = first.spec.temporary === true ? 'Temporary breakpoint' : 'Breakpoint';
      const numbers = stop.breakpoints.map(({ id }) => context.numbers.of('breakpoint', id));
      return [warn(`${name} ${numbers.join(', ')}`)];
    }
    case 'watchpoint':
      return stop.hits.flatMap((hit) => hitText(context, hit));
    case 'step':
      return stop.returned === undefined ? [] : [`Value returned: ${visible(stop.returned.text)}`];
    case 'interrupt':
      return [warn('Interrupted')];
    case 'exception':
      return [bad(`Exception: ${visible(stop.exception.text)}`)];
    case 'module':
      return [`Module ${visible(stop.module)} ${stop.event}`];
    case 'entry':
      return [`Entry of ${visible(stop.module)}`];
    case 'done':
      return outcomeText(context, stop.outcome);
    case 'idle':
      return [good('The guest is idle')];
    case 'dead':
      return [bad(visible(describeDeath(stop.death)))];
    case 'history-begin':
      return [good('No more history: this is where the recording begins')];
  }
}

function hitText(context: Context, hit: WatchHit): readonly string[] {
  const { warn } = context.host.style;
  const { spec } = hit.watchpoint;
  const number = context.numbers.of('watchpoint', hit.watchpoint.id);
  const name = visible(spec.expression ?? `${spec.bytes} bytes at 0x${spec.address.toString(16)}`);
  const head = warn(`Watchpoint ${number}: ${name}`);
  if (hit.access === 'read') return [head, `  read: ${bytesText(hit.new)}`];
  return [head, `  old: ${bytesText(hit.old)}`, `  new: ${bytesText(hit.new)}`];
}

/** Little-endian, as a number if it is short. */
export function bytesText(bytes: Uint8Array): string {
  const hex = [...bytes].reverse().map((byte) => byte.toString(16).padStart(2, '0'));
  if (bytes.length > 8) return [...hex].reverse().join(' ');
  const value = BigInt(`0x${hex.join('') || '0'}`);
  return `${BigInt.asIntN(bytes.length * 8, value)} (0x${value.toString(16)})`;
}

function outcomeText(context: Context, outcome: Outcome): readonly string[] {
  const { good, bad } = context.host.style;
  switch (outcome.kind) {
    case 'load':
      return outcome.result.ok
        ? [good(`${visible(outcome.result.module.name)} is loaded`)]
        : [
            bad(`${visible(outcome.file)} was not loaded`),
            visible(describeFailure(outcome.result.failure)),
          ];
    case 'unload': {
      if (!outcome.result.ok)
        return [
          bad(`${visible(outcome.module)} was not unloaded`),
          visible(describeFailure(outcome.result.failure)),
        ];
      const { blocks, bytes } = outcome.result.leaks;
      const leaks = blocks === 0 ? '' : `; it leaks ${bytes} bytes in ${blocks} blocks`;
      return [good(`${visible(outcome.module)} is unloaded${leaks}`)];
    }
    case 'call':
      return callText(context, outcome);
  }
}

function callText(
  context: Context,
  { symbol, result }: Extract<Outcome, { kind: 'call' }>,
): readonly string[] {
  const { good, bad } = context.host.style;
  switch (result.kind) {
    case 'returned':
      return [
        good(
          `${symbol} returned ${result.value} (0x${BigInt.asUintN(64, result.value).toString(16)})`,
        ),
      ];
    case 'fault':
      return [bad(`${symbol} faulted and was ended`)];
    case 'refused':
      return [bad(visible(result.reason))];
    case 'died':
      return [bad(visible(describeDeath(result.death)))];
  }
}

function placeOf(context: Context, stop: DebugStop, stride: Stride): readonly string[] {
  const [frame] = context.frames(1);
  if (isGone(stop) || frame === undefined) {
    context.lastFunction = undefined;
    return [];
  }
  const name = `${frame.module} ${frame.function} ${frame.file}`;
  const isNew = name !== context.lastFunction || stop.reason !== 'step';
  context.lastFunction = name;
  const inLine =
    stride !== 'instruction' && (stop.reason === 'step' || stop.reason === 'breakpoint');
  const head = isNew ? [frameText(context, frame, { address: !inLine })] : [];
  if (stride !== 'instruction' || frame.line === undefined)
    return [...head, ...around(context, frame)];
  // By instructions one wants to see the instruction, and its line only.
  const code = context.debugger.disassemble(frame.pc, 1);
  const lines = isNew ? around(context, frame) : lineOf(context, frame);
  return [...head, ...lines, ...instructionLines(context, code, { mark: frame.pc })];
}

function lineOf(context: Context, { file, line }: StackFrame): readonly string[] {
  if (file === undefined || line === undefined) return [];
  return sourceLines(context, file, line, line, line) ?? [];
}

/** The registers that one instruction changed, but for the PC, which is seen anyway. */
function changedText(context: Context): readonly string[] {
  const { pc } = context.debugger.arch.roles;
  const old = new Map(context.before.map((register) => [register.name, register]));
  const changed = context.debugger.registers().flatMap((register) => {
    const was = old.get(register.name);
    if (register.name === pc || was === undefined || same(was, register)) return [];
    return [`${register.name}: ${hexOf(was)} -> ${hexOf(register)}`];
  });
  return changed.length === 0 ? [] : [`   ${changed.join(', ')}`];
}

export function same(a: RegisterValue, b: RegisterValue): boolean {
  return a.bytes.every((byte, i) => byte === b.bytes[i]);
}

export function hexOf({ bytes }: RegisterValue): string {
  const digits = [...bytes].reverse().map((byte) => byte.toString(16).padStart(2, '0'));
  return `0x${digits.join('').replace(/^0+(?=.)/, '')}`;
}
