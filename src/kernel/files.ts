// Where objects come from.  The kernel folder reads no files itself: it is handed
// this capability, and the command line or the library's entry gives it the disk.

/** The bytes of an object and the name to call it by in messages. */
export interface ObjectFile {
  readonly name: string;
  readonly bytes: Uint8Array;
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

/** The last component of a path. */
export function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** The file name without its folder and suffix: "lib/crc-itu-t.ko" is crc-itu-t. */
export function moduleNameOf(path: string): string {
  return baseName(path).replace(/\.(ko|kmod|o)$/, '');
}
