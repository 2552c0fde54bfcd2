// Character sets: all bytes of those that have one for each character, against
// iconv-lite's tables, and texts of the others.

import iconv from 'iconv-lite';
import { ascii, type Bench, hex, type KnownAnswer } from './bench.ts';

const judge = 'iconv-lite 0.7.3';
const everyByte = Uint8Array.from({ length: 255 }, (_, i) => i + 1);
const code = (character: string): string => character.charCodeAt(0).toString(16).padStart(4, '0');

/**
 * Each byte that is not what the judge says, as 'byte:unicode/judge', fffd for none,
 * and each character that has not its byte, as 'unicode:byte/the one it is of'.
 */
function differences(bench: Bench, charset: string, encoding: string): string {
  const text = bench.decode(charset, everyByte);
  const lines = [...everyByte].flatMap((byte, i) => {
    const theirs = iconv.decode(Buffer.from([byte]), encoding);
    const ours = text.charAt(i);
    return ours === theirs ? [] : [`${byte.toString(16)}:${code(ours)}/${code(theirs)}`];
  });
  // The way back: of each character that there is, to a byte that is the same one.
  for (const [i, character] of [...text].entries()) {
    if (character === '\ufffd') continue;
    const byte = everyByte[i] ?? 0;
    const back = bench.tryEncode(charset, character);
    if (hex(back) !== hex(Uint8Array.of(byte)))
      lines.push(`${code(character)}:${hex(back) || 'none'}/${byte.toString(16)}`);
  }
  return lines.join(' ');
}

const text = (
  module: string,
  charset: string,
  what: string,
  needs: readonly string[] = [],
): KnownAnswer => ({
  module,
  with: needs,
  driver: `nls ${charset}`,
  source: `${judge}, "${what}"`,
  ask: (bench) => {
    const encoded = bench.encode(charset, what);
    return [hex(encoded), bench.decode(charset, encoded)];
  },
  expected: [hex(iconv.encode(what, charset)), what],
});

/** How Linux's tables differ, each for one of these reasons. */
const different: Readonly<Record<string, string>> = {
  // Older than the euro sign, and than other late additions.
  nls_cp874: '80:fffd/20ac',
  'nls_iso8859-7': 'a1:02bd/2018 a2:02bc/2019 a4:fffd/20ac a5:fffd/20af aa:fffd/037a',
  // No way back from some characters, or to another byte: mistakes of Linux 6.1.
  nls_cp1251: '20ac:none/88 0490:none/a5 0491:a5/b4',
  nls_cp1255:
    'af:203e/00af ca:fffd/05ba df:2017/fffd fd:fffd/200e fe:fffd/200f ' +
    '00a1:none/a1 203e:none/af 00bf:none/bf 2017:none/df',
  'nls_iso8859-14': '010a:a6/a4 010b:ab/a5',
  // Arabic digits where the standard says that ASCII's may be shown as such.
  'nls_iso8859-6': Array.from({ length: 10 }, (_, i) => `3${i}:066${i}/003${i}`).join(' '),
  // Apple's tables of today have the euro sign for the currency sign and Apple's
  // own characters.
  'mac-croatian': 'bd:03a9/2126 d8:f8ff/fffd db:20ac/00a4',
  'mac-cyrillic': 'a2:0490/00a2 b6:0491/2202 ff:20ac/00a4',
  'mac-greek': '9c:20ac/00ad af:00b7/0387 ff:00ad/fffd',
  'mac-iceland': 'bd:03a9/2126 db:20ac/00a4 f0:f8ff/fffd',
  'mac-roman': 'bd:03a9/2126 db:20ac/00a4 f0:f8ff/fffd',
  'mac-turkish': 'bd:03a9/2126 f0:f8ff/fffd f5:f8a0/fffd',
  'mac-romanian':
    'af:0218/015e bd:03a9/2126 bf:0219/015f db:20ac/00a4 de:021a/0162 df:021b/0163 f0:f8ff/fffd',
};

const table = (module: string, charset: string, encoding = charset): KnownAnswer => ({
  module,
  driver: `nls ${charset}`,
  source: `${judge}, every byte and back`,
  ask: (bench) => differences(bench, charset, encoding),
  expected: different[module] ?? '',
});

export const charsets: readonly KnownAnswer[] = [
  table('nls_ascii', 'ascii'),
  ...['437', '737', '775', '850', '852', '855', '857', '860', '861', '862', '863', '864']
    .concat(['865', '866', '869', '874', '1250', '1251', '1255'])
    .map((page) => table(`nls_cp${page}`, `cp${page}`)),
  ...['1', '2', '3', '4', '5', '6', '7', '9', '13', '14', '15'].map((part) =>
    table(`nls_iso8859-${part}`, `iso8859-${part}`),
  ),
  table('nls_koi8-r', 'koi8-r'),
  table('nls_koi8-u', 'koi8-u'),
  // Decoding is not asked: nls_koi8-ru.c of Linux 6.1 takes every byte but two for
  // the short u, since its condition is the wrong way round.
  {
    module: 'nls_koi8-ru',
    with: ['nls_koi8-u'],
    driver: 'nls koi8-ru, encoding',
    source: `${judge}, "Прывітанне ўЎ"`,
    ask: (bench) => hex(bench.encode('koi8-ru', 'Прывітанне ўЎ')),
    expected: hex(iconv.encode('Прывітанне ўЎ', 'koi8-ru')),
  },
  ...['centeuro', 'croatian', 'cyrillic', 'greek', 'iceland', 'roman', 'turkish'].map((name) =>
    table(`mac-${name}`, `mac${name}`),
  ),
  table('mac-romanian', 'macromanian', 'macromania'),
  text('nls_cp932', 'cp932', '日本語のテスト、漢字とカナ'),
  text('nls_euc-jp', 'euc-jp', '日本語のテスト、漢字とカナ', ['nls_cp932']),
  text('nls_cp936', 'cp936', '中文测试，汉字'),
  text('nls_cp949', 'cp949', '한국어 시험'),
  text('nls_cp950', 'cp950', '中文測試，漢字'),
  text('nls_utf8', 'utf8', 'Grüße, Ελλάδα, Привет, 日本'),
  {
    module: 'nls_iso8859-1',
    driver: 'nls iso8859-1, lower and upper case',
    source: 'ISO/IEC 8859-1',
    ask: (bench) => [
      hex(bench.changeCase('iso8859-1', true, ascii('stra\xdfe, \xe9t\xe9, \xff'))),
      hex(bench.changeCase('iso8859-1', false, ascii('\xc9T\xc9'))),
    ],
    expected: [hex(ascii('STRA\xdfE, \xc9T\xc9, \xff')), hex(ascii('\xe9t\xe9'))],
  },
];
