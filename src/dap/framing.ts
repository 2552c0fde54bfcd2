// Messages of the Debug Adapter Protocol in a stream of bytes: headers, an empty
// line, JSON.
//
//   Content-Length: 119\r\n
//   \r\n
//   {"seq":1,"type":"request", ...
//
// The peer may be anything, so every length has a limit.  A body that is no JSON is
// one bad message; a header that says no length loses the stream for good.
// https://microsoft.github.io/debug-adapter-protocol/overview#base-protocol

/** The headers of one message, in bytes. */
export const HEADER_LIMIT = 4096;
/** The body of one message, in bytes; clients write at most some memory at a time. */
export const BODY_LIMIT = 16 << 20;

export type Frame =
  | { readonly kind: 'message'; readonly value: unknown }
  /** This message cannot be read; the next one can. */
  | { readonly kind: 'bad'; readonly problem: string }
  /** Where the next message begins is not known: hang up. */
  | { readonly kind: 'lost'; readonly problem: string };

const END_OF_HEADERS = '\r\n\r\n';

/** Cuts what comes in pieces of any size into messages. */
export class FrameDecoder {
  #pending: Uint8Array[] = [];
  #bytes = 0;
  /** Length of the body that is being waited for; undefined: its headers are. */
  #body: number | undefined;
  #lost = false;

  /** Takes the next bytes of the stream; answers what is complete. */
  push(chunk: Uint8Array): readonly Frame[] {
    if (this.#lost) return [];
    this.#pending.push(chunk);
    this.#bytes += chunk.length;
    const frames: Frame[] = [];
    for (let frame = this.#next(); frame !== undefined; frame = this.#next()) {
      frames.push(frame);
      if (frame.kind === 'lost') break;
    }
    return frames;
  }

  #next(): Frame | undefined {
    if (this.#body === undefined) {
      const problem = this.#readHeaders();
      if (problem !== undefined) {
        this.#lost = true;
        this.#pending = [];
        return { kind: 'lost', problem };
      }
    }
    if (this.#body === undefined || this.#bytes < this.#body) return undefined;
    const body = this.#take(this.#body);
    this.#body = undefined;
    return parse(body);
  }

  /** Takes the headers if they are complete; answers what is wrong with them. */
  #readHeaders(): string | undefined {
    const start = Buffer.from(this.#joined().subarray(0, HEADER_LIMIT));
    const end = start.indexOf(END_OF_HEADERS);
    if (end < 0)
      return this.#bytes < HEADER_LIMIT
        ? undefined
        : `no end of the headers within ${HEADER_LIMIT} bytes`;
    const length = contentLength(start.toString('latin1', 0, end));
    if (typeof length === 'string') return length;
    this.#take(end + END_OF_HEADERS.length);
    this.#body = length;
    return undefined;
  }

  #joined(): Uint8Array {
    const [only] = this.#pending;
    if (only !== undefined && this.#pending.length === 1) return only;
    const all = Buffer.concat(this.#pending);
    this.#pending = [all];
    return all;
  }

  #take(bytes: number): Uint8Array {
    const all = this.#joined();
    this.#pending = [all.subarray(bytes)];
    this.#bytes -= bytes;
    return all.subarray(0, bytes);
  }
}

/** The length that headers tell, or what is wrong with them. */
function contentLength(headers: string): number | string {
  const lines = headers.split('\r\n');
  // A browser's request to this port has a length too, but begins "POST / HTTP/1.1".
  const stray = lines.find((line) => !/^[!-9;-~]+:/.test(line));
  if (stray !== undefined) return `a line that is no header: ${JSON.stringify(stray.slice(0, 60))}`;
  const lengths = lines.flatMap(
    (line) => /^content-length:[ \t]*([0-9]+)[ \t]*$/i.exec(line)?.[1] ?? [],
  );
  const [written] = lengths;
  if (written === undefined) return 'headers without Content-Length: NUMBER';
  if (lengths.length > 1) return 'headers with more than one Content-Length';
  const length = Number(written);
  return length <= BODY_LIMIT
    ? length
    : `a message of ${written} bytes, at most ${BODY_LIMIT} are taken`;
}

function parse(body: Uint8Array): Frame {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(body);
    return { kind: 'message', value: JSON.parse(text) };
  } catch (error) {
    if (!(error instanceof SyntaxError || error instanceof TypeError)) throw error;
    return { kind: 'bad', problem: `a message that is no JSON: ${error.message}` };
  }
}

/** A message with its headers. */
export function encodeFrame(message: unknown): Uint8Array {
  const body = Buffer.from(JSON.stringify(message));
  return Buffer.concat([Buffer.from(`Content-Length: ${body.length}${END_OF_HEADERS}`), body]);
}
