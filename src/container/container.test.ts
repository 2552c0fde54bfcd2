// Compressed files and archives, made by the tools that make them, and what is
// said of those that are damaged.

import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, test } from 'vitest';
import { crc64 } from './crc64.ts';
import { formatOf } from './format.ts';
import { type Opened, openContainer } from './open.ts';
import { type ContainerProblem, describeContainerProblem } from './problems.ts';
import { xxhash64 } from './xxhash.ts';

const folder = mkdtempSync(join(tmpdir(), 'modbox-container-'));
afterAll(() => rmSync(folder, { recursive: true }));

const has = (tool: string): boolean => spawnSync(tool, ['--version']).status === 0;
const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
const utf8 = (string: string): Uint8Array => new TextEncoder().encode(string);

function packed(tool: string, args: readonly string[], bytes: Uint8Array): Uint8Array {
  return Uint8Array.from(execFileSync(tool, [...args, '-c'], { input: bytes, maxBuffer: 1 << 28 }));
}

function opened(bytes: Uint8Array): Opened {
  const result = openContainer(bytes);
  if (result.ok) return result.value;
  throw new Error(result.problems.map(describeContainerProblem).join('\n'));
}

function contentOf(bytes: Uint8Array): Uint8Array {
  const value = opened(bytes);
  return value.kind === 'file' ? value.bytes : new Uint8Array();
}

function problemOf(bytes: Uint8Array, limit?: number): ContainerProblem | undefined {
  const result = openContainer(bytes, limit === undefined ? {} : { limit });
  return result.ok ? undefined : result.problems[0];
}

/** Bytes with everything in them: text, runs, noise, far repetitions. */
function mixed(length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  let seed = 12345;
  for (let i = 0; i < length; i++) {
    seed = (Math.imul(seed, 1103515245) + 12345) & 0x7fffffff;
    const part = (i >> 10) % 5;
    if (part === 0) bytes[i] = 0x61 + (i % 26);
    else if (part === 1) bytes[i] = 0;
    else if (part === 2) bytes[i] = seed >> 16;
    else if (part === 3) bytes[i] = i >= 4096 ? (bytes[i - 4000] ?? 0) : 7;
    else bytes[i] = ((seed >> 20) & 3) + 0x40;
  }
  return bytes;
}

// xz -9e and zstd -19 of "modbox\n".
const small = utf8('modbox\n');
const smallGzip = Uint8Array.from(gzipSync(small));
const hex = (digits: string): Uint8Array => Uint8Array.from(Buffer.from(digits, 'hex'));
const smallXz = hex(
  'fd377a585a000004e6d6b446020021011c00000010cf58cc0100066d6f64626f780a000045e37a2553a41e1800011f07162eb8731fb6f37d010000000004595a',
);
const smallZstd = hex('28b52ffd04683900006d6f64626f780a88d21f89');

describe('a small file', () => {
  test.for([
    ['gzip', smallGzip],
    ['xz', smallXz],
    ['zstd', smallZstd],
  ] as const)('in %s is recognised and unpacked', ([format, bytes]) => {
    expect(formatOf(bytes)).toBe(format);
    expect(text(contentOf(bytes))).toBe('modbox\n');
  });

  test('that is not packed is left alone', () => {
    expect(contentOf(small)).toBe(small);
    expect(contentOf(new Uint8Array())).toEqual(new Uint8Array());
  });

  test('packed twice is unpacked twice', () => {
    expect(text(contentOf(Uint8Array.from(gzipSync(smallXz))))).toBe('modbox\n');
  });

  test('packed five times is a trap', () => {
    const five = Array.from({ length: 4 }).reduce<Uint8Array>(
      (bytes) => Uint8Array.from(gzipSync(bytes)),
      smallXz,
    );
    expect(problemOf(five)).toEqual({ kind: 'too-deep', limit: 4 });
  });
});

const sizes = [0, 1, 100, 65_536, 300_000] as const;
const tools = [
  ['gzip', ['-9']],
  ['xz', ['-6']],
  ['xz', ['-9e', '--check=sha256']],
  ['xz', ['-0', '--check=crc32', '--block-size=65536']],
  ['xz', ['--check=none', '--lzma2=lc=0,lp=2,pb=0,dict=4KiB']],
  ['xz', ['--lzma2=lc=1,lp=3,pb=4']],
  ['zstd', ['-3']],
  ['zstd', ['-19', '--no-check']],
  ['zstd', ['--ultra', '-22']],
] as const;

describe.for(tools)('%s %s', ([tool, args]) => {
  test.skipIf(!has(tool)).for(sizes)('%i bytes come back', (size) => {
    const bytes = mixed(size);
    expect(Buffer.compare(contentOf(packed(tool, args, bytes)), bytes)).toBe(0);
  });
});

const branchFilterFlags = ['--x86', '--arm', '--armthumb', '--arm64'] as const;

/** Bytes that look like calls often, and like the doubtful cases of x86 as well. */
function callLike(size: number): Uint8Array {
  const common = [0xe8, 0xe9, 0x00, 0xff, 0xeb, 0xf0, 0xf7, 0xf8, 0xfe, 0x94, 0x97, 0x90, 0xb0, 1];
  let state = 1;
  return Uint8Array.from({ length: size }, () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    const pick = state >>> 16;
    return (pick & 3) === 0 ? (pick >>> 2) & 0xff : (common[(pick >>> 2) % common.length] ?? 0);
  });
}

describe.for(branchFilterFlags)('xz %s', (filter) => {
  test.skipIf(!has('xz')).for([0, 4, 5, 7, 100, 4096, 300_001])('%i bytes of calls', (size) => {
    const bytes = callLike(size);
    for (const from of [filter, `${filter}=start=65536`, `${filter}=start=4294901760`])
      for (const blocks of [[], ['--block-size=4096']]) {
        const file = packed('xz', [from, '--lzma2=preset=6', ...blocks], bytes);
        expect(Buffer.compare(contentOf(file), bytes)).toBe(0);
      }
  });
});

test.skipIf(!has('xz'))('several branch filters are undone in reverse', () => {
  const bytes = callLike(10_000);
  const file = packed('xz', ['--x86', '--armthumb', '--arm', '--lzma2'], bytes);
  expect(Buffer.compare(contentOf(file), bytes)).toBe(0);
});

test.skipIf(!has('xz'))('the delta filter is refused by its name', () => {
  expect(problemOf(packed('xz', ['--delta', '--lzma2'], callLike(100)))).toMatchObject({
    kind: 'unsupported',
    what: 'the delta filter',
  });
});

test.skipIf(!has('xz'))('streams one behind the other are one file, padding between', () => {
  const parts = [packed('xz', [], utf8('one ')), new Uint8Array(8), packed('xz', [], utf8('two'))];
  expect(text(contentOf(Uint8Array.from(Buffer.concat(parts))))).toBe('one two');
});

test.skipIf(!has('zstd'))('frames one behind the other are one file', () => {
  const skippable = Uint8Array.from([0x53, 0x2a, 0x4d, 0x18, 2, 0, 0, 0, 9, 9]);
  const parts = [packed('zstd', [], utf8('one ')), skippable, packed('zstd', [], utf8('two'))];
  expect(text(contentOf(Uint8Array.from(Buffer.concat(parts))))).toBe('one two');
});

test('checksums are those of the specifications', () => {
  expect(crc64(utf8('123456789'))).toBe(0x995d_c9bb_df19_39fan);
  expect(xxhash64(new Uint8Array())).toBe(0xef46_db37_51d8_e999n);
  expect(xxhash64(utf8('abc'))).toBe(0x44bc_2cf5_ad77_0999n);
});

describe.for([
  ['gzip', smallGzip],
  ['xz', smallXz],
  ['zstd', smallZstd],
] as const)('a damaged %s file', ([format, bytes]) => {
  test('is refused wherever it is cut', () => {
    for (let length = 6; length < bytes.length; length++) {
      const problem = problemOf(bytes.subarray(0, length));
      expect(problem, `${length} bytes`).toMatchObject({ kind: 'truncated', format });
    }
  });

  test('never throws, whatever byte is wrong', () => {
    for (let at = 0; at < bytes.length; at++)
      for (const flip of [0x01, 0x80, 0xff]) {
        const wrong = bytes.map((byte, i) => (i === at ? byte ^ flip : byte));
        const result = openContainer(wrong, { limit: 1 << 20 });
        if (!result.ok) for (const each of result.problems) describeContainerProblem(each);
      }
  });
});

describe('a bomb', () => {
  const zeros = new Uint8Array(1 << 20);
  test.for<[string, readonly string[]]>([
    ['gzip', []],
    ['xz', []],
    ['zstd', []],
  ])('of %s is refused at the limit, accepted below', ([tool, args], { skip }) => {
    if (!has(tool)) skip();
    const bytes = packed(tool, args, zeros);
    expect(problemOf(bytes, (1 << 20) - 1)).toEqual({
      kind: 'too-large',
      format: tool,
      limit: (1 << 20) - 1,
    });
    expect(problemOf(bytes, 1 << 20)).toBeUndefined();
  });

  test.skipIf(!has('zstd'))('that does not tell its size is refused as well', () => {
    const bytes = packed('sh', ['-c', 'zstd -c; true'], zeros);
    expect(problemOf(bytes, 1 << 16)).toMatchObject({ kind: 'too-large', format: 'zstd' });
  });
});

describe.skipIf(!has('tar'))('a tar archive', () => {
  const long = `${'deep/'.repeat(40)}long-name.ko`;
  const files = { 'a.ko': 'AAA', 'sub/b.ko': 'B'.repeat(2000), 'empty.ko': '', [long]: 'L' };
  const make = (format: string): Uint8Array => {
    const source = mkdtempSync(join(folder, 'tar-'));
    for (const [name, content] of Object.entries(files)) {
      const path = join(source, name);
      execFileSync('mkdir', ['-p', join(path, '..')]);
      writeFileSync(path, content);
    }
    const args = ['-C', source, `--format=${format}`, '-cf', '-', '.'];
    return Uint8Array.from(execFileSync('tar', args));
  };
  const listed = (bytes: Uint8Array): Record<string, string> => {
    const value = opened(bytes);
    if (value.kind !== 'archive') throw new Error('no archive');
    return Object.fromEntries(value.members.map((each) => [each.name, text(each.bytes)]));
  };

  test.for(['gnu', 'posix'])('in the %s format gives its files', (format) => {
    expect(listed(make(format))).toEqual(files);
  });

  test('may be compressed', () => {
    expect(listed(Uint8Array.from(gzipSync(make('gnu'))))).toEqual(files);
    if (has('xz')) expect(listed(packed('xz', [], make('gnu')))).toEqual(files);
    if (has('zstd')) expect(listed(packed('zstd', [], make('posix')))).toEqual(files);
  });

  test('is refused wherever it is cut', () => {
    const bytes = make('gnu');
    const step = 97;
    for (let length = 512; length < bytes.length - 10240; length += step)
      expect(problemOf(bytes.subarray(0, length)), `${length}`).toMatchObject({ format: 'tar' });
  });

  test('with a damaged header names the place', () => {
    const bytes = make('gnu');
    bytes[3] = 0x21;
    expect(problemOf(bytes)).toMatchObject({
      kind: 'damaged',
      what: 'the checksum of a header',
      offset: 148,
    });
  });
});

/** An ar archive of these members. */
function ar(members: Readonly<Record<string, Uint8Array>>): Uint8Array {
  const parts: Uint8Array[] = [utf8('!<arch>\n')];
  for (const [name, bytes] of Object.entries(members)) {
    const fields = [name.padEnd(16), '0'.padEnd(12), '0     ', '0     ', '100644  '];
    parts.push(utf8(`${fields.join('')}${`${bytes.length}`.padEnd(10)}\`\n`), bytes);
    if (bytes.length % 2 === 1) parts.push(utf8('\n'));
  }
  return Uint8Array.from(Buffer.concat(parts));
}

describe('a Debian package', () => {
  const version = utf8('2.0\n');
  const packager = 'dpkg-deb';

  test.skipIf(!has(packager)).for(['gzip', 'xz', 'zstd'])('packed with %s opens', (packer) => {
    const source = mkdtempSync(join(folder, 'deb-'));
    execFileSync('mkdir', ['-p', join(source, 'DEBIAN'), join(source, 'lib/modules')]);
    writeFileSync(
      join(source, 'DEBIAN/control'),
      'Package: p\nVersion: 1\nArchitecture: all\nMaintainer: m <m@localhost>\nDescription: d\n',
    );
    writeFileSync(join(source, 'lib/modules/x.ko'), mixed(5000));
    const deb = join(source, 'p.deb');
    execFileSync(packager, [`-Z${packer}`, '--root-owner-group', '-b', source, deb]);
    const value = opened(Uint8Array.from(readFileSync(deb)));
    expect(value).toMatchObject({ kind: 'archive', format: 'deb' });
    const members = value.kind === 'archive' ? value.members : [];
    const module = members.find(({ name }) => name === 'lib/modules/x.ko');
    expect(Buffer.compare(module?.bytes ?? new Uint8Array(), mixed(5000))).toBe(0);
  });

  test('without files says what it has', () => {
    expect(problemOf(ar({ 'debian-binary': version, 'control.tar': utf8('c') }))).toEqual({
      kind: 'no-data',
      found: ['debian-binary', 'control.tar'],
    });
  });

  test('is refused wherever it is cut, and never throws', () => {
    const bytes = ar({ 'debian-binary': version, 'data.tar.gz': gzipSync(new Uint8Array(1024)) });
    expect(problemOf(bytes)).toBeUndefined();
    // The magic alone is an empty archive.
    for (let length = 9; length < bytes.length - 1; length++)
      expect(problemOf(bytes.subarray(0, length)), `${length}`).toBeDefined();
  });
});

test('a static library is an archive too, long names and all', () => {
  const names = utf8('a_name_longer_than_fifteen.o/\n');
  const bytes = ar({ '/': utf8('syms'), '//': names, '/0': utf8('A'), 'b.o/': utf8('B') });
  expect(opened(bytes)).toMatchObject({
    kind: 'archive',
    format: 'ar',
    members: [{ name: 'a_name_longer_than_fifteen.o' }, { name: 'b.o' }],
  });
});
