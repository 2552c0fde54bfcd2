// The g, G, p and P packets: registers by their number in target.xml, little-endian.

import type { DebugDescription } from '../arch/debug-registers.ts';
import type { StackFrame } from '../debug/model.ts';
import { bytesOfHex, hexOf } from './hex.ts';

/** One register of the CPU as it stands; undefined: there is none of the name. */
export type ReadRegister = (name: string) => Uint8Array | undefined;

interface Numbered {
  readonly name: string;
  readonly bytes: number;
}

export class RegisterSet {
  readonly #all: readonly Numbered[];
  /** Numbers and names of what is told with every stop. */
  readonly #expedited: readonly { readonly prefix: string; readonly name: string }[];

  constructor(debug: DebugDescription) {
    this.#all = debug.features.flatMap(({ registers }) =>
      registers.map(({ name, bits }) => ({ name, bytes: bits / 8 })),
    );
    this.#expedited = debug.expedited.map((name) => {
      const number = this.#all.findIndex((each) => each.name === name);
      return { prefix: `${number.toString(16)}:`, name };
    });
  }

  /** The name and size of a number; undefined: out of range. */
  at(number: number): Numbered | undefined {
    return this.#all[number];
  }

  /** The reply to g. */
  all(read: ReadRegister): string {
    return this.#all.map((register) => one(register, read)).join('');
  }

  /** The reply to p. */
  one(number: number, read: ReadRegister): string | undefined {
    const register = this.#all[number];
    return register && one(register, read);
  }

  /** What a G packet asks to write; undefined: it has not the right length. */
  parse(hex: string): readonly { readonly name: string; readonly bytes: Uint8Array }[] | undefined {
    const bytes = bytesOfHex(hex);
    const total = this.#all.reduce((sum, each) => sum + each.bytes, 0);
    if (bytes?.length !== total) return undefined;
    let at = 0;
    return this.#all.map((register) => {
      const part = bytes.subarray(at, at + register.bytes);
      at += register.bytes;
      return { name: register.name, bytes: part };
    });
  }

  /** 'number:value;' of those that a stop reply carries. */
  expedited(read: ReadRegister): string {
    let text = '';
    for (const { prefix, name } of this.#expedited) {
      const bytes = read(name);
      if (bytes !== undefined) text += `${prefix}${hexOf(bytes)};`;
    }
    return text;
  }
}

function one({ name, bytes }: Numbered, read: ReadRegister): string {
  const value = read(name);
  return value === undefined ? 'x'.repeat(bytes * 2) : hexOf(value);
}

/** Registers of a frame, of a thread that does not run: what is lost is unavailable. */
export function ofFrame(frame: StackFrame | undefined, set: RegisterSet): ReadRegister {
  const sizes = new Map<string, number>();
  for (let i = 0; ; i++) {
    const register = set.at(i);
    if (register === undefined) break;
    sizes.set(register.name, register.bytes);
  }
  return (name) => {
    const value = frame?.register(name);
    const bytes = sizes.get(name);
    if (value === undefined || bytes === undefined || bytes > 8) return undefined;
    const word = new Uint8Array(8);
    new DataView(word.buffer).setBigUint64(0, value, true);
    return word.subarray(0, bytes);
  };
}
