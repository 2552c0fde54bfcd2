// The server behind the sockets: one guest, one client at a time.  A client that comes
// finds the guest standing still; when the program has ended, or was killed, it finds a
// fresh one.

import type { Debugger } from '../debug/model.ts';
import type { ObjectFile, ObjectFiles } from '../kernel/files.ts';
import { Connection } from './connection.ts';
import type { Say, StopAt } from './program.ts';
import { Target } from './target.ts';

export interface StubOptions {
  /** The module to debug. */
  readonly file: ObjectFile;
  /** What `monitor insmod` may read. */
  readonly files: ObjectFiles;
  readonly stopAt: StopAt;
  /** Boots a guest. */
  boot(): Promise<Debugger>;
  /** Lets other events of the process happen. */
  pause(): Promise<void>;
  /** Told what there is to say while no client is there. */
  readonly say: Say;
  /** Told of what should not have been thrown. */
  report(error: unknown): void;
}

/** A client that is connected. */
export interface Client {
  /** Bytes have come; false: hang up. */
  receive(bytes: Uint8Array): boolean;
  /** The socket is closed. */
  close(): void;
}

export class Stub {
  readonly #options: StubOptions;
  #target: Target;
  #client: Connection | undefined;
  /** What must be over before the next client finds the guest still. */
  #work: Promise<unknown> = Promise.resolve();
  #killed = false;
  /** A guest runs on without a client. */
  #alone = false;

  private constructor(options: StubOptions, target: Target) {
    this.#options = options;
    this.#target = target;
  }

  /** Boots the first guest and brings it to where a client will find it. */
  static async open(options: StubOptions): Promise<Stub> {
    return new Stub(options, await fresh(options));
  }

  get target(): Target {
    return this.#target;
  }

  /** Resolves when the guest stands still, or a client has come. */
  get idle(): Promise<unknown> {
    return this.#work;
  }

  /** Takes a client; undefined: there is one already. */
  connect(send: (bytes: Uint8Array) => void): Client | undefined {
    if (this.#client !== undefined) return undefined;
    if (this.#alone) this.#target.debugger.interrupt();
    const connection = new Connection({
      target: this.#work.then(() => this.#ready()),
      files: this.#options.files,
      send,
      leave: (how) => this.#leave(how),
      restart: () => this.#restart(),
      pause: this.#options.pause,
      report: this.#options.report,
    });
    this.#client = connection;
    return {
      receive: (bytes) => connection.receive(bytes),
      close: () => this.#close(connection),
    };
  }

  /** Hangs up, and frees the guest when it stands still. */
  async close(): Promise<void> {
    if (this.#client !== undefined) this.#close(this.#client);
    if (this.#alone) this.#target.debugger.interrupt();
    await this.#work;
    this.#target.debugger.close();
  }

  #close(connection: Connection): void {
    connection.close();
    this.#client = undefined;
    const work = this.#work;
    this.#work = connection.idle.then(() => {
      this.#target.forget();
      return work;
    });
  }

  #leave(how: 'detached' | 'killed'): void {
    if (how === 'killed') this.#killed = true;
    else this.#work = this.#finish().catch(this.#options.report);
  }

  /** Lets the guest run to its end, or to where the next client comes. */
  async #finish(): Promise<void> {
    const { program, debugger: debugger_ } = this.#target;
    debugger_.catch({ exceptions: false, entry: false });
    this.#alone = true;
    while (program.ended === undefined) {
      const stop = await program.resume({ kind: 'continue' });
      if (stop.kind === 'stopped' && stop.stop.reason === 'interrupt') break;
    }
    this.#alone = false;
    debugger_.catch({ exceptions: true });
  }

  async #ready(): Promise<Target> {
    if (this.#killed || this.#target.program.ended !== undefined) await this.#restart();
    return this.#target;
  }

  async #restart(): Promise<Target> {
    this.#target.debugger.close();
    this.#killed = false;
    this.#target = await fresh(this.#options);
    return this.#target;
  }
}

async function fresh(options: StubOptions): Promise<Target> {
  const target = new Target(await options.boot(), options.stopAt, options.say);
  await target.program.start(options.file);
  return target;
}
