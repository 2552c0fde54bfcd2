// What `modbox help` prints.

import type { Verb } from './verb.ts';
import { columns } from './words.ts';

export function generalHelp(verbs: readonly Verb[]): string {
  const list = columns(verbs.map(({ name, summary }) => [`  ${name}`, summary]));
  return `modbox VERB [arguments]

Runs kernel modules in an emulated machine: i386, amd64, armv7 or aarch64.

${list.join('\n')}

  modbox help VERB      how to use a verb
  modbox --version

Environment: MODBOX_UNICORN names a libunicorn, MODBOX_TRACE=1 shows the stack of
a bug in modbox, NO_COLOR turns colours off.
`;
}
