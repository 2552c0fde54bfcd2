// A run in a file: the kernel, the modules, what was asked of the guest and when, and
// the moment to look at.  Runs are deterministic, so that is all of it.  The file is
// gzip around JSON; bytes are base64, numbers that may be large are hexadecimal text.

import { createHash } from 'node:crypto';
import { gunzipSync, gzipSync } from 'node:zlib';
import { type ArchName, archNames } from '../arch/arch.ts';
import { type Addr, addr } from '../base/address.ts';
import { type Result, refuse, succeed } from '../base/result.ts';
import type { ObjectFile } from '../kernel/files.ts';
import type { Position } from '../machine/stop.ts';
import type { Deed, DeedAt } from './deeds.ts';
import type { FileAnswer } from './recorded-files.ts';

const FORMAT = 'modbox recording 1';
/** Unpacked. */
const LIMIT = 1 << 28;

export interface Recording {
  readonly arch: ArchName;
  readonly ramBytes: number;
  readonly watchdogNs: number;
  /** The kernel image, an ELF executable. */
  readonly kernel: Uint8Array;
  readonly files: readonly FileAnswer[];
  readonly deeds: readonly DeedAt[];
  /** Where the run was when it was saved. */
  readonly end: Position;
  /** Of RAM at the end: whoever replays comes to the same bytes. */
  readonly ram: string;
}

export function hashOfRam(ram: Uint8Array): string {
  return createHash('sha256').update(ram).digest('hex');
}

export function encodeRecording(recording: Recording): Uint8Array {
  const { arch, ramBytes, watchdogNs, ram } = recording;
  const blobs = new Blobs();
  const body = {
    ...{ format: FORMAT, arch, ramBytes, watchdogNs, ram },
    kernel: blobs.add(recording.kernel),
    files: recording.files.map(({ question, file }) => ({
      question,
      file: file && { name: file.name, bytes: blobs.add(file.bytes) },
    })),
    deeds: recording.deeds.map(({ position, deed }) => ({
      position: fromPosition(position),
      deed: fromDeed(deed, blobs),
    })),
    end: fromPosition(recording.end),
  };
  return gzipSync(JSON.stringify({ ...body, blobs: blobs.list }), { level: 9 });
}

/** @returns the recording, or in words what is wrong with the file */
export function decodeRecording(bytes: Uint8Array): Result<Recording, string> {
  let root: unknown;
  try {
    root = JSON.parse(gunzipSync(bytes, { maxOutputLength: LIMIT }).toString('utf8'));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return refuse([`it is no recording of modbox: ${why}`]);
  }
  try {
    return succeed(readRoot(new Fields(root, 'the recording')));
  } catch (error) {
    if (error instanceof Malformed) return refuse([error.message]);
    throw error;
  }
}

/** Every byte string once, by number. */
class Blobs {
  readonly list: string[] = [];
  readonly #numbers = new Map<string, number>();

  add(bytes: Uint8Array): number {
    const text = Buffer.from(bytes).toString('base64');
    const known = this.#numbers.get(text);
    if (known !== undefined) return known;
    this.#numbers.set(text, this.list.length);
    return this.list.push(text) - 1;
  }
}

const hex = (value: bigint): string => `0x${value.toString(16)}`;

function fromPosition({ now, entries, pc }: Position) {
  return { now, entries, pc: hex(pc) };
}

function fromDeed(deed: Deed, blobs: Blobs) {
  switch (deed.kind) {
    case 'register':
      return { kind: deed.kind, name: deed.name, bytes: blobs.add(deed.bytes) };
    case 'memory':
      return { kind: deed.kind, address: hex(deed.address), bytes: blobs.add(deed.bytes) };
    case 'request':
      switch (deed.request.kind) {
        case 'load': {
          const { name, bytes } = deed.request.file;
          return { kind: 'load', name, bytes: blobs.add(bytes) };
        }
        case 'unload':
          return { kind: 'unload', module: deed.request.module };
        case 'call':
          return {
            kind: 'call',
            symbol: deed.request.symbol,
            words: deed.request.words.map(hex),
          };
      }
  }
}

/** A member of the file is not what it should be. */
class Malformed extends Error {}

/** The members of a JSON object, each checked when it is taken. */
class Fields {
  readonly #object: Readonly<Record<string, unknown>>;
  readonly #what: string;

  constructor(value: unknown, what: string) {
    if (typeof value !== 'object' || value === null)
      throw new Malformed(`${what} is not an object`);
    this.#object = value as Readonly<Record<string, unknown>>;
    this.#what = what;
  }

  text(name: string): string {
    const value = this.#object[name];
    return typeof value === 'string' ? value : this.#refuse(name, 'a text');
  }

  /** At least 0, and exact. */
  count(name: string): number {
    const value = this.#object[name];
    return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
      ? value
      : this.#refuse(name, 'a number');
  }

  address(name: string): Addr {
    return addr(parseWord(this.text(name)) ?? this.#refuse(name, 'a hexadecimal number'));
  }

  object(name: string): Fields {
    return new Fields(this.#object[name], `${name} of ${this.#what}`);
  }

  has(name: string): boolean {
    return this.#object[name] !== undefined;
  }

  list<T>(name: string, each: (value: unknown) => T): readonly T[] {
    const value = this.#object[name];
    return Array.isArray(value) ? value.map(each) : this.#refuse(name, 'a list');
  }

  #refuse(name: string, wanted: string): never {
    throw new Malformed(`${name} of ${this.#what} is not ${wanted}`);
  }
}

function parseWord(text: unknown): bigint | undefined {
  return typeof text === 'string' && /^0x[0-9a-f]{1,16}$/.test(text) ? BigInt(text) : undefined;
}

function readRoot(root: Fields): Recording {
  const format = root.text('format');
  if (format !== FORMAT) throw new Malformed(`its format is "${format}", not "${FORMAT}"`);
  const arch = archNames.find((name) => name === root.text('arch'));
  if (arch === undefined) throw new Malformed(`there is no architecture ${root.text('arch')}`);
  const blobs = root.list('blobs', (text) => Buffer.from(String(text), 'base64'));
  const blob = (number: number): Uint8Array => {
    const bytes = blobs[number];
    if (bytes === undefined) throw new Malformed(`there is no byte string ${number}`);
    return new Uint8Array(bytes);
  };
  return {
    arch,
    ramBytes: root.count('ramBytes'),
    watchdogNs: root.count('watchdogNs'),
    kernel: blob(root.count('kernel')),
    files: root.list('files', (each) => readAnswer(new Fields(each, 'a file'), blob)),
    deeds: root.list('deeds', (each) => {
      const fields = new Fields(each, 'a deed');
      return {
        position: readPosition(fields.object('position')),
        deed: readDeed(fields.object('deed'), blob),
      };
    }),
    end: readPosition(root.object('end')),
    ram: root.text('ram'),
  };
}

type Blob = (number: number) => Uint8Array;

function readAnswer(fields: Fields, blob: Blob): FileAnswer {
  const file = fields.has('file') ? readFile(fields.object('file'), blob) : undefined;
  return { question: fields.text('question'), file };
}

function readFile(fields: Fields, blob: Blob): ObjectFile {
  return { name: fields.text('name'), bytes: blob(fields.count('bytes')) };
}

function readPosition(fields: Fields): Position {
  return {
    now: fields.count('now'),
    entries: fields.count('entries'),
    pc: fields.address('pc'),
  };
}

function readDeed(fields: Fields, blob: Blob): Deed {
  const kind = fields.text('kind');
  switch (kind) {
    case 'register':
      return { kind, name: fields.text('name'), bytes: blob(fields.count('bytes')) };
    case 'memory':
      return { kind, address: fields.address('address'), bytes: blob(fields.count('bytes')) };
    case 'load':
      return { kind: 'request', request: { kind, file: readFile(fields, blob) } };
    case 'unload':
      return { kind: 'request', request: { kind, module: fields.text('module') } };
    case 'call': {
      const words = fields.list('words', (word) => {
        const value = parseWord(word);
        if (value === undefined) throw new Malformed('an argument is not a hexadecimal number');
        return value;
      });
      return { kind: 'request', request: { kind, symbol: fields.text('symbol'), words } };
    }
    default:
      throw new Malformed(`there is no deed "${kind}"`);
  }
}
