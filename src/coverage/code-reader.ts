// What records say, in terms of the code of objects: each object is read once.  What
// comes out knows nothing of a kernel, and threads may post it.

import type { Arch } from '../arch/arch.ts';
import type { Decoder } from '../disasm/decoder.ts';
import type { Placed } from '../linker/resolve.ts';
import { type ObjectCode, readCode } from './code.ts';
import { addHits, type Hits, noHits } from './hits.ts';
import type { CodeRecord, ModuleRecord } from './recorder.ts';

/** What ran of an object. */
export interface ObjectHits {
  readonly code: ObjectCode;
  readonly hits: Hits;
}

/** An architecture, and what reads its code. */
export interface Reading {
  readonly arch: Arch;
  readonly decoder: Decoder;
}

interface Known {
  readonly code: ObjectCode;
  readonly bytes: Uint8Array;
}

export class CodeReader {
  readonly #readings: readonly Reading[];
  readonly #known: Known[] = [];

  constructor(readings: readonly Reading[]) {
    this.#readings = readings;
  }

  /**
   * What ran, object by object, in the order of the record; an object that was loaded
   * twice is there once.
   *
   * @throws when the record is of a kernel of another architecture
   */
  read(record: CodeRecord): readonly ObjectHits[] {
    const found = new Map<ObjectCode, Hits>();
    for (const each of record) {
      const { placed } = each.view;
      if (placed === undefined) continue;
      const code = this.#codeOf(each, placed);
      const hits = found.get(code) ?? noHits(code);
      found.set(code, hits);
      addHits(hits, code, each);
    }
    return [...found].map(([code, hits]) => ({ code, hits }));
  }

  #codeOf({ view }: ModuleRecord, placed: Placed): ObjectCode {
    const { bytes, machine } = placed.object;
    const known = this.#known.find(
      (each) => each.code.file === view.file && areSame(each.bytes, bytes),
    );
    if (known !== undefined) return known.code;
    const reading = this.#readings.find(({ arch }) => arch.elfMachine === machine);
    if (reading === undefined)
      throw new Error(`coverage of ${view.file}: the report is not open for its architecture`);
    const code = readCode(view, placed, reading.arch, reading.decoder);
    this.#known.push({ code, bytes });
    return code;
  }
}

function areSame(a: Uint8Array, b: Uint8Array): boolean {
  return a === b || Buffer.compare(a, b) === 0;
}
