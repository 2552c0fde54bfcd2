/*
 * A module that tests make what they need: they overwrite its name, its
 * requirements and what init and fini do in the object's bytes (see
 * test/support/chameleon.ts).  Its functions are there to be called.
 */
#include <sys/module.h>
#include <sys/selftest.h>
#include <sys/thread.h>

enum {				/* as in test/support/chameleon.ts */
	NOTHING, REFUSE, NULLDEREF, WILDJUMP, UNDEFINED, BREAKPOINT, SYSCALL,
	DIVIDE, WRITETEXT, WRITERODATA, EXECDATA, OVERFLOW, SPIN, SPINMASKED,
	LEAK, PANIC, ASSERTION, MODCTL, FREETWICE
};

int	chameleon_do(unsigned);
int	chameleon_modctl(int, void *);
int	chameleon_load(const char *);
int	chameleon_negate(int);
size_t	chameleon_length(const char *);
void	chameleon_reverse(uint8_t *, size_t);
uint64_t chameleon_wide(uint32_t, uint64_t, uint32_t, uint64_t);
uint64_t chameleon_weigh(uintptr_t, uintptr_t, uintptr_t, uintptr_t,
	    uintptr_t, uintptr_t, uintptr_t, uintptr_t, uintptr_t, uintptr_t,
	    uintptr_t, uintptr_t, uintptr_t, uintptr_t, uintptr_t, uintptr_t);
uintptr_t chameleon_peek(uintptr_t);
void	chameleon_poke(uintptr_t);
void	*chameleon_keep(size_t);

static volatile struct {
	uint32_t	magic, init, fini;
} actions = { 0x4c454d41, NOTHING, NOTHING };

static int chameleon_modcmd(modcmd_t, void *);
static const modinfo_t chameleon_modinfo = {
	.mi_version = __NetBSD_Version__,
	.mi_class = MODULE_CLASS_MISC,
	.mi_modcmd = chameleon_modcmd,
	.mi_name = "NAME-OF-THE-CHAMELEON-MODULE",
	.mi_required = "REQUIRED-BY-THE-CHAMELEON-MODULE",
};
__link_set_add(modules, chameleon_modinfo);

static const volatile uint32_t constant = 7;
static volatile uint32_t scratch[8] __attribute__((__aligned__(16)));

/* Only init has these; afterwards they are gone. */
static __initdata volatile int disposable = 1;

static __init __attribute__((__noinline__)) int
only_init(void)
{
	return disposable;
}

static __attribute__((__noinline__)) uintptr_t
overflow(uintptr_t depth)
{
	volatile uintptr_t frame[32];

	frame[depth % 32] = depth;
	return depth == UINTPTR_MAX ? 0 :
	    overflow(depth + 1) + frame[depth % 32];
}

static void
mask_interrupts(void)
{
#if defined(__i386__) || defined(__x86_64__)
	__asm volatile("cli");
#elif defined(__aarch64__)
	__asm volatile("msr daifset, #2");
#else
	__asm volatile("cpsid i");
#endif
}

static int
load_itself(void)
{
	modctl_load_t load = { .ml_filename = "hello" };

	printf("chameleon: modctl answers %d\n", modctl(MODCTL_LOAD, &load));
	return 0;
}

int
chameleon_do(unsigned action)
{
	uint8_t *block;

	switch (action) {
	case NOTHING:
		return 0;
	case REFUSE:
		return EINVAL;
	case NULLDEREF:
		return *(volatile int *)(uintptr_t)(scratch[0] + 24);
	case WILDJUMP:
		((void (*)(void))(uintptr_t)(scratch[0] + 0x12340000U))();
		return 0;
	case UNDEFINED:
		cpu_undefined();
		return 0;
	case BREAKPOINT:
		cpu_breakpoint();
		return 0;
	case SYSCALL:
		cpu_syscall();
		return 0;
	case DIVIDE:
		return cpu_divide(1, 0);
	case WRITETEXT:
		*(volatile uint32_t *)(uintptr_t)chameleon_do = 0;
		return 0;
	case WRITERODATA:
		*(volatile uint32_t *)(uintptr_t)&constant = 8;
		return 0;
	case EXECDATA:
		((void (*)(void))(uintptr_t)scratch)();
		return 0;
	case OVERFLOW:
		return (int)overflow(0);
	case SPINMASKED:
		mask_interrupts();
		/* Long blocks: a pending interrupt is looked for at each. */
		for (;;)
			__asm volatile(".rept 500; nop; .endr");
	case SPIN:
		while (scratch[0] == 0)
			continue;
		return 0;
	case LEAK:
		for (int i = 0; i < 3; i++)
			(void)kmem_alloc(100);
		return 0;
	case PANIC:
		panic("the chameleon is unhappy");
	case ASSERTION:
		KASSERT(scratch[0] == 1);
		return 0;
	case MODCTL:
		return load_itself();
	case FREETWICE:
		block = kmem_alloc(32);
		kmem_free(block);
		kmem_free(block);
		return 0;
	default:
		return ENOTTY;
	}
}

int
chameleon_modctl(int op, void *arg)
{
	return modctl(op, arg);
}

int
chameleon_load(const char *name)
{
	modctl_load_t load = { .ml_filename = name };

	return modctl(MODCTL_LOAD, &load);
}

int
chameleon_negate(int i)
{
	return -i;
}

size_t
chameleon_length(const char *s)
{
	return strlen(s);
}

void
chameleon_reverse(uint8_t *p, size_t n)
{
	for (size_t i = 0; i < n / 2; i++) {
		uint8_t byte = p[i];

		p[i] = p[n - 1 - i];
		p[n - 1 - i] = byte;
	}
}

uint64_t
chameleon_wide(uint32_t a, uint64_t b, uint32_t c, uint64_t d)
{
	return (b ^ d) + ((uint64_t)c << 32) + a;
}

uint64_t
chameleon_weigh(uintptr_t a, uintptr_t b, uintptr_t c, uintptr_t d,
    uintptr_t e, uintptr_t f, uintptr_t g, uintptr_t h, uintptr_t i,
    uintptr_t j, uintptr_t k, uintptr_t l, uintptr_t m, uintptr_t n,
    uintptr_t o, uintptr_t p)
{
	return a + 2 * b + 3 * c + 4 * d + 5 * e + 6 * f + 7 * g + 8 * h +
	    9 * i + 10 * j + 11 * k + 12 * l + 13 * m + 14 * n + 15 * o +
	    16 * p;
}

uintptr_t
chameleon_peek(uintptr_t va)
{
	return *(volatile uint8_t *)va;
}

void
chameleon_poke(uintptr_t va)
{
	*(volatile uint8_t *)va = 1;
}

void *
chameleon_keep(size_t bytes)
{
	void *p = kmem_alloc(bytes);

	/* Not by a jump: the kernel knows the owner by the return address. */
	__asm volatile("" ::: "memory");
	return p;
}

static int
chameleon_modcmd(modcmd_t cmd, void *arg)
{
	(void)arg;
	switch (cmd) {
	case MODULE_CMD_INIT:
		printf("chameleon: init %u\n", actions.init);
		return only_init() == 1 ? chameleon_do(actions.init) : EIO;
	case MODULE_CMD_FINI:
		printf("chameleon: fini %u\n", actions.fini);
		return chameleon_do(actions.fini);
	default:
		return ENOTTY;
	}
}
