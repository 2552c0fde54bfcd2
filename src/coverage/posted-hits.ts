// What ran, from one thread to another.  The code of an object is large and sent once;
// then it has a number.

import type { ObjectCode } from './code.ts';
import type { ObjectHits } from './code-reader.ts';
import type { Hits } from './hits.ts';

export interface PostedHits {
  /** Objects that were not sent before, in the order of their numbers. */
  readonly objects: readonly ObjectCode[];
  readonly hits: readonly { readonly object: number; readonly hits: Hits }[];
}

/** The end that posts: of one thread to one other. */
export class HitsSender {
  readonly #numbers = new Map<ObjectCode, number>();

  pack(hits: readonly ObjectHits[]): PostedHits {
    const objects: ObjectCode[] = [];
    const numbered = hits.map(({ code, hits: ran }) => {
      const object = this.#numbers.get(code) ?? this.#numbers.size;
      if (object === this.#numbers.size) {
        this.#numbers.set(code, object);
        objects.push(code);
      }
      return { object, hits: ran };
    });
    return { objects, hits: numbered };
  }
}

/** The other end, which gets all that was packed, in that order. */
export class HitsReceiver {
  readonly #objects: ObjectCode[] = [];

  unpack({ objects, hits }: PostedHits): readonly ObjectHits[] {
    this.#objects.push(...objects);
    return hits.flatMap(({ object, hits: ran }) => {
      const code = this.#objects[object];
      return code === undefined ? [] : [{ code, hits: ran }];
    });
  }
}
