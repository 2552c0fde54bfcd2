/*
 * Ciphers of single blocks and compression: registering and using them.
 */
#include "crypto.h"

#define BLOCK_MAX	128

const struct crypto_kind cipher_kind = {
	.name = "cipher", .type = TYPE_CIPHER,
};
const struct crypto_kind compress_kind = {
	.name = "compress", .type = TYPE_COMPRESS,
};
const struct crypto_kind scomp_kind = { .name = "scomp", .type = TYPE_SCOMP };

static int
cipher_add(struct crypto_alg *alg, const void *caller)
{
	switch (alg->flags & TYPE_MASK) {
	case TYPE_CIPHER:
		return crypto_add(&cipher_kind, alg, caller);
	case TYPE_COMPRESS:
		return crypto_add(&compress_kind, alg, caller);
	default:
		return -EINVAL;
	}
}

LINUX_GPL(int, crypto_register_alg, (struct crypto_alg *alg))
{
	return cipher_add(alg, CALLER);
}

LINUX_GPL(void, crypto_unregister_alg, (struct crypto_alg *alg))
{
	crypto_remove(alg, CALLER);
}

/* All, or none. */
LINUX_GPL(int, crypto_register_algs, (struct crypto_alg *algs, int count))
{
	for (int i = 0; i < count; i++) {
		int error = cipher_add(&algs[i], CALLER);

		if (error != 0) {
			while (i-- > 0)
				crypto_remove(&algs[i], CALLER);
			return error;
		}
	}
	return 0;
}

LINUX_GPL(void, crypto_unregister_algs, (struct crypto_alg *algs, int count))
{
	for (int i = 0; i < count; i++)
		crypto_remove(&algs[i], CALLER);
}

int
cipher_setkey(struct crypto_tfm *tfm, const uint8_t *key, unsigned n)
{
	const struct crypto_alg *alg = tfm->alg;
	const uint8_t *aligned;
	int error;

	if (n < alg->cipher.min_key || n > alg->cipher.max_key)
		return -EINVAL;
	aligned = crypto_key(alg, key, n);
	if (aligned == NULL)
		return -ENOMEM;
	error = alg->cipher.setkey(tfm, aligned, n);
	crypto_key_done(key, aligned);
	return error;
}

void
cipher_block(struct crypto_tfm *tfm, bool encrypt, uint8_t *to,
    const uint8_t *from)
{
	const struct crypto_alg *alg = tfm->alg;
	_Alignas(128) uint8_t buffer[BLOCK_MAX];
	bool aligned =
	    (((uintptr_t)to | (uintptr_t)from) & alg->alignmask) == 0;
	uint8_t *out = aligned ? to : buffer;
	const uint8_t *in = aligned ? from : memcpy(buffer, from, alg->block);

	if (encrypt)
		alg->cipher.encrypt(tfm, out, in);
	else
		alg->cipher.decrypt(tfm, out, in);
	if (!aligned)
		memcpy(to, buffer, alg->block);
}

LINUX_GPL(int, crypto_cipher_setkey,
    (struct crypto_tfm *tfm, const uint8_t *key, unsigned n))
{
	return cipher_setkey(tfm, key, n);
}

LINUX_GPL(void, crypto_cipher_encrypt_one,
    (struct crypto_tfm *tfm, uint8_t *to, const uint8_t *from))
{
	cipher_block(tfm, true, to, from);
}

LINUX_GPL(void, crypto_cipher_decrypt_one,
    (struct crypto_tfm *tfm, uint8_t *to, const uint8_t *from))
{
	cipher_block(tfm, false, to, from);
}

LINUX_GPL(int, crypto_comp_compress, (struct crypto_tfm *tfm,
    const uint8_t *from, unsigned n, uint8_t *to, unsigned *room))
{
	return tfm->alg->compress.compress(tfm, from, n, to, room);
}

LINUX_GPL(int, crypto_comp_decompress, (struct crypto_tfm *tfm,
    const uint8_t *from, unsigned n, uint8_t *to, unsigned *room))
{
	return tfm->alg->compress.decompress(tfm, from, n, to, room);
}

LINUX_GPL(int, crypto_register_scomp, (struct scomp_alg *alg))
{
	return crypto_add(&scomp_kind, &alg->base, CALLER);
}

LINUX_GPL(void, crypto_unregister_scomp, (struct scomp_alg *alg))
{
	crypto_remove(&alg->base, CALLER);
}

/* All, or none. */
LINUX_GPL(int, crypto_register_scomps, (struct scomp_alg *algs, int count))
{
	for (int i = 0; i < count; i++) {
		int error = crypto_add(&scomp_kind, &algs[i].base, CALLER);

		if (error != 0) {
			while (i-- > 0)
				crypto_remove(&algs[i].base, CALLER);
			return error;
		}
	}
	return 0;
}

LINUX_GPL(void, crypto_unregister_scomps, (struct scomp_alg *algs, int count))
{
	while (count-- > 0)
		crypto_remove(&algs[count].base, CALLER);
}
