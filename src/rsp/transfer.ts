// qXfer:OBJECT:read:ANNEX:OFFSET,LENGTH (gdb manual, E.4): documents in windows.

import { Buffer } from 'node:buffer';
import { PACKET_BYTES } from './framing.ts';
import { countOf } from './hex.ts';

/** Makes a document; undefined: there is none of the annex. */
export type Document = (annex: string) => string | undefined;

/** A reply fits a packet even if every byte must be escaped. */
const WINDOW = (PACKET_BYTES >> 1) - 64;

export class Transfer {
  readonly #documents: ReadonlyMap<string, Document>;
  /** The document that is being read: it must not change between two windows. */
  #reading: { readonly key: string; readonly bytes: Buffer } | undefined;

  constructor(documents: Readonly<Record<string, Document>>) {
    this.#documents = new Map(Object.entries(documents));
  }

  /** What follows "qXfer:"; '': no such object. */
  serve(request: string): string {
    const match = /^([a-z-]+):read:([^:]*):([^,]+),([^,]+)$/.exec(request);
    const [, object = '', annex = '', from, count] = match ?? [];
    const make = this.#documents.get(object);
    if (make === undefined) return '';
    const offset = countOf(from);
    const length = countOf(count);
    if (offset === undefined || length === undefined || length === 0) return 'E16';
    const bytes = this.#bytes(`${object}:${annex}`, offset, () => make(annex));
    if (bytes === undefined) return 'E00';
    if (offset > bytes.length) return 'E16';
    const end = offset + Math.min(length, WINDOW);
    return `${end < bytes.length ? 'm' : 'l'}${bytes.toString('latin1', offset, Math.min(end, bytes.length))}`;
  }

  #bytes(key: string, offset: number, make: () => string | undefined): Buffer | undefined {
    if (offset > 0 && this.#reading?.key === key) return this.#reading.bytes;
    const text = make();
    if (text === undefined) return undefined;
    const bytes = Buffer.from(text, 'utf8');
    this.#reading = { key, bytes };
    return bytes;
  }
}
