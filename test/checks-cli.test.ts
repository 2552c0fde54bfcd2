// modbox run --check: exit status and JSON.  docs/checks.md, which is tested too, shows
// the text.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { archNames } from '../src/arch/arch.ts';
import { debianPath, root, samplePath } from '../src/host/assets.ts';
import { modbox } from './support/command.ts';
import { lineOf } from './support/planted.ts';

describe.each(archNames)('%s', (arch) => {
  const planted = join(root, 'build', 'test-modules', arch, 'planted.ko');

  test('a module that does nothing wrong is ok', () => {
    const { status, stdout } = modbox('run', samplePath(arch, 'hello'), '--check', '--quiet');
    expect(stdout).toMatch(/no leaks.*\nok\n$/s);
    expect(status).toBe(0);
  });

  const debian = debianPath(process.env, arch, 'crc16');
  test.skipIf(!existsSync(debian))('so is one of Debian', () => {
    const { status } = modbox('run', debian, '--check', '--call', 'crc16(0, "123456789", 9):u16');
    expect(status).toBe(0);
  });

  test('a leak is a failure, with its line', () => {
    const { status, stdout } = modbox(
      ...['run', planted, '--check', '--json', '--call', 'planted_leak()'],
    );
    expect(status).toBe(1);
    const report = JSON.parse(stdout);
    expect(report).toMatchObject({ ok: false, findings: [] });
    const [record] = report.modules[0].leaks.records;
    expect(record).toMatchObject({
      kind: 'block',
      bytes: 48,
      file: 'test/modules/planted/planted.c',
      line: lineOf('planted', 'bug: leak'),
    });
  });

  test('without --check it is none', () => {
    const { status } = modbox('run', planted, '--json', '--call', 'planted_leak()');
    expect(status).toBe(0);
  });

  test('a misused block is told whole', () => {
    const { stdout } = modbox(
      ...['run', planted, '--check', '--json', '--call', 'planted_use_after_free()'],
    );
    const line = (mark: string): number => lineOf('planted', `${mark}: use_after_free`);
    expect(JSON.parse(stdout).calls[0].oops).toMatchObject({
      kind: 'heap',
      heap: {
        class: 'slab-use-after-free',
        use: 'read',
        bytes: 1,
        line: line('bug'),
        block: {
          bytes: 48,
          allocated: { line: line('allocated') },
          freed: { line: line('freed') },
        },
      },
    });
  });

  test('an answer that depends on memory that nobody wrote is found', () => {
    const { status, stdout } = modbox(
      ...['run', planted, '--check', '--json', '--call', 'planted_garbage():u32'],
    );
    expect(status).toBe(1);
    const report = JSON.parse(stdout);
    expect(report.calls[0].value).toBe('0xa5a5a5a5');
    expect(report.findings).toMatchObject([{ kind: 'uninitialised-read' }]);
    expect(report.findings[0].text).toContain(
      'filled with 0xa5, planted_garbage() is 0xa5a5a5a5; with 0x00, 0x0',
    );
  });
});
