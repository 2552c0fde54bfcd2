// Colours and the width of the screen, as the command line gives them.

type Paint = (text: string) => string;

export interface Style {
  readonly bold: Paint;
  readonly dim: Paint;
  readonly good: Paint;
  readonly bad: Paint;
  readonly warn: Paint;
}

const TAB = 8;

/** `text` with tabs as spaces, as a terminal shows it from column `from`. */
export function expandTabs(text: string, from = 0): string {
  let column = from;
  let out = '';
  for (const character of text) {
    const wide = character === '\t' ? TAB - ((column - from) % TAB) : 1;
    out += character === '\t' ? ' '.repeat(wide) : character;
    column += wide;
  }
  return out;
}

/** At most `width` characters; undefined: as it is. */
export function fitted(text: string, width: number | undefined): string {
  if (width === undefined || text.length <= width) return text;
  return `${text.slice(0, Math.max(width - 1, 1))}…`;
}

/** `text` with control characters, but for newlines and tabs, as visible escapes: it is the guest's. */
export function visible(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what this is about
  return text.replace(/[\x00-\x08\x0b-\x1f\x7f-\x9f]/g, (character) => {
    const code = character.charCodeAt(0);
    return `\\x${code.toString(16).padStart(2, '0')}`;
  });
}

/** Lines of columns, each as wide as its widest cell. */
export function columns(rows: readonly (readonly string[])[]): readonly string[] {
  const widths: number[] = [];
  for (const row of rows)
    row.forEach((cell, i) => {
      widths[i] = Math.max(widths[i] ?? 0, cell.length);
    });
  return rows.map((row) =>
    row
      .map((cell, i) => cell.padEnd(widths[i] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}
