/*
 * Linux's crypto objects as modules see them: an algorithm is a structure that
 * a module registers, a transform is made of it for one key.  Modules compute
 * inline where the context of a transform is; the rest of the layout is known
 * from where their own relocations and instructions point.
 */
#ifndef LINUX_CRYPTO_H
#define LINUX_CRYPTO_H

#include "linux.h"

#define L_ENOKEY	126
#define L_EBADMSG	74

#define CRYPTO_NAME	128

/* The low four bits of an algorithm's flags. */
#define TYPE_MASK	0x0f
#define TYPE_CIPHER	1
#define TYPE_COMPRESS	2
#define TYPE_AEAD	3
#define TYPE_SKCIPHER	5
#define TYPE_KPP	8
#define TYPE_ACOMPRESS	0xa
#define TYPE_SCOMP	0xb
#define TYPE_RNG	0xc
#define TYPE_AKCIPHER	0xd
#define TYPE_SHASH	0xe
#define TYPE_AHASH	0xf
#define ALG_OPTIONAL_KEY 0x4000
#define ALG_INSTANCE	0x800

/* Flags of a transform. */
#define TFM_NEED_KEY	1

/* What is aligned as memory of kmalloc is. */
#define CRYPTO_ALIGNED	_Alignas(LINUX_MINALIGN)

struct crypto_alg;
struct crypto_kind;

struct crypto_tfm {
	uint32_t	refcount;
	uint32_t	flags;
	int		node;
	void		(LINUX_REGPARM *exit)(struct crypto_tfm *);
	struct crypto_alg *alg;
	CRYPTO_ALIGNED char ctx[];
};

struct cipher_alg {
	unsigned	min_key, max_key;
	int		(LINUX_REGPARM *setkey)(struct crypto_tfm *,
			    const uint8_t *, unsigned);
	void		(LINUX_REGPARM *encrypt)(struct crypto_tfm *,
			    uint8_t *to, const uint8_t *from);
	void		(LINUX_REGPARM *decrypt)(struct crypto_tfm *,
			    uint8_t *to, const uint8_t *from);
};

typedef int (LINUX_REGPARM *compress_fn)(struct crypto_tfm *,
    const uint8_t *, unsigned, uint8_t *, unsigned *);

struct crypto_alg {
	CRYPTO_ALIGNED struct list_head list;
	struct list_head users;
	uint32_t	flags;
	unsigned	block, ctxsize, alignmask;
	int		priority;
	uint32_t	refcount;	/* one, and one for each transform */
	char		name[CRYPTO_NAME], driver[CRYPTO_NAME];
	const struct crypto_kind *kind;
	union {
		struct cipher_alg cipher;
		struct {
			compress_fn compress, decompress;
		} compress;
	};
	int		(LINUX_REGPARM *init)(struct crypto_tfm *);
	void		(LINUX_REGPARM *exit)(struct crypto_tfm *);
	void		(LINUX_REGPARM *destroy)(struct crypto_alg *);
	void		*module;
};

/* -- Hashes that work at once. */

struct crypto_shash {
	unsigned	descsize;
	struct crypto_tfm base;
};

struct shash_desc {
	struct crypto_shash *tfm;
	_Alignas(8) char state[];
};

struct shash_alg {
	int		(LINUX_REGPARM *init)(struct shash_desc *);
	int		(LINUX_REGPARM *update)(struct shash_desc *,
			    const uint8_t *, unsigned);
	int		(LINUX_REGPARM *final)(struct shash_desc *, uint8_t *);
	int		(LINUX_REGPARM *finup)(struct shash_desc *,
			    const uint8_t *, unsigned, uint8_t *);
	int		(LINUX_REGPARM *digest)(struct shash_desc *,
			    const uint8_t *, unsigned, uint8_t *);
	int		(LINUX_REGPARM *export)(struct shash_desc *, void *);
	int		(LINUX_REGPARM *import)(struct shash_desc *,
			    const void *);
	int		(LINUX_REGPARM *setkey)(struct crypto_shash *,
			    const uint8_t *, unsigned);
	int		(LINUX_REGPARM *init_tfm)(struct crypto_shash *);
	void		(LINUX_REGPARM *exit_tfm)(struct crypto_shash *);
	unsigned	descsize;
	CRYPTO_ALIGNED unsigned digestsize;
	unsigned	statesize;
	struct crypto_alg base;
};

static inline struct shash_alg *
shash_alg(const struct crypto_shash *tfm)
{
	return container_of(tfm->base.alg, struct shash_alg, base);
}

/* -- Compression with memory of its own. */

struct scomp_alg {
	void		*(LINUX_REGPARM *alloc)(struct crypto_tfm *);
	void		(LINUX_REGPARM *free)(struct crypto_tfm *, void *);
	int		(LINUX_REGPARM *compress)(struct crypto_tfm *,
			    const uint8_t *, unsigned, uint8_t *, unsigned *,
			    void *);
	int		(LINUX_REGPARM *decompress)(struct crypto_tfm *,
			    const uint8_t *, unsigned, uint8_t *, unsigned *,
			    void *);
	struct crypto_alg base;
};

/*
 * crypto.c: what can be registered, and how a transform of it comes about.
 * The transform is a part of a larger object for some kinds.
 */
struct crypto_kind {
	const char	*name;		/* in the ledger */
	uint32_t	type;
	size_t		prefix;		/* of the transform in its object */
	/* Bytes of context; NULL: as the algorithm says. */
	size_t		(*context)(const struct crypto_alg *);
	/* Of a new transform, before the algorithm's own init; or NULL. */
	int		(*init)(struct crypto_tfm *);
};
extern const struct crypto_kind cipher_kind, compress_kind, scomp_kind,
    shash_kind;

int	crypto_add(const struct crypto_kind *, struct crypto_alg *,
	    const void *caller);
void	crypto_remove(struct crypto_alg *, const void *caller);
/* By name, the one of the highest priority, or by driver name; NULL. */
struct crypto_alg *crypto_find(const struct crypto_kind *, const char *name);
/* The object that the transform is in, or an error pointer. */
void	*crypto_make(const struct crypto_kind *, const char *name,
	    const void *caller);
void	*crypto_make_of(const struct crypto_kind *, struct crypto_alg *,
	    const void *caller);
/* The object, and the transform in it. */
void	crypto_unmake(void *, struct crypto_tfm *);

static inline struct crypto_tfm *
crypto_tfm_in(const struct crypto_kind *kind, void *object)
{
	return (struct crypto_tfm *)((char *)object + kind->prefix);
}

/* A key that lies as the algorithm wants it: the key itself or a copy, which
 * crypto_key_done frees; NULL: there is no memory. */
const uint8_t *crypto_key(const struct crypto_alg *, const uint8_t *, unsigned);
void	crypto_key_done(const uint8_t *key, const uint8_t *used);

/* aes.c: the built-in cipher. */
extern struct crypto_alg crypto_aes;

/* shash.c: what crypto_shash_* do. */
int	shash_setkey(struct crypto_shash *, const uint8_t *, unsigned);
int	shash_init(struct shash_desc *);
int	shash_update(struct shash_desc *, const uint8_t *, unsigned);
int	shash_final(struct shash_desc *, uint8_t *);
int	shash_finup(struct shash_desc *, const uint8_t *, unsigned, uint8_t *);
int	shash_digest(struct shash_desc *, const uint8_t *, unsigned, uint8_t *);
/* A description on the heap; NULL: no memory. */
struct shash_desc *shash_desc_new(struct crypto_shash *);

/* cipher.c: of single blocks. */
int	cipher_setkey(struct crypto_tfm *, const uint8_t *, unsigned);
void	cipher_block(struct crypto_tfm *, bool encrypt, uint8_t *to,
	    const uint8_t *from);

_Static_assert(sizeof(struct crypto_alg) == LINUX_CRYPTO_ALG, "crypto_alg");
_Static_assert(sizeof(struct shash_alg) == LINUX_SHASH_ALG, "shash_alg");
_Static_assert(offsetof(struct crypto_tfm, ctx) == LINUX_TFM_CONTEXT, "ctx");

#endif /* LINUX_CRYPTO_H */
