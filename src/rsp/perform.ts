// Letting the guest run as a client asked for.

import type { Program } from './program.ts';
import type { Resumption } from './resumption.ts';

/** So many steps of a range, and the interrupt byte is looked for. */
const STEPS = 256;

export interface Control {
  /** Whether the client has interrupted. */
  isInterrupted(): boolean;
  /** Lets other events of the process happen. */
  pause(): Promise<void>;
}

type Running = Exclude<Resumption, { kind: 'stop' }>;

/** Runs to the next stop. */
export async function perform(
  program: Program,
  resumption: Running,
  control: Control,
): Promise<void> {
  switch (resumption.kind) {
    case 'continue':
      await program.resume({ kind: 'continue' });
      return;
    case 'step':
      await program.resume({ kind: 'instruction' });
      return;
    case 'reverse-continue':
      await program.resume({ kind: 'continue' }, { reverse: true });
      return;
    case 'reverse-step':
      await program.resume({ kind: 'instruction' }, { reverse: true });
      return;
    case 'range':
      await leaveRange(program, resumption, control);
  }
}

async function leaveRange(
  program: Program,
  { start, end }: Extract<Running, { kind: 'range' }>,
  control: Control,
): Promise<void> {
  for (let steps = 1; ; steps++) {
    const stop = await program.resume({ kind: 'instruction' });
    if (stop.kind === 'ended' || stop.stop.reason !== 'step' || control.isInterrupted()) return;
    const { pc } = stop.stop;
    if (pc < start || pc >= end) return;
    if (steps % STEPS === 0) await control.pause();
  }
}
