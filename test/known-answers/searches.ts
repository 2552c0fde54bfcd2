// Searching text: the places of a pattern, with indexOf() as the judge, and what
// a state machine of tokens matches.

import { ascii, type KnownAnswer } from './bench.ts';

const text = ascii('abababcabababcabab; needle, haystack, needles and needle');
const IGNORE_CASE = 2;

/** Every place but those that overlap the one before. */
function places(pattern: string): number[] {
  const all = Buffer.from(text).toString('latin1');
  const found: number[] = [];
  for (let at = all.indexOf(pattern); at >= 0; ) {
    found.push(at);
    at = all.indexOf(pattern, at + pattern.length);
  }
  return found;
}

const search = (
  module: string,
  algorithm: string,
  pattern: string,
  { piece = 0, most = 64 } = {},
): KnownAnswer => ({
  module,
  driver: `textsearch ${algorithm}${piece === 0 ? '' : `, blocks of ${piece}`}`,
  source: `indexOf(), "${pattern}"`,
  ask: (bench) => bench.search(algorithm, ascii(pattern), text, piece),
  expected: places(pattern).slice(0, most),
});

const caseless = (module: string, algorithm: string, most = 64): KnownAnswer => ({
  module,
  driver: `textsearch ${algorithm}, any case`,
  source: 'indexOf(), "NeeDLe"',
  ask: (bench) => bench.search(algorithm, ascii('NeeDLe'), text, 0, IGNORE_CASE),
  expected: places('needle').slice(0, most),
});

/** struct ts_fsm_token {u16 type; u8 recurrence; u8 value}. */
type Token = readonly [type: number, recurrence: number, value?: string];
const [SPECIFIC, WILDCARD] = [0, 1];
const [SINGLE, PERHAPS, MULTI, HEAD_IGNORE] = [0, 1, 3, 4];
const a: Token = [SPECIFIC, SINGLE, 'a'];
const b: Token = [SPECIFIC, SINGLE, 'b'];
const somewhere: Token = [WILDCARD, HEAD_IGNORE];
const fsm = (
  what: string,
  tokens: readonly Token[],
  data: string,
  expected: number[],
): KnownAnswer => ({
  module: 'ts_fsm',
  driver: 'textsearch fsm',
  source: `regular expression ${what} in "${data}"`,
  ask: (bench) => {
    const packed = tokens.flatMap(([type, recurrence, value]) => [
      ...[type, 0, recurrence, value === undefined ? 0 : value.charCodeAt(0)],
    ]);
    return bench.search('fsm', Uint8Array.from(packed), ascii(data));
  },
  expected,
});

export const searches: readonly KnownAnswer[] = [
  search('ts_kmp', 'kmp', 'ababc'),
  search('ts_kmp', 'kmp', 'needle'),
  search('ts_kmp', 'kmp', 'needle', { piece: 7 }),
  caseless('ts_kmp', 'kmp'),
  // Boyer and Moore's does not say how far it came: it finds the first, again and again.
  search('ts_bm', 'bm', 'ababc', { most: 1 }),
  search('ts_bm', 'bm', 'needle', { most: 1 }),
  search('ts_bm', 'bm', 'haystack', { most: 1 }),
  search('ts_bm', 'bm', 'thread', { most: 1 }),
  caseless('ts_bm', 'bm', 1),
  fsm('^ab$', [a, b], 'ab', [0]),
  fsm('^ab$', [a, b], 'abx', []),
  fsm('^ab+', [a, [SPECIFIC, MULTI, 'b']], 'abbbx', [0]),
  fsm('^a?b$', [[SPECIFIC, PERHAPS, 'a'], b], 'b', [0]),
  fsm('ab$', [somewhere, a, b], 'xyab', [2]),
];
