// One module on four architectures: the same source makes the same calls of the kernel,
// and a source that asks which architecture it is on is found out.

import { expect, test } from 'vitest';
import { archNames } from '../src/arch/arch.ts';
import { difference } from '../src/compare/difference.ts';
import { type RecordedLife, recordLife } from '../src/compare/life.ts';
import type { ObjectFile } from '../src/kernel/files.ts';
import { bootTest, sample } from './support/guest.ts';
import { buildLinux } from './support/linux-c.ts';

async function livesOf(file: (arch: (typeof archNames)[number]) => ObjectFile) {
  const lives: RecordedLife[] = [];
  for (const arch of archNames) {
    const kernel = await bootTest(arch, { missing: 'trap' });
    lives.push(recordLife(kernel, file(arch)));
    kernel.close();
  }
  return lives;
}

const source = (more: string): string => `
extern void mutex_lock(void *), mutex_unlock(void *), __mutex_init(void *, const char *, void *);
static long mutex[8];
static void *kept;
static int start(void) {
	__mutex_init(mutex, "mutex", NULL);
	kept = __kmalloc(sizeof(mutex), GFP_KERNEL);
	mutex_lock(mutex);
	${more}
	mutex_unlock(mutex);
	return 0;
}
static void stop(void) { kfree(kept); }
LINUX_MODULE(start, stop)`;

const usual = [
  '(init)',
  '__mutex_init',
  'kmalloc',
  'mutex_lock',
  'mutex_unlock',
  '(exit)',
  'kfree',
];

test('the same source makes the same calls everywhere', async () => {
  const lives = await livesOf((arch) => buildLinux(arch, 'm', source('')));
  expect(lives.map(({ calls }) => calls)).toEqual(archNames.map(() => usual));
  expect(lives.map(({ results }) => results)).toEqual(
    archNames.map(() => ['init: ok', 'exit: ok']),
  );
});

test('a call that only one architecture makes is the difference', async () => {
  const more = '\n#ifdef __aarch64__\n\t_printk("m: aarch64\\n");\n#endif\n';
  const [first, ...others] = await livesOf((arch) => buildLinux(arch, 'm', source(more)));
  const differs = others.map((life) => difference(first?.calls ?? [], life.calls));
  expect(differs.map((edits) => edits.length)).toEqual([1, 1, 3]);
  expect(differs[2]?.[1]).toEqual({ kind: 'only-second', names: ['_printk'] });
});

test('calls of the kernel’s own are not the module’s', async () => {
  const lives = await livesOf((arch) => sample(arch, 'hello'));
  expect(lives.map(({ calls }) => calls)).toEqual(
    archNames.map(() => ['(init)', 'printf', '(exit)', 'printf']),
  );
});
