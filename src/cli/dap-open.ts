// What a launch of the Debug Adapter finds on this computer: the module's file, a
// booted guest, and sources.

import { dirname, resolve } from 'node:path';
import type { Arch } from '../arch/arch.ts';
import { refuse, succeed } from '../base/result.ts';
import type { Call, LaunchOptions, Open } from '../dap/launch.ts';
import { openSession } from '../host/debug.ts';
import { type SourceFiles, sourceFiles } from '../host/source-files.ts';
import { layOut } from '../kernel/arguments.ts';
import type { ObjectFile } from '../kernel/files.ts';
import type { ReplHost } from '../repl/context.ts';
import { Repl } from '../repl/repl.ts';
import { SourceText } from '../repl/source-text.ts';
import { parseCall, tooWide } from '../suite/call-expression.ts';
import { argumentOf } from '../suite/literals.ts';
import { filesLike, findSource, openObject, readScript, writeFile } from './debug-files.ts';
import { endingOf, InputError } from './errors.ts';
import { readInput } from './input.ts';
import { plainStyle } from './terminal.ts';

/** Opens what a launch configuration names; what cannot be opened is a value. */
export const openForDap: Open = async (options) => {
  try {
    const { file, arch } = readInput(options.program);
    if (options.arch !== undefined && options.arch !== arch.name)
      throw new InputError(`${file.name} is for ${arch.name}, not ${options.arch}`);
    const calls = options.calls.map((text) => callOf(text, arch));
    const session = await openSession({
      arch: arch.name,
      searchPath: options.searchPath,
      ...(options.ramMiB === undefined ? {} : { ramBytes: options.ramMiB << 20 }),
    });
    const sources = sourcesFor(options);
    const commands = new Repl(session, replHost(file, sources));
    return succeed({ debugger: session, file, calls, sources, commands });
  } catch (error) {
    return refuse([endingOf(error, false).message]);
  }
};

/** Files for the commands; there is no screen, and nothing is coloured. */
function replHost(program: ObjectFile, sources: SourceFiles): ReplHost {
  return {
    ...{ program, style: plainStyle, filesLike, readScript, writeFile },
    width: () => undefined,
    openObject,
    sources: new SourceText((name) => findSource(sources, name)),
  };
}

function sourcesFor({ program, sourceMap, sourcePath }: LaunchOptions) {
  return sourceFiles({
    sourceMap,
    sourcePath,
    folders: [process.cwd(), resolve(dirname(program))],
  });
}

/** @throws InputError for what is no call with numbers for arguments */
function callOf(text: string, arch: Arch): Call {
  const parsed = parseCall(text);
  if (!parsed.ok) throw new InputError(`calls: "${text}": ${parsed.problems.join('; ')}`);
  const call = parsed.value;
  const wide = tooWide(call, arch.wordBytes);
  if (wide !== undefined) throw new InputError(`calls: "${text}": ${wide}`);
  const { words, buffers } = layOut(
    call.args.map(argumentOf),
    arch.wordBytes,
    arch.conventions.native,
  );
  if (buffers.length > 0)
    throw new InputError(`calls: "${text}": texts and buffers cannot be passed, only numbers`);
  return { symbol: call.symbol, words };
}
