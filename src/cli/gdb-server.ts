// The socket of `modbox gdb`: TCP, one client at a time, without delay of small packets.
// The remote protocol has no authentication: who reaches the port controls the guest.

import { createServer, type Server, type Socket } from 'node:net';
import type { Stub } from '../rsp/stub.ts';

/** Clients that may wait for the one that is served. */
const WAITING = 8;

export interface Listening {
  readonly port: number;
  /** Resolves when the first client has gone. */
  readonly firstGone: Promise<void>;
  /** Hangs up on whoever is there. */
  close(): Promise<void>;
}

/** Listens; port 0 takes a free one. @throws what the operating system says */
export async function listen(stub: Stub, host: string, port: number): Promise<Listening> {
  const sockets = new Set<Socket>();
  const waiting: Socket[] = [];
  let gone = (): void => undefined;
  const firstGone = new Promise<void>((resolve) => {
    gone = resolve;
  });
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.setNoDelay(true);
    // A client that hangs up in the middle of anything is no error of ours.
    socket.on('error', () => socket.destroy());
    socket.once('close', () => sockets.delete(socket));
    if (waiting.length >= WAITING) socket.destroy();
    else waiting.push(socket);
    attendNext();
  });
  /** One after the other: a client that comes back at once meets what is left of itself. */
  const attendNext = (): void => {
    while (waiting[0]?.destroyed === true) waiting.shift();
    const [first] = waiting;
    if (first === undefined || !attend(stub, first)) return;
    waiting.shift();
    first.once('close', () => {
      gone();
      attendNext();
    });
  };
  await new Promise<void>((resolveListening, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolveListening);
  });
  return {
    port: portOf(server),
    firstGone,
    close: () => {
      for (const socket of sockets) socket.destroy();
      return new Promise((closed) => server.close(() => closed()));
    },
  };
}

/** Serves a client; false: there is one. */
function attend(stub: Stub, socket: Socket): boolean {
  const client = stub.connect((bytes) => void (socket.writable && socket.write(bytes)));
  if (client === undefined) return false;
  socket.on('data', (bytes) => {
    if (!client.receive(bytes)) socket.destroy();
  });
  socket.once('close', () => client.close());
  return true;
}

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}
