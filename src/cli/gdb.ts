// modbox gdb: a guest with a module, behind a socket that gdb and lldb can connect to.

import { setImmediate } from 'node:timers/promises';
import { formatAddr } from '../base/address.ts';
import { openSession } from '../host/debug.ts';
import { diskFiles } from '../host/disk.ts';
import { Stub } from '../rsp/stub.ts';
import { endingOf, InputError } from './errors.ts';
import { type GdbOptions, parseGdbOptions } from './gdb-options.ts';
import { type Listening, listen } from './gdb-server.ts';
import { readInput } from './input.ts';
import { type Terminal, visible } from './terminal.ts';
import { STATUS, type Status, type Verb } from './verb.ts';

const help = `modbox gdb FILE [options]

Boots a machine of the module's architecture, begins to load the module, and waits
at its first instruction for gdb or lldb:

  gdb-multiarch -ex 'target remote :1234'

They get the architecture, the kernel's and the modules' symbols and sources'
lines, threads and memory map from here; no file has to be named. Breakpoints,
watchpoints, stepping and running backwards (reverse-step, reverse-continue)
work; breakpoints in modules that are not loaded yet can be pending. "monitor
help" in gdb lists what else there is: insmod, rmmod, lsmod, call, dmesg, why.

When a client has gone the next one may come: after "detach" the guest has run
to its end, after "kill" or an end it is booted afresh.

  --port N              where to listen (1234); 0 takes a free port
  --gdb-host HOST       on which address (127.0.0.1); the protocol has no
                        authentication, so mind who can reach others
  --stop boot|entry|none  where the guest waits: before the load, at the first
                        instruction of the module (entry), or when it is loaded
  --once                end when the first client has gone
  --path DIR            look for required modules there too; may be repeated
  --arch ARCH           insist on i386, amd64, armv7 or aarch64
  --ram MIB             memory of the machine, a multiple of 4; default 64
  --watchdog SECONDS    virtual time that init, fini or a call may take; default 1000

Exit status: 0 ended by --once; 2 wrong usage, or a file or port that cannot be
used.
`;

async function run(args: readonly string[], terminal: Terminal): Promise<Status> {
  const options = parseGdbOptions(args);
  if (options.help) {
    terminal.out(help);
    return STATUS.ok;
  }
  const { stub, arch } = await open(options, terminal);
  try {
    const listening = await listenAt(stub, options);
    announce(options, arch, stub, listening, terminal);
    if (!options.once) await new Promise<never>(() => undefined);
    await listening.firstGone;
    await stub.idle;
    await listening.close();
  } finally {
    await stub.close();
  }
  return STATUS.ok;
}

async function open(
  options: GdbOptions,
  terminal: Terminal,
): Promise<{ stub: Stub; arch: string }> {
  const { file, arch } = readInput(options.file);
  if (options.arch !== undefined && options.arch !== arch)
    throw new InputError(`${file.name} is for ${arch.name}, not ${options.arch.name}`);
  const stub = await Stub.open({
    file,
    files: diskFiles(options.searchPath),
    stopAt: options.stopAt,
    boot: () =>
      openSession({
        arch: arch.name,
        searchPath: options.searchPath,
        ...(options.ramBytes === undefined ? {} : { ramBytes: options.ramBytes }),
        ...(options.watchdogNs === undefined ? {} : { watchdogNs: options.watchdogNs }),
      }),
    pause: () => setImmediate(),
    say: (text) => terminal.out(visible(text)),
    report: (error) => {
      const trace = Boolean(terminal.environment['MODBOX_TRACE']);
      terminal.err(`${endingOf(error, trace).message}\n`);
    },
  });
  return { stub, arch: arch.name };
}

async function listenAt(stub: Stub, { host, port }: GdbOptions): Promise<Listening> {
  try {
    return await listen(stub, host, port);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new InputError(`cannot listen on ${host} port ${port}: ${why}; try --port 0`);
  }
}

function announce(
  options: GdbOptions,
  arch: string,
  stub: Stub,
  { port }: Listening,
  terminal: Terminal,
): void {
  const { stop } = stub.target.debugger;
  const where = stop === undefined ? 'before its load' : `${stop.reason}, ${formatAddr(stop.pc)}`;
  const name = options.isLoopback ? '' : options.host;
  terminal.out(`${options.file} (${arch}) waits: ${where}\n`);
  if (!options.isLoopback)
    terminal.err(
      `warning: whoever reaches ${options.host} port ${port} controls the guest and reads the\n` +
        'objects that insmod may name: the protocol has no authentication\n',
    );
  terminal.out(`listening on ${options.host} port ${port}\n`);
  terminal.out(`  gdb-multiarch -ex 'target remote ${name}:${port}'\n`);
}

export const gdbVerb: Verb = {
  name: 'gdb',
  summary: 'debug a module with gdb or lldb, by their remote protocol',
  help,
  run,
};
