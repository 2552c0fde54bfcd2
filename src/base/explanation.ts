// A problem as a person needs it told: what is wrong, where, what was wanted and
// found, and what to do about it.  In a list each part has a line of its own; in a
// message they are one sentence.

export interface Explanation {
  readonly what: string;
  readonly where?: string;
  readonly wanted?: string;
  readonly found?: string;
  readonly todo?: string;
}

/** "what (where): found x, wanted y; do z", with the parts that are there. */
export function sentenceOf({ what, where, wanted, found, todo }: Explanation): string {
  const facts = [
    ...(found === undefined ? [] : [`found ${found}`]),
    ...(wanted === undefined ? [] : [`wanted ${wanted}`]),
  ];
  return (
    what +
    (where === undefined ? '' : ` (${where})`) +
    (facts.length === 0 ? '' : `: ${facts.join(', ')}`) +
    (todo === undefined ? '' : `; ${todo}`)
  );
}
