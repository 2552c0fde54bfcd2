// npm run demo: what modbox does, on all four architectures, in a few seconds.
// Ends with 1 when anything is not as it must be.

import { archNames } from '../arch/arch.ts';
import { whyNoDebian } from './debian.ts';
import { demonstrate, nothingYet } from './demo-arch.ts';
import { demoTable, type Row } from './demo-table.ts';
import { Transcript } from './demo-transcript.ts';
import { endingOf } from './errors.ts';
import { processTerminal, type Terminal } from './terminal.ts';

async function demo(terminal: Terminal): Promise<number> {
  terminal.out(
    'Each of four emulated machines boots the guest kernel and loads kernel modules into it:\n' +
      'ours, two of a real Debian kernel as they are, and one that faults.\n',
  );
  const rows: Row[] = [];
  const wrong: string[] = [];
  for (const arch of archNames) {
    const transcript = new Transcript(terminal, () => performance.now());
    const result = nothingYet(arch);
    try {
      await demonstrate(result, transcript, terminal);
    } catch (error) {
      const trace = Boolean(terminal.environment['MODBOX_TRACE']);
      transcript.expect(false, endingOf(error, trace).message);
    }
    wrong.push(...transcript.wrong.map((what) => `${arch}: ${what}`));
    rows.push({ result, ok: transcript.wrong.length === 0 });
  }
  const absent = rows.some(({ result }) => result.absent);
  const mustHave = (terminal.environment['CI'] ?? '') === 'true';

  terminal.out('\nTimes to boot and to load each module in ms:\n\n');
  for (const line of demoTable(rows)) terminal.out(`${line}\n`);
  if (absent) terminal.out(`\n${whyNoDebian()}\n`);
  terminal.out(`\n${conclusion(wrong, absent, terminal)}\n`);
  return wrong.length > 0 || (absent && mustHave) ? 1 : 0;
}

function conclusion(wrong: readonly string[], absent: boolean, { style }: Terminal): string {
  if (wrong.length > 0) return style.bad(`Not as it must be:\n  ${wrong.join('\n  ')}`);
  const all = `Everything is as it must be on ${archNames.length} architectures`;
  return style.good(absent ? `${all}, as far as it could be tried.` : `${all}.`);
}

process.exitCode = await demo(processTerminal());
