// C literals, as --call takes them.

/** Why a text is no call; caught where the text came in. */
export class SyntaxProblem extends Error {}

export type Literal =
  /** `wide`: passed as 64 bits on every machine. */
  | { readonly kind: 'integer'; readonly value: bigint; readonly wide: boolean }
  | { readonly kind: 'string'; readonly text: string }
  | { readonly kind: 'buffer'; readonly bytes: number };

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

  end(): void {
    this.#space();
    if (this.position < this.#source.length) throw this.#expected('the end, or ":" and a type');
  }

  literal(): Literal {
    if (this.skip(/"/y)) return this.#string();
    if (this.skip(/\[/y)) return this.#buffer();
    return this.#integer();
  }

  #integer(): Literal {
    const token = this.take(
      /-?(0x[0-9a-f]+|\d+)(u?ll)?(?!\w)/iy,
      'an integer, a "string" or a [buffer size]',
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
