// modbox check, as a user types it, on samples and on modules of Debian.

import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { archNames } from '../src/arch/arch.ts';
import { debianPath, root, samplePath } from '../src/host/assets.ts';
import { modbox } from './support/command.ts';
import { linuxModule } from './support/linux-module.ts';

const folder = mkdtempSync(join(tmpdir(), 'modbox-check-'));
afterAll(() => rmSync(folder, { recursive: true }));

const parse = (text: string): unknown => JSON.parse(text);

function write(name: string, content: Uint8Array | string): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

describe.each(archNames)('%s', (arch) => {
  test('what would load is said in a line, requirements found beside it', () => {
    const file = samplePath(arch, 'consumer');
    const { status, stdout, stderr } = modbox('check', file);
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout).toBe(`${file}: would load; checked against the guest kernel (${arch})\n`);
  });

  test('T17: every undefined symbol, its near names, and the modules that have it', () => {
    const lacking = write(
      `lacking-${arch}.ko`,
      linuxModule(arch, { name: `lacking_${arch}`, imports: ['kfre', `provided_${arch}`] }),
    );
    const provider = `provider-${arch}.ko`;
    const exports = [{ name: `provided_${arch}` }];
    write(provider, linuxModule(arch, { name: `provider_${arch}`, exports }));
    const { status, stdout } = modbox('check', lacking, '--json');
    expect(status).toBe(1);
    expect(parse(stdout)).toMatchObject({
      ok: false,
      files: [
        {
          arch,
          wouldLoad: false,
          findings: [
            { symbol: 'kfre', found: expect.stringContaining('kfree'), providers: [] },
            {
              symbol: `provided_${arch}`,
              kind: 'undefined-symbol',
              group: 'symbols',
              where: expect.stringMatching(/^\.data\+0x[48]: R_/),
              providers: [{ module: `provider_${arch}`, why: 'not-required' }],
            },
          ],
        },
      ],
    });
    // One that is named before it counts as loaded; one behind it does not.
    const both = [join(folder, provider), lacking];
    expect(modbox('check', ...both).stdout).not.toContain(`provided_${arch} is not defined`);
    expect(modbox('check', ...both.reverse()).stdout).toContain('before this one');
  });

  const crc = debianPath(process.env, arch, 'crc-itu-t');
  const other = debianPath(process.env, arch, 'crc7');
  describe.skipIf(!existsSync(crc) || !existsSync(other))('a module of Debian', () => {
    test('would load into the guest, and into the kernel of its neighbours', () => {
      expect(modbox('check', crc).status).toBe(0);
      const like = modbox('check', crc, '--like', other);
      expect(like.status).toBe(0);
      expect(like.stdout).not.toMatch(/differ|not compared/);
    });

    test('T29: with one byte of a CRC changed, symbol, wanted and found', () => {
      const bytes = Uint8Array.from(readFileSync(crc));
      const record = Buffer.from(bytes).indexOf('module_layout\0');
      const wordBytes = arch === 'amd64' || arch === 'aarch64' ? 8 : 4;
      const view = new DataView(bytes.buffer, record - wordBytes, 4);
      const wanted = view.getUint32(0, true);
      const found = (wanted ^ 0x40) >>> 0;
      view.setUint32(0, found, true);
      const hex = (value: number): string => `0x${value.toString(16).padStart(8, '0')}`;
      const path = write('crc-itu-t.ko', bytes);

      for (const against of [
        ['--like', crc],
        ['--against', write('Module.symvers', symvers(crc, arch))],
      ]) {
        const { status, stdout } = modbox('check', path, '--json', ...against);
        expect(status).toBe(1);
        expect(parse(stdout)).toMatchObject({
          files: [
            {
              findings: [
                {
                  kind: 'version',
                  symbol: 'module_layout',
                  where: 'exported by the kernel',
                  wanted: hex(wanted),
                  found: hex(found),
                },
              ],
            },
          ],
        });
      }
    });
  });

  /** A Module.symvers with what this module carries. */
  function symvers(path: string, name: typeof arch): string {
    const bytes = readFileSync(path);
    const wide = name === 'amd64' || name === 'aarch64' ? 8 : 4;
    const lines: string[] = [];
    for (const symbol of ['module_layout', '__fentry__', '__x86_return_thunk', '__gnu_mcount_nc']) {
      const at = bytes.indexOf(`${symbol}\0`, 0x100);
      const crcAt = symbol === 'module_layout' ? bytes.readUInt32LE(at - wide) : 0;
      lines.push(`0x${crcAt.toString(16)}\t${symbol}\tvmlinux\tEXPORT_SYMBOL\t`);
    }
    return `${lines.join('\n')}\n`;
  }
});

const hello = samplePath('amd64', 'hello');

describe('--against', () => {
  const user = write('user.ko', linuxModule('amd64', { name: 'user', imports: ['only_there'] }));

  test('a Module.symvers has its own symbols, and no others', () => {
    const line = '0x00000001\tonly_there\tvmlinux\tEXPORT_SYMBOL\t\n';
    const there = write('there.symvers', line);
    expect(modbox('check', user).status).toBe(1);
    const { status, stdout } = modbox('check', user, '--against', there);
    expect(stdout).toContain('checked against');
    expect(stdout).toMatch(/carries no version of only_there/);
    expect(status).toBe(1);
    expect(modbox('check', hello, '--against', there).stdout).toContain('printf is not defined');
  });

  test('a folder of modules adds theirs to the guest kernel', () => {
    const exporter = linuxModule('amd64', { name: 'exporter', exports: [{ name: 'only_there' }] });
    const set = mkdtempSync(join(folder, 'set-'));
    writeFileSync(join(set, 'exporter.ko'), exporter);
    const { status, stdout } = modbox('check', user, '--against', set, '--json');
    expect(parse(stdout)).toMatchObject({ files: [{ against: expect.stringContaining(set) }] });
    expect([status, stdout]).toEqual([1, expect.stringContaining('version of only_there')]);
  });

  test('another kernel of our kind has its exports', () => {
    const kernel = join(root, 'build', 'guest', 'amd64', 'kernel.elf');
    expect(modbox('check', hello, '--against', kernel).status).toBe(0);
  });

  test.for<[string, () => string, RegExp]>([
    ['a file of another kind', () => 'LICENSE', /is neither a kernel, nor modules, nor a Module/],
    ['an empty folder', () => mkdtempSync(join(folder, 'none-')), /has no modules for amd64/],
    ['no file', () => 'nowhere', /nowhere: no such file/],
    [
      'a kernel of another architecture',
      () => join(root, 'build', 'guest', 'i386', 'kernel.elf'),
      /not an executable for amd64/,
    ],
  ])('%s ends with 2', ([, make, message]) => {
    const { status, stdout, stderr } = modbox('check', hello, '--against', make());
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(message);
  });
});

test('--vermagic is compared field by field', () => {
  const modinfo = ['vermagic=6.1.0 SMP mod_unload '];
  const file = write('magic.ko', linuxModule('armv7', { name: 'magic', modinfo }));
  const same = modbox('check', file, '--vermagic', '6.1.0 SMP mod_unload');
  expect(same.status).toBe(0);
  const { status, stdout } = modbox('check', file, '--vermagic', '6.1.0 preempt mod_unload ARMv7');
  expect(status).toBe(1);
  expect(stdout).toContain('would not load, 3 problems');
  expect(stdout).toMatch(/SMP differs\n +wanted +absent\n +found +SMP\n +to do +.*CONFIG_SMP/);
});

test('several files are each checked, and one bad one is enough', () => {
  const { status, stdout } = modbox('check', hello, samplePath('armv7', 'needs_missing'));
  expect(status).toBe(1);
  expect(stdout).toMatch(
    /hello\.ko: would load;.*\n\n.*needs_missing\.ko: would not load, 1 problem/,
  );
});

test('a file that cannot be read ends with 2', () => {
  const { status, stderr } = modbox('check', hello, 'LICENSE');
  expect(status).toBe(2);
  expect(stderr).toMatch(/^modbox: LICENSE: not an ELF file/);
});

test('one that is merely damaged says where', () => {
  const bytes = readFileSync(hello);
  for (let length = 0; length < bytes.length; length += 997) {
    const { status, stderr } = modbox('check', write('cut.ko', bytes.subarray(0, length)));
    expect([status, stderr.startsWith('modbox: bug')], `${length}`).toEqual([2, false]);
  }
});
