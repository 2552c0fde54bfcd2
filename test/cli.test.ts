// The command as a user types it: a process, its output and its exit status.

import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { archNames } from '../src/arch/arch.ts';
import { debianPath, samplePath } from '../src/host/assets.ts';

const root = path.dirname(import.meta.dirname);

interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function modbox(...args: readonly string[]): Ended {
  return modboxWith({}, ...args);
}

function modboxWith(environment: Record<string, string>, ...args: readonly string[]): Ended {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [path.join(root, 'bin', 'modbox.js'), ...args],
    { cwd: root, encoding: 'utf8', env: { ...process.env, ...environment } },
  );
  return { status, stdout, stderr };
}

const parse = (text: string): unknown => JSON.parse(text);

describe.each(archNames)('%s', (arch) => {
  const hello = samplePath(arch, 'hello');

  test('run loads, calls and unloads', () => {
    const { status, stdout, stderr } = modbox('run', hello, '--call', 'hello_add(2, 40)');
    expect(stderr).toBe('');
    expect(status).toBe(0);
    const lines = stdout.split('\n');
    expect(lines.slice(1, 5)).toEqual([
      '| hello: here I am',
      'hello_add(2, 40) = 42 (0x2a)',
      '| hello: good-bye',
      '',
    ]);
    expect(lines.slice(-3)).toEqual(['  load ok, init ok, fini ok, no leaks', 'ok', '']);
  });

  test('run names the oops of a module that faults, and ends with 1', () => {
    const { status, stdout } = modbox('run', samplePath(arch, 'nullderef'), hello);
    expect(status).toBe(1);
    expect(stdout).toContain('| Oops: page fault: read of 0x');
    expect(stdout).toMatch(/^ {2}page fault: read of 0x[48] at weigh\+.* \[nullderef\]$/m);
    expect(stdout).toMatch(/modbox debug \S+nullderef\.ko -ex run$/m);
    expect(stdout).toContain('| hello: good-bye');
    expect(stdout).toMatch(/^failed: nullderef$/m);
  });

  test('a file that is named later is what an earlier one requires', () => {
    const { status, stdout } = modbox(
      'run',
      '--quiet',
      samplePath(arch, 'consumer'),
      samplePath(arch, 'provider'),
    );
    expect(status).toBe(0);
    expect(stdout.split('\n').filter((line) => /^\w/.test(line))).toEqual([
      expect.stringMatching(/^provider .*netbsd module$/),
      expect.stringMatching(/^consumer /),
      'ok',
    ]);
  });

  test('run --json is one document', () => {
    const { status, stdout } = modbox('run', '--json', hello, '--call', 'hello_add(-1, -1):s32');
    expect(status).toBe(0);
    expect(parse(stdout)).toMatchObject({
      ok: true,
      arch,
      modules: [
        {
          name: 'hello',
          load: 'ok',
          init: 'ok',
          fini: 'ok',
          leaks: { blocks: 0, bytes: 0 },
          failure: null,
        },
      ],
      calls: [{ call: 'hello_add(-1, -1)', outcome: 'returned', value: '-0x2' }],
      console: expect.stringContaining('hello: here I am\nhello: good-bye\n'),
    });
  });

  test('run --json of a fault carries the oops', () => {
    const { status, stdout } = modbox('run', '--json', samplePath(arch, 'nullderef'));
    expect(status).toBe(1);
    const oops = { kind: 'page-fault', module: 'nullderef', access: 'read' };
    expect(parse(stdout)).toMatchObject({
      ok: false,
      modules: [{ load: 'ok', init: 'failed', failure: { stage: 'init', oops } }],
    });
  });

  test('info says what a sample is', () => {
    const { status, stdout } = modbox('info', samplePath(arch, 'consumer'));
    expect(status).toBe(0);
    expect(stdout).toMatch(/^machine +\S+: /m);
    expect(stdout).toMatch(/^module +consumer: NetBSD 10.0, class misc, requires provider$/m);
    expect(stdout).toMatch(
      /^undefined +2: printf \(kernel\), provider_sum \(not in the kernel\)$/m,
    );
  });

  const crc = debianPath(process.env, arch, 'crc-itu-t');
  describe.skipIf(!existsSync(crc))('a module of Debian', () => {
    test('info knows it', () => {
      const { status, stdout } = modbox('info', '--json', crc);
      expect(status).toBe(0);
      expect(parse(stdout)).toMatchObject({
        ok: true,
        arch,
        flavour: 'linux',
        name: 'crc_itu_t',
        vermagic: expect.stringMatching(/mod_unload/),
        init: false,
        exports: [{ name: 'crc_itu_t' }, { name: 'crc_itu_t_table' }],
        problems: [],
      });
    });

    test('run computes', () => {
      const call = 'crc_itu_t(0, "123456789", 9):u16';
      const { status, stdout } = modbox('run', crc, '--call', call);
      expect(status).toBe(0);
      expect(stdout).toContain('crc_itu_t(0, "123456789", 9) = 12739 (0x31c3)\n');
    });
  });
});

const amd64 = (name: string): string => samplePath('amd64', name);

describe('what went wrong', () => {
  test.for<[string, number, string[], string]>([
    ['no file', 2, ['run', 'nowhere.ko'], 'modbox: nowhere.ko: no such file\n'],
    ['a folder', 2, ['run', 'src'], 'modbox: src: is a folder, wanted a module\n'],
    [
      'not an object',
      2,
      ['info', 'LICENSE'],
      'modbox: LICENSE: not an ELF file: it begins with 42 53 44 20, not 7f 45 4c 46\n',
    ],
    ['an unknown verb', 2, ['rnu'], 'modbox: no verb rnu; did you mean run?\n'],
    [
      'an unknown option',
      2,
      ['run', '--quite', 'a'],
      'modbox: run: no option --quite; did you mean --quiet?\n',
    ],
    ['a missing file name', 2, ['info'], 'modbox: info: name one file; see modbox help info\n'],
  ])('%s ends with %i', ([, status, args, stderr]) => {
    expect(modbox(...args)).toEqual({ status, stdout: '', stderr });
  });

  test('modules of two architectures are refused, both named', () => {
    const { status, stderr } = modbox('run', amd64('hello'), samplePath('armv7', 'provider'));
    expect(status).toBe(2);
    expect(stderr).toMatch(
      /amd64\/hello\.ko is for amd64 and \S+provider\.ko for armv7; one machine/,
    );
  });

  test('an architecture that was insisted on is', () => {
    const { status, stderr } = modbox('run', amd64('hello'), '--arch', 'i386');
    expect(status).toBe(2);
    expect(stderr).toMatch(/hello\.ko is for amd64, not i386$/m);
  });

  test('an integer that a word cannot hold is refused before anything runs', () => {
    const file = samplePath('i386', 'hello');
    const { status, stdout, stderr } = modbox('run', file, '--call', 'hello_add(0x100000000, 1)');
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toContain('does not fit a word of 32 bits');
  });

  test('an error is a document too where JSON was asked for', () => {
    const { status, stdout } = modbox('run', '--json', 'nowhere.ko');
    expect(status).toBe(2);
    expect(parse(stdout)).toEqual({ ok: false, error: 'modbox: nowhere.ko: no such file' });
  });

  test('a symbol that nobody has fails the call and names the nearest', () => {
    const { status, stdout } = modbox('run', amd64('hello'), '--call', 'hello_ad(1)');
    expect(status).toBe(1);
    expect(stdout).toContain('not called: no loaded module has hello_ad; did you mean hello_add?');
  });

  test('an init that returns an error is told with its name and its leak', () => {
    const { status, stdout } = modbox('run', '-q', amd64('failing'));
    expect(status).toBe(1);
    expect(stdout).toMatch(/load ok, init failed, leaked 1 block/);
    expect(stdout).toContain('init of failing returned 22 (EINVAL)');
  });

  test('the watchdog takes virtual seconds', () => {
    const { status, stdout } = modbox('run', '-q', '--watchdog', '0.01', amd64('spin'));
    expect(status).toBe(1);
    expect(stdout).toContain('watchdog: ran too long at spin_modcmd+');
    expect(stdout).toContain('--watchdog SECONDS');
  });

  const arc4 = debianPath(process.env, 'armv7', 'libarc4');
  test.skipIf(!existsSync(arc4))(
    'a call that breaks the heap is a failure, though the function returned',
    () => {
      // struct arc4_ctx has 1032 bytes.
      const call = 'arc4_setkey([264], "Key", 3):s32';
      const { status, stdout } = modbox('run', '-q', arc4, '--call', call);
      expect(status).toBe(1);
      expect(stdout).toMatch(/^arc4_setkey.* the kernel panicked: .* is overwritten$/m);
      expect(stdout).toMatch(/^failed: the kernel panicked: /m);
    },
  );

  test('an undefined symbol leads to info', () => {
    const { status, stdout } = modbox('run', '-q', amd64('needs_missing'));
    expect(status).toBe(1);
    expect(stdout).toContain('symbol missing_function is not defined');
    expect(stdout).toContain('modbox info ');
  });

  test('a libunicorn that is not there is one paragraph', () => {
    const { status, stderr } = modboxWith({ MODBOX_UNICORN: 'nowhere' }, 'run', amd64('hello'));
    expect(status).toBe(2);
    expect(stderr).toBe(
      'modbox: the libunicorn that MODBOX_UNICORN names is missing (nowhere); run `npm run setup`\n',
    );
  });
});

describe('modbox', () => {
  test('alone prints its verbs and ends with 2', () => {
    const { status, stderr } = modbox();
    expect(status).toBe(2);
    expect(stderr).toMatch(/^ {2}run /m);
  });

  test('--version is that of the package', () => {
    expect(modbox('--version').stdout).toMatch(/^modbox \d+\.\d+\.\d+\n$/);
  });

  test.for([['help'], ['help', 'run'], ['run', '--help'], ['info', '-h']])(
    '%s %s is help',
    (args) => {
      const { status, stdout, stderr } = modbox(...args);
      expect([status, stderr]).toEqual([0, '']);
      expect(stdout).toMatch(/^modbox /);
    },
  );

  test('--keep leaves fini out', () => {
    const { status, stdout } = modbox('run', '--keep', amd64('hello'));
    expect(status).toBe(0);
    expect(stdout).toContain('load ok, init ok, kept loaded');
    expect(stdout).not.toContain('good-bye');
  });

  test('output that is not a terminal has no colours', () => {
    expect(modbox('run', amd64('nullderef')).stdout).not.toContain('\x1b');
  });
});
