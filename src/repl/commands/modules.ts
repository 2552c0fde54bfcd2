// Modules of the guest, calls into them, and the guest's messages.

import { type Answer, type Command, fail, say } from '../command.ts';
import type { Context } from '../context.ts';
import { columns, visible } from '../paint.ts';
import { request } from '../resume.ts';
import { callOf } from './data.ts';

async function load(context: Context, args: string): Promise<Answer> {
  if (args === '') return fail('load: name a file');
  const file = context.host.openObject(args);
  if (typeof file === 'string') return fail(file);
  return request(context, { kind: 'load', file });
}

async function unload(context: Context, args: string): Promise<Answer> {
  const module = args === '' ? context.debugger.kernel.modules.at(-1)?.name : args;
  if (module === undefined) return fail('unload: no module is loaded');
  return request(context, { kind: 'unload', module });
}

async function call(context: Context, args: string): Promise<Answer> {
  const wanted = callOf(context, args);
  if (typeof wanted === 'string') return fail(wanted);
  return request(context, { kind: 'call', ...wanted });
}

/** As lsmod has it, with addresses. */
export function modulesText(context: Context): string {
  const { modules } = context.debugger.kernel;
  if (modules.length === 0) return 'no modules are loaded';
  const rows = modules.map(({ view }) => {
    const [start = 0n] = view.segments.map(({ base }) => base).sort((a, b) => (a < b ? -1 : 1));
    const bytes = view.segments.reduce((sum, segment) => sum + segment.bytes, 0);
    return [view.name, `${bytes}`, `0x${start.toString(16)}`, view.flavour, view.file].map(visible);
  });
  return columns([['Module', 'Size', 'Address', 'Kind', 'File'], ...rows]).join('\n');
}

function dmesg(context: Context): Answer {
  return say(visible(context.debugger.kernel.console.replace(/\n$/, '')));
}

export const modules: readonly Command[] = [
  {
    ...{ name: 'load', aliases: ['insmod', 'modload', 'kldload'], group: 'modules' },
    ...{ usage: 'FILE', summary: 'load a module, and run', completes: 'file' },
    run: load,
  },
  {
    ...{ name: 'unload', aliases: ['rmmod', 'modunload', 'kldunload'], group: 'modules' },
    ...{ usage: '[MODULE]', summary: 'unload a module; the last without a name' },
    completes: 'module',
    run: unload,
  },
  {
    ...{ name: 'call', group: 'modules', usage: 'FUNCTION(ARGUMENTS)', completes: 'symbol' },
    summary: 'call a function in the guest; it can be stopped in',
    run: call,
  },
  {
    ...{ name: 'lsmod', aliases: ['modstat', 'kldstat'], group: 'modules' },
    summary: 'the modules that are loaded',
    run: (context) => say(modulesText(context)),
  },
  {
    ...{ name: 'dmesg', group: 'modules' },
    summary: 'all that the guest wrote to its console',
    run: dmesg,
  },
];
