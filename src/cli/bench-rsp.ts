// npm run bench:debug: single steps per second over the remote protocol on loopback, by
// one client that waits for each answer, and by one that sends ahead; then the same
// client against QEMU's own stub, if a qemu-system of the architecture is installed.
// The servers are processes of their own.  The best round counts: others have the
// computer too.

import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { type ArchName, archNames } from '../arch/arch.ts';
import { root, samplePath } from '../host/assets.ts';
import { encodePacket, PacketReader } from '../rsp/framing.ts';

const ROUNDS = 5;
const STEPS = 20_000;
const AHEAD = 32;
const QEMU_PORT = 21_234;
const STEP = encodePacket('vCont;s:p1.-1');

const qemus: Readonly<Record<ArchName, readonly string[]>> = {
  i386: ['qemu-system-i386'],
  amd64: ['qemu-system-x86_64'],
  armv7: ['qemu-system-arm', '-M', 'virt'],
  aarch64: ['qemu-system-aarch64', '-M', 'virt', '-cpu', 'cortex-a72'],
};

/** A client that only steps: it looks at nothing but where replies end. */
class Stepper {
  readonly #socket: Socket;
  readonly #reader = new PacketReader();
  #heard: () => void = () => undefined;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.setNoDelay(true);
    socket.on('data', (bytes) => {
      for (const each of this.#reader.feed(bytes))
        if (each.kind === 'packet' && !/^O[0-9a-f]/.test(each.body)) this.#heard();
    });
  }

  static async open(port: number): Promise<Stepper> {
    const socket = await connected(port);
    const stepper = new Stepper(socket);
    for (const packet of ['qSupported:multiprocess+;swbreak+;vContSupported+', 'QStartNoAckMode'])
      await stepper.#ask(packet);
    socket.write('+');
    await stepper.#ask('?');
    return stepper;
  }

  /** Steps per second, with so many packets under way. */
  async rate(steps: number, ahead: number): Promise<number> {
    const start = performance.now();
    let sent = 0;
    let done = 0;
    await new Promise<void>((resolve) => {
      const send = (): void => {
        sent++;
        this.#socket.write(STEP);
      };
      this.#heard = () => {
        done++;
        if (sent < steps) send();
        if (done === steps) resolve();
      };
      while (sent < ahead) send();
    });
    return (steps / (performance.now() - start)) * 1000;
  }

  close(): void {
    this.#socket.destroy();
  }

  #ask(body: string): Promise<void> {
    return new Promise((resolve) => {
      this.#heard = resolve;
      this.#socket.write(encodePacket(body));
    });
  }
}

/** A server that has just been started may need a moment. */
async function connected(port: number): Promise<Socket> {
  for (let tries = 0; tries < 100; tries++) {
    const socket = connect(port, '127.0.0.1');
    const isUp = await new Promise<boolean>((resolve) => {
      socket.once('connect', () => resolve(true));
      socket.once('error', () => resolve(false));
    });
    if (isUp) return socket;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`nobody listens on port ${port}`);
}

interface Figures {
  readonly waiting: number;
  readonly ahead: number | undefined;
}

async function measure(port: number, sendsAhead: boolean): Promise<Figures> {
  const stepper = await Stepper.open(port);
  await stepper.rate(STEPS, 1);
  let waiting = 0;
  let ahead = 0;
  for (let round = 0; round < ROUNDS; round++) {
    waiting = Math.max(waiting, await stepper.rate(STEPS, 1));
    if (sendsAhead) ahead = Math.max(ahead, await stepper.rate(STEPS, AHEAD));
  }
  stepper.close();
  return { waiting, ahead: sendsAhead ? ahead : undefined };
}

async function measureModbox(arch: ArchName): Promise<Figures> {
  const args = [join(root, 'bin', 'modbox.js'), 'gdb', samplePath(arch, 'spin'), '--port', '0'];
  const server = spawn(process.execPath, args);
  try {
    return await measure(await announcedPort(server), true);
  } finally {
    server.kill();
  }
}

function announcedPort(server: ChildProcess): Promise<number> {
  let said = '';
  return new Promise((resolve) => {
    server.stdout?.on('data', (bytes: Buffer) => {
      said += bytes.toString();
      const port = /listening on \S+ port (\d+)/.exec(said)?.[1];
      if (port !== undefined) resolve(Number(port));
    });
  });
}

/** Firmware, or memory of zeros: an instruction is an instruction. */
async function measureQemu(arch: ArchName): Promise<Figures | undefined> {
  const [program = '', ...machine] = qemus[arch];
  if (spawnSync(program, ['--version']).status !== 0) return undefined;
  const fixed = ['-display', 'none', '-nodefaults', '-S', '-gdb', `tcp:127.0.0.1:${QEMU_PORT}`];
  const server = spawn(program, [...machine, ...fixed], { stdio: 'ignore' });
  try {
    return await measure(QEMU_PORT, false);
  } finally {
    server.kill();
  }
}

const shown = (rate: number | undefined): string =>
  (rate === undefined ? '-' : rate.toFixed(0)).padStart(10);

console.log('single steps per second over the remote protocol, best of rounds');
console.log(
  `${'arch'.padEnd(9)}${['waiting', 'ahead', 'QEMU'].map((each) => each.padStart(10)).join('')}`,
);
for (const arch of archNames) {
  const ours = await measureModbox(arch);
  const theirs = await measureQemu(arch);
  console.log(
    `${arch.padEnd(9)}${shown(ours.waiting)}${shown(ours.ahead)}${shown(theirs?.waiting)}`,
  );
}
