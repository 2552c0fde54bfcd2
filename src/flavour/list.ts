// Lists of module names as both NetBSD and Linux write them: "a,b".

/** The names in `list`; empty ones do not count. */
export function splitList(list: string): readonly string[] {
  return list
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
}
