// Where a verb prints: two streams, whether colours are wanted there, and the
// environment.  Tests hand in one that collects.  Text from guests and files is
// untrusted: visible() keeps it from steering the user's terminal.

import type { WriteStream } from 'node:tty';

export interface Terminal {
  out(text: string): void;
  err(text: string): void;
  /** Shows a line until the next one, or '' to take it away; nothing but on a terminal. */
  progress(line: string): void;
  readonly style: Style;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

type Paint = (text: string) => string;

export interface Style {
  readonly bold: Paint;
  readonly dim: Paint;
  readonly good: Paint;
  readonly bad: Paint;
  readonly warn: Paint;
}

const same: Paint = (text) => text;
export const plainStyle: Style = { bold: same, dim: same, good: same, bad: same, warn: same };

const sgr =
  (on: number, off: number): Paint =>
  (text) =>
    text === '' ? '' : `\x1b[${on}m${text}\x1b[${off}m`;

export const colourStyle: Style = {
  bold: sgr(1, 22),
  dim: sgr(2, 22),
  good: sgr(32, 39),
  bad: sgr(31, 39),
  warn: sgr(33, 39),
};

/** The terminal of this process; hasColors() obeys NO_COLOR and TERM. */
export function processTerminal(): Terminal {
  const { stdout, stderr, env } = process;
  for (const stream of [stdout, stderr]) stream.on('error', endQuietly);
  return {
    out: (text) => void stdout.write(text),
    err: (text) => void stderr.write(text),
    progress: (line) => void (stderr.isTTY && stderr.write(`\r\x1b[2K${line}`)),
    style: hasColours(stdout) ? colourStyle : plainStyle,
    environment: env,
  };
}

/** A reader that has seen enough, as head(1), is no error. */
function endQuietly(error: Error): void {
  if (!('code' in error) || error.code !== 'EPIPE') throw error;
}

function hasColours(stream: WriteStream | NodeJS.WriteStream): boolean {
  return stream.isTTY && stream.hasColors();
}

/** `text` with control characters, but for newlines and tabs, as visible escapes. */
export function visible(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what this is about
  return text.replace(/[\x00-\x08\x0b-\x1f\x7f-\x9f]/g, (character) => {
    const code = character.charCodeAt(0);
    return `\\x${code.toString(16).padStart(2, '0')}`;
  });
}
