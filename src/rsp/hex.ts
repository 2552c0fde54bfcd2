// Hexadecimal of the protocol: bytes as pairs of digits, numbers without a prefix.
// What a client sends is either right to the last digit or undefined.

import { Buffer } from 'node:buffer';
import { type Addr, addr } from '../base/address.ts';

export function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('hex');
}

/** Text as the bytes of UTF-8. */
export function hexOfText(text: string): string {
  return Buffer.from(text, 'utf8').toString('hex');
}

export function bytesOfHex(text: string): Uint8Array | undefined {
  if (text.length % 2 !== 0 || !/^[0-9a-fA-F]*$/.test(text)) return undefined;
  return Uint8Array.from(Buffer.from(text, 'hex'));
}

export function textOfHex(text: string): string | undefined {
  const bytes = bytesOfHex(text);
  return bytes && new TextDecoder().decode(bytes);
}

/** A count, length or number that fits 31 bits. */
export function countOf(text: string | undefined): number | undefined {
  if (text === undefined || !/^[0-9a-fA-F]{1,16}$/.test(text)) return undefined;
  const value = Number.parseInt(text, 16);
  return value < 2 ** 31 ? value : undefined;
}

export function addressOf(text: string | undefined): Addr | undefined {
  if (text === undefined || !/^[0-9a-fA-F]{1,16}$/.test(text)) return undefined;
  return addr(BigInt(`0x${text}`));
}

/** 'addr,length' */
export function rangeOf(text: string): { address: Addr; length: number } | undefined {
  const [start, count, ...rest] = text.split(',');
  const address = addressOf(start);
  const length = countOf(count);
  if (address === undefined || length === undefined || rest.length > 0) return undefined;
  return { address, length };
}

/** The bytes of a string with a byte in each character. */
export function bytesOfBinary(text: string): Uint8Array {
  return Uint8Array.from(Buffer.from(text, 'latin1'));
}

/** A string with a byte in each character. */
export function binaryOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
}

/** Text with what XML keeps for itself written out. */
export function xmlText(text: string): string {
  const names: Readonly<Record<string, string>> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
  };
  // biome-ignore lint/suspicious/noControlCharactersInRegex: XML 1.0 has none of them
  return text.replace(/[\x00-\x08\x0b-\x1f]/g, '?').replace(/[&<>"]/g, (each) => names[each] ?? '');
}
