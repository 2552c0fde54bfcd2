// The difference of two sequences: the shortest that turns one into the other.

export type Edit =
  | { readonly kind: 'same'; readonly count: number }
  | { readonly kind: 'only-first' | 'only-second'; readonly names: readonly string[] };

/** Longer sequences are cut off: the table has a cell for each pair. */
const LIMIT = 4000;

/** Edits from the first sequence to the second, in order. */
export function difference(first: readonly string[], second: readonly string[]): readonly Edit[] {
  const a = first.slice(0, LIMIT);
  const b = second.slice(0, LIMIT);
  const common = commonLengths(a, b);
  const width = b.length + 1;
  const edits: Edit[] = [];
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    const [one, other] = [a[i], b[j]];
    if (one !== undefined && one === other) {
      add(edits, 'same', '');
      i++;
      j++;
      continue;
    }
    const down = common[(i + 1) * width + j] ?? -1;
    const right = common[i * width + j + 1] ?? -1;
    if (one !== undefined && (other === undefined || down >= right)) {
      add(edits, 'only-first', one);
      i++;
    } else if (other !== undefined) {
      add(edits, 'only-second', other);
      j++;
    }
  }
  return edits;
}

/** Of each pair of tails, how long a sequence they share. */
function commonLengths(a: readonly string[], b: readonly string[]): Uint16Array {
  const width = b.length + 1;
  const common = new Uint16Array((a.length + 1) * width);
  for (let i = a.length - 1; i >= 0; i--)
    for (let j = b.length - 1; j >= 0; j--) {
      const longer = Math.max(common[(i + 1) * width + j] ?? 0, common[i * width + j + 1] ?? 0);
      const both = (common[(i + 1) * width + j + 1] ?? 0) + 1;
      common[i * width + j] = a[i] === b[j] ? both : longer;
    }
  return common;
}

function add(edits: Edit[], kind: Edit['kind'], name: string): void {
  const last = edits.at(-1);
  if (kind === 'same') {
    const count = last?.kind === 'same' ? last.count + 1 : 1;
    if (last?.kind === 'same') edits.pop();
    edits.push({ kind, count });
  } else if (last !== undefined && last.kind === kind) {
    edits[edits.length - 1] = { kind, names: [...last.names, name] };
  } else {
    edits.push({ kind, names: [name] });
  }
}
