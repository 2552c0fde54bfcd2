/*
 * Mistakes of Linux modules that checks must find, each with a comment at the
 * line that is to blame.  test/checks-linux.test.ts calls them.
 */
#include <stddef.h>
#include <stdint.h>
#include <machine/param.h>

#define GFP_KERNEL	0xcc0U
#define GFP_ATOMIC	0xa20U
#define BYTES		256

typedef struct {
	uintptr_t words[8];
} mutex_t;

struct timer_list {
	void			*entry[2];
	unsigned long		expires;
	void			(LINUX_REGPARM *function)(struct timer_list *);
	uint32_t		flags;
};

struct block {
	mutex_t			mutex;
	struct timer_list	timer;
};

void	*LINUX_REGPARM __kmalloc(size_t, unsigned);
void	LINUX_REGPARM kfree(const void *);
void	*LINUX_REGPARM vmalloc(unsigned long);
void	LINUX_REGPARM vfree(const void *);
void	LINUX_REGPARM __mutex_init(mutex_t *, const char *, void *);
void	LINUX_REGPARM mutex_lock(mutex_t *);
void	LINUX_REGPARM mutex_unlock(mutex_t *);
void	LINUX_REGPARM _raw_spin_lock_bh(void *);
void	LINUX_REGPARM _raw_spin_unlock_bh(void *);
void	LINUX_REGPARM init_timer_key(struct timer_list *,
	    void (LINUX_REGPARM *)(struct timer_list *), uint32_t,
	    const char *, void *);
int	LINUX_REGPARM mod_timer(struct timer_list *, unsigned long);
void	*LINUX_REGPARM kmem_cache_create(const char *, unsigned, unsigned,
	    unsigned, void (LINUX_REGPARM *)(void *));
void	*LINUX_REGPARM kmem_cache_alloc(void *, unsigned);
void	LINUX_REGPARM kmem_cache_free(void *, void *);
void	LINUX_REGPARM kmem_cache_destroy(void *);
extern volatile unsigned long jiffies;

volatile char *planted_kept;
volatile unsigned planted_sink;
static mutex_t mutex, other, forgotten;
static uint32_t spin[16];

int	LINUX_REGPARM planted_overflow(void);
int	LINUX_REGPARM planted_vmalloc(void);
int	LINUX_REGPARM planted_cache(void);
int	LINUX_REGPARM planted_sleep(void);
int	LINUX_REGPARM planted_unheld(void);
int	LINUX_REGPARM planted_held(void);
int	LINUX_REGPARM planted_freed_lock(void);
int	LINUX_REGPARM planted_freed_timer(void);
int	LINUX_REGPARM planted_order(void);
int	LINUX_REGPARM planted_leak(void);
int	LINUX_REGPARM planted_clean(void);
int	LINUX_REGPARM init_module(void);
void	LINUX_REGPARM cleanup_module(void);

int LINUX_REGPARM
planted_overflow(void)
{
	planted_kept = __kmalloc(BYTES, GFP_KERNEL);	/* allocated: overflow */
	planted_kept[BYTES] = 1;			/* bug: overflow */
	return 0;
}

int LINUX_REGPARM
planted_vmalloc(void)
{
	planted_kept = vmalloc(5000);			/* allocated: vmalloc */
	vfree((const void *)planted_kept);		/* freed: vmalloc */
	planted_sink = (unsigned)planted_kept[4096];	/* bug: vmalloc */
	return 0;
}

int LINUX_REGPARM
planted_cache(void)
{
	void *cache = kmem_cache_create("planted", BYTES, 0, 0, NULL);

	planted_kept = kmem_cache_alloc(cache, GFP_KERNEL);
	kmem_cache_free(cache, (void *)planted_kept);
	kmem_cache_free(cache, (void *)planted_kept);	/* bug: cache */
	return 0;
}

int LINUX_REGPARM
planted_sleep(void)
{
	_raw_spin_lock_bh(spin);
	kfree(__kmalloc(BYTES, GFP_KERNEL));		/* bug: sleep */
	_raw_spin_unlock_bh(spin);
	return 0;
}

int LINUX_REGPARM
planted_unheld(void)
{
	mutex_unlock(&mutex);				/* bug: unheld */
	return 0;
}

int LINUX_REGPARM
planted_held(void)
{
	mutex_lock(&forgotten);				/* bug: held */
	return 0;
}

int LINUX_REGPARM
planted_freed_lock(void)
{
	struct block *b = __kmalloc(sizeof(*b), GFP_KERNEL);

	__mutex_init(&b->mutex, "mutex", NULL);
	mutex_lock(&b->mutex);
	kfree(b);					/* bug: freed_lock */
	return 0;
}

static void LINUX_REGPARM
tick(struct timer_list *t)
{
	planted_sink += t->flags;
}

int LINUX_REGPARM
planted_freed_timer(void)
{
	struct block *b = __kmalloc(sizeof(*b), GFP_KERNEL);

	init_timer_key(&b->timer, tick, 0, "timer", NULL);
	(void)mod_timer(&b->timer, jiffies + 1000);
	kfree(b);					/* bug: freed_timer */
	return 0;
}

int LINUX_REGPARM
planted_order(void)
{
	static mutex_t a, b;

	mutex_lock(&a);
	mutex_lock(&b);
	mutex_unlock(&b);
	mutex_unlock(&a);
	mutex_lock(&b);
	mutex_lock(&a);					/* bug: order */
	mutex_unlock(&a);
	mutex_unlock(&b);
	return 0;
}

int LINUX_REGPARM
planted_leak(void)
{
	(void)kmem_cache_create("leaked", BYTES, 0, 0, NULL); /* bug: leak */
	return 0;
}

int LINUX_REGPARM
planted_clean(void)
{
	char *p = __kmalloc(BYTES, GFP_KERNEL);
	void *v = vmalloc(5000);
	int sum = 0;

	mutex_lock(&mutex);
	mutex_lock(&other);
	for (unsigned i = 0; i < BYTES; i++)
		p[i] = (char)i;
	for (unsigned i = 0; i < BYTES; i++)
		sum += p[i] & 1;
	mutex_unlock(&other);
	mutex_unlock(&mutex);
	_raw_spin_lock_bh(spin);
	kfree(__kmalloc(BYTES, GFP_ATOMIC));
	_raw_spin_unlock_bh(spin);
	vfree(v);
	kfree(p);
	return sum;
}

int LINUX_REGPARM
init_module(void)
{
	return 0;
}

void LINUX_REGPARM
cleanup_module(void)
{
}

static const char modinfo[]
    __attribute__((__used__, __section__(".modinfo"))) =
    "name=planted_linux\0license=GPL";

struct {
	char	name[64];
	int	(LINUX_REGPARM *init)(void);
	void	(LINUX_REGPARM *exit)(void);
} this_module __attribute__((__section__(".gnu.linkonce.this_module"))) = {
	.init = init_module, .exit = cleanup_module
};
