// The text of source files, kept once read, and what to say when there is none: where
// it was looked for, once per file.

/** Finds a file by the name that debug information has for it. */
export type FindSource = (
  name: string,
) =>
  | { readonly found: true; readonly path: string; readonly text: string }
  | { readonly found: false; readonly tried: readonly string[] };

export class SourceText {
  readonly #find: FindSource;
  readonly #read = new Map<string, readonly string[] | undefined>();
  readonly #tried = new Map<string, readonly string[]>();

  constructor(find: FindSource) {
    this.#find = find;
  }

  /** The file's lines, the first at index 0; undefined: it is not here. */
  lines(name: string): readonly string[] | undefined {
    if (this.#read.has(name)) return this.#read.get(name);
    const answer = this.#find(name);
    const lines = answer.found ? splitLines(answer.text) : undefined;
    if (!answer.found) this.#tried.set(name, answer.tried);
    this.#read.set(name, lines);
    return lines;
  }

  /** Where a file was looked for that is not here; told once. */
  takeComplaint(name: string): string | undefined {
    const tried = this.#tried.get(name);
    if (tried === undefined) return undefined;
    this.#tried.delete(name);
    return [`no source of ${name}; looked for`, ...tried.map((path) => `  ${path}`)].join('\n');
  }
}

function splitLines(text: string): readonly string[] {
  const lines = text.split(/\r?\n/);
  if (lines.at(-1) === '') lines.pop();
  return lines;
}
