// The characters that C writes with a backslash and a letter.  C11, section 5.2.2; gdb
// adds \e for the one that terminals know.

export const escapes: readonly (readonly [letter: string, code: number])[] = [
  ['a', 7],
  ['b', 8],
  ['t', 9],
  ['n', 10],
  ['v', 11],
  ['f', 12],
  ['r', 13],
  ['e', 27],
];
