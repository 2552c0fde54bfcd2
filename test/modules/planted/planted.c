/*
 * One function for each mistake with memory that checks must find, each with a
 * comment at the line that is to blame.  test/checks.test.ts calls them.
 */
#include <sys/module.h>
#include <sys/systm.h>

#define BYTES	48

volatile char *planted_kept;
volatile unsigned planted_sink;

int	planted_overflow(void);
int	planted_off_by_one(void);
int	planted_underflow(void);
int	planted_overread(void);
int	planted_memset(void);
int	planted_use_after_free(void);
int	planted_call_freed(void);
int	planted_double_free(void);
int	planted_free_inside(void);
int	planted_leak(void);
int	planted_uninitialised(void);
int	planted_garbage(void);
int	planted_freed_init(void);
int	planted_deep(unsigned);
int	planted_wild_kernel(unsigned *);
int	planted_clean(const char *, size_t);

int
planted_overflow(void)
{
	char *p = kmem_alloc(BYTES);			/* allocated: overflow */

	planted_kept = p;
	planted_kept[BYTES] = 1;			/* bug: overflow */
	kmem_free(p);
	return 0;
}

/* Too near for a page to end there: blocks are aligned. */
int
planted_off_by_one(void)
{
	char *p = kmem_alloc(BYTES - 3);		/* allocated: off_by_one */

	planted_kept = p;
	planted_kept[BYTES - 3] = 1;
	kmem_free(p);					/* bug: off_by_one */
	return 0;
}

int
planted_underflow(void)
{
	char *p = kmem_alloc(BYTES);			/* allocated: underflow */

	planted_kept = p;
	planted_kept[-1] = 1;
	kmem_free(p);					/* bug: underflow */
	return 0;
}

int
planted_overread(void)
{
	char *p = kmem_zalloc(BYTES);			/* allocated: overread */
	volatile uint32_t *words = (volatile uint32_t *)(void *)p;

	for (unsigned i = 0; i <= BYTES / sizeof(*words); i++)
		planted_sink += words[i];		/* bug: overread */
	kmem_free(p);
	return 0;
}

int
planted_memset(void)
{
	char *p = kmem_alloc(BYTES);			/* allocated: memset */

	planted_kept = p;
	memset(p, 0, BYTES * 2);			/* bug: memset */
	return 0;
}

int
planted_use_after_free(void)
{
	char *p = kmem_zalloc(BYTES);			/* allocated: use_after_free */

	planted_kept = p;
	kmem_free(p);					/* freed: use_after_free */
	planted_sink = (unsigned)planted_kept[5];	/* bug: use_after_free */
	return 0;
}

int
planted_call_freed(void)
{
	char *p = kmem_alloc(BYTES);			/* allocated: call_freed */

	planted_kept = p;
	kmem_free(p);					/* freed: call_freed */
	((void (*)(void))(uintptr_t)planted_kept)();	/* bug: call_freed */
	return 0;
}

int
planted_double_free(void)
{
	void *p = kmem_alloc(BYTES);			/* allocated: double_free */

	planted_kept = p;
	kmem_free(p);					/* freed: double_free */
	planted_sink = 0;
	kmem_free(p);					/* bug: double_free */
	return 0;
}

int
planted_free_inside(void)
{
	char *p = kmem_alloc(BYTES);			/* allocated: free_inside */

	planted_kept = p;
	kmem_free(p + 16);				/* bug: free_inside */
	return 0;
}

int
planted_leak(void)
{
	planted_kept = kmem_alloc(BYTES);		/* bug: leak */
	return 0;
}

int
planted_uninitialised(void)
{
	int *p = kmem_alloc(BYTES);

	planted_kept = (char *)p;
	if (((volatile int *)p)[2] == 0) {		/* bug: uninitialised */
		(void)planted_leak();
		kmem_free((void *)planted_kept);
	}
	kmem_free(p);
	return 0;
}

/* The answer depends on it, but not the way. */
int
planted_garbage(void)
{
	volatile int *p = kmem_alloc(BYTES);
	int answer = p[1];				/* bug: garbage */

	kmem_free((void *)p);
	return answer;
}

static int __init
gone_after_init(void)
{
	return (int)planted_sink;
}

static int (*volatile gone)(void) = gone_after_init;

int
planted_freed_init(void)
{
	planted_sink = (unsigned)gone();		/* bug: freed_init */
	return 0;
}

int
planted_deep(unsigned frames)
{
	volatile char room[1100];

	__asm volatile("" :: "r"(room) : "memory");
	if (frames > 0)
		(void)planted_deep(frames - 1);		/* bug: deep */
	__asm volatile("" :: "r"(room) : "memory");
	return 0;
}

/* The test says where. */
int
planted_wild_kernel(unsigned *where)
{
	volatile unsigned *p = where;

	*p = *p;					/* bug: wild_kernel */
	return 0;
}

/* All that is allowed, up to the last byte. */
int
planted_clean(const char *text, size_t n)
{
	char *p = kmem_alloc(n);
	int sum = 0;

	if (p == NULL)
		return -1;
	memcpy(p, text, n);
	for (size_t i = 0; i < n; i++)
		sum += p[i];
	kmem_free(p);
	return sum;
}

MODULE(MODULE_CLASS_MISC, planted, NULL);

static int
planted_modcmd(modcmd_t cmd, void *arg)
{
	(void)arg;
	switch (cmd) {
	case MODULE_CMD_INIT:
		return gone();
	case MODULE_CMD_FINI:
		return 0;
	default:
		return ENOTTY;
	}
}
