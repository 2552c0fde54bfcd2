/*
 * Using from outside what modules have registered: functions for the host, which
 * calls them as it calls modules' (Kernel.callExport).  An algorithm is named
 * by its name or that of its driver.  All answer a number, or minus an error.
 */
#include "crypto.h"

int	crypto_test_digest(const char *name, const void *key, size_t keylen,
	    const void *data, size_t n, size_t piece, void *out);
int	crypto_test_cipher(const char *name, const void *key, size_t keylen,
	    bool encrypt, const void *in, void *out, size_t n);
int	crypto_test_compress(const char *driver, bool decompress,
	    const void *in, size_t n, void *out, size_t room);

static int
feed(struct shash_desc *desc, const uint8_t *p, size_t n, size_t piece,
    uint8_t *out)
{
	int error = shash_init(desc);

	for (; error == 0 && n > piece; p += piece, n -= piece)
		error = shash_update(desc, p, (unsigned)piece);
	if (error == 0)
		error = shash_update(desc, p, (unsigned)n);
	return error != 0 ? error : shash_final(desc, out);
}

/* Answers the size of the digest.  piece: bytes at a time, 0: all at once,
 * through the algorithm's digest(). */
int
crypto_test_digest(const char *name, const void *key, size_t keylen,
    const void *data, size_t n, size_t piece, void *out)
{
	struct crypto_shash *hash = crypto_make(&shash_kind, name, NULL);
	struct shash_desc *desc;
	int result = 0;

	if (is_err(hash))
		return (int)(intptr_t)hash;
	desc = shash_desc_new(hash);
	if (desc == NULL)
		result = -ENOMEM;
	if (result == 0 && keylen > 0)
		result = shash_setkey(hash, key, (unsigned)keylen);
	if (result == 0)
		result = piece == 0 ?
		    shash_digest(desc, data, (unsigned)n, out) :
		    feed(desc, data, n, piece, out);
	if (result == 0)
		result = (int)shash_alg(hash)->digestsize;
	linux_free(desc);
	crypto_unmake(hash, &hash->base);
	return result;
}
EXPORT(crypto_test_digest);

/* Block after block; answers how many. */
int
crypto_test_cipher(const char *name, const void *key, size_t keylen,
    bool encrypt, const void *in, void *out, size_t n)
{
	struct crypto_tfm *tfm = crypto_make(&cipher_kind, name, NULL);
	unsigned block;
	int result;

	if (is_err(tfm))
		return (int)(intptr_t)tfm;
	block = tfm->alg->block;
	result = n % block != 0 ? -EINVAL :
	    cipher_setkey(tfm, key, (unsigned)keylen);
	for (size_t i = 0; result >= 0 && i < n; i += block, result++)
		cipher_block(tfm, encrypt, (uint8_t *)out + i,
		    (const uint8_t *)in + i);
	crypto_unmake(tfm, tfm);
	return result;
}
EXPORT(crypto_test_cipher);

static int
with_scomp(struct crypto_tfm *tfm, bool decompress, const void *in, size_t n,
    void *out, unsigned *room)
{
	const struct scomp_alg *alg = container_of(tfm->alg,
	    struct scomp_alg, base);
	void *memory = alg->alloc(tfm);
	int error;

	if (is_err(memory))
		return (int)(intptr_t)memory;
	error = decompress ?
	    alg->decompress(tfm, in, (unsigned)n, out, room, memory) :
	    alg->compress(tfm, in, (unsigned)n, out, room, memory);
	alg->free(tfm, memory);
	return error;
}

/* Answers the size of what comes out. */
int
crypto_test_compress(const char *driver, bool decompress, const void *in,
    size_t n, void *out, size_t room)
{
	bool is_scomp = crypto_find(&scomp_kind, driver) != NULL;
	struct crypto_tfm *tfm = crypto_make(
	    is_scomp ? &scomp_kind : &compress_kind, driver, NULL);
	unsigned length = (unsigned)room;
	int error;

	if (is_err(tfm))
		return (int)(intptr_t)tfm;
	if (is_scomp)
		error = with_scomp(tfm, decompress, in, n, out, &length);
	else
		error = decompress ?
		    tfm->alg->compress.decompress(tfm, in, (unsigned)n, out,
		    &length) :
		    tfm->alg->compress.compress(tfm, in, (unsigned)n, out,
		    &length);
	crypto_unmake(tfm, tfm);
	return error != 0 ? error : (int)length;
}
EXPORT(crypto_test_compress);
