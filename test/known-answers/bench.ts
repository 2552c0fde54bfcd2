// How the tests of known answers ask a module: through the functions that it
// exports, or through what it has registered with the kernel, by way of the
// kernel's own functions for that (guest/linux/drive.c and its neighbours).

import { readFileSync } from 'node:fs';
import type { ArchName } from '../../src/arch/arch.ts';
import { addr } from '../../src/base/address.ts';
import { diskFiles } from '../../src/host/disk.ts';
import type { Argument } from '../../src/kernel/arguments.ts';
import type { Kernel } from '../../src/kernel/kernel.ts';
import type { Module } from '../../src/kernel/module.ts';
import type { CallResult } from '../../src/kernel/results.ts';
import { unwrap } from '../../src/kernel/results.ts';
import { bootTest } from '../support/guest.ts';

/** One question to one module, and what must come of it on every architecture. */
export interface KnownAnswer {
  /** The module's file name, without .ko. */
  readonly module: string;
  /** Modules that must be there before it, besides those that it depends on. */
  readonly with?: readonly string[];
  /** Where Debian's kernel has no such module, or the module no such function. */
  readonly notOn?: readonly ArchName[];
  /** What is called, for people. */
  readonly driver: string;
  /** Who says what is right: a standard and its section, or another program. */
  readonly source: string;
  readonly ask: (bench: Bench) => Answer;
  readonly expected: Answer;
}

export type Answer = string | number | boolean | readonly Answer[];

export const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
export const bytes = (text: string): Uint8Array =>
  Uint8Array.from(Buffer.from(text.replaceAll(/\s/g, ''), 'hex'));
export const ascii = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'latin1'));
/** Bytes without pattern, the same in every run. */
export function noise(length: number, seed = 1): Uint8Array {
  let state = seed;
  return Uint8Array.from({ length }, () => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    return state >>> 16;
  });
}
/** Bytes that compress. */
export const prose = (length: number): Uint8Array =>
  Uint8Array.from({ length }, (_, i) =>
    'it was the best of modules, it was the worst of modules; '.charCodeAt(((i * 7) % 57) | 0),
  );

/** One booted kernel that modules come to and leave. */
export class Bench {
  readonly kernel: Kernel;
  readonly #path: (module: string) => string;
  #modules = new Map<string, Module>();
  readonly #placed: bigint[] = [];

  constructor(kernel: Kernel, path: (module: string) => string) {
    this.kernel = kernel;
    this.#path = path;
  }

  static async boot(arch: ArchName, path: (module: string) => string): Promise<Bench> {
    return new Bench(await bootTest(arch, { watchdogNs: 3e9, files: diskFiles([]) }), path);
  }

  /** Loads modules, in order, and what they depend on. */
  load(names: readonly string[]): void {
    for (const name of names) {
      const path = this.#path(name);
      const module = unwrap(this.kernel.load({ name: path, bytes: readFileSync(path) }));
      this.#modules.set(name, module);
    }
  }

  /** Unloads everything; answers what was left behind or noticed. */
  clear(): readonly string[] {
    const left: string[] = [];
    for (const at of this.#placed.splice(0)) this.kernel.callExport('kmem_free', at);
    for (const module of [...this.kernel.modules].reverse()) {
      const gone = module.unload();
      if (!gone.ok) left.push(`${module.name}: ${gone.failure.reason}`);
      else
        for (const leak of gone.leaks.records)
          left.push(`${module.name} left ${leak.kind} ${leak.name}`);
    }
    this.#modules = new Map();
    for (const finding of this.kernel.takeFindings()) left.push(finding.text);
    return left;
  }

  /** The address of a module's symbol. */
  symbol(module: string, name: string): bigint {
    const at = this.#module(module).symbol(name);
    if (at === undefined) throw new Error(`${module} has no ${name}`);
    return at;
  }

  /** Calls a function of a module: 64 bits of result. */
  call(module: string, symbol: string, ...args: readonly Argument[]): bigint {
    return wide(symbol, this.#module(module).call(symbol, ...args));
  }

  call32(module: string, symbol: string, ...args: readonly Argument[]): number {
    return Number(BigInt.asUintN(32, this.call(module, symbol, ...args)));
  }

  /** Calls one of the kernel's functions for tests; minus an errno is thrown. */
  drive(name: string, ...args: readonly Argument[]): number {
    const answer = this.attempt(name, ...args);
    if (answer < 0) throw new Error(`${name} answered ${answer}`);
    return answer;
  }

  /** The same for one that may fail. */
  attempt(name: string, ...args: readonly Argument[]): number {
    return Number(BigInt.asIntN(32, wide(name, this.kernel.callExport(name, ...args))));
  }

  /** A hash's digest; `piece`: bytes at a time, 0 for all at once. */
  digest(name: string, data: Uint8Array, key: Uint8Array = new Uint8Array(0), piece = 0): string {
    const out = new Uint8Array(64);
    const length = this.drive(
      'crypto_test_digest',
      ...[name, key, key.length, data, data.length, piece, out],
    );
    return hex(out.subarray(0, length));
  }

  /** The same three ways, which must agree. */
  digests(name: string, data: Uint8Array, key?: Uint8Array): string {
    const [whole, ...pieces] = [0, 1, 37].map((piece) => this.digest(name, data, key, piece));
    for (const other of pieces)
      if (other !== whole) throw new Error(`${name} in pieces: ${other}, at once: ${whole}`);
    return whole ?? '';
  }

  /** Blocks under a cipher; decrypting them again must give them back. */
  encrypt(name: string, key: Uint8Array, text: Uint8Array): string {
    const out = new Uint8Array(text.length);
    const back = new Uint8Array(text.length);
    const { length: n } = key;
    this.drive('crypto_test_cipher', name, key, n, true, text, out, text.length);
    this.drive('crypto_test_cipher', name, key, n, false, out, back, text.length);
    if (hex(back) !== hex(text)) throw new Error(`${name} decrypts to ${hex(back)}`);
    return hex(out);
  }

  /** Text of a character set that a module registered, in Unicode. */
  decode(charset: string, text: Uint8Array): string {
    const out = new Uint8Array(2 * text.length);
    const length = this.drive('nls_test_decode', charset, text, text.length, out, text.length);
    return Buffer.from(out.subarray(0, 2 * length)).toString('utf16le');
  }

  encode(charset: string, text: string): Uint8Array {
    const encoded = this.tryEncode(charset, text);
    if (encoded.length === 0) throw new Error(`${charset} has not all of "${text}"`);
    return encoded;
  }

  /** Nothing when a character is not in the set. */
  tryEncode(charset: string, text: string): Uint8Array {
    const units = Uint8Array.from(Buffer.from(text, 'utf16le'));
    const out = new Uint8Array(6 * text.length);
    const length = this.attempt(
      'nls_test_encode',
      ...[charset, units, text.length, out, out.length],
    );
    return out.subarray(0, Math.max(length, 0));
  }

  /** A text in the other case, as far as the table knows. */
  changeCase(charset: string, upper: boolean, text: Uint8Array): Uint8Array {
    const changed = text.slice();
    this.drive('nls_test_case', charset, upper, changed, changed.length);
    return changed;
  }

  /** Where a pattern is found; `piece`: bytes in a block, 0 for all in one. */
  search(algorithm: string, pattern: Uint8Array, text: Uint8Array, piece = 0, flags = 0): number[] {
    const places = new Uint8Array(4 * 64);
    const found = this.drive(
      'textsearch_test',
      ...[algorithm, pattern, pattern.length, flags, text, text.length, piece, places, 64],
    );
    const view = new DataView(places.buffer);
    return Array.from({ length: found }, (_, i) => view.getUint32(4 * i, true));
  }

  /** Guest memory that stays until everything is cleared. */
  place(data: Uint8Array): bigint {
    const result = this.kernel.callExport('kmem_alloc', data.length);
    const at = result.kind === 'returned' ? result.value : 0n;
    if (!this.kernel.write(at, data)) throw new Error('no memory');
    this.#placed.push(at);
    return at;
  }

  read(at: bigint, length: number): Uint8Array {
    const found = this.kernel.read(at, length);
    if (found === undefined) throw new Error(`nothing at 0x${at.toString(16)}`);
    return found.slice();
  }

  /** An array of pointers in guest memory. */
  pointers(addresses: readonly bigint[]): bigint {
    const { wordBytes } = this.kernel.arch;
    const array = new Uint8Array(wordBytes * addresses.length);
    const view = new DataView(array.buffer);
    for (const [i, address] of addresses.entries())
      if (wordBytes === 8) view.setBigUint64(8 * i, address, true);
      else view.setUint32(4 * i, Number(address), true);
    return this.place(array);
  }

  /** The word at an address. */
  word(at: bigint): bigint {
    const { wordBytes } = this.kernel.arch;
    const view = new DataView(this.read(at, wordBytes).buffer);
    return wordBytes === 8 ? view.getBigUint64(0, true) : BigInt(view.getUint32(0, true));
  }

  /** Calls what a pointer of a module's points to. */
  callPointer(target: bigint, ...args: readonly Argument[]): bigint {
    const { linux } = this.kernel.arch.conventions;
    return wide('a pointer', this.kernel.callAddress(addr(target), linux, args));
  }

  compress(driver: string, data: Uint8Array, decompress = false, room = 65536): Uint8Array {
    const out = new Uint8Array(room);
    const length = this.drive(
      'crypto_test_compress',
      ...[driver, decompress, data, data.length, out, room],
    );
    return out.subarray(0, length);
  }

  #module(name: string): Module {
    const module =
      this.#modules.get(name) ??
      this.kernel.modules.find(
        (each) => each.name.replaceAll('-', '_') === name.replaceAll('-', '_'),
      );
    if (module === undefined) throw new Error(`${name} is not loaded`);
    return module;
  }
}

function wide(what: string, result: CallResult): bigint {
  if (result.kind === 'returned') return result.wide;
  const why =
    result.kind === 'refused' ? result.reason : result.kind === 'fault' ? result.oops : '';
  throw new Error(`${what}: ${result.kind} ${typeof why === 'string' ? why : why.where.symbol}`);
}
