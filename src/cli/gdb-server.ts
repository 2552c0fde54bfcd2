// The socket of `modbox gdb`: TCP, one client at a time, without delay of small packets.
// The remote protocol has no authentication: who reaches the port controls the guest.

import { createServer, type Server, type Socket } from 'node:net';
import type { Stub } from '../rsp/stub.ts';

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
  let gone = (): void => undefined;
  const firstGone = new Promise<void>((resolve) => {
    gone = resolve;
  });
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    attend(stub, socket, gone);
  });
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

function attend(stub: Stub, socket: Socket, gone: () => void): void {
  socket.setNoDelay(true);
  // A client that hangs up in the middle of anything is no error of ours.
  socket.on('error', () => socket.destroy());
  const client = stub.connect((bytes) => void (socket.writable && socket.write(bytes)));
  if (client === undefined) {
    socket.destroy();
    return;
  }
  socket.on('data', (bytes) => {
    if (!client.receive(bytes)) socket.destroy();
  });
  socket.once('close', () => {
    client.close();
    gone();
  });
}

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}
