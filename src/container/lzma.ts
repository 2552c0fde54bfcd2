// The LZMA decoder proper: a range coder whose probabilities adapt, and a state
// machine over literals, matches and repeated matches.  Hot: every bit of output
// comes through bit(), so it allocates nothing.  The names are those of the
// specification.
// https://www.7-zip.org/sdk.html, DOC/lzma-specification.txt

import { Unreadable } from './problems.ts';

/** One compressed chunk. */
export interface Chunk {
  /** Where it lies in the input. */
  readonly from: number;
  readonly to: number;
  readonly output: Uint8Array;
  /** What to fill of the output. */
  readonly start: number;
  readonly end: number;
  /** Where the dictionary begins in the output. */
  readonly dictionary: number;
}

// Indices into one table of probabilities.
const POS_STATES = 16;
const IS_MATCH = 0;
const IS_REP = IS_MATCH + 12 * POS_STATES;
const IS_REP_G0 = IS_REP + 12;
const IS_REP_G1 = IS_REP_G0 + 12;
const IS_REP_G2 = IS_REP_G1 + 12;
const IS_REP0_LONG = IS_REP_G2 + 12;
const POS_SLOT = IS_REP0_LONG + 12 * POS_STATES;
const POS_SPECIAL = POS_SLOT + 4 * 64;
const ALIGN = POS_SPECIAL + 128;
const LENGTH = ALIGN + 16;
// Of a length coder.
const CHOICE = 0;
const CHOICE2 = 1;
const LOW = 2;
const MID = LOW + POS_STATES * 8;
const HIGH = MID + POS_STATES * 8;
const LENGTH_PROBS = HIGH + 256;
const REP_LENGTH = LENGTH + LENGTH_PROBS;
const LITERAL = REP_LENGTH + LENGTH_PROBS;
/** LZMA2 allows lc + lp up to 4. */
const PROBS = LITERAL + (0x300 << 4);

const HALF = 1 << 10;
const TOP = 2 ** 24;
const MIN_MATCH = 2;

export class Lzma {
  readonly #input: Uint8Array;
  readonly #probs = new Uint16Array(PROBS);
  #at = 0;
  #to = 0;
  #range = 0;
  #code = 0;
  #state = 0;
  #rep0 = 0;
  #rep1 = 0;
  #rep2 = 0;
  #rep3 = 0;
  #lc = 0;
  #lpMask = 0;
  #pbMask = 0;

  constructor(input: Uint8Array) {
    this.#input = input;
  }

  /** (pb * 5 + lp) * 9 + lc; answers whether LZMA2 allows them. */
  setProperties(byte: number): boolean {
    const lc = byte % 9;
    const rest = Math.floor(byte / 9);
    const lp = rest % 5;
    const pb = Math.floor(rest / 5);
    this.#lc = lc;
    this.#lpMask = (1 << lp) - 1;
    this.#pbMask = (1 << pb) - 1;
    return pb <= 4 && lc + lp <= 4;
  }

  resetState(): void {
    this.#probs.fill(HALF);
    this.#state = 0;
    this.#rep0 = 0;
    this.#rep1 = 0;
    this.#rep2 = 0;
    this.#rep3 = 0;
  }

  /** @throws Unreadable */
  decode(chunk: Chunk): void {
    this.#beginRange(chunk);
    const { output, end, dictionary, start } = chunk;
    let position = start;
    while (position < end) {
      const posState = (position - dictionary) & this.#pbMask;
      if (this.#bit(IS_MATCH + this.#state * POS_STATES + posState) === 0) {
        this.#literal(output, position, dictionary);
        position++;
        continue;
      }
      const length = this.#match(posState);
      if (length === 0) throw this.#bad('an end marker', 'more data');
      const from = position - this.#rep0 - 1;
      if (from < dictionary)
        throw this.#bad(`a distance of ${this.#rep0 + 1}`, `at most ${position - dictionary}`);
      if (position + length > end)
        throw this.#bad(`a match of ${length} bytes`, `at most ${end - position}`);
      // Source and target may overlap: that is how runs are written.
      for (let i = 0; i < length; i++) output[position + i] = output[from + i] ?? 0;
      position += length;
    }
    this.#normalize();
    if (this.#at !== this.#to || this.#code !== 0)
      throw this.#bad(`${this.#to - this.#at} bytes too many`, 'the end of the chunk');
  }

  #beginRange({ from, to }: Chunk): void {
    this.#at = from;
    this.#to = to;
    this.#range = 0xffff_ffff;
    this.#code = 0;
    if (this.#byte() !== 0) throw this.#bad('a first byte that is not 0', '0');
    for (let i = 0; i < 4; i++) this.#code = ((this.#code << 8) | this.#byte()) >>> 0;
  }

  #literal(output: Uint8Array, position: number, dictionary: number): void {
    const previous = position > dictionary ? (output[position - 1] ?? 0) : 0;
    const low = (position - dictionary) & this.#lpMask;
    const context = (low << this.#lc) + (previous >> (8 - this.#lc));
    const probs = LITERAL + 0x300 * context;
    let symbol = 1;
    if (this.#state >= 7) {
      const from = position - this.#rep0 - 1;
      if (from < dictionary) throw this.#bad(`a distance of ${this.#rep0 + 1}`, 'one inside');
      let match = output[from] ?? 0;
      do {
        const matchBit = (match >> 7) & 1;
        match <<= 1;
        const bit = this.#bit(probs + ((1 + matchBit) << 8) + symbol);
        symbol = (symbol << 1) | bit;
        if (matchBit !== bit) break;
      } while (symbol < 0x100);
    }
    while (symbol < 0x100) symbol = (symbol << 1) | this.#bit(probs + symbol);
    output[position] = symbol & 0xff;
    if (this.#state < 4) this.#state = 0;
    else this.#state -= this.#state < 10 ? 3 : 6;
  }

  /** Sets rep0 and answers the length; 0 is the end marker. */
  #match(posState: number): number {
    const state = this.#state;
    if (this.#bit(IS_REP + state) === 0) {
      this.#rep3 = this.#rep2;
      this.#rep2 = this.#rep1;
      this.#rep1 = this.#rep0;
      const length = this.#length(LENGTH, posState);
      this.#state = state < 7 ? 7 : 10;
      this.#rep0 = this.#distance(length);
      return this.#rep0 === 0xffff_ffff ? 0 : length + MIN_MATCH;
    }
    if (this.#bit(IS_REP_G0 + state) === 0) {
      if (this.#bit(IS_REP0_LONG + state * POS_STATES + posState) === 0) {
        this.#state = state < 7 ? 9 : 11;
        return 1;
      }
    } else {
      let distance = this.#rep1;
      if (this.#bit(IS_REP_G1 + state) !== 0) {
        distance = this.#rep2;
        if (this.#bit(IS_REP_G2 + state) !== 0) {
          distance = this.#rep3;
          this.#rep3 = this.#rep2;
        }
        this.#rep2 = this.#rep1;
      }
      this.#rep1 = this.#rep0;
      this.#rep0 = distance;
    }
    const length = this.#length(REP_LENGTH, posState);
    this.#state = state < 7 ? 8 : 11;
    return length + MIN_MATCH;
  }

  #length(coder: number, posState: number): number {
    if (this.#bit(coder + CHOICE) === 0) return this.#tree(coder + LOW + posState * 8, 3);
    if (this.#bit(coder + CHOICE2) === 0) return 8 + this.#tree(coder + MID + posState * 8, 3);
    return 16 + this.#tree(coder + HIGH, 8);
  }

  #distance(length: number): number {
    const slot = this.#tree(POS_SLOT + Math.min(length, 3) * 64, 6);
    if (slot < 4) return slot;
    const bits = (slot >> 1) - 1;
    const base = ((2 | (slot & 1)) << bits) >>> 0;
    if (slot < 14) return base + this.#reverseTree(POS_SPECIAL + base - slot, bits);
    const middle = this.#direct(bits - 4) * 16;
    return base + middle + this.#reverseTree(ALIGN, 4);
  }

  #tree(probs: number, bits: number): number {
    let symbol = 1;
    for (let i = 0; i < bits; i++) symbol = (symbol << 1) | this.#bit(probs + symbol);
    return symbol - (1 << bits);
  }

  #reverseTree(probs: number, bits: number): number {
    let node = 1;
    let symbol = 0;
    for (let i = 0; i < bits; i++) {
      const bit = this.#bit(probs + node);
      node = (node << 1) | bit;
      symbol |= bit << i;
    }
    return symbol;
  }

  /** Bits of equal probability. */
  #direct(bits: number): number {
    let value = 0;
    for (let i = 0; i < bits; i++) {
      this.#normalize();
      this.#range >>>= 1;
      const bit = this.#code >= this.#range ? 1 : 0;
      if (bit === 1) this.#code -= this.#range;
      value = value * 2 + bit;
    }
    return value;
  }

  #bit(index: number): 0 | 1 {
    this.#normalize();
    const prob = this.#probs[index] ?? HALF;
    const bound = (this.#range >>> 11) * prob;
    if (this.#code < bound) {
      this.#range = bound;
      this.#probs[index] = prob + ((2048 - prob) >> 5);
      return 0;
    }
    this.#range -= bound;
    this.#code -= bound;
    this.#probs[index] = prob - (prob >> 5);
    return 1;
  }

  #normalize(): void {
    if (this.#range >= TOP) return;
    this.#range = (this.#range << 8) >>> 0;
    this.#code = ((this.#code << 8) | this.#byte()) >>> 0;
  }

  #byte(): number {
    if (this.#at >= this.#to) throw this.#bad('the end of the chunk', 'more data');
    return this.#input[this.#at++] ?? 0;
  }

  #bad(found: string, wanted: string): Unreadable {
    const what = 'the LZMA data';
    return new Unreadable({ kind: 'damaged', format: 'xz', offset: this.#at, what, wanted, found });
  }
}
