// Numbers and bytes in sentences and tables.

/** "1 block", "3 blocks". */
export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

const ROWS = 16;

/** Sixteen bytes a line with their characters; long buffers are cut. */
export function hexDump(bytes: Uint8Array): readonly string[] {
  const lines: string[] = [];
  for (let at = 0; at < bytes.length && lines.length < ROWS; at += 16) {
    const row = [...bytes.subarray(at, at + 16)];
    const hex = row.map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
    const text = row.map((byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.'));
    lines.push(`${at.toString(16).padStart(4, '0')}  ${hex.padEnd(47)}  ${text.join('')}`);
  }
  const left = bytes.length - ROWS * 16;
  if (left > 0) lines.push(`and ${count(left, 'byte')} more`);
  return lines;
}

/** Lines of columns, each as wide as its widest cell; the first row is the head. */
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

/** Words joined by commas, in lines of about `width` characters. */
export function wrapped(words: readonly string[], width: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  words.forEach((word, i) => {
    const token = i === words.length - 1 ? word : `${word},`;
    if (line !== '' && line.length + 1 + token.length > width) {
      lines.push(line);
      line = token;
    } else {
      line = line === '' ? token : `${line} ${token}`;
    }
  });
  return line === '' ? lines : [...lines, line];
}
