// The Linux personality, driven by modules written for it: what a module registers,
// allocates, locks, waits for and does not find.  Real modules are in board.test.ts and
// known-answers.test.ts.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { archNames } from '../src/arch/arch.ts';
import type { Kernel } from '../src/kernel/kernel.ts';
import { describeOops } from '../src/kernel/oops.ts';
import { unwrap } from '../src/kernel/results.ts';
import { bootTest, failureOf, helloWorks } from './support/guest.ts';
import { buildLinux } from './support/linux-c.ts';

describe.each(archNames)('%s', (arch) => {
  let kernel: Kernel;

  beforeAll(async () => {
    kernel = await bootTest(arch, { missing: 'trap' });
  });
  afterAll(() => kernel.close());

  const built = (source: string, name = 'm') => buildLinux(arch, name, source);

  test('a missing symbol that is not used does not matter', () => {
    const module = unwrap(
      kernel.load(
        built(`
extern int nobody_has_this(int);
int (*kept)(int) = nobody_has_this;
static int start(void) { return 0; }
static void stop(void) { }
LINUX_MODULE(start, stop)`),
      ),
    );
    expect([...module.view.missing.keys()]).toEqual(['nobody_has_this']);
    expect(module.unload()).toMatchObject({ ok: true });
  });

  test('a call of a missing symbol names it, its arguments and its caller', () => {
    const failure = failureOf(
      kernel.load(
        built(`
extern int nobody_has_this(int, int, const char *);
__attribute__((__noinline__)) static int asks(void) { return nobody_has_this(7, 8, "x") + 1; }
static int start(void) { return asks(); }
static void stop(void) { }
LINUX_MODULE(start, stop)`),
      ),
    );
    expect(failure).toMatchObject({ stage: 'init', oops: { kind: 'missing-symbol' } });
    const { oops } = failure;
    expect(oops?.missing).toMatchObject({ symbol: 'nobody_has_this', use: 'call' });
    expect(oops?.missing?.args.slice(0, 2)).toEqual([7n, 8n]);
    expect(oops?.module).toBe('m');
    expect(oops && describeOops(oops)).toMatch(
      /^missing symbol: call of nobody_has_this\(0x7, 0x8, .*\) at (asks|start|init_module)\+/,
    );
    expect(failure.console).toMatch(/Oops: missing symbol: call of nobody_has_this\(0x7, 0x8/);
    expect(helloWorks(kernel)).toBe(true);
  });

  test.for(['read', 'write'] as const)('a %s of missing data names it', (use) => {
    const access = use === 'read' ? 'return no_such_data;' : 'no_such_data = 1; return 0;';
    const failure = failureOf(
      kernel.load(
        built(`
extern volatile int no_such_data;
static int start(void) { ${access} }
static void stop(void) { }
LINUX_MODULE(start, stop)`),
      ),
    );
    expect(failure.oops?.missing).toMatchObject({ symbol: 'no_such_data', use });
  });

  test('what was not taken back is a leak, with the call that made it', () => {
    const module = unwrap(
      kernel.load(
        built(`
struct notifier { void *call, *next; int priority; } notifier;
extern int register_reboot_notifier(struct notifier *);
static void *kept;
__attribute__((__noinline__)) int keeps(void) { kept = __kmalloc(99, GFP_KERNEL); return 0; }
static int start(void) { return register_reboot_notifier(&notifier) + keeps(); }
static void stop(void) { }
LINUX_MODULE(start, stop)`),
      ),
    );
    const result = module.unload();
    if (!result.ok) throw new Error('it stays');
    expect(result.leaks).toMatchObject({ blocks: 1, bytes: 99 });
    expect(result.leaks.records).toMatchObject([
      { kind: 'reboot notifier', by: { module: 'm' } },
      { kind: 'block', bytes: 99, by: { symbol: 'keeps', module: 'm' } },
    ]);
  });

  test('a module that takes everything back is accused of nothing', () => {
    const module = unwrap(
      kernel.load(
        built(`
struct notifier { void *call, *next; int priority; } notifier;
extern int register_reboot_notifier(struct notifier *), unregister_reboot_notifier(struct notifier *);
extern void mutex_lock(void *), mutex_unlock(void *);
static long mutex[8];
static void *kept;
static int start(void) {
	kept = __kmalloc(64, GFP_KERNEL);
	mutex_lock(mutex);
	mutex_unlock(mutex);
	return register_reboot_notifier(&notifier);
}
static void stop(void) { unregister_reboot_notifier(&notifier); kfree(kept); }
LINUX_MODULE(start, stop)`),
      ),
    );
    expect(module.unload()).toEqual({ ok: true, leaks: { blocks: 0, bytes: 0, records: [] } });
    expect(kernel.takeFindings()).toEqual([]);
  });

  test.for([
    [
      'taking back what was never registered',
      'driver_unregister(&notifier);',
      /is not registered$/,
    ],
    [
      'unlocking what is not held',
      'mutex_unlock(mutex);',
      /^bad unlock balance: mutex .* is not held/,
    ],
    [
      'returning with a lock held',
      'mutex_lock(mutex);',
      /^mutex .* is still held when the call returns/,
    ],
    [
      'sleeping with a spinlock held',
      '_raw_spin_lock(spin); msleep(1); *spin = 0;',
      /^sleeping function called from invalid context: msleep, with spinlock/,
    ],
  ] as const)('%s is found', ([, what, text]) => {
    const module = unwrap(
      kernel.load(
        built(`
struct notifier { void *call, *next; int priority; } notifier;
extern void driver_unregister(void *), mutex_lock(void *), mutex_unlock(void *);
extern void _raw_spin_lock(void *), msleep(unsigned);
static long mutex[8];
static unsigned spin[2];
static int start(void) { (void)mutex; (void)spin; ${what} return 0; }
static void stop(void) { }
LINUX_MODULE(start, stop)`),
      ),
    );
    module.unload();
    const findings = kernel.takeFindings();
    expect(findings.map((finding) => finding.text)).toEqual([expect.stringMatching(text)]);
    expect(findings[0]).toMatchObject({ kind: 'warning', by: { module: 'm' } });
    expect(kernel.takeFindings()).toEqual([]);
  });

  test('jiffies pass by themselves', () => {
    const module = unwrap(
      kernel.load(
        built(`
static int start(void) {
	unsigned long then = jiffies;
	while (jiffies - then < 3)
		continue;
	return 0;
}
static void stop(void) { }
LINUX_MODULE(start, stop)`),
      ),
    );
    expect(module.unload().ok).toBe(true);
  });

  test('a timer, its work and a thread run, and end before their module does', () => {
    const before = kernel.console.length;
    const module = unwrap(
      kernel.load(
        built(`
struct timer { void *link[2]; unsigned long expires; void (*fn)(struct timer *); uint32_t flags; };
struct work { unsigned long data; void *next, *prev; void (*fn)(struct work *); };
extern void init_timer_key(struct timer *, void (*)(struct timer *), unsigned, const char *, void *);
extern int mod_timer(struct timer *, unsigned long), timer_delete_sync(struct timer *);
extern void *system_wq;
extern _Bool queue_work_on(int, void *, struct work *), cancel_work_sync(struct work *);
extern void *kthread_create_on_node(int (*)(void *), void *, int, const char *, ...);
extern int wake_up_process(void *), kthread_stop(void *);
extern _Bool kthread_should_stop(void);
extern void msleep(unsigned);
static struct timer timer;
static struct work work;
static void *thread;
static void works(struct work *w) { _printk("m: work\\n"); }
static void ticks(struct timer *t) { _printk("m: timer\\n"); queue_work_on(0, system_wq, &work); }
static int lives(void *p) {
	_printk("m: thread %d\\n", *(int *)p);
	while (!kthread_should_stop())
		msleep(4);
	return 5;
}
static int start(void) {
	static int number = 42;
	work = (struct work){ .fn = works, .next = &work.next, .prev = &work.next };
	init_timer_key(&timer, ticks, 0, "t", NULL);
	mod_timer(&timer, jiffies + 2);
	thread = kthread_create_on_node(lives, &number, -1, "m/%d", 1);
	wake_up_process(thread);
	msleep(13);
	return 0;
}
static void stop(void) {
	timer_delete_sync(&timer);
	cancel_work_sync(&work);
	_printk("m: thread answered %d\\n", kthread_stop(thread));
}
LINUX_MODULE(start, stop)`),
      ),
    );
    expect(module.unload()).toMatchObject({ ok: true, leaks: { records: [] } });
    expect(kernel.console.slice(before)).toBe(
      'm: thread 42\nm: timer\nm: work\nm: thread answered 5\n',
    );
    expect(kernel.takeFindings()).toEqual([]);
  });

  test('a timer that outlives its module is a leak, and never runs', () => {
    const module = unwrap(
      kernel.load(
        built(`
struct timer { void *link[2]; unsigned long expires; void (*fn)(struct timer *); uint32_t flags; };
extern void init_timer_key(struct timer *, void (*)(struct timer *), unsigned, const char *, void *);
extern int mod_timer(struct timer *, unsigned long);
static struct timer timer;
static void ticks(struct timer *t) { _printk("m: too late\\n"); }
static int start(void) {
	init_timer_key(&timer, ticks, 0, "t", NULL);
	mod_timer(&timer, jiffies + 2);
	return 0;
}
static void stop(void) { }
LINUX_MODULE(start, stop)`),
      ),
    );
    expect(module.unload()).toMatchObject({
      ok: true,
      leaks: { records: [{ kind: 'armed timer', by: { symbol: 'ticks' } }] },
    });
  });

  test('what is opaque may be passed on, but not looked into', () => {
    const uses = (what: string) =>
      kernel.load(
        built(`
extern void *debugfs_create_dir(const char *, void *);
extern void debugfs_remove(void *);
static int start(void) {
	void *dir = debugfs_create_dir("m", NULL);
	${what}
	debugfs_remove(dir);
	return 0;
}
static void stop(void) { }
LINUX_MODULE(start, stop)`),
      );
    expect(unwrap(uses('')).unload()).toMatchObject({ ok: true, leaks: { records: [] } });
    const failure = failureOf(uses('if (*(volatile long *)dir == 1) return -1;'));
    expect(failure.oops?.missing).toMatchObject({ symbol: 'debugfs file', use: 'read' });
  });

  test('Linux formats are understood', () => {
    const module = unwrap(
      kernel.load(
        built(`
static int start(void) {
	static const unsigned char mac[] = { 0, 0x1b, 2, 3, 4, 0xff }, ip[] = { 10, 0, 0, 255 };
	_printk("\\001" "6%pM %pI4 %*ph [%+d|% d|%.3d|%5.2x] %s\\n", mac, ip, 3, mac, 5, 6, 7, 8, "end");
	return 0;
}
static void stop(void) { }
LINUX_MODULE(start, stop)`),
      ),
    );
    expect(kernel.console).toContain(
      '00:1b:02:03:04:ff 10.0.0.255 00 1b 02 [+5| 6|007|   08] end\n',
    );
    module.unload();
  });

  const device = (what: string) =>
    kernel.load(
      built(`
struct device { const char *name; void *link[2], *parent, *kset, *ktype, *sd; int refs; char rest[1024]; };
extern void device_initialize(struct device *), device_del(struct device *), put_device(struct device *);
extern int device_add(struct device *), dev_set_name(struct device *, const char *, ...);
static struct device dev;
static int start(void) {
	device_initialize(&dev);
	dev_set_name(&dev, "m%d", 3);
	_printk("%s %d\\n", dev.name, dev.refs);
	return device_add(&dev);
}
static void stop(void) { ${what} }
LINUX_MODULE(start, stop)`),
    );

  test('a device that is added and not deleted is a leak with its name', () => {
    const started = kernel.console.length;
    const module = unwrap(device('(void)dev;'));
    expect(kernel.console.slice(started)).toBe('m3 1\n');
    expect(module.unload()).toMatchObject({
      ok: true,
      leaks: { records: [{ kind: 'device', name: 'm3' }] },
    });
  });

  test('what happens when its last reference goes is not modelled', () => {
    const failure = failureOf(unwrap(device('device_del(&dev); put_device(&dev);')).unload());
    expect(failure.oops?.missing).toMatchObject({ symbol: 'release of a device' });
  });

  test('firmware is not found, and who does not wait is told later', () => {
    const started = kernel.console.length;
    const module = unwrap(
      kernel.load(
        built(`
extern int request_firmware_nowait(void *, _Bool, const char *, void *, gfp_t, void *,
    void (*)(const void *, void *));
extern void msleep(unsigned);
static void found(const void *firmware, void *context) {
	_printk("m: firmware %d for %d\\n", firmware != NULL, *(int *)context);
}
static int start(void) {
	static int number = 7;
	int error = request_firmware_nowait(NULL, 1, "m.bin", NULL, GFP_KERNEL, &number, found);
	_printk("m: asked\\n");
	msleep(4);
	return error;
}
static void stop(void) { }
LINUX_MODULE(start, stop)`),
      ),
    );
    expect(kernel.console.slice(started)).toBe('m: asked\nm: firmware 0 for 7\n');
    expect(module.unload()).toMatchObject({ ok: true, leaks: { records: [] } });
  });

  /** The instruction and the entry of __bug_table that Linux's macros make. */
  const trapInstruction = {
    i386: 'ud2',
    amd64: 'ud2',
    armv7: '.inst 0xe7f001f2',
    aarch64: 'brk #0x800',
  }[arch];
  const isWide = arch === 'amd64' || arch === 'aarch64';
  const word = (what: string): string => (isWide ? `.long ${what} - .` : `.long ${what}`);
  const bug = (flags: number): string => `__asm volatile("1: ${trapInstruction}\\n"
	    ".pushsection __bug_table, \\"aw\\"\\n.balign 4\\n"
	    "${word('1b')}\\n${word('bug_file')}\\n.short 123, ${flags}\\n.popsection");`;
  const bugs = (what: string): string => `
__attribute__((__used__)) const char bug_file[] = "drivers/m.c";
static int start(void) { ${what} return 0; }
static void stop(void) { }
LINUX_MODULE(start, stop)`;

  test('WARN() is a finding, and the module goes on', () => {
    const module = unwrap(kernel.load(built(bugs(bug(1)))));
    expect(module.unload().ok).toBe(true);
    expect(kernel.takeFindings()).toMatchObject([
      { kind: 'warning', text: 'drivers/m.c:123', by: { module: 'm' } },
    ]);
  });

  test('WARN_ONCE() is told once', () => {
    const module = unwrap(
      kernel.load(built(bugs(`for (volatile int i = 0; i < 3; i++) { ${bug(3)} }`))),
    );
    module.unload();
    expect(kernel.takeFindings()).toHaveLength(1);
  });

  test('BUG() is the end of the call', () => {
    const failure = failureOf(kernel.load(built(bugs(bug(0)))));
    expect(failure.oops).toMatchObject({ kind: 'panic', module: 'm' });
    expect(failure.reason).toContain('kernel BUG at drivers/m.c:123');
  });
});
