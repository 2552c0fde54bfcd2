// What ends a verb early.  Each is one paragraph for the user, never a stack
// trace; everything else that is thrown is a bug of modbox.

import { OldLibraryError } from '../engine/open.ts';
import { MissingAssetError } from '../host/assets.ts';
import { LibraryError } from '../host/boot.ts';
import { BootError } from '../kernel/start.ts';
import { STATUS, type Status } from './verb.ts';

/** The command was typed wrongly. */
export class UsageError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'UsageError';
  }
}

/** A file that was named cannot be used: missing, no object, wrong machine; one line each. */
export class InputError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'InputError';
  }
}

export interface Ending {
  readonly status: Status;
  readonly message: string;
}

/** Something was thrown in another thread, where it was still known what it was. */
export class EndedInThread extends Error {
  readonly ending: Ending;

  constructor(ending: Ending) {
    super(ending.message);
    this.name = 'EndedInThread';
    this.ending = ending;
  }
}

/** What to say of something that was thrown, and how to end. */
export function endingOf(thrown: unknown, trace: boolean): Ending {
  if (thrown instanceof EndedInThread) return thrown.ending;
  if (thrown instanceof UsageError) return { status: STATUS.usage, message: say(thrown.message) };
  if (thrown instanceof InputError)
    return { status: STATUS.usage, message: thrown.message.split('\n').map(say).join('\n') };
  // The host lacks something: as with a wrong file, nothing of the guest has failed.
  const ofHost = [MissingAssetError, LibraryError, OldLibraryError, BootError];
  if (thrown instanceof Error && ofHost.some((kind) => thrown instanceof kind))
    return { status: STATUS.usage, message: say(thrown.message) };
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  const stack = thrown instanceof Error ? thrown.stack : undefined;
  const more = trace ? (stack ?? 'no stack') : 'set MODBOX_TRACE=1 for the stack';
  return { status: STATUS.bug, message: `modbox: bug: ${message}\n${more}` };
}

function say(line: string): string {
  return `modbox: ${line}`;
}
