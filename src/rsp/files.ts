// vFile: the kernel and the modules as files that the client opens here, so that it
// needs none of its own (gdb manual, E.9).  Nothing of the host's disk is reachable.

import type { LoadedObject } from '../debug/model.ts';
import { pathOf } from './documents.ts';
import { PACKET_BYTES } from './framing.ts';
import { binaryOf, countOf, textOfHex } from './hex.ts';

/** Errno of the protocol. */
const ENOENT = 2;
const EBADF = 9;
const EINVAL = 22;
const EMFILE = 24;

const OPEN_FILES = 64;
/** So much fits a packet even if every byte must be escaped. */
const READ_BYTES = (PACKET_BYTES >> 1) - 64;

export class TargetFiles {
  readonly #objects: () => readonly LoadedObject[];
  readonly #open = new Map<number, Uint8Array>();

  constructor(objects: () => readonly LoadedObject[]) {
    this.#objects = objects;
  }

  /** The reply to vFile:OPERATION:ARGUMENTS; '': not an operation that there is. */
  serve(request: string): string {
    const colon = request.indexOf(':');
    const args = request.slice(colon + 1).split(',');
    switch (request.slice(0, colon)) {
      case 'setfs':
        return 'F0';
      case 'open':
        return this.#openFile(textOfHex(args[0] ?? ''));
      case 'close':
        return this.#open.delete(countOf(args[0]) ?? -1) ? 'F0' : failed(EBADF);
      case 'fstat':
        return this.#stat(countOf(args[0]));
      case 'pread':
        return this.#read(countOf(args[0]), countOf(args[1]), countOf(args[2]));
      case 'readlink':
        return failed(EINVAL);
      default:
        return '';
    }
  }

  #openFile(path: string | undefined): string {
    const found = this.#objects().find((each) => pathOf(each) === path);
    if (found === undefined) return failed(ENOENT);
    for (let number = 3; number < 3 + OPEN_FILES; number++) {
      if (this.#open.has(number)) continue;
      this.#open.set(number, found.bytes);
      return `F${number.toString(16)}`;
    }
    return failed(EMFILE);
  }

  #stat(number: number | undefined): string {
    const bytes = this.#open.get(number ?? -1);
    if (bytes === undefined) return failed(EBADF);
    // struct stat of the protocol: big-endian, st_mode at 8, st_size at 28.
    const stat = new DataView(new ArrayBuffer(64));
    stat.setUint32(8, 0o100444);
    stat.setUint32(12, 1);
    stat.setBigUint64(28, BigInt(bytes.length));
    stat.setBigUint64(36, 4096n);
    stat.setBigUint64(44, BigInt(Math.ceil(bytes.length / 512)));
    return `F40;${binaryOf(new Uint8Array(stat.buffer))}`;
  }

  #read(number: number | undefined, count: number | undefined, offset: number | undefined): string {
    const bytes = this.#open.get(number ?? -1);
    if (bytes === undefined) return failed(EBADF);
    if (count === undefined || offset === undefined) return failed(EINVAL);
    const part = bytes.subarray(offset, offset + Math.min(count, READ_BYTES));
    return `F${part.length.toString(16)};${binaryOf(part)}`;
  }
}

function failed(errno: number): string {
  return `F-1,${errno.toString(16)}`;
}
