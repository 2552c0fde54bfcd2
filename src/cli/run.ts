// modbox run: boot a machine of the modules' architecture, load them, call what
// was asked for, unload, report.

import type { ArchName } from '../arch/arch.ts';
import type { Addr } from '../base/address.ts';
import { startCoverage } from '../coverage/recorder.ts';
import type { CoverageReport } from '../coverage/report.ts';
import { boot, type HostBootOptions } from '../host/boot.ts';
import { type FailNthReport, failNth } from '../inject/fail-nth.ts';
import type { WantedChecks } from '../kernel/checks.ts';
import { type CallExpression, tooWide } from '../suite/call-expression.ts';
import { ConsoleLines } from './console-lines.ts';
import { UsageError } from './errors.ts';
import { allBorne, failNthJson, failNthText } from './fail-nth-text.ts';
import { readInputs } from './input.ts';
import { jsonText } from './json.ts';
import { compared, firstChecks, secondChecks, type Watched } from './run-check.ts';
import { coverageJson, coverageOf, coverageText, saveCoverage } from './run-coverage.ts';
import { reportJson } from './run-json.ts';
import { parseRunOptions, type RunOptions } from './run-options.ts';
import { type RunReport, succeeded } from './run-report.ts';
import { runModules } from './run-steps.ts';
import { callText, reportText } from './run-text.ts';
import type { Terminal } from './terminal.ts';
import { STATUS, type Status, type Verb } from './verb.ts';

const help = `modbox run FILE... [options]

Boots a machine of the modules' architecture, loads the modules in order (init),
shows the guest's console, unloads them in reverse (fini), and reports. A module
that another one requires may stand anywhere on the line, beside the file, or in
a folder of --path. A file may be compressed (.xz .zst .gz), or a module in a
package or archive: linux-image.deb:crc7.ko.

  --call 'CALL[:TYPE]'  call a function once all are loaded; may be repeated.
                        Arguments are C literals: 42, -1, 0x10, "text\\n";
                        1LL is passed as 64 bits; [16] is a buffer of 16 zero
                        bytes, x"00ff" and b64"AP8=" are buffers with these bytes;
                        buffers are shown afterwards. TYPE is the C type of the result:
                        u8 u16 u32 u64 s8 s16 s32 s64; without one, a word
  --keep                do not unload
  --path DIR            look for required modules there too; may be repeated
  --arch ARCH           insist on i386, amd64, armv7 or aarch64
  --ram MIB             memory of the machine, a multiple of 4; default 64
  --watchdog SECONDS    virtual time that init, fini or a call may take; default 1
  --no-veneers          refuse branches that do not reach, rather than lead them on
  --symbols all|exported  what the guest keeps of a module's symbols (all)
  --check               watch for memory misused, locks, leaks, wild writes; and run
                        twice, for what depends on memory that nobody wrote
  --missing refuse|trap   of a Linux module that uses symbols nobody has: do not load
                        it (the default), or stop it when it uses one of them
  --fail-nth            instead: run init and exit once for each call of theirs that can
                        fail, with that call failing, and say what came of it
  --coverage[=FILE]     show what ran of the modules: functions, lines, branches; and
                        write it to FILE, for genhtml and others that read lcov's
                        tracefiles
  -q, --quiet           do not show the guest's console
  --json                one JSON document instead of text

  modbox run hello.ko --call 'hello_add(2, 40)'
  modbox run crc-itu-t.ko --call 'crc_itu_t(0, "123456789", 9):u16'

Exit status: 0 all went well; 1 a module or a call failed; 2 wrong usage, or a
file that cannot be used.
`;

async function run(args: readonly string[], terminal: Terminal): Promise<Status> {
  const options = parseRunOptions(args);
  if (options.help) {
    terminal.out(help);
    return STATUS.ok;
  }
  if (options.failNth) return await failEach(options, terminal);
  const { report, coverage } = await perform(options, terminal);
  if (options.json) {
    const more = coverage === undefined ? {} : { coverage: coverageJson(coverage) };
    terminal.out(jsonText(reportJson(report, more)));
  } else {
    if (!options.quiet || report.calls.length > 0) terminal.out('\n');
    if (coverage !== undefined) terminal.out(`${coverageText(coverage)}\n`);
    terminal.out(reportText(report, terminal.style));
  }
  // Last, so that a file that cannot be written takes nothing away.
  if (coverage !== undefined) saveCoverage(coverage, options.coverage, options.files);
  return succeeded(report) ? STATUS.ok : STATUS.failed;
}

interface Performed {
  readonly report: RunReport;
  readonly coverage: CoverageReport | undefined;
}

async function perform(options: RunOptions, terminal: Terminal): Promise<Performed> {
  const inputs = readInputs(options.files, options.arch);
  checkWidths(options.calls, inputs.arch.wordBytes);
  if (!options.check) return await runOnce(options, inputs, false, terminal);
  const one = await runOnce(options, inputs, firstChecks, terminal);
  if (one.report.death !== undefined) return one;
  const silent = { ...terminal, out: (): void => {} };
  const other = await runOnce({ ...options, coverage: undefined }, inputs, secondChecks, silent);
  return { ...one, report: compared(one, other) };
}

async function runOnce(
  options: RunOptions,
  { arch, files }: ReturnType<typeof readInputs>,
  checks: WantedChecks,
  terminal: Terminal,
): Promise<Performed & Watched> {
  const silent = options.json || options.quiet;
  const { style } = terminal;
  const lines = new ConsoleLines((line) => {
    if (!silent) terminal.out(`${style.dim('|')} ${line}\n`);
  });
  const machine = { ...bootOptionsOf(options, arch.name), checks };
  const kernel = await boot({ ...machine, onConsole: lines.onByte });
  try {
    const recorder = options.coverage === undefined ? undefined : startCoverage(kernel);
    const report = runModules(kernel, {
      files,
      calls: options.calls,
      keep: options.keep,
      checked: options.check,
      onCall: (call) => {
        lines.settle();
        if (!options.json) terminal.out(callText(call, style));
      },
    });
    const coverage = recorder && (await coverageOf(kernel, recorder.take()));
    const locate = (address: Addr) => kernel.locate(address);
    return { report, coverage, trace: kernel.watch.trace, locate };
  } finally {
    lines.settle();
    kernel.close();
  }
}

/** Each module in a kernel of its own, for which the others are there to be required. */
async function failEach(options: RunOptions, terminal: Terminal): Promise<Status> {
  const { arch, files } = readInputs(options.files, options.arch);
  const reports: FailNthReport[] = [];
  for (const file of files) {
    const kernel = await boot(bootOptionsOf(options, arch.name));
    try {
      for (const other of files) if (other !== file) kernel.offer(other);
      reports.push(failNth(kernel, file));
    } finally {
      kernel.close();
    }
  }
  terminal.out(
    options.json ? jsonText(failNthJson(reports)) : failNthText(reports, terminal.style),
  );
  return allBorne(reports) ? STATUS.ok : STATUS.failed;
}

function bootOptionsOf(
  { searchPath, veneers, symbols, missing, check, ramBytes, watchdogNs }: RunOptions,
  arch: ArchName,
): HostBootOptions {
  return {
    ...{ arch, searchPath, veneers, symbols, missing, checks: check },
    ...(ramBytes === undefined ? {} : { ramBytes }),
    ...(watchdogNs === undefined ? {} : { watchdogNs }),
  };
}

function checkWidths(calls: readonly CallExpression[], wordBytes: 4 | 8): void {
  for (const call of calls) {
    const problem = tooWide(call, wordBytes);
    if (problem !== undefined) throw new UsageError(`--call '${call.text}': ${problem}`);
  }
}

export const runVerb: Verb = {
  name: 'run',
  summary: 'load modules into an emulated machine, call their functions, unload them',
  help,
  run,
};
