// Stock gdb against a guest of ours: the server in this process, gdb in its own, with a
// script of steps whose outputs are told apart by their names.

import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import type { ArchName } from '../../src/arch/arch.ts';
import { type Listening, listen } from '../../src/cli/gdb-server.ts';
import { openSession } from '../../src/host/debug.ts';
import type { ObjectFile, ObjectFiles } from '../../src/kernel/files.ts';
import type { StopAt } from '../../src/rsp/program.ts';
import { Stub } from '../../src/rsp/stub.ts';
import { onlyFiles } from './guest.ts';

const GDB = 'gdb-multiarch';

/** undefined: it is not installed, and the tests that need it say so. */
export const gdbVersion: string | undefined = /(\d+\.\d+)/.exec(
  spawnSync(GDB, ['--version'], { encoding: 'utf8' }).stdout ?? '',
)?.[1];

export const gdbMissing = `${GDB} is not installed: apt-get install ${GDB}`;

export interface Served {
  readonly stub: Stub;
  readonly port: number;
  /** What the guest said while no client was there. */
  readonly said: readonly string[];
  /** What should not have been thrown. */
  readonly errors: readonly unknown[];
  close(): Promise<void>;
}

export interface ServeOptions {
  readonly file: ObjectFile;
  readonly stopAt?: StopAt;
  /** What `monitor insmod` finds. */
  readonly files?: ObjectFiles;
}

/** A guest behind a free port of this computer. */
export async function serveGuest(arch: ArchName, options: ServeOptions): Promise<Served> {
  const errors: unknown[] = [];
  const said: string[] = [];
  const stub = await Stub.open({
    file: options.file,
    files: options.files ?? onlyFiles(),
    stopAt: options.stopAt ?? 'entry',
    boot: () => openSession({ arch, ramBytes: 16 << 20 }),
    pause: () => new Promise((resolve) => setImmediate(resolve)),
    say: (text) => said.push(text),
    report: (error) => errors.push(error),
  });
  const listening: Listening = await listen(stub, '127.0.0.1', 0);
  return {
    ...{ stub, errors, said, port: listening.port },
    close: async () => {
      await listening.close();
      await stub.close();
    },
  };
}

/** Starts gdb in a folder, where it finds sources. */
export function startGdb(folder: string, args: readonly string[]): ChildProcess {
  const fixed = [
    'set pagination off',
    'set width 0',
    'set confirm off',
    'set breakpoint pending on',
  ];
  // One stream: what the guest says goes to another than what gdb says.
  const own = ['-nx', '-q', ...fixed.flatMap((each) => ['-iex', each]), ...args];
  return spawn('sh', ['-c', 'exec "$0" "$@" 2>&1', GDB, ...own], {
    cwd: folder,
    env: { ...process.env, DEBUGINFOD_URLS: '', LC_ALL: 'C' },
  });
}

/** Steps by name; a name may stand for several commands. */
export type Script = Readonly<Record<string, readonly string[]>>;

/**
 * Connects with no other command, then runs the steps.
 *
 * @returns what gdb and the guest printed at each step; 'connect' is the first
 */
export async function runGdb(
  folder: string,
  port: number,
  script: Script,
): Promise<Readonly<Record<string, string>>> {
  const steps = Object.entries(script).flatMap(([name, commands]) => [
    `echo \\n@@${name}\\n`,
    ...commands,
  ]);
  const all = [`target remote 127.0.0.1:${port}`, ...steps];
  const gdb = startGdb(folder, ['-batch', ...all.flatMap((each) => ['-ex', each])]);
  let text = '@@connect\n';
  gdb.stdout?.on('data', (bytes: Buffer) => {
    text += bytes.toString();
  });
  await new Promise((resolve) => gdb.once('close', resolve));
  const parts = text.split(/^@@/m).slice(1);
  return Object.fromEntries(
    parts.map((part): [string, string] => {
      const end = part.indexOf('\n');
      return [part.slice(0, end), part.slice(end + 1)];
    }),
  );
}
