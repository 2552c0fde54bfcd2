// Just enough of DER (X.690) to find one's way in a PKCS#7 message: values of a tag
// and a length, one behind the other or inside each other.  Everything that is read
// lies within the bytes that were given.

export interface DerValue {
  readonly tag: number;
  readonly content: Uint8Array;
}

export const SEQUENCE = 0x30;
export const SET = 0x31;
export const INTEGER = 0x02;
export const OCTET_STRING = 0x04;
export const OBJECT_ID = 0x06;

/** More values beside each other than this are not a signature. */
const MOST = 64;

/** The values in `bytes`; undefined when they do not add up. */
export function derValues(bytes: Uint8Array): readonly DerValue[] | undefined {
  const values: DerValue[] = [];
  let at = 0;
  while (at < bytes.length) {
    const tag = bytes[at] ?? 0;
    const length = lengthAt(bytes, at + 1);
    // Tags of several bytes do not occur here.
    if ((tag & 0x1f) === 0x1f || length === undefined || values.length === MOST) return undefined;
    const end = length.at + length.value;
    if (end > bytes.length) return undefined;
    values.push({ tag, content: bytes.subarray(length.at, end) });
    at = end;
  }
  return values;
}

function lengthAt(bytes: Uint8Array, at: number): { value: number; at: number } | undefined {
  const first = bytes[at];
  if (first === undefined) return undefined;
  if (first < 0x80) return { value: first, at: at + 1 };
  const count = first & 0x7f;
  if (count === 0 || count > 4 || at + 1 + count > bytes.length) return undefined;
  let value = 0;
  for (let i = 0; i < count; i++) value = value * 256 + (bytes[at + 1 + i] ?? 0);
  return { value, at: at + 1 + count };
}

/** "2.5.4.3" of the content of an OBJECT IDENTIFIER. */
export function derObjectId(content: Uint8Array): string {
  const numbers: number[] = [];
  let value = 0;
  for (const byte of content) {
    value = value * 128 + (byte & 0x7f);
    if (byte >= 0x80) continue;
    numbers.push(value);
    value = 0;
  }
  const [first = 0, ...rest] = numbers;
  const top = Math.min(2, Math.floor(first / 40));
  return [top, first - 40 * top, ...rest].join('.');
}
