/*
 * Kinds of algorithms that can be registered but that nothing here uses: their
 * structures begin with functions and numbers, and end with struct crypto_alg.
 * Templates make algorithms out of others, when somebody asks for one.
 */
#include "crypto.h"

#define KIND(kind, number)						\
	static const struct crypto_kind kind##_kind = {			\
		.name = #kind, .type = (number)				\
	}

KIND(skcipher, TYPE_SKCIPHER);
KIND(aead, TYPE_AEAD);
KIND(ahash, TYPE_AHASH);
KIND(rng, TYPE_RNG);
KIND(kpp, TYPE_KPP);
KIND(akcipher, TYPE_AKCIPHER);
KIND(acomp, TYPE_ACOMPRESS);

struct skcipher_alg {
	void		*functions[5];
	unsigned	numbers[5];
	struct crypto_alg base;
};

struct aead_alg {
	void		*functions[6];
	unsigned	numbers[3];
	struct crypto_alg base;
};

struct ahash_alg {
	void		*functions[10];
	CRYPTO_ALIGNED unsigned digestsize;
	unsigned	statesize;
	struct crypto_alg base;
};

struct rng_alg {
	void		*functions[3];
	unsigned	seedsize;
	struct crypto_alg base;
};

struct kpp_alg {
	void		*functions[6];
	unsigned	reqsize;
	struct crypto_alg base;
};

struct akcipher_alg {
	void		*functions[9];
	unsigned	reqsize;
	struct crypto_alg base;
};

struct acomp_alg {
	void		*functions[5];
	unsigned	reqsize;
	struct crypto_alg base;
};

#define ONE(kind)							\
	LINUX_GPL(int, crypto_register_##kind,				\
	    (struct kind##_alg *alg))					\
	{								\
		return crypto_add(&kind##_kind, &alg->base, CALLER);	\
	}								\
	LINUX_GPL(void, crypto_unregister_##kind,			\
	    (struct kind##_alg *alg))					\
	{								\
		crypto_remove(&alg->base, CALLER);			\
	}

/* All, or none; plain or as pointers. */
#define MANY(kind, plural)						\
	LINUX_GPL(int, crypto_register_##plural,			\
	    (struct kind##_alg *algs, int count))			\
	{								\
		for (int i = 0; i < count; i++) {			\
			int error = crypto_add(&kind##_kind,		\
			    &algs[i].base, CALLER);			\
									\
			if (error == 0)					\
				continue;				\
			while (i-- > 0)					\
				crypto_remove(&algs[i].base, CALLER);	\
			return error;					\
		}							\
		return 0;						\
	}								\
	LINUX_GPL(void, crypto_unregister_##plural,			\
	    (struct kind##_alg *algs, int count))			\
	{								\
		while (count-- > 0)					\
			crypto_remove(&algs[count].base, CALLER);	\
	}

ONE(skcipher)
MANY(skcipher, skciphers)
ONE(aead)
MANY(aead, aeads)
ONE(ahash)
MANY(ahash, ahashes)
ONE(rng)
MANY(rng, rngs)
ONE(kpp)
ONE(akcipher)
ONE(acomp)
MANY(acomp, acomps)

/* -- Templates. */

struct crypto_template {
	struct list_head list;
	void		*instances, *module;
	int		(LINUX_REGPARM *create)(struct crypto_template *,
			    void **attributes);
	char		name[CRYPTO_NAME];
};

static const char template[] = "crypto template";

static int
template_add(struct crypto_template *t, const void *caller)
{
	if (ledger_named(template, t->name) != NULL)
		return -EEXIST;
	return registry_add(template, t, t->name, caller);
}

LINUX_GPL(int, crypto_register_template, (struct crypto_template *t))
{
	return template_add(t, CALLER);
}

LINUX_GPL(void, crypto_unregister_template, (struct crypto_template *t))
{
	(void)registry_remove(template, t, CALLER);
}

LINUX_GPL(int, crypto_register_templates, (struct crypto_template *t, int n))
{
	for (int i = 0; i < n; i++) {
		int error = template_add(&t[i], CALLER);

		if (error == 0)
			continue;
		while (i-- > 0)
			(void)registry_remove(template, &t[i], CALLER);
		return error;
	}
	return 0;
}

LINUX_GPL(void, crypto_unregister_templates,
    (struct crypto_template *t, int n))
{
	while (n-- > 0)
		(void)registry_remove(template, &t[n], CALLER);
}

/* Who is told of algorithms that come and go is told of nothing: what is asked
 * for is looked up at once. */
REGISTERS_GPL("crypto notifier", crypto_register_notifier)
UNREGISTERS_GPL("crypto notifier", crypto_unregister_notifier)
