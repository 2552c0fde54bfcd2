// JSON documents on stdout: exactly one for a command, whatever happens.

export type Json =
  | string
  | number
  | boolean
  | null
  | readonly Json[]
  | { readonly [key: string]: Json };

export function jsonText(document: Json): string {
  return `${JSON.stringify(document, undefined, 2)}\n`;
}

/** "0x2a", "-0x1". */
export function hexOf(value: bigint): string {
  return value < 0n ? `-0x${(-value).toString(16)}` : `0x${value.toString(16)}`;
}
