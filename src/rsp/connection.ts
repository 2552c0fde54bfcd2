// One client: bytes come in, packets are carried out in their order, replies go out.
// While the guest runs or looks back only the interrupt byte is heard; other packets wait, and
// there may not be many.  Nothing that a client sends is an error of ours.

import { Buffer } from 'node:buffer';
import type { ObjectFiles } from '../kernel/files.ts';
import {
  isAlive,
  isKnown,
  MALFORMED,
  readMemory,
  readRegister,
  writeMemory,
  writePc,
  writeRegister,
  writeRegisters,
} from './access.ts';
import { encodePacket, type Message, PACKET_BYTES, PacketReader } from './framing.ts';
import { addressOf, bytesOfBinary, bytesOfHex, hexOfText, textOfHex } from './hex.ts';
import { monitor } from './monitor.ts';
import { perform } from './perform.ts';
import { type ClientFeatures, clientFeatures, query } from './queries.ts';
import { parseVCont, type Resumption, VCONT } from './resumption.ts';
import { stateReply } from './stop-reply.ts';
import type { Target } from './target.ts';
import { parseThread } from './threads.ts';

const OK = 'OK';
/** Packets that wait; who sends more without reading an answer is broken. */
const WAITING = 4096;
/** Replies in one write, at most. */
const TOGETHER = 64;
/** Console text in one packet: hex doubles it. */
const SAID = (PACKET_BYTES >> 1) - 64;

export interface ConnectionOptions {
  /** The guest, once it stands still for this client. */
  readonly target: Promise<Target>;
  readonly files: ObjectFiles;
  send(bytes: Uint8Array): void;
  /** The client wants to go: the guest runs on, or is to be started afresh. */
  leave(how: 'detached' | 'killed'): void;
  /** Told of what should not have been thrown. */
  report(error: unknown): void;
  /** Boots the guest afresh. */
  restart(): Promise<Target>;
  /** Lets other events of the process happen. */
  pause(): Promise<void>;
}

type Waiting = Exclude<Message, { kind: 'interrupt' }>;
/** undefined: there is no reply. */
type Reply = string | undefined;

export class Connection {
  readonly #options: ConnectionOptions;
  readonly #reader = new PacketReader();
  readonly #waiting: Waiting[] = [];
  #unsent: Uint8Array[] = [];
  #target: Target | undefined;
  #client: ClientFeatures = { multiprocess: false, swbreak: false };
  /** Whose registers g reads; undefined: of the thread that runs. */
  #thread: number | undefined;
  #acks = true;
  #last: Uint8Array | undefined;
  #busy = true;
  #interrupted = false;
  /** An interrupt came when a step had just ended: it is for what gdb resumes next. */
  #late = false;
  #closed = false;
  #idle: Promise<void>;

  constructor(options: ConnectionOptions) {
    this.#options = options;
    this.#idle = options.target.then(
      (target) => {
        this.#meet(target);
        this.#busy = false;
        this.#pump();
      },
      (error: unknown) => {
        options.report(error);
        this.#closed = true;
      },
    );
  }

  /** Resolves when nothing of this client runs in the guest any more. */
  get idle(): Promise<void> {
    return this.#idle;
  }

  /** Bytes have come; false: the client is to be hung up on. */
  receive(bytes: Uint8Array): boolean {
    if (this.#closed) return false;
    for (const message of this.#reader.feed(bytes)) {
      if (message.kind === 'interrupt') {
        // Whatever waits: it is meant for what runs.
        this.#interrupt();
        continue;
      }
      if (this.#waiting.length >= WAITING) return false;
      this.#waiting.push(message);
      this.#pump();
    }
    return true;
  }

  /** The client is gone. */
  close(): void {
    this.#closed = true;
    this.#waiting.length = 0;
    this.#interrupt();
  }

  #pump(): void {
    for (let message = this.#next(); message !== undefined; message = this.#next())
      this.#take(message);
  }

  /** What can be done now: while the guest runs nothing. */
  #next(): Waiting | undefined {
    return this.#busy ? undefined : this.#waiting.shift();
  }

  #take(message: Waiting): void {
    switch (message.kind) {
      case 'packet':
        if (this.#acks) this.#send(ACK);
        this.#packet(message.body);
        return;
      case 'damaged':
        if (this.#acks) this.#send(NAK);
        return;
      case 'oversize':
        // Asked for again it would be as long.
        if (this.#acks) this.#send(ACK);
        this.#reply(MALFORMED);
        return;
      case 'nak':
        if (this.#acks && this.#last !== undefined) this.#send(this.#last);
        return;
      case 'ack':
        return;
    }
  }

  #interrupt(): void {
    if (!this.#busy) {
      // Of "next" gdb makes many steps: between two of them the guest stands still, too.
      this.#late = this.#target?.debugger.stop?.reason === 'step';
      return;
    }
    this.#interrupted = true;
    this.#target?.debugger.interrupt();
  }

  #packet(body: string): void {
    const target = this.#target;
    if (target === undefined) return;
    try {
      const reply = this.#handle(target, body);
      if (reply instanceof Promise) this.#wait(reply);
      else this.#reply(reply);
    } catch (error) {
      this.#reply(this.#bug(error));
    }
  }

  #wait(reply: Promise<Reply>): void {
    this.#busy = true;
    this.#interrupted = false;
    this.#idle = reply.then(
      (text) => this.#resumeTalk(text),
      (error: unknown) => this.#resumeTalk(this.#bug(error)),
    );
  }

  #resumeTalk(text: Reply): void {
    this.#busy = false;
    this.#reply(text);
    this.#pump();
  }

  /** A client cannot do anything about a bug of ours, and must not be left waiting. */
  #bug(error: unknown): string {
    this.#options.report(error);
    return 'E.bug in modbox; its console has more';
  }

  #reply(text: Reply): void {
    if (text === undefined) return;
    this.#last = encodePacket(text);
    this.#send(this.#last, false);
  }

  /** A reply goes out with those to the packets that wait, anything else `now`. */
  #send(bytes: Uint8Array, now = true): void {
    if (this.#closed) return;
    this.#unsent.push(bytes);
    if (!now && this.#waiting.length > 0 && this.#unsent.length < TOGETHER) return;
    const [only] = this.#unsent;
    const all = this.#unsent.length === 1 ? only : Buffer.concat(this.#unsent);
    this.#unsent = [];
    if (all !== undefined) this.#options.send(all);
  }

  #handle(target: Target, body: string): Reply | Promise<Reply> {
    const rest = body.slice(1);
    switch (body[0]) {
      case 'v':
        return this.#verbose(target, body);
      case 'q':
        return this.#query(target, body);
      case 'Q':
        return this.#set(body);
      case 'm':
        return readMemory(target, rest);
      case 'M':
        return writeMemory(target, rest, bytesOfHex);
      case 'X':
        return writeMemory(target, rest, bytesOfBinary);
      case 'g':
        return target.registers.all(target.registersOf(this.#thread));
      case 'G':
        return writeRegisters(target, this.#thread, rest);
      case 'p':
        return readRegister(target, this.#thread, rest);
      case 'P':
        return writeRegister(target, this.#thread, rest);
      case 'Z':
      case 'z':
        return target.points.serve(body[0] === 'Z', rest);
      case 'H':
        return this.#select(target, rest);
      case 'T':
        return isAlive(target, rest) ? OK : MALFORMED;
      case '?':
        return this.#state(target);
      case 'b':
        return this.#backwards(target, rest);
      case 'c':
      case 's':
        return this.#plain(target, body[0] === 'c' ? 'continue' : 'step', rest);
      case 'C':
      case 'S':
        return this.#plain(target, body[0] === 'C' ? 'continue' : 'step', rest.split(';')[1] ?? '');
      case '!':
        return OK;
      default:
        return this.#end(target, body);
    }
  }

  #end(target: Target, body: string): Reply | Promise<Reply> {
    switch (body[0]) {
      case 'D':
        target.forget();
        this.#options.leave('detached');
        return OK;
      case 'k':
        this.#options.leave('killed');
        return undefined;
      case 'R':
        return this.#restart().then(() => undefined);
      default:
        return '';
    }
  }

  #verbose(target: Target, body: string): Reply | Promise<Reply> {
    if (body.startsWith('vCont;')) {
      const resumption = parseVCont(body, target.threads.current());
      return resumption === undefined ? MALFORMED : this.#resume(target, resumption);
    }
    if (body === 'vCont?') return VCONT;
    if (body.startsWith('vFile:')) return target.files.serve(body.slice(6));
    if (body.startsWith('vRun')) return this.#restart();
    if (body.startsWith('vAttach')) return this.#state(target);
    if (!body.startsWith('vKill')) return '';
    this.#options.leave('killed');
    return OK;
  }

  #query(target: Target, body: string): Reply | Promise<Reply> {
    if (body.startsWith('qRcmd,')) return this.#monitor(target, textOfHex(body.slice(6)));
    if (body.startsWith('qSupported')) {
      this.#client = clientFeatures(body);
      target.threads.multiprocess = this.#client.multiprocess;
    }
    return query(target, body);
  }

  #set(body: string): Reply {
    if (body !== 'QStartNoAckMode') return '';
    this.#acks = false;
    return OK;
  }

  async #monitor(target: Target, line: string | undefined): Promise<Reply> {
    if (line === undefined) return MALFORMED;
    const { program } = target;
    this.#say(await monitor({ program, files: this.#options.files }, line));
    return OK;
  }

  #select(target: Target, text: string): Reply {
    const choice = parseThread(text.slice(1));
    if (choice === undefined || !/^[gcm]/.test(text)) return MALFORMED;
    const thread = typeof choice === 'string' ? undefined : choice.thread;
    if (thread !== undefined && !isKnown(target, thread)) return MALFORMED;
    if (text.startsWith('g')) this.#thread = thread;
    return OK;
  }

  #state(target: Target): string {
    return stateReply(target, this.#client, this.#interrupted);
  }

  #plain(target: Target, kind: 'continue' | 'step', where: string): Reply | Promise<Reply> {
    if (where !== '') {
      const address = addressOf(where);
      if (address === undefined || !writePc(target, address)) return MALFORMED;
    }
    return this.#resume(target, { kind });
  }

  #backwards(target: Target, which: string): Reply | Promise<Reply> {
    if (which === 's') return this.#resume(target, { kind: 'reverse-step' });
    return which === 'c' ? this.#resume(target, { kind: 'reverse-continue' }) : '';
  }

  #resume(target: Target, resumption: Resumption): Reply | Promise<Reply> {
    this.#thread = undefined;
    if (resumption.kind === 'stop') return this.#state(target);
    if (this.#late) {
      this.#late = false;
      this.#interrupted = true;
      return this.#state(target);
    }
    const { pause } = this.#options;
    const isInterrupted = (): boolean => this.#interrupted;
    return perform(target.program, resumption, { isInterrupted, pause }).then(() =>
      this.#stopped(target),
    );
  }

  #stopped(target: Target): string {
    if (this.#closed) target.forget();
    const { stop } = target.debugger;
    if (stop?.reason === 'exception' && !target.points.isFetched(stop))
      target.program.say(stop.exception.text);
    return this.#state(target);
  }

  async #restart(): Promise<string> {
    const target = await this.#options.restart();
    this.#meet(target);
    return this.#state(target);
  }

  #meet(target: Target): void {
    this.#target = target;
    target.threads.multiprocess = this.#client.multiprocess;
    target.program.onSay = (text) => this.#say(text);
  }

  /** Text for the user, in packets that fit. */
  #say(text: string): void {
    if (text === '') return;
    const hex = hexOfText(text);
    for (let at = 0; at < hex.length; at += SAID * 2)
      this.#send(encodePacket(`O${hex.slice(at, at + SAID * 2)}`));
  }
}

const ACK = Uint8Array.of(0x2b);
const NAK = Uint8Array.of(0x2d);
