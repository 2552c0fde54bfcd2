// Failing a module's calls one after the other: a module that cares is told from those
// that leak, fault or answer the wrong error, call by call.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { archNames } from '../src/arch/arch.ts';
import { failNth } from '../src/inject/fail-nth.ts';
import type { Kernel } from '../src/kernel/kernel.ts';
import { buildModule } from './support/build-module.ts';
import { bootTest, helloWorks, onlyFiles } from './support/guest.ts';
import { buildLinux } from './support/linux-c.ts';

const linux = (start: string, stop: string): string => `
struct notifier { void *call, *next; int priority; } notifier;
extern int register_reboot_notifier(struct notifier *), unregister_reboot_notifier(struct notifier *);
static void *a, *b;
__attribute__((__noinline__)) static void *first(void) { return a = __kmalloc(10, GFP_KERNEL); }
__attribute__((__noinline__)) static void *second(void) { return b = __kmalloc(20, GFP_KERNEL); }
static int start(void) { int error; (void)error; (void)first; (void)second; ${start} }
static void stop(void) { ${stop} }
LINUX_MODULE(start, stop)`;

const careful = `
	if (!first()) return -12;
	if (!second()) { kfree(a); return -12; }
	error = register_reboot_notifier(&notifier);
	if (error) { kfree(b); kfree(a); }
	return error;`;
const careless = `
	if (!first()) return -12;
	if (!second()) return -12;
	error = register_reboot_notifier(&notifier);
	if (error) { kfree(b); kfree(a); return -22; }
	return error;`;
const blind = `
	*(volatile char *)first() = 1;
	(void)second();
	return register_reboot_notifier(&notifier);`;
const stop = 'unregister_reboot_notifier(&notifier); kfree(b); kfree(a);';

describe.each(archNames)('%s', (arch) => {
  let kernel: Kernel;

  beforeAll(async () => {
    kernel = await bootTest(arch, { missing: 'trap', files: onlyFiles() });
  });
  afterAll(() => kernel.close());

  const verdicts = (source: string) =>
    failNth(kernel, buildLinux(arch, 'm', source)).injections.map(
      ({ verdict, callee, by }) => `${callee} in ${by?.symbol}: ${verdict}`,
    );

  test('a careful module handles each failure', () => {
    expect(verdicts(linux(careful, stop))).toEqual([
      '__kmalloc in first: handled',
      '__kmalloc in second: handled',
      expect.stringMatching(/^register_reboot_notifier in (start|init_module): handled$/),
    ]);
  });

  test('a careless one leaks, and answers the wrong error', () => {
    expect(verdicts(linux(careless, stop))).toEqual([
      '__kmalloc in first: handled',
      '__kmalloc in second: leaked',
      expect.stringMatching(/^register_reboot_notifier in (start|init_module): wrong-errno$/),
    ]);
  });

  test('a blind one faults, lives on, and leaks', () => {
    expect(verdicts(linux(blind, stop))).toEqual([
      '__kmalloc in first: oops',
      '__kmalloc in second: tolerated',
      // A call that is the last deed of init leaves no trace of where it stands.
      expect.stringMatching(/: leaked$/),
    ]);
  });

  test('calls of exit are failed too', () => {
    const report = failNth(
      kernel,
      buildLinux(arch, 'm', linux('return 0;', '*(volatile char *)first() = 1; kfree(a);')),
    );
    expect(report.calls).toEqual({ init: 0, exit: 1 });
    expect(report.injections).toMatchObject([{ number: 1, stage: 'exit', verdict: 'oops' }]);
  });

  test('native modules are no different', () => {
    const source = `
#include <sys/module.h>
MODULE(MODULE_CLASS_MISC, m, NULL);
static void *kept;
static int m_modcmd(modcmd_t cmd, void *arg) {
	(void)arg;
	if (cmd == MODULE_CMD_INIT) return (kept = kmem_alloc(8)) != NULL ? 0 : ENOMEM;
	if (cmd == MODULE_CMD_FINI) { kmem_free(kept); return 0; }
	return ENOTTY;
}`;
    const { injections } = failNth(kernel, buildModule(arch, 'm', { source }));
    expect(injections).toMatchObject([{ verdict: 'handled', errno: 12 }]);
  });

  test('what does not live undisturbed is not disturbed, and the kernel is as before', () => {
    const report = failNth(kernel, buildLinux(arch, 'm', linux('return -19;', stop)));
    expect(report.injections).toEqual([]);
    expect(report.problem).toMatch(/init_module returned -19/);
    expect(helloWorks(kernel)).toBe(true);
  });
});
