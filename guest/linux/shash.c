/*
 * Hashes that work at once: registering and using them.  What an algorithm
 * leaves out is put together of what it has.
 */
#include "crypto.h"

/* Linux's limits, for what is kept on stacks. */
#define DIGEST_MAX	64
#define DESC_MAX	360
#define STATE_MAX	512

static void LINUX_REGPARM
exit_tfm(struct crypto_tfm *tfm)
{
	struct crypto_shash *hash = container_of(tfm, struct crypto_shash,
	    base);

	shash_alg(hash)->exit_tfm(hash);
}

static void
set_need_key(struct crypto_shash *hash)
{
	const struct shash_alg *alg = shash_alg(hash);

	if (alg->setkey != NULL && (alg->base.flags & ALG_OPTIONAL_KEY) == 0)
		hash->base.flags |= TFM_NEED_KEY;
}

static int
init_tfm(struct crypto_tfm *tfm)
{
	struct crypto_shash *hash = container_of(tfm, struct crypto_shash,
	    base);
	const struct shash_alg *alg = shash_alg(hash);

	hash->descsize = alg->descsize;
	set_need_key(hash);
	if (alg->exit_tfm != NULL)
		tfm->exit = exit_tfm;
	return alg->init_tfm != NULL ? alg->init_tfm(hash) : 0;
}

const struct crypto_kind shash_kind = {
	.name = "shash", .type = TYPE_SHASH, .init = init_tfm,
	.prefix = offsetof(struct crypto_shash, base),
};

static int
shash_add(struct shash_alg *alg, const void *caller)
{
	if (alg->digestsize > DIGEST_MAX || alg->descsize > DESC_MAX ||
	    alg->statesize > STATE_MAX)
		return -EINVAL;
	if ((alg->export == NULL) != (alg->import == NULL))
		return -EINVAL;
	if (alg->export == NULL)
		alg->statesize = alg->descsize;
	return crypto_add(&shash_kind, &alg->base, caller);
}

LINUX_GPL(int, crypto_register_shash, (struct shash_alg *alg))
{
	return shash_add(alg, CALLER);
}

LINUX_GPL(void, crypto_unregister_shash, (struct shash_alg *alg))
{
	crypto_remove(&alg->base, CALLER);
}

/* All, or none. */
LINUX_GPL(int, crypto_register_shashes, (struct shash_alg *algs, int count))
{
	for (int i = 0; i < count; i++) {
		int error = shash_add(&algs[i], CALLER);

		if (error != 0) {
			while (i-- > 0)
				crypto_remove(&algs[i].base, CALLER);
			return error;
		}
	}
	return 0;
}

LINUX_GPL(void, crypto_unregister_shashes, (struct shash_alg *algs, int count))
{
	while (count-- > 0)
		crypto_remove(&algs[count].base, CALLER);
}

LINUX_GPL(void *, crypto_alloc_shash,
    (const char *name, uint32_t type, uint32_t mask))
{
	return crypto_make(&shash_kind, name, CALLER);
}

LINUX_GPL(bool, crypto_shash_alg_has_setkey, (struct shash_alg *alg))
{
	return alg->setkey != NULL;
}

/* -- Using them. */

int
shash_setkey(struct crypto_shash *hash, const uint8_t *key, unsigned n)
{
	const struct shash_alg *alg = shash_alg(hash);
	const uint8_t *aligned;
	int error;

	if (alg->setkey == NULL)
		return -L_ENOSYS;
	aligned = crypto_key(&alg->base, key, n);
	if (aligned == NULL)
		return -ENOMEM;
	error = alg->setkey(hash, aligned, n);
	crypto_key_done(key, aligned);
	if (error != 0)
		set_need_key(hash);
	else
		hash->base.flags &= ~(uint32_t)TFM_NEED_KEY;
	return error;
}

int
shash_init(struct shash_desc *desc)
{
	return desc->tfm->base.flags & TFM_NEED_KEY ? -L_ENOKEY :
	    shash_alg(desc->tfm)->init(desc);
}

/* Data that lies badly goes through a buffer that does not. */
int
shash_update(struct shash_desc *desc, const uint8_t *p, unsigned n)
{
	const struct shash_alg *alg = shash_alg(desc->tfm);
	_Alignas(128) uint8_t buffer[256];

	if (((uintptr_t)p & alg->base.alignmask) == 0)
		return alg->update(desc, p, n);
	while (n > 0) {
		unsigned part = n < sizeof(buffer) ? n : sizeof(buffer);
		int error = alg->update(desc, memcpy(buffer, p, part), part);

		if (error != 0)
			return error;
		p += part;
		n -= part;
	}
	return 0;
}

int
shash_final(struct shash_desc *desc, uint8_t *out)
{
	const struct shash_alg *alg = shash_alg(desc->tfm);
	_Alignas(128) uint8_t buffer[DIGEST_MAX];
	int error;

	if (((uintptr_t)out & alg->base.alignmask) == 0)
		return alg->final(desc, out);
	error = alg->final(desc, buffer);
	if (error == 0)
		memcpy(out, buffer, alg->digestsize);
	return error;
}

int
shash_finup(struct shash_desc *desc, const uint8_t *p, unsigned n,
    uint8_t *out)
{
	const struct shash_alg *alg = shash_alg(desc->tfm);
	int error;

	if (alg->finup != NULL &&
	    (((uintptr_t)p | (uintptr_t)out) & alg->base.alignmask) == 0)
		return alg->finup(desc, p, n, out);
	error = shash_update(desc, p, n);
	return error != 0 ? error : shash_final(desc, out);
}

int
shash_digest(struct shash_desc *desc, const uint8_t *p, unsigned n,
    uint8_t *out)
{
	const struct shash_alg *alg = shash_alg(desc->tfm);
	int error;

	if (desc->tfm->base.flags & TFM_NEED_KEY)
		return -L_ENOKEY;
	if (alg->digest != NULL &&
	    (((uintptr_t)p | (uintptr_t)out) & alg->base.alignmask) == 0)
		return alg->digest(desc, p, n, out);
	error = alg->init(desc);
	return error != 0 ? error : shash_finup(desc, p, n, out);
}

struct shash_desc *
shash_desc_new(struct crypto_shash *hash)
{
	struct shash_desc *desc = linux_alloc(sizeof(*desc) + hash->descsize,
	    GFP_ZERO, NULL);

	if (desc != NULL)
		desc->tfm = hash;
	return desc;
}

LINUX_GPL(int, crypto_shash_setkey,
    (struct crypto_shash *hash, const uint8_t *key, unsigned n))
{
	return shash_setkey(hash, key, n);
}

LINUX_GPL(int, crypto_shash_update,
    (struct shash_desc *desc, const uint8_t *p, unsigned n))
{
	return shash_update(desc, p, n);
}

LINUX_GPL(int, crypto_shash_final, (struct shash_desc *desc, uint8_t *out))
{
	return shash_final(desc, out);
}

LINUX_GPL(int, crypto_shash_finup,
    (struct shash_desc *desc, const uint8_t *p, unsigned n, uint8_t *out))
{
	return shash_finup(desc, p, n, out);
}

LINUX_GPL(int, crypto_shash_digest,
    (struct shash_desc *desc, const uint8_t *p, unsigned n, uint8_t *out))
{
	return shash_digest(desc, p, n, out);
}

LINUX_GPL(int, crypto_shash_tfm_digest,
    (struct crypto_shash *hash, const uint8_t *p, unsigned n, uint8_t *out))
{
	struct shash_desc *desc = shash_desc_new(hash);
	int error = desc != NULL ? shash_digest(desc, p, n, out) : -ENOMEM;

	linux_free(desc);
	return error;
}
