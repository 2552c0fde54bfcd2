// A module whose init calls functions in functions, for what debuggers say of stacks and
// variables.  Lines are found by what is written on them: lineOf(nestedSource, 'INNER').

import type { ArchName } from '../../src/arch/arch.ts';
import type { ObjectFile } from '../../src/kernel/files.ts';
import { buildModule } from './build-module.ts';

export const NESTED_FILE = 'nested/nested.c';

export const nestedSource = `#include <sys/module.h>

MODULE(MODULE_CLASS_MISC, nested, NULL);

enum colour { RED, GREEN = 5, BLUE };
struct point {
	int		x, y;
	const char	*name;
	enum colour	tint;
	struct point	*next;
};

static struct point second = { 30, 40, "second", BLUE, NULL };
static struct point first = { 3, -4, "first", GREEN, &second };
static short table[4] = { 10, 20, 30, 40 };
static volatile int sink;

static __attribute__((__noinline__)) int
inner(int depth, const struct point *p)
{
	int twice = depth * 2;

	sink = twice + p->x;	/* INNER */
	return twice + sink;
}

static inline __attribute__((__always_inline__)) int
middle(int n, const struct point *p)
{
	int more = n + table[1];

	return inner(more, p) + 1;	/* MIDDLE */
}

static __attribute__((__noinline__)) int
outer(int n)
{
	sink = n;
	return middle(n, &first) + 1;	/* OUTER */
}

static void (*volatile nowhere)(void);

static __attribute__((__noinline__)) int
jump(int n)
{
	nowhere();		/* WILD */
	return sink + n;
}

static int
nested_modcmd(modcmd_t cmd, void *arg)
{
	(void)arg;
	if (cmd == MODULE_CMD_INIT)
		printf("nested: %d\\n", outer(5));	/* LOADED */
	if (cmd == MODULE_CMD_FINI)
		sink = jump(1);
	return 0;
}
`;

const built = new Map<string, ObjectFile>();

/** @param flags after the usual ones */
export function nestedModule(arch: ArchName, ...flags: readonly string[]): ObjectFile {
  const key = [arch, ...flags].join(' ');
  let file = built.get(key);
  if (file === undefined) {
    file = buildModule(arch, 'nested', {
      source: `# 1 "${NESTED_FILE}"\n${nestedSource}`,
      flags,
    });
    built.set(key, file);
  }
  return file;
}
