// A module to debug, with its source beside it: calls, locals, a struct, an array, a
// variable that changes, and a function that faults.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ArchName } from '../../src/arch/arch.ts';
import { buildModule } from './build-module.ts';
import { lineOf } from './debug-object.ts';

const source = `#include <sys/module.h>

MODULE(MODULE_CLASS_MISC, counter, NULL);

struct pair { int first; char second; };

static int total;
static struct pair last;
int counter_fault(void);

static int
add(int a, int b)
{
	int sum = a + b;	/* SUM */
	total += sum;		/* TOTAL */
	return sum;		/* RETURN */
}

static int
counter_modcmd(modcmd_t cmd, void *arg)
{
	struct pair pair = { 3, 'x' };	/* PAIR */
	struct pair *to = &pair;
	int values[3] = { 10, 20, 30 };

	(void)arg;
	if (cmd != MODULE_CMD_INIT)
		return 0;	/* FINI */
	for (int i = 0; i < 3; i++)
		to->first += add(values[i], i);	/* CALL */
	last = pair;		/* LAST */
	printf("counter: %d\\n", total);	/* PRINT */
	return 0;		/* DONE */
}

int
counter_fault(void)
{
	return *(volatile int *)0x18;	/* FAULT */
}
`;

export interface CounterModule {
  readonly folder: string;
  readonly program: string;
  readonly source: string;
  /** The line on which a mark is written. */
  line(mark: string): number;
  remove(): void;
}

/** @param more flags of the compiler */
export function counterModule(arch: ArchName, more: readonly string[] = []): CounterModule {
  const folder = mkdtempSync(join(tmpdir(), 'modbox-'));
  const flags = ['-O0', '-fdebug-compilation-dir=.', ...more];
  const module = buildModule(arch, 'counter', { source: `# 1 "counter.c"\n${source}`, flags });
  const program = join(folder, module.name);
  writeFileSync(program, module.bytes);
  writeFileSync(join(folder, 'counter.c'), source);
  return {
    folder,
    program,
    source: join(folder, 'counter.c'),
    line: (mark) => lineOf(source, mark),
    remove: () => rmSync(folder, { recursive: true }),
  };
}
