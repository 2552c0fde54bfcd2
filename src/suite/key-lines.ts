// On which line of a TOML file a key stands.  The parser keeps no places, so this
// reads the headers and the beginnings of lines again; what stands within a line, as
// in an inline table, is on the line of what it is in.

/** Names and, for elements of arrays, indices. */
export type KeyPath = readonly (string | number)[];

const header = /^\s*(\[\[?)\s*([^\][]+?)\s*\]\]?\s*(#.*)?$/;
const assignment = /^\s*((?:[\w-]+|"[^"]*"|'[^']*')(?:\s*\.\s*(?:[\w-]+|"[^"]*"|'[^']*'))*)\s*=/;
const part = /[\w-]+|"[^"]*"|'[^']*'/g;

export class KeyLines {
  readonly #lines = new Map<string, number>();

  constructor(text: string) {
    /** How many elements each array of tables has so far. */
    const counts = new Map<string, number>();
    let table: KeyPath = [];
    text.split('\n').forEach((line, i) => {
      const [, brackets, name] = header.exec(line) ?? [];
      if (brackets !== undefined && name !== undefined) {
        table = tableAt(names(name), brackets === '[[', counts);
        this.#put(table, i + 1);
        return;
      }
      const key = assignment.exec(line)?.[1];
      if (key !== undefined) this.#put([...table, ...names(key)], i + 1);
    });
  }

  /** The line of the key or of what it is in; 0: nothing of it stands at the start of a line. */
  of(path: KeyPath): number {
    for (let length = path.length; length > 0; length--) {
      const line = this.#lines.get(JSON.stringify(path.slice(0, length)));
      if (line !== undefined) return line;
    }
    return 0;
  }

  #put(path: KeyPath, line: number): void {
    const key = JSON.stringify(path);
    if (!this.#lines.has(key)) this.#lines.set(key, line);
  }
}

function names(text: string): readonly string[] {
  return (text.match(part) ?? []).map((name) => name.replace(/^(["'])(.*)\1$/, '$2'));
}

/** The path that a header means: the last element of each array on the way. */
function tableAt(parts: readonly string[], isArray: boolean, counts: Map<string, number>): KeyPath {
  const path: (string | number)[] = [];
  parts.forEach((name, i) => {
    path.push(name);
    const key = JSON.stringify(path);
    const count = counts.get(key);
    if (isArray && i === parts.length - 1) {
      counts.set(key, (count ?? 0) + 1);
      path.push(count ?? 0);
    } else if (count !== undefined) {
      path.push(count - 1);
    }
  });
  return path;
}
