// info: one command with a subcommand for each thing to know.

import { addr } from '../../base/address.ts';
import type { Breakpoint, RegisterValue } from '../../debug/model.ts';
import { type Answer, type Command, fail, say } from '../command.ts';
import type { Context } from '../context.ts';
import { addressOf, symbolText } from '../evaluate.ts';
import { frameText } from '../frame-text.ts';
import { locate } from '../locations.ts';
import { columns, visible } from '../paint.ts';
import { hexOf, same } from '../stop-text.ts';
import { modulesText } from './modules.ts';
import { localLines, threadsText } from './stack.ts';

interface Topic {
  readonly name: string;
  readonly aliases?: readonly string[];
  readonly summary: string;
  run(context: Context, args: string): Answer;
}

function breakpoints(context: Context): Answer {
  const { debugger: guest } = context;
  const listed = guest.breakpoints().filter(({ spec }) => (spec.owner ?? 'user') === 'user');
  const watched = guest.watchpoints().filter(({ spec }) => (spec.owner ?? 'user') === 'user');
  const lines = [
    ...listed.map((each) => ({
      number: context.numbers.of('breakpoint', each.id),
      lines: breakpointLines(context, each),
    })),
    ...watched.map(({ id, spec, hits }) => ({
      number: context.numbers.of('watchpoint', id),
      lines: [
        [
          `${context.numbers.of('watchpoint', id)}`,
          `${spec.kind} watchpoint`,
          'y',
          spec.expression ?? '',
          hitText(hits),
        ],
        ...conditionLines(spec.condition),
      ],
    })),
  ].sort((a, b) => a.number - b.number);
  if (lines.length === 0) return say('no breakpoints or watchpoints');
  const head = ['Num', 'Type', 'On', 'Where', 'Hits'];
  return say(columns([head, ...lines.flatMap((each) => each.lines)]).join('\n'));
}

function breakpointLines(context: Context, each: Breakpoint): readonly (readonly string[])[] {
  const { id, spec, enabled, hits, places } = each;
  const number = context.numbers.of('breakpoint', id);
  const type = spec.temporary === true ? 'once' : 'breakpoint';
  const [first, ...others] = places.map(
    ({ address, where }) => `0x${address.toString(16)} ${visible(where)}`,
  );
  const script = context.scripts.get(number) ?? [];
  return [
    [`${number}`, type, enabled ? 'y' : 'n', first ?? `${spec.location} (pending)`, hitText(hits)],
    ...others.map((place) => ['', '', '', place]),
    ...conditionLines(spec.condition),
    ...script.map((line) => ['', '', '', `  ${line}`]),
  ];
}

function conditionLines(condition: string | undefined): readonly (readonly string[])[] {
  return condition === undefined ? [] : [['', '', '', `only if ${condition}`]];
}

function hitText(hits: number): string {
  return hits === 0 ? '' : `${hits}`;
}

function registers(context: Context, args: string): Answer {
  const all = context.debugger.registers();
  const groups: readonly string[] = ['general', 'float', 'vector', 'system'];
  const wanted = args
    .split(/[\s,]+/)
    .flatMap((word) => (word === '' ? [] : [word.replace(/^\$/, '')]));
  const roles: Readonly<Record<string, string>> = { ...context.debugger.arch.roles };
  const missing = wanted.find(
    (word) =>
      word !== 'all' &&
      !groups.includes(word) &&
      !all.some(({ name }) => name === (roles[word] ?? word)),
  );
  if (missing !== undefined) return fail(`there is no register ${missing}`);
  const isWanted = ({ name, group }: RegisterValue): boolean => {
    if (wanted.length === 0) return group === 'general';
    return wanted.some(
      (word) => word === 'all' || word === group || (roles[word] ?? word) === name,
    );
  };
  const old = new Map(context.before.map((register) => [register.name, register]));
  const { warn } = context.host.style;
  const rows = all
    .filter(isWanted)
    .map((register) => ({ register, text: registerText(context, register) }));
  const name = Math.max(0, ...rows.map(({ register }) => register.name.length));
  const lines = rows.map(({ register, text }) => {
    const was = old.get(register.name);
    const isChanged = context.frameNumber === 0 && was !== undefined && !same(was, register);
    const line = `${isChanged ? '*' : ' '} ${register.name.padEnd(name)}  ${text}`;
    return isChanged ? warn(line) : line;
  });
  return say(lines.join('\n'));
}

/** A word of 64 bits in hexadecimal. */
const DIGITS = 18;

/** Of the selected frame: what callers have saved is read back. */
function registerText(context: Context, register: RegisterValue): string {
  const { frame, frameNumber, debugger: guest } = context;
  const isGeneral = guest.arch.registers.some(({ name }) => name === register.name);
  const saved = frameNumber > 0 && isGeneral ? frame?.register(register.name) : undefined;
  if (frameNumber > 0 && isGeneral && saved === undefined) return '<not saved>';
  const hex = saved === undefined ? hexOf(register) : `0x${saved.toString(16)}`;
  if (register.bits > 64) return hex;
  const symbol = symbolText(context, BigInt(hex));
  return symbol === ''
    ? `${hex.padEnd(DIGITS)}  ${BigInt.asIntN(register.bits, BigInt(hex))}`
    : hex + symbol;
}

function frame(context: Context): Answer {
  const { frame: selected } = context;
  if (selected === undefined) return fail('nothing runs, so there is no frame');
  const caller = context.frames()[selected.index + 1];
  const rows = [
    frameText(context, selected, { numbered: true, address: true }),
    `  module: ${selected.module ?? 'the kernel'}${selected.inlined ? ', inlined into its caller' : ''}`,
    `  canonical frame address: ${selected.cfa === undefined ? 'not known' : `0x${selected.cfa.toString(16)}`}`,
    `  caller: ${caller === undefined ? 'none' : frameText(context, caller)}`,
  ];
  return say(rows.join('\n'));
}

function locals(context: Context): Answer {
  const { frame: selected } = context;
  if (selected === undefined) return fail('nothing runs, so there is no frame');
  const lines = localLines(context, selected);
  return say(lines.length === 0 ? 'no locals' : lines.join('\n'));
}

function parameters(context: Context): Answer {
  const { frame: selected } = context;
  if (selected === undefined) return fail('nothing runs, so there is no frame');
  const all = context.debugger.locals(selected).filter(({ role }) => role === 'parameter');
  const lines = all.map(({ name, text }) => `${name} = ${visible(text)}`);
  return say(lines.length === 0 ? 'no arguments' : lines.join('\n'));
}

function sections(context: Context, args: string): Answer {
  const objects = context.debugger.objects().filter(({ name }) => args === '' || name === args);
  if (objects.length === 0) return fail(`there is no module ${args}`);
  const rows = objects.flatMap((object) =>
    object.sections
      .filter(({ address, bytes }) => address !== 0n && bytes > 0)
      .map(({ name, address, bytes }) => [
        ...[`0x${address.toString(16)}`, `0x${(address + BigInt(bytes)).toString(16)}`],
        ...[visible(name), `in ${visible(object.name)}`],
      ]),
  );
  return say(columns(rows).join('\n'));
}

function sets(context: Context, args: string): Answer {
  const { arch, kernel } = context.debugger;
  const found = kernel.present.filter(({ name }) => args === '' || name === args);
  if (found.length === 0)
    return fail(args === '' ? 'no modules are loaded' : `there is no module ${args}`);
  const lines = found.flatMap(({ name, id }) => {
    const own = context.debugger
      .objects()
      .find((object) => object.id === id)
      ?.sections.filter(
        (section) => section.name.startsWith('link_set_') && section.address !== 0n,
      );
    return (own ?? []).map(
      (set) =>
        `${name}: ${set.name} at 0x${set.address.toString(16)}, ${set.bytes / arch.wordBytes} elements`,
    );
  });
  return say(lines.length === 0 ? 'no linker sets' : lines.map(visible).join('\n'));
}

function shared(context: Context): Answer {
  const rows = context.debugger.objects().map((object) => {
    const placed = object.sections.filter(({ address }) => address !== 0n);
    const starts = placed.map(({ address }) => address as bigint).sort((a, b) => (a < b ? -1 : 1));
    const lines = object.hasLines ? 'yes' : 'no';
    return [
      `0x${(starts[0] ?? 0n).toString(16)}`,
      lines,
      visible(object.name),
      visible(object.file),
    ];
  });
  return say(columns([['From', 'Lines', 'Name', 'File'], ...rows]).join('\n'));
}

function symbol(context: Context, args: string): Answer {
  const address = addressOf(context, args);
  if (typeof address === 'string') return fail(address);
  const where = context.debugger.kernel.symbolise(addr(address));
  if (where.symbol === undefined) return say(`no symbol is at 0x${address.toString(16)}`);
  const offset = where.offset === 0 ? '' : ` + ${where.offset}`;
  return say(`${where.symbol}${offset} in ${where.module ?? 'the kernel'}`);
}

function line(context: Context, args: string): Answer {
  const { frame: selected } = context;
  const location = args === '' ? `*0x${selected?.pc.toString(16) ?? '0'}` : args;
  const places = locate(context, location);
  if (typeof places === 'string') return fail(places);
  const lines = places.map(({ address, where, file, line: number }) =>
    file === undefined
      ? `no line is known of 0x${address.toString(16)} <${visible(where)}>`
      : `line ${number} of ${visible(file)} has code at 0x${address.toString(16)}, ${visible(where)}`,
  );
  return say(lines.join('\n'));
}

function sourceFile(context: Context): Answer {
  const file = context.frame?.file ?? context.listed?.file;
  if (file === undefined) return fail('there is no source here');
  const lines = context.host.sources.lines(file);
  const text = lines === undefined ? 'is not here' : `has ${lines.length} lines`;
  return say(`${visible(file)} ${text}`);
}

function memory(context: Context): Answer {
  const rows = context.debugger
    .regions()
    .map(({ start, end, writable, executable, name }) => [
      ...[`0x${start.toString(16)}`, `0x${end.toString(16)}`],
      ...[`r${writable ? 'w' : '-'}${executable ? 'x' : '-'}`, visible(name)],
    ]);
  return say(columns(rows).join('\n'));
}

function program(context: Context): Answer {
  const { stop, kernel, arch } = context.debugger;
  if (stop === undefined) return say(`the ${arch.name} kernel is up; nothing was asked of it`);
  const { now } = stop.position;
  const milliseconds = (now / 1e6).toFixed(3);
  return say(
    `stopped (${stop.reason}) at 0x${stop.pc.toString(16)}, ${milliseconds} ms of virtual time; ` +
      `${kernel.modules.length} modules`,
  );
}

function displays(context: Context): Answer {
  const lines = context.displays.map(
    ({ id, format, expression }) => `${id}: ${format} ${expression}`,
  );
  return say(lines.length === 0 ? 'nothing is displayed' : lines.join('\n'));
}

const topics: readonly Topic[] = [
  { name: 'args', summary: 'arguments of the selected frame', run: parameters },
  {
    name: 'breakpoints',
    aliases: ['b', 'watchpoints'],
    summary: 'what stops the guest',
    run: breakpoints,
  },
  { name: 'display', summary: 'what is shown at stops', run: displays },
  { name: 'frame', aliases: ['f'], summary: 'the selected frame', run: frame },
  { name: 'line', summary: 'where the code of a line is', run: line },
  { name: 'locals', aliases: ['lo'], summary: 'locals of the selected frame', run: locals },
  { name: 'memory', aliases: ['mem', 'proc'], summary: 'what is mapped', run: memory },
  {
    name: 'modules',
    summary: 'modules that are loaded',
    run: (context) => say(modulesText(context)),
  },
  { name: 'program', summary: 'where the guest stands', run: program },
  {
    name: 'registers',
    aliases: ['r', 'all-registers'],
    summary: 'registers; those that changed are marked',
    run: registers,
  },
  { name: 'sections', aliases: ['files', 'target'], summary: 'sections in memory', run: sections },
  { name: 'sets', summary: 'linker sets of modules', run: sets },
  {
    name: 'sharedlibrary',
    aliases: ['dll'],
    summary: 'the kernel and modules, as objects',
    run: shared,
  },
  { name: 'source', summary: 'the source file at hand', run: sourceFile },
  {
    ...{ name: 'sources', summary: 'all source files' },
    run: (context) => say(context.debugger.sourceFiles().map(visible).join('\n')),
  },
  {
    ...{ name: 'stack', aliases: ['s'], summary: 'who called whom' },
    run: (context) =>
      say(
        context
          .frames()
          .map((each) => frameText(context, each, { numbered: true }))
          .join('\n'),
      ),
  },
  { name: 'symbol', summary: 'what an address belongs to', run: symbol },
  { name: 'threads', summary: 'threads of the guest', run: (context) => say(threadsText(context)) },
];

function info(context: Context, args: string): Answer {
  const [, word = '', rest = ''] = /^(\S*)\s*(.*)$/s.exec(args) ?? [];
  const list = columns(topics.map(({ name, summary }) => [`  info ${name}`, summary])).join('\n');
  if (word === '') return say(list);
  const exact = topics.find(({ name, aliases = [] }) => name === word || aliases.includes(word));
  const begun = topics.filter(({ name }) => name.startsWith(word));
  const [only, another] = begun;
  const topic = exact ?? (another === undefined ? only : undefined);
  if (topic !== undefined) return topic.run(context, rest.trim());
  if (begun.length === 0) return fail(`there is no info ${word}:\n${list}`);
  return fail(`info ${word} may be ${begun.map(({ name }) => name).join(', ')}`);
}

export const information: readonly Command[] = [
  {
    ...{ name: 'info', aliases: ['i', 'inf'], group: 'session', usage: '[TOPIC]' },
    summary: 'what there is to know; without a topic, the topics',
    completes: topics.map(({ name }) => name),
    run: info,
  },
];
