// modbox debug: the terminal debugger.  What it can do is src/repl; here is what is
// around it: files, the prompt, scripts, the exit status.

import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { openRecording, openSession } from '../host/debug.ts';
import { sourceFiles } from '../host/source-files.ts';
import type { ObjectFile } from '../kernel/files.ts';
import type { ReplHost } from '../repl/context.ts';
import { Repl } from '../repl/repl.ts';
import { SourceText } from '../repl/source-text.ts';
import { filesLike, findSource, openObject, readScript, writeFile } from './debug-files.ts';
import { type DebugOptions, parseDebugOptions, type Step } from './debug-options.ts';
import { prompt } from './debug-prompt.ts';
import { runScript } from './debug-script.ts';
import { InputError } from './errors.ts';
import { readInput } from './input.ts';
import type { Terminal } from './terminal.ts';
import { STATUS, type Status, type Verb } from './verb.ts';

/** Packed: the kernel, the modules, what was done. */
const RECORDING_LIMIT = 64 << 20;
/** A narrower screen is none. */
const NARROWEST = 20;

const help = `modbox debug [FILE] [options]

Debugs a module in the terminal, with the commands of gdb: break, run, next, print,
watch, backtrace, and back in time: reverse-step, reverse-continue, why. Breakpoints
in modules that are not loaded yet are pending. "help" lists the commands.

  -x SCRIPT             do the commands in a file; may be repeated
  -ex COMMAND           do a command; may be repeated, in order with -x
  --batch               end after them, without a prompt
  --keep-going          go on in scripts when a command fails
  --source-path DIR     look for sources there too; may be repeated
  --source-map FROM=TO  names of sources that begin with FROM begin with TO here
  --replay FILE         go on from what "record save FILE" wrote, at the same moment
  --path DIR            look for required modules there too; may be repeated
  --arch ARCH           i386, amd64, armv7 or aarch64; needed without a FILE
  --ram MIB             memory of the machine, a multiple of 4; default 64
  --watchdog SECONDS    virtual time that init, fini or a call may take; default 1000

  modbox debug hello.ko
  modbox debug hello.ko --batch -ex 'break hello_add' -ex run -ex bt

Scripts may say what they expect: "expect TEXT", "expect /EXPRESSION/" of what the
command before printed, "assert EXPRESSION". Without a terminal, commands come from
the standard input, as from a script.

Exit status: 0; 1 a command of a script failed, or an expectation did not hold; 2 wrong
usage, or a file that cannot be used.
`;

async function debug(args: readonly string[], terminal: Terminal): Promise<Status> {
  const options = parseDebugOptions(args);
  if (options.help) {
    terminal.out(help);
    return STATUS.ok;
  }
  const steps = options.steps.flatMap(linesOf);
  const opened = await open(options, terminal);
  try {
    const where = opened.where();
    if (where !== '') terminal.out(`${where}\n`);
    const script = { keepGoing: options.keepGoing, repl: opened, terminal };
    const done = await runScript(script, steps);
    if (done.quit || options.batch) return done.ok ? STATUS.ok : STATUS.failed;
    if (process.stdin.isTTY) {
      await prompt(opened, terminal);
      return STATUS.ok;
    }
    const more = await runScript(script, process.stdin);
    return done.ok && more.ok ? STATUS.ok : STATUS.failed;
  } finally {
    opened.context.debugger.close();
  }
}

function linesOf(step: Step): readonly string[] {
  if (step.kind === 'command') return [step.text];
  const lines = readScript(step.path);
  if (lines === undefined) throw new InputError(`${step.path}: no such file`);
  return lines;
}

async function open(options: DebugOptions, terminal: Terminal): Promise<Repl> {
  const { file, replay } = options;
  if (replay !== undefined) {
    const session = await openRecording(readRecording(replay));
    if (!session.ok) throw new InputError(`${replay}: ${session.problems.join('; ')}`);
    return new Repl(session.value, hostOf(options, undefined, terminal));
  }
  const input = file === undefined ? undefined : readInput(file);
  const arch = input?.arch ?? options.arch;
  if (arch === undefined) throw new InputError('debug: name a FILE or an --arch');
  if (input !== undefined && options.arch !== undefined && options.arch !== arch)
    throw new InputError(`${input.file.name} is for ${arch.name}, not ${options.arch.name}`);
  const session = await openSession({
    arch: arch.name,
    searchPath: options.searchPath,
    ...(options.ramBytes === undefined ? {} : { ramBytes: options.ramBytes }),
    ...(options.watchdogNs === undefined ? {} : { watchdogNs: options.watchdogNs }),
  });
  return new Repl(session, hostOf(options, input?.file, terminal));
}

function readRecording(path: string): Uint8Array {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat?.isFile() !== true) throw new InputError(`${path}: no such file`);
  if (stat.size > RECORDING_LIMIT)
    throw new InputError(`${path}: has ${stat.size} bytes, too many`);
  return readFileSync(path);
}

function hostOf(
  { sourceMap, sourcePath }: DebugOptions,
  program: ObjectFile | undefined,
  { style }: Terminal,
): ReplHost {
  const objectFolder = program === undefined ? [] : [resolve(dirname(program.name))];
  const folders = [process.cwd(), ...objectFolder].filter((path) => existsSync(path));
  const sources = sourceFiles({ sourceMap, sourcePath, folders });
  return {
    ...{ program, style, filesLike, readScript, writeFile },
    width,
    openObject,
    sources: new SourceText((name) => findSource(sources, name)),
  };
}

/** Columns of the screen, if there is one. */
function width(): number | undefined {
  const { isTTY, columns } = process.stdout;
  return isTTY && columns >= NARROWEST ? columns : undefined;
}

export const debugVerb: Verb = {
  name: 'debug',
  summary: 'debug a module in the terminal, by source lines, and back in time',
  help,
  run: debug,
};
