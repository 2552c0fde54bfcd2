// What packets do and answer, on a booted guest of every architecture whose runs end
// where the tests say.

import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type GuestDebugger, guestDebugger } from '../../test/support/guest-debugger.ts';
import { archNames } from '../arch/arch.ts';
import { noFiles } from '../kernel/files.ts';
import { encodePacket, PACKET_BYTES, PacketReader } from './framing.ts';
import { hexOfText, textOfHex } from './hex.ts';
import { type Client, Stub } from './stub.ts';

/** A client that speaks at once, and hears what was said since. */
class Talk {
  readonly stub: Stub;
  readonly guest: GuestDebugger;
  readonly errors: unknown[];
  #client: Client | undefined;
  #heard: string[] = [];
  #raw = '';

  constructor(stub: Stub, guest: GuestDebugger, errors: unknown[]) {
    this.stub = stub;
    this.guest = guest;
    this.errors = errors;
  }

  /** Connects, without acknowledgements. */
  async connect(): Promise<this> {
    this.join();
    await this.ask('QStartNoAckMode');
    return this;
  }

  join(): Client | undefined {
    const reader = new PacketReader();
    this.#client = this.stub.connect((bytes) => {
      this.#raw += Buffer.from(bytes).toString('latin1');
      for (const each of reader.feed(bytes))
        if (each.kind === 'packet') this.#heard.push(each.body);
    });
    return this.#client;
  }

  send(bytes: Uint8Array): boolean | undefined {
    return this.#client?.receive(bytes);
  }

  hangUp(): void {
    this.#client?.close();
  }

  /** Sends packets; answers all that is heard until the guest stands still. */
  async all(...packets: readonly string[]): Promise<readonly string[]> {
    for (const packet of packets) this.send(encodePacket(packet));
    for (let turns = 0; turns < 8; turns++) await new Promise(setImmediate);
    return this.#heard.splice(0);
  }

  async ask(packet: string): Promise<string | undefined> {
    return (await this.all(packet)).at(-1);
  }

  raw(): string {
    const raw = this.#raw;
    this.#raw = '';
    return raw;
  }
}

const position = { now: 0, entries: 0 };

async function talkTo(guest: GuestDebugger): Promise<Talk> {
  const errors: unknown[] = [];
  const stub = await Stub.open({
    file: { name: 'hello.ko', bytes: new Uint8Array(0) },
    files: noFiles,
    stopAt: 'boot',
    boot: () => Promise.resolve(guest),
    pause: () => new Promise((resolve) => setImmediate(resolve)),
    say: () => undefined,
    report: (error) => errors.push(error),
  });
  return new Talk(stub, guest, errors);
}

describe.for(archNames)('%s', (arch) => {
  let guest: GuestDebugger;
  let talk: Talk;
  beforeEach(async () => {
    guest = await guestDebugger(arch);
    talk = await (await talkTo(guest)).connect();
  });
  afterEach(() => {
    expect(talk.errors).toEqual([]);
    guest.close();
  });

  const hexOfAddress = (name: string): string => (guest.kernel.symbol(name) ?? 0n).toString(16);

  test('g has as many bytes as target.xml says', async () => {
    const xml = (await talk.ask('qXfer:features:read:target.xml:0,3000')) ?? '';
    const bits = [...xml.matchAll(/bitsize="(\d+)"/g)].map(([, digits]) => Number(digits));
    const bytes = bits.reduce((sum, each) => sum + each, 0) / 8;
    expect(bytes).toBeGreaterThan(100);
    expect((await talk.ask('g'))?.length).toBe(bytes * 2);
  });

  test('target.xml names the architecture as gdb does', async () => {
    const xml = await talk.ask('qXfer:features:read:target.xml:0,3000');
    expect(xml?.[0]).toMatch(/[lm]/);
    expect(xml).toContain(`<architecture>${guest.arch.debug.gdbName}</architecture>`);
  });

  test('a document comes in windows as small as wanted', async () => {
    let text = '';
    for (let at = 0; ; at += 16) {
      const part = (await talk.ask(`qXfer:features:read:target.xml:${at.toString(16)},10`)) ?? 'l';
      text += part.slice(1);
      if (part.startsWith('l')) break;
    }
    expect(text).toBe((await talk.ask('qXfer:features:read:target.xml:0,4000'))?.slice(1));
  });

  test('p and P read and write one register', async () => {
    const number = guest.arch.debug.features[0]?.registers.findIndex(({ name }) =>
      ['eax', 'rax', 'r0', 'x0'].includes(name),
    );
    const value = '11'.repeat(guest.arch.wordBytes);
    expect(await talk.ask(`P${number?.toString(16)}=${value}`)).toBe('OK');
    expect(await talk.ask(`p${number?.toString(16)}`)).toBe(value);
  });

  test('G writes what g read', async () => {
    const all = await talk.ask('g');
    expect(await talk.ask(`G${all}`)).toBe('OK');
    expect(await talk.ask('g')).toBe(all);
    expect(await talk.ask(`G${all}00`)).toBe('E16');
  });

  test('m, M and X read and write memory', async () => {
    const at = hexOfAddress('curthread');
    expect(await talk.ask(`X${at},4:a#$}`)).toBe('OK');
    expect(await talk.ask(`m${at},4`)).toBe(Buffer.from('a#$}').toString('hex'));
    expect(await talk.ask(`M${at},2:beef`)).toBe('OK');
    expect(await talk.ask(`m${at},2`)).toBe('beef');
  });

  test('memory that is not mapped is an error', async () => {
    expect(await talk.ask('m0,4')).toBe('E0e');
    expect(await talk.ask('M0,1:00')).toBe('E0e');
  });

  test('every word of the memory map is one that gdb may read', async () => {
    const map = (await talk.ask('qXfer:memory-map:read::0,3000')) ?? '';
    const { modulesStart } = guest.arch.map;
    expect(map).toContain(`start="0x${modulesStart.toString(16)}"`);
    expect(map).not.toContain('rom');
  });

  test('a stop reply carries pc and sp', async () => {
    const reply = (await talk.ask('?')) ?? '';
    const pairs = [...reply.matchAll(/([0-9a-f]+):([0-9a-f]+);/g)];
    expect(reply).toMatch(/^T05thread:1;/);
    expect(pairs.length).toBeGreaterThanOrEqual(3);
  });

  test('a breakpoint goes in and out', async () => {
    const at = hexOfAddress('strlen');
    expect(await talk.ask(`Z0,${at},4`)).toBe('OK');
    expect(guest.breakpoints().map(({ spec }) => spec)).toEqual([
      { location: `*0x${at}`, owner: 'gdb' },
    ]);
    expect(await talk.ask(`z0,${at},4`)).toBe('OK');
    expect(guest.breakpoints()).toEqual([]);
    expect(await talk.ask('Z0,10,4')).toBe('E0e');
  });

  test('lldb learns what machine it is', async () => {
    const info = (await talk.ask('qHostInfo')) ?? '';
    expect(textOfHex(/triple:([0-9a-f]+);/.exec(info)?.[1] ?? '')).toBe(guest.arch.debug.triple);
    expect(info).toContain(`ptrsize:${guest.arch.wordBytes};`);
  });
});

describe('a connection', () => {
  let guest: GuestDebugger;
  let talk: Talk;
  const open = async (...stops: Parameters<typeof guestDebugger>[1][]): Promise<Talk> => {
    guest = await guestDebugger('amd64', ...stops);
    talk = await talkTo(guest);
    return talk.connect();
  };
  afterEach(() => guest.close());

  const strlen = (): bigint => guest.kernel.symbol('strlen') ?? 0n;

  test('answers nothing to what it does not know', async () => {
    await open();
    expect(await talk.all('vMustReplyEmpty', 'qOffsets', 'qTStatus', 'jThreadsInfo')).toEqual(
      Array(4).fill(''),
    );
  });

  test('says what it can do', async () => {
    await open();
    const reply = await talk.ask('qSupported:multiprocess+;swbreak+');
    expect(reply).toMatch(/^PacketSize=4000;/);
    expect(reply).toContain('ReverseStep+;ReverseContinue+');
  });

  test('names threads as the client does', async () => {
    await open();
    expect(await talk.ask('qC')).toBe('QC1');
    await talk.ask('qSupported:multiprocess+');
    expect(await talk.ask('qC')).toBe('QCp1.1');
    expect(await talk.ask('qfThreadInfo')).toBe('mp1.1');
    expect(await talk.all('Tp1.1', 'Tp1.9', 'Tp2.1')).toEqual(['OK', 'E16', 'E16']);
  });

  test.for([
    ['vCont;s:p1.1', { kind: 'instruction' }],
    ['vCont;s:p1.1;c:p1.-1', { kind: 'instruction' }],
    ['vCont;c:p1.-1', { kind: 'continue' }],
    ['vCont;C05:1', { kind: 'continue' }],
    ['s', { kind: 'instruction' }],
    ['c', { kind: 'continue' }],
    ['bs', { kind: 'instruction', reverse: true }],
    ['bc', { kind: 'continue', reverse: true }],
  ] as const)('%s resumes', async ([packet, wanted]) => {
    await open({ reason: 'step' }, { reason: 'step' });
    expect(await talk.ask(packet)).toMatch(/^T05thread:1;/);
    expect(guest.resumed.at(-1)).toEqual(wanted);
  });

  test('says swbreak only where a breakpoint of the client sits', async () => {
    await open();
    await talk.ask('qSupported:swbreak+');
    await talk.ask(`Z0,${strlen().toString(16)},1`);
    const mine = guest.breakpoints();
    guest.stop = {
      ...position,
      reason: 'breakpoint',
      breakpoints: mine,
      position: { ...position, pc: mine[0]?.places[0]?.address },
    } as never;
    expect(await talk.ask('?')).toContain('swbreak:;');
    await talk.ask(`z0,${strlen().toString(16)},1`);
    expect(await talk.ask('?')).not.toContain('swbreak');
  });

  test('tells that libraries have changed', async () => {
    await open({ reason: 'module', event: 'loaded', module: 'hello' });
    expect(await talk.ask('vCont;c')).toMatch(/^T05library:;thread:1;/);
  });

  test('asks for module events once the client has read the list', async () => {
    await open();
    expect(guest.caught).not.toContainEqual({ modules: true });
    await talk.ask('qXfer:libraries:read::0,1000');
    expect(guest.caught.at(-1)).toEqual({ modules: true });
  });

  test('tells that history has a beginning', async () => {
    await open({ reason: 'history-begin' });
    expect(await talk.ask('bc')).toMatch(/^T05replaylog:begin;/);
  });

  test.for([
    [11, 'T0b'],
    [4, 'T04'],
    [8, 'T08'],
    [7, 'T0a'],
    [6, 'T06'],
  ] as const)('numbers signal %i as gdb does: %s', async ([signal, head]) => {
    const exception = { signal, text: '', address: undefined };
    await open({ reason: 'exception', exception });
    expect((await talk.ask('c'))?.slice(0, 3)).toBe(head);
  });

  test('interrupts a guest that runs, with 0x03', async () => {
    await open();
    expect(await talk.all('vCont;c')).toEqual([]);
    talk.send(Uint8Array.of(3));
    expect(await talk.all()).toEqual([expect.stringMatching(/^T02thread/)]);
  });

  test('does what was asked while the guest ran, after that', async () => {
    await open();
    expect(await talk.all('vCont;c', 'qC')).toEqual([]);
    talk.send(Uint8Array.of(3));
    expect(await talk.all()).toEqual([expect.stringMatching(/^T02/), 'QC1']);
  });

  test('heeds 0x03 that comes between two steps, once', async () => {
    await open({ reason: 'step' }, { reason: 'step' });
    expect(await talk.ask('vCont;s')).toMatch(/^T05/);
    talk.send(Uint8Array.of(3));
    expect(await talk.ask('vCont;s')).toMatch(/^T02/);
    expect(await talk.ask('vCont;s')).toMatch(/^T05/);
  });

  test('ignores 0x03 while the guest stands still', async () => {
    await open();
    talk.send(Uint8Array.of(3));
    expect(await talk.all('qC')).toEqual(['QC1']);
  });

  test('acknowledges until it is asked not to', async () => {
    guest = await guestDebugger('amd64');
    talk = await talkTo(guest);
    talk.join();
    await talk.all('qC');
    expect(talk.raw()).toBe('+$QC1#c5');
    talk.send(Buffer.from('$qC#00'));
    expect(talk.raw()).toBe('-');
    talk.send(Buffer.from('-'));
    expect(talk.raw()).toBe('$QC1#c5');
  });

  test('takes one client at a time, and the next when it has gone', async () => {
    await open();
    const other = talk.stub.connect(() => undefined);
    expect(other).toBeUndefined();
    talk.hangUp();
    expect(await (await talk.connect()).ask('qC')).toBe('QC1');
  });

  test('leaves nothing in the guest when the client hangs up while it runs', async () => {
    await open();
    await talk.all(`Z0,${strlen().toString(16)},1`, 'vCont;c');
    talk.hangUp();
    await (await talk.connect()).ask('qC');
    expect(guest.breakpoints()).toEqual([]);
    expect(guest.running).toBe(false);
  });

  test('lists its monitor commands', async () => {
    await open();
    const [said, ok] = await talk.all(`qRcmd,${hexOfText('help')}`);
    expect(textOfHex(said?.slice(1) ?? '')).toContain('insmod FILE');
    expect(ok).toBe('OK');
  });

  test('hangs up on a client that sends packets and never waits', async () => {
    await open();
    await talk.all('vCont;c');
    const many = Buffer.concat(Array.from({ length: 5000 }, () => encodePacket('g')));
    expect(talk.send(many)).toBe(false);
  });

  test('serves no file of the host', async () => {
    await open();
    const path = hexOfText('/etc/passwd');
    expect(await talk.ask(`vFile:open:${path},0,0`)).toBe('F-1,2');
  });
});

describe('hostile packets', () => {
  const heads = ['m', 'M', 'X', 'G', 'P', 'p', 'Z0,', 'z1,', 'H', 'T', 'vFile:', 'vCont;', 'q'];
  const more = ['qXfer:features:read:', 'qRcmd,', 'vFile:pread:', 'Z2,', 'qThreadExtraInfo,', ''];
  const tail = fc.oneof(
    fc.string({ unit: 'binary-ascii', maxLength: 40 }),
    fc.stringMatching(/^[0-9a-f,;:.=-]{0,30}$/),
    fc.constant('f'.repeat(PACKET_BYTES - 32)),
  );
  const packets = fc.array(fc.tuple(fc.constantFrom(...heads, ...more), tail), { maxLength: 12 });

  test('have an answer each, and are no error of ours', async () => {
    const guest = await guestDebugger('amd64');
    const talk = await (await talkTo(guest)).connect();
    await fc.assert(
      fc.asyncProperty(packets, async (all) => {
        const bodies = all
          .map(([head, rest]) => head + rest)
          .filter((each) => !/^[kDR]|^v(Kill|Run)/.test(each));
        await talk.all(...bodies);
        guest.interrupt();
        expect(await talk.ask('qC')).toMatch(/^QC/);
      }),
      { seed: 9, numRuns: 300 },
    );
    expect(talk.errors).toEqual([]);
    guest.close();
  });
});
