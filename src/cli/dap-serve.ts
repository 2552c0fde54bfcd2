// One client of the Debug Adapter on a pair of streams.  Reading waits for what was
// read to be served, so a client that floods us fills its own buffers; one that does
// not read what we send is dropped.

import type { Readable, Writable } from 'node:stream';
import { Adapter } from '../dap/adapter.ts';
import { encodeFrame, FrameDecoder } from '../dap/framing.ts';
import type { Open } from '../dap/launch.ts';

/** Bytes that may wait for the client to read. */
const UNSENT_LIMIT = 64 << 20;

export interface Streams {
  readonly input: Readable;
  readonly output: Writable;
  /** Ends both, when what was written is on its way. */
  hangUp(): void;
}

/** Serves until the client disconnects, hangs up or cannot be understood. */
export async function serveDap({ input, output, hangUp }: Streams, open: Open): Promise<void> {
  const decoder = new FrameDecoder();
  const adapter = new Adapter({
    open,
    send: (message) => {
      if (output.writable) output.write(encodeFrame(message));
      if (output.writableLength > UNSENT_LIMIT) input.destroy();
    },
    onDisconnect: hangUp,
  });
  try {
    for await (const chunk of input.iterator({ destroyOnReturn: false }))
      for (const frame of decoder.push(chunk)) {
        if (frame.kind === 'message') await adapter.receive(frame.value);
        else adapter.complain(frame.problem);
        if (frame.kind === 'lost') return;
      }
  } catch (error) {
    if (!isHangUp(error)) throw error;
  } finally {
    await adapter.close();
    hangUp();
  }
}

/** The client is gone, or was sent away: both end the stream early. */
function isHangUp(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return ['ERR_STREAM_PREMATURE_CLOSE', 'ECONNRESET', 'EPIPE', 'ABORT_ERR'].includes(String(code));
}
