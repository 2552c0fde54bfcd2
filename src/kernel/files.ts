// Where objects come from.  The kernel folder reads no files itself: it is handed
// this capability, and the command line or the library's entry gives it the disk.

import type { ContainerProblem } from '../container/problems.ts';

/**
 * The bytes of an object and the name to call it by in messages.  One that came
 * out of an archive is called ARCHIVE:PATH.
 */
export interface ObjectFile {
  readonly name: string;
  readonly bytes: Uint8Array;
  /** Why it could not be taken out of what it is packed in; there are no bytes then. */
  readonly problem?: ContainerProblem;
}

export interface ObjectFiles {
  /** The file at this path; undefined when it cannot be read. */
  read(path: string): ObjectFile | undefined;
  /**
   * The module of this name, for a requirement of `from`: beside it first, then
   * along the search path.
   */
  find(module: string, from: ObjectFile | undefined): ObjectFile | undefined;
}

/** Nothing but what is handed in. */
export const noFiles: ObjectFiles = { read: () => undefined, find: () => undefined };
