// The socket of `modbox gdb` under clients that are broken, hostile or gone, and the
// command as a user types it.

import { spawn } from 'node:child_process';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { root, samplePath } from '../src/host/assets.ts';
import { encodePacket, PacketReader } from '../src/rsp/framing.ts';
import { modbox } from './support/command.ts';
import { type Served, serveGuest } from './support/gdb.ts';
import { sample } from './support/guest.ts';

/** A client of a few lines: sends what it is told, and collects bodies. */
class RawClient {
  readonly socket: Socket;
  readonly closed: Promise<void>;
  readonly #reader = new PacketReader();
  readonly #bodies: string[] = [];
  #wanted: ((body: string) => void) | undefined;

  constructor(port: number) {
    this.socket = connect(port, '127.0.0.1');
    this.socket.on('error', () => undefined);
    this.closed = new Promise((resolve) => this.socket.once('close', () => resolve()));
    this.socket.on('data', (bytes) => {
      for (const each of this.#reader.feed(bytes))
        if (each.kind === 'packet') this.#take(each.body);
    });
  }

  #take(body: string): void {
    const wanted = this.#wanted;
    this.#wanted = undefined;
    if (wanted === undefined) this.#bodies.push(body);
    else wanted(body);
  }

  ask(body: string): Promise<string> {
    this.socket.write(encodePacket(body));
    const waiting = this.#bodies.shift();
    if (waiting !== undefined) return Promise.resolve(waiting);
    return new Promise((resolve) => {
      this.#wanted = resolve;
    });
  }

  async hangUp(): Promise<void> {
    this.socket.destroy();
    await this.closed;
  }
}

describe('a server', () => {
  let served: Served;
  beforeEach(async () => {
    served = await serveGuest('amd64', { file: sample('amd64', 'spin') });
  });
  afterEach(async () => {
    await served.close();
    expect(served.errors).toEqual([]);
  });

  /** The next client finds the guest where a client should. */
  const expectService = async (): Promise<void> => {
    const client = new RawClient(served.port);
    expect(await client.ask('?')).toMatch(/^T0[25]thread:/);
    await client.hangUp();
  };

  test.for([
    ['nothing at all', ''],
    ['half a packet', '$m0,'],
    ['a packet without a checksum', '$g#'],
    ['a wrong checksum', '$g#00'],
    ['a length beyond everything', '$m0,ffffffffffffffff#13'],
    ['a packet without end', `$${'a'.repeat(1 << 20)}`],
    ['what is no packet', 'GET / HTTP/1.1\r\n\r\n'],
    ['bytes', '\x00\xff\x03\x03\x03$$$###+++---'],
  ] as const)('survives a client that sends %s and hangs up', async ([, text]) => {
    const client = new RawClient(served.port);
    client.socket.write(Buffer.from(text, 'latin1'));
    await new Promise((resolve) => setTimeout(resolve, 20));
    await client.hangUp();
    await expectService();
  });

  test('survives a client that hangs up while the guest runs', async () => {
    const client = new RawClient(served.port);
    expect(await client.ask('QStartNoAckMode')).toBe('OK');
    client.socket.write(encodePacket('vCont;c'));
    await new Promise((resolve) => setTimeout(resolve, 20));
    await client.hangUp();
    await expectService();
  });

  test('serves a second client when the first has gone', async () => {
    const first = new RawClient(served.port);
    expect(await first.ask('QStartNoAckMode')).toBe('OK');
    const second = new RawClient(served.port);
    const answer = second.ask('qC');
    expect(await first.ask('qC')).toBe('QC2');
    await first.hangUp();
    expect(await answer).toBe('QC2');
    await second.hangUp();
  });

  test('hangs up on clients when too many wait', async () => {
    const clients = Array.from({ length: 12 }, () => new RawClient(served.port));
    expect(await clients[0]?.ask('QStartNoAckMode')).toBe('OK');
    await Promise.any(clients.slice(1).map(({ closed }) => closed));
    for (const client of clients) client.socket.destroy();
    await expectService();
  });

  test('boots a fresh guest when the last one was killed', async () => {
    const client = new RawClient(served.port);
    const before = served.stub.target;
    expect(await client.ask('vKill;1')).toBe('OK');
    await client.hangUp();
    await expectService();
    expect(served.stub.target).not.toBe(before);
  });

  test('boots a fresh guest on vRun', async () => {
    const client = new RawClient(served.port);
    const before = served.stub.target;
    expect(await client.ask('vRun;')).toMatch(/^T05/);
    expect(served.stub.target).not.toBe(before);
    await client.hangUp();
  });

  test('steps as often as it is asked', async () => {
    const client = new RawClient(served.port);
    await client.ask('QStartNoAckMode');
    const { debugger: debugger_ } = served.stub.target;
    for (let i = 0; i < 50; i++) expect(await client.ask('vCont;s:2')).toMatch(/^T05thread:2;/);
    expect(debugger_.stop?.reason).toBe('step');
    await client.hangUp();
  });

  test('steps through a range of addresses in one go', async () => {
    const client = new RawClient(served.port);
    const { debugger: debugger_ } = served.stub.target;
    const pc = debugger_.stop?.pc ?? 0n;
    const range = `${pc.toString(16)},${(pc + 12n).toString(16)}`;
    expect(await client.ask(`vCont;r${range}:2`)).toMatch(/^T05/);
    const now = debugger_.stop?.pc ?? 0n;
    expect(now < pc || now >= pc + 12n).toBe(true);
    await client.hangUp();
  });
});

describe('modbox gdb', () => {
  const hello = samplePath('amd64', 'hello');

  test('tells where it listens, and ends after one client if it is to', async () => {
    const args = ['gdb', hello, '--port', '0', '--once'];
    const server = spawn(process.execPath, [join(root, 'bin', 'modbox.js'), ...args]);
    const ended = new Promise((resolve) => server.once('close', resolve));
    let said = '';
    const port = await new Promise<number>((resolve) => {
      server.stdout.on('data', (bytes: Buffer) => {
        said += bytes.toString();
        const found = /target remote :(\d+)'\n/.exec(said);
        if (found !== null) resolve(Number(found[1]));
      });
    });
    expect(said).toContain('(amd64) waits: entry');
    const client = new RawClient(port);
    expect(await client.ask('?')).toMatch(/^T05/);
    await client.hangUp();
    expect(await ended).toBe(0);
  });

  test.for([
    [['gdb'], 'name the file of a module'],
    [['gdb', 'nowhere.ko'], 'no such file'],
    [['gdb', hello, '--stop', 'never'], 'wanted boot, entry or none'],
    [['gdb', hello, '--port', '70000'], 'wanted 0 to 65535'],
    [['gdb', hello, '--arch', 'i386'], 'is for amd64, not i386'],
    [['gdb', hello, hello], 'one module'],
  ] as const)('refuses %j', ([args, wanted]) => {
    const { status, stderr } = modbox(...args);
    expect(stderr).toContain(wanted);
    expect(status).toBe(2);
  });

  test('explains itself', () => {
    expect(modbox('help', 'gdb').stdout).toContain("gdb-multiarch -ex 'target remote :1234'");
  });
});
