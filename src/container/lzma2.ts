// LZMA2: chunks, either stored or compressed with LZMA, whose dictionary is all
// that has been written since it was last reset.  The output is one growing
// buffer, and the dictionary is its tail, so nothing is copied twice.
// https://tukaani.org/xz/xz-file-format.txt, section 5.3.1

import { Lzma } from './lzma.ts';
import { Unreadable } from './problems.ts';

/** How much room an output begins with; it doubles. */
const FIRST = 1 << 16;

export class Lzma2 {
  readonly #input: Uint8Array;
  readonly #limit: number;
  readonly #lzma: Lzma;
  #output: Uint8Array;
  #length = 0;

  constructor(input: Uint8Array, limit: number) {
    this.#input = input;
    this.#limit = limit;
    this.#lzma = new Lzma(input);
    this.#output = new Uint8Array(Math.min(limit, Math.max(FIRST, input.length * 4)));
  }

  get length(): number {
    return this.#length;
  }

  output(): Uint8Array {
    return this.contentFrom(0);
  }

  contentFrom(start: number): Uint8Array {
    return this.#output.subarray(start, this.#length);
  }

  /** Decodes the chunks at `start`; answers where they end. */
  decode(start: number): number {
    const input = this.#input;
    let at = start;
    // A stream must begin with a reset of the dictionary, then of the properties.
    let dictionary = -1;
    let properties = false;
    let state = false;
    for (;;) {
      this.#need(at, 1);
      const control = input[at] ?? 0;
      if (control === 0) return at + 1;
      if (control === 1 || control >= 0xe0) dictionary = this.#length;
      if (dictionary < 0) throw badControl(at, control, 'a reset of the dictionary first');
      if (control < 0x80) {
        if (control > 2) throw badControl(at, control, '0 to 2 or 0x80 and above');
        this.#need(at, 3);
        const size = this.#be16(at + 1) + 1;
        this.#need(at, 3 + size);
        this.#reserve(size);
        this.#output.set(input.subarray(at + 3, at + 3 + size), this.#length);
        this.#length += size;
        at += 3 + size;
        if (control === 1) state = false;
        continue;
      }
      const reset = (control >> 5) & 3;
      const header = reset >= 2 ? 6 : 5;
      this.#need(at, header);
      const content = ((control & 0x1f) << 16) + this.#be16(at + 1) + 1;
      const packed = this.#be16(at + 3) + 1;
      if (reset >= 2) {
        const byte = input[at + 5] ?? 0;
        if (!this.#lzma.setProperties(byte))
          throw damaged('the properties of a chunk', at + 5, 'lc + lp up to 4, pb up to 4', byte);
        properties = true;
      }
      if (!properties) throw badControl(at, control, 'properties first');
      if (reset >= 1) {
        this.#lzma.resetState();
        state = true;
      }
      if (!state) throw badControl(at, control, 'a reset of the state first');
      this.#need(at, header + packed);
      this.#reserve(content);
      this.#lzma.decode({
        from: at + header,
        to: at + header + packed,
        output: this.#output,
        start: this.#length,
        end: this.#length + content,
        dictionary,
      });
      this.#length += content;
      at += header + packed;
    }
  }

  #be16(at: number): number {
    return ((this.#input[at] ?? 0) << 8) | (this.#input[at + 1] ?? 0);
  }

  #need(at: number, size: number): void {
    const found = this.#input.length;
    if (at + size <= found) return;
    throw new Unreadable({ kind: 'truncated', format: 'xz', offset: at, what: 'a chunk', found });
  }

  #reserve(size: number): void {
    const wanted = this.#length + size;
    if (wanted > this.#limit)
      throw new Unreadable({ kind: 'too-large', format: 'xz', limit: this.#limit });
    if (wanted <= this.#output.length) return;
    const larger = new Uint8Array(Math.min(this.#limit, Math.max(wanted, this.#output.length * 2)));
    larger.set(this.#output.subarray(0, this.#length));
    this.#output = larger;
  }
}

function badControl(at: number, control: number, wanted: string): Unreadable {
  return damaged('the control byte of a chunk', at, wanted, control);
}

function damaged(what: string, offset: number, wanted: string, byte: number): Unreadable {
  const found = `0x${byte.toString(16)}`;
  return new Unreadable({ kind: 'damaged', format: 'xz', offset, what, wanted, found });
}
