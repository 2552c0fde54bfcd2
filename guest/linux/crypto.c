/*
 * The registry of crypto algorithms, and transforms: what Linux's crypto/api.c
 * and algapi.c are to modules.  Algorithms are in the ledger (kern/ledger.c)
 * by their struct crypto_alg.  Nothing tests them when they are registered.
 */
#include "crypto.h"

#define BLOCK_MAX	(PAGE_SIZE / 8)
#define ALIGN_MAX	127

static int fips_enabled;
EXPORT_LINUX_GPL("fips_enabled", fips_enabled);

static bool
is_driver(const struct crypto_kind *kind, const char *driver)
{
	const struct crypto_alg *alg = NULL;

	while ((alg = ledger_next(kind->name, alg)) != NULL)
		if (strcmp(alg->driver, driver) == 0)
			return true;
	return false;
}

int
crypto_add(const struct crypto_kind *kind, struct crypto_alg *alg,
    const void *caller)
{
	int error;

	if (alg->name[0] == '\0')
		return -EINVAL;
	if (alg->driver[0] == '\0')
		(void)snprintf(alg->driver, sizeof(alg->driver), "%s-generic",
		    alg->name);
	if ((alg->alignmask & (alg->alignmask + 1)) != 0 ||
	    alg->alignmask > ALIGN_MAX || alg->block > BLOCK_MAX ||
	    alg->priority < 0)
		return -EINVAL;
	if (is_driver(kind, alg->driver))
		return -EEXIST;
	error = registry_add(kind->name, alg, alg->driver, caller);
	if (error != 0)
		return error;
	alg->flags = (alg->flags & ~(uint32_t)TYPE_MASK) | kind->type;
	alg->kind = kind;
	alg->refcount = 1;
	list_init(&alg->users);
	return 0;
}

void
crypto_remove(struct crypto_alg *alg, const void *caller)
{
	/* Of something that was never added the kind is not known. */
	if (alg->kind == NULL) {
		linux_warn(caller, "algorithm %s is not registered",
		    alg->driver);
		return;
	}
	if (registry_remove(alg->kind->name, alg, caller) &&
	    alg->refcount != 1)
		linux_warn(caller, "algorithm %s is in use", alg->driver);
}

/* What the kernel has itself: nobody takes it back. */
static void
add_built_in(void)
{
	static bool done;

	if (done)
		return;
	done = true;
	(void)crypto_add(&cipher_kind, &crypto_aes, NULL);
}

struct crypto_alg *
crypto_find(const struct crypto_kind *kind, const char *name)
{
	struct crypto_alg *best = NULL;
	const void *at = NULL;

	add_built_in();
	while ((at = ledger_next(kind->name, at)) != NULL) {
		struct crypto_alg *alg = (void *)(uintptr_t)at;

		if (strcmp(alg->driver, name) == 0)
			return alg;
		if (strcmp(alg->name, name) == 0 &&
		    (best == NULL || alg->priority > best->priority))
			best = alg;
	}
	return best;
}

void *
crypto_make_of(const struct crypto_kind *kind, struct crypto_alg *alg,
    const void *caller)
{
	size_t context = kind->context != NULL ? kind->context(alg) :
	    alg->ctxsize;
	/* Contexts are aligned further than the block by their users. */
	size_t n = kind->prefix + sizeof(struct crypto_tfm) + context +
	    alg->alignmask;
	char *object = linux_alloc(n, GFP_ZERO | GFP_DIRECT_RECLAIM, caller);
	struct crypto_tfm *tfm;
	int error = 0;

	if (object == NULL)
		return err_ptr(-ENOMEM);
	tfm = crypto_tfm_in(kind, object);
	tfm->refcount = 1;
	tfm->alg = alg;
	alg->refcount++;
	if (kind->init != NULL)
		error = kind->init(tfm);
	if (error == 0 && tfm->exit == NULL && alg->init != NULL)
		error = alg->init(tfm);
	if (error == 0)
		return object;
	alg->refcount--;
	linux_free(object);
	return err_ptr(error);
}

void *
crypto_make(const struct crypto_kind *kind, const char *name,
    const void *caller)
{
	struct crypto_alg *alg = crypto_find(kind, name);

	return alg != NULL ? crypto_make_of(kind, alg, caller) :
	    err_ptr(-ENOENT);
}

void
crypto_unmake(void *object, struct crypto_tfm *tfm)
{
	struct crypto_alg *alg;

	if (object == NULL || is_err(object) || --tfm->refcount != 0)
		return;
	alg = tfm->alg;
	if (tfm->exit != NULL)
		tfm->exit(tfm);
	else if (alg->exit != NULL)
		alg->exit(tfm);
	alg->refcount--;
	memset(object, 0, kmem_size(object));
	linux_free(object);
}

LINUX_GPL(void, crypto_destroy_tfm, (void *object, struct crypto_tfm *tfm))
{
	crypto_unmake(object, tfm);
}

static const struct crypto_kind *const kinds[] = {
	&cipher_kind, &compress_kind, &shash_kind, &scomp_kind,
};

/* Only kinds whose transform is the whole object are made this way. */
LINUX_GPL(struct crypto_tfm *, crypto_alloc_base,
    (const char *name, uint32_t type, uint32_t mask))
{
	for (unsigned i = 0; i < __arraycount(kinds); i++)
		if (kinds[i]->prefix == 0 &&
		    ((kinds[i]->type ^ type) & mask & TYPE_MASK) == 0 &&
		    crypto_find(kinds[i], name) != NULL)
			return crypto_make(kinds[i], name, CALLER);
	return err_ptr(-ENOENT);
}

LINUX_GPL(int, crypto_has_alg,
    (const char *name, uint32_t type, uint32_t mask))
{
	for (unsigned i = 0; i < __arraycount(kinds); i++)
		if (((kinds[i]->type ^ type) & mask & TYPE_MASK) == 0 &&
		    crypto_find(kinds[i], name) != NULL)
			return 1;
	return 0;
}

const uint8_t *
crypto_key(const struct crypto_alg *alg, const uint8_t *key, unsigned n)
{
	uint8_t *copy;

	if (((uintptr_t)key & alg->alignmask) == 0)
		return key;
	copy = linux_alloc_aligned(n > 0 ? n : 1, alg->alignmask + 1U, 0,
	    NULL);
	return copy != NULL ? memcpy(copy, key, n) : NULL;
}

void
crypto_key_done(const uint8_t *key, const uint8_t *used)
{
	if (key != used)
		linux_free(used);
}

/* -- Bytes. */

/* Not zero when they differ; takes as long either way. */
LINUX(unsigned long, __crypto_memneq, (const void *a, const void *b, size_t n))
{
	const volatile uint8_t *x = a, *y = b;
	uint8_t differ = 0;

	while (n-- > 0)
		differ |= *x++ ^ *y++;
	return differ;
}

LINUX_GPL(void, __crypto_xor,
    (uint8_t *to, const uint8_t *a, const uint8_t *b, unsigned n))
{
	while (n-- > 0)
		*to++ = *a++ ^ *b++;
}

/* A big-endian number, and one. */
LINUX_GPL(void, crypto_inc, (uint8_t *number, unsigned n))
{
	while (n-- > 0 && ++number[n] == 0)
		continue;
}
