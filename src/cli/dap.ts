// modbox dap: a Debug Adapter for editors, on stdin and stdout or on a TCP port.

import { createServer } from 'node:net';
import { openForDap } from './dap-open.ts';
import { parseDapOptions } from './dap-options.ts';
import { type Streams, serveDap } from './dap-serve.ts';
import { InputError } from './errors.ts';
import type { Terminal } from './terminal.ts';
import { STATUS, type Status, type Verb } from './verb.ts';

const help = `modbox dap [--port N]

A Debug Adapter: editors that speak the Debug Adapter Protocol debug modules with it.
It is started by the editor and speaks on stdin and stdout; VS Code does so with the
extension in editors/vscode.

  --port N   serve on this port of 127.0.0.1 instead, one guest for each client;
             0 takes a free port. In launch.json: "debugServer": N

A configuration for launch.json:

  { "type": "modbox", "request": "launch", "name": "init of hello",
    "program": "\${workspaceFolder}/hello.ko", "stopOnEntry": true }

Exit status: 0 the client has gone; 2 wrong usage, or a port that cannot be used.
`;

const stdio: Streams = {
  input: process.stdin,
  output: process.stdout,
  hangUp: () => process.stdin.destroy(),
};

async function run(args: readonly string[], terminal: Terminal): Promise<Status> {
  const options = parseDapOptions(args);
  if (options.help) terminal.out(help);
  else if (options.port === undefined) await serveDap(stdio, openForDap);
  else await listen(options.port, terminal);
  return STATUS.ok;
}

/** Serves whoever comes, for as long as the process lives. */
function listen(port: number, terminal: Terminal): Promise<never> {
  return new Promise((_, reject) => {
    const server = createServer((socket) => {
      socket.setNoDelay(true);
      socket.on('error', () => socket.destroy());
      const streams = { input: socket, output: socket, hangUp: () => socket.destroySoon() };
      serveDap(streams, openForDap).catch(reject);
    });
    server.on('error', (error) => {
      reject(new InputError(`dap: port ${port} cannot be served: ${error.message}`));
    });
    server.listen(port, '127.0.0.1', () => {
      const address = server.address();
      const taken = typeof address === 'object' && address !== null ? address.port : port;
      terminal.err(`modbox: a debug adapter listens on 127.0.0.1 port ${taken}\n`);
    });
  });
}

export const dapVerb: Verb = {
  name: 'dap',
  summary: 'debug a module in an editor, by the Debug Adapter Protocol',
  help,
  run,
};
