// A verb of the command: `modbox run` and its neighbours.  To add one, write a
// file that exports a Verb and name it in verbs.ts.

import type { Terminal } from './terminal.ts';

/** What the process ends with; 70 is EX_SOFTWARE of sysexits.h. */
export const STATUS = { ok: 0, failed: 1, usage: 2, bug: 70 } as const;
export type Status = (typeof STATUS)[keyof typeof STATUS];

export interface Verb {
  readonly name: string;
  /** Behind the name in the list of verbs: a few words, no full stop. */
  readonly summary: string;
  /** What `modbox help VERB` prints. */
  readonly help: string;
  run(args: readonly string[], terminal: Terminal): Promise<Status>;
}
