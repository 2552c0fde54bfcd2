// Names that somebody may have meant: few edits away from a name that is missing.

const mostEdits = 3;
const mostNames = 3;

/** The nearest of `names`, best first. */
export function nearestNames(wanted: string, names: readonly string[]): readonly string[] {
  // A short name is near to everything: allow one edit in four letters.
  const limit = Math.min(mostEdits, Math.floor(wanted.length / 4));
  if (limit === 0) return [];
  return names
    .map((name) => ({ name, edits: editsBetween(wanted, name, limit) }))
    .filter(({ edits }) => edits > 0 && edits <= limit)
    .toSorted((a, b) => a.edits - b.edits || (a.name < b.name ? -1 : 1))
    .slice(0, mostNames)
    .map(({ name }) => name);
}

/** Levenshtein's distance, or anything above `limit` once it is above. */
function editsBetween(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) > limit) return limit + 1;
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    if (Math.min(...next) > limit) return limit + 1;
    row = next;
  }
  return row[b.length] ?? 0;
}
