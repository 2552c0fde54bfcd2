// Numbers that look random and are the same on every machine for the same seed:
// mulberry32, by Tommy Ettinger, and FNV-1a to make seeds from names.

export interface Random {
  /** An integer in 0..limit - 1. */
  below(limit: number): number;
}

export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  return {
    below: (limit) => {
      state = (state + 0x6d2b_79f5) >>> 0;
      let mixed = Math.imul(state ^ (state >>> 15), state | 1);
      mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
      return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000) * limit);
    },
  };
}

/** A seed for one of many things that share the seed `seed`. */
export function seedFor(seed: number, name: string): number {
  let hash = (0x811c_9dc5 ^ seed) >>> 0;
  for (let i = 0; i < name.length; i++) hash = Math.imul(hash ^ name.charCodeAt(i), 0x0100_0193);
  return hash >>> 0;
}

/** The same elements in another order (Fisher and Yates). */
export function shuffled<T>(elements: readonly T[], random: Random): readonly T[] {
  const left = [...elements];
  const order: T[] = [];
  while (left.length > 0) order.push(...left.splice(random.below(left.length), 1));
  return order;
}

/** `count` of the elements, in their order; all of them when there are no more. */
export function sampleOf<T>(elements: readonly T[], count: number, random: Random): readonly T[] {
  const indices = shuffled([...elements.keys()], random).slice(0, count);
  const chosen = new Set(indices);
  return elements.filter((_, i) => chosen.has(i));
}
