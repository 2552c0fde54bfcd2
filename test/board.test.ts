// The lives of Debian's modules that set-up keeps, in a kernel for Linux's modules: what
// `npm run board` does with all there are.  None faults, none leaves anything behind,
// and all but a few say something of themselves.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { archNames } from '../src/arch/arch.ts';
import { boardHtml } from '../src/board/html.ts';
import { conclusive, type Life, live } from '../src/board/life.ts';
import { stoppersOf, tally } from '../src/board/tally.ts';
import { moduleNameOf } from '../src/flavour/names.ts';
import { cacheFolder } from '../src/host/assets.ts';
import type { ObjectFile } from '../src/kernel/files.ts';
import { bootTest } from './support/guest.ts';
import { buildLinux } from './support/linux-c.ts';

const folderOf = (arch: string): string => join(cacheFolder(process.env), 'debian', arch);

async function livesOf(arch: (typeof archNames)[number]): Promise<readonly Life[]> {
  const folder = folderOf(arch);
  const names = readdirSync(folder).filter((name) => name.endsWith('.ko'));
  const byName = new Map(names.map((name) => [moduleNameOf(name).replaceAll('-', '_'), name]));
  const fileOf = (name: string): ObjectFile => ({ name, bytes: readFileSync(join(folder, name)) });
  const find = (name: string): ObjectFile | undefined => {
    const file = byName.get(moduleNameOf(name).replaceAll('-', '_'));
    return file === undefined ? undefined : fileOf(file);
  };
  const files = { read: find, find };
  const kernel = await bootTest(arch, { missing: 'trap', files, watchdogNs: 2e9 });
  const snapshot = kernel.snapshot();
  const lives = names.map((name) => {
    snapshot.restore();
    return live(kernel, name, fileOf(name));
  });
  kernel.close();
  return lives;
}

describe.each(archNames)('%s', (arch) => {
  test.runIf(existsSync(folderOf(arch)))('Debian’s modules live, and say so', async () => {
    const lives = await livesOf(arch);
    const odd = lives.filter(({ outcome }) => ['faulted', 'left', 'refused'].includes(outcome));
    expect(odd).toEqual([]);
    const clear = lives.filter(({ outcome }) => conclusive.has(outcome));
    expect(clear.length).toBeGreaterThanOrEqual(90);
    expect(clear.length / lives.length).toBeGreaterThan(0.75);
  });

  test('each outcome is what the module did', async () => {
    const kernel = await bootTest(arch, { missing: 'trap' });
    const module = (start: string, stop = '') =>
      buildLinux(
        arch,
        'm',
        `
extern int nobody_has_this(void);
extern void *system_wq;
extern _Bool queue_work_on(int, void *, void *);
struct work { unsigned long data; void *next, *prev; void (*fn)(void *); };
static void works(void *p) { nobody_has_this(); }
static struct work work = { 0, &work.next, &work.next, works };
static void *kept;
static int start(void) { (void)kept; (void)work; ${start} return 0; }
static void stop(void) { ${stop} }
LINUX_MODULE(start, stop)`,
      );
    const outcomeOf = (start: string, stop?: string) => {
      const { outcome, missing } = live(kernel, 'm', module(start, stop));
      return missing === undefined ? outcome : `${outcome}: ${missing}`;
    };
    expect(outcomeOf('')).toBe('passed');
    expect(outcomeOf('return -19;')).toBe('declined');
    expect(outcomeOf('kept = __kmalloc(8, GFP_KERNEL);')).toBe('left');
    expect(outcomeOf('*(volatile int *)8 = 1;')).toBe('faulted');
    expect(outcomeOf('return nobody_has_this();')).toBe('inconclusive: nobody_has_this');
    expect(outcomeOf('', 'nobody_has_this();')).toBe('inconclusive: nobody_has_this');
    const inBackground = 'queue_work_on(0, system_wq, &work);';
    const flush = 'extern _Bool flush_work(void *); flush_work(&work);';
    expect(outcomeOf(inBackground, flush)).toBe('inconclusive: nobody_has_this');
    kernel.close();
  });
});

test('the board counts, and its page shows every target', () => {
  const life = (module: string, outcome: Life['outcome'], missing?: string): Life => {
    return { module, outcome, missing, reached: 'loaded', detail: '' };
  };
  const lives = [
    life('a', 'passed'),
    life('b', 'inconclusive', 'f'),
    life('c', 'inconclusive', 'f'),
    life('d', 'inconclusive', 'g<h'),
  ];
  const board = tally('armhf', 'linux-image 6.1', lives);
  expect(board).toMatchObject({ modules: 4, conclusive: 1, byOutcome: { inconclusive: 3 } });
  expect(stoppersOf(lives)).toEqual([
    { symbol: 'f', modules: 2, example: 'b' },
    { symbol: 'g<h', modules: 1, example: 'd' },
  ]);
  const page = boardHtml([board], '2026-11-27');
  expect(page).toContain('armhf');
  expect(page).toContain('g&lt;h');
});
