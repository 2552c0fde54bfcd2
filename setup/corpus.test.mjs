// What `npm run corpus` refuses before it fetches anything.

import { expect, test } from 'vitest';
import { ask, root } from './common.mjs';
import { whyTooSmall } from './corpus.mjs';

test('a disk that is too small is refused with both numbers and a way out', () => {
  const why = whyTooSmall(['amd64', 'armel-rpi'], 500e6);
  expect(why).toContain('amd64, armel-rpi: 810.0 MB of disk are needed in ');
  expect(why).toContain('but only 500.0 MB are free');
  expect(why).toContain('MODBOX_CACHE');
});

test('one byte more or less decides', () => {
  expect(whyTooSmall(['i386'], 490e6)).toBeUndefined();
  expect(whyTooSmall(['i386'], 490e6 - 1)).toContain('490.0 MB');
});

test('a target that does not exist is refused with those that do', () => {
  const done = ask(process.execPath, ['setup/corpus.mjs', 'mips'], { cwd: root });
  expect(done.ok).toBe(false);
  expect(done.err).toMatch(/no target 'mips': amd64 arm64 armhf i386 armel-marvell armel-rpi/);
});
