// C literals, as calls take them, and bytes, which C has no literal for.

import { type Argument, u64 } from '../kernel/arguments.ts';

/** Why a text is no call; caught where the text came in. */
export class SyntaxProblem extends Error {}

export type Literal =
  /** `wide`: passed as 64 bits on every machine. */
  | { readonly kind: 'integer'; readonly value: bigint; readonly wide: boolean }
  | { readonly kind: 'string'; readonly text: string }
  | { readonly kind: 'buffer'; readonly bytes: number }
  /** x"00ff" or b64"AP8=": passed by pointer, without a NUL. */
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array };

/** What is passed for it. */
export function argumentOf(literal: Literal): Argument {
  switch (literal.kind) {
    case 'integer':
      return literal.wide ? u64(literal.value) : literal.value;
    case 'string':
      return literal.text;
    case 'buffer':
      return new Uint8Array(literal.bytes);
    case 'bytes':
      // The function may write there.
      return literal.bytes.slice();
  }
}

/** Enough for any test by hand; the guest's heap is a few MiB. */
const BUFFER_LIMIT = 1 << 20;

/** A text and a position in it; white space between tokens does not count. */
export class Scanner {
  readonly #source: string;
  position = 0;

  constructor(source: string) {
    this.#source = source;
  }

  /** The token at the position; `pattern` must be sticky. */
  skip(pattern: RegExp): string | undefined {
    this.#space();
    pattern.lastIndex = this.position;
    const token = pattern.exec(this.#source)?.[0];
    this.position += token?.length ?? 0;
    return token;
  }

  take(pattern: RegExp, wanted: string): string {
    const token = this.skip(pattern);
    if (token === undefined) throw this.#expected(wanted);
    return token;
  }

  end(wanted = 'the end, or ":" and a type'): void {
    this.#space();
    if (this.position < this.#source.length) throw this.#expected(wanted);
  }

  literal(): Literal {
    return this.pointed() ?? this.#integer();
  }

  /** A literal that is passed by pointer; undefined: something else stands here. */
  pointed(): Literal | undefined {
    if (this.skip(/"/y)) return this.#string();
    if (this.skip(/\[/y)) return this.#buffer();
    if (this.skip(/x"/y)) return this.#hex();
    if (this.skip(/b64"/y)) return this.#base64();
    return undefined;
  }

  #hex(): Literal {
    const digits = this.#until('"').replace(/\s+/g, '');
    if (!/^([0-9a-f]{2})+$/i.test(digits))
      throw new SyntaxProblem(`x"${digits}" is not pairs of hexadecimal digits`);
    return this.#bytes(Uint8Array.from(digits.match(/../g) ?? [], (pair) => Number(`0x${pair}`)));
  }

  #base64(): Literal {
    const text = this.#until('"').replace(/\s+/g, '');
    if (!/^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text) || text === '')
      throw new SyntaxProblem(`b64"${text}" is not base64`);
    return this.#bytes(Uint8Array.from(atob(text), (character) => character.charCodeAt(0)));
  }

  #bytes(bytes: Uint8Array): Literal {
    if (bytes.length <= BUFFER_LIMIT) return { kind: 'bytes', bytes };
    throw new SyntaxProblem(`${bytes.length} bytes, at most ${BUFFER_LIMIT}`);
  }

  /** What stands before `mark`, which is passed over. */
  #until(mark: string): string {
    const end = this.#source.indexOf(mark, this.position);
    if (end < 0) throw this.#expected(`'${mark}'`);
    const text = this.#source.slice(this.position, end);
    this.position = end + mark.length;
    return text;
  }

  #integer(): Literal {
    const token = this.take(
      /-?(0x[0-9a-f]+|\d+)(u?ll)?(?!\w)/iy,
      'an integer, a "string", x"hex" or a [buffer size]',
    );
    const digits = token.replace(/^-|u?ll$/gi, '');
    // C's octal: a zero in front.
    if (/^0[0-9]+$/.test(digits) && !/^[0-7]+$/.test(digits))
      throw new SyntaxProblem(`${digits} begins with 0 but is not octal`);
    const size = BigInt(/^0[0-7]+$/.test(digits) ? `0o${digits.slice(1)}` : digits);
    const value = token.startsWith('-') ? -size : size;
    if (value >= 1n << 64n || value < -(1n << 63n))
      throw new SyntaxProblem(`${token} does not fit 64 bits`);
    return { kind: 'integer', value, wide: /ll$/i.test(token) };
  }

  #buffer(): Literal {
    const token = this.take(/0x[0-9a-f]+|\d+/iy, 'a number of bytes');
    this.take(/\]/y, '"]"');
    const bytes = Number(token);
    if (bytes < 1 || bytes > BUFFER_LIMIT)
      throw new SyntaxProblem(`a buffer has 1 to ${BUFFER_LIMIT} bytes, not ${token}`);
    return { kind: 'buffer', bytes };
  }

  #string(): Literal {
    const body = /([^"\\]|\\.)*/sy;
    body.lastIndex = this.position;
    const raw = body.exec(this.#source)?.[0] ?? '';
    this.position += raw.length;
    if (this.#source[this.position] !== '"') throw this.#expected("'\"' to end the string");
    this.position += 1;
    return { kind: 'string', text: unescaped(raw) };
  }

  #space(): void {
    while (/\s/.test(this.#source.charAt(this.position))) this.position += 1;
  }

  #expected(wanted: string): SyntaxProblem {
    const found = this.#source.slice(this.position, this.position + 12);
    const where = found === '' ? 'at the end' : `before ${JSON.stringify(found)}`;
    return new SyntaxProblem(`wanted ${wanted} ${where}`);
  }
}

const simple: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  a: '\x07',
  b: '\b',
  f: '\f',
  v: '\v',
  '\\': '\\',
  '"': '"',
  "'": "'",
};

function unescaped(raw: string): string {
  return raw.replace(/\\(x[0-9a-fA-F]{1,2}|[0-7]{1,3}|.)/gs, (whole, body: string) => {
    const short = simple[body];
    if (short !== undefined) return short;
    const code = body.startsWith('x')
      ? Number.parseInt(body.slice(1), 16)
      : Number.parseInt(body, 8);
    if (Number.isNaN(code)) throw new SyntaxProblem(`no escape ${whole} in C`);
    if (code > 0x7f) throw new SyntaxProblem(`${whole} is not ASCII; strings are passed as UTF-8`);
    return String.fromCharCode(code);
  });
}
