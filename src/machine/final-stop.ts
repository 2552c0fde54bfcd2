// The end of a run, in the guest's own words.

import type { PowerDevice } from './devices/power.ts';
import type { Memory } from './memory.ts';
import type { Stop } from './stop.ts';

const MESSAGE_BYTES = 1024;

/** What the guest last told the power device; a panic has a message in memory. */
export function finalStop({ lastWord }: PowerDevice, memory: Memory): Stop {
  if (lastWord === undefined || lastWord.kind === 'off')
    return { kind: 'off', status: lastWord?.status ?? 0 };
  const at = memory.offset(lastWord.message, 1);
  if (at === undefined) return { kind: 'panic', message: '(no message)' };
  const end = memory.ram.indexOf(0, at);
  const bytes = memory.ram.slice(at, Math.min(end < 0 ? at : end, at + MESSAGE_BYTES));
  return { kind: 'panic', message: new TextDecoder().decode(bytes) };
}
