/*
 * The heap.
 */
#include "selftest.h"

#define BLOCKS	64

SELFTEST(blocks_are_aligned_and_apart)
{
	static unsigned char *block[BLOCKS];
	static const size_t sizes[] = {
		1, 15, 16, 17, 100, 255, 1000, 4095, 4096, 4097, 70000
	};

	for (unsigned i = 0; i < BLOCKS; i++) {
		size_t n = sizes[i % __arraycount(sizes)];

		block[i] = kmem_alloc(n);
		CHECK(block[i] != NULL);
		CHECK((uintptr_t)block[i] % 16 == 0);
		memset(block[i], (int)i, n);
	}
	kmem_check();
	for (unsigned i = 0; i < BLOCKS; i++) {
		size_t n = sizes[i % __arraycount(sizes)];

		CHECK(block[i][0] == i && block[i][n - 1] == i);
	}
	/* In an order that frees between used ones, then next to free ones. */
	for (unsigned i = 0; i < BLOCKS; i += 2)
		kmem_free(block[i]);
	kmem_check();
	for (unsigned i = 1; i < BLOCKS; i += 2)
		kmem_free(block[i]);
	return 0;
}

SELFTEST(freed_memory_is_used_again)
{
	char *a = kmem_alloc(200), *fence = kmem_alloc(200);

	CHECK(a != NULL && fence != NULL);
	kmem_free(a);
	CHECK(kmem_alloc(200) == a);
	kmem_free(a);
	kmem_free(fence);
	return 0;
}

SELFTEST(neighbours_coalesce)
{
	static char *block[8];
	unsigned i;

	for (i = 0; i < 8; i++) {
		block[i] = kmem_alloc(512);
		CHECK(block[i] != NULL);
	}
	for (i = 0; i < 7; i++)
		if (block[i + 1] == block[i] + 512 + 32)
			break;
	CHECK(i < 7);
	kmem_free(block[i]);
	kmem_free(block[i + 1]);

	char *both = kmem_alloc(2 * 512 + 32);

	/* With its own block, or one further down that was free as well. */
	CHECK(both <= block[i] && both + 2 * 512 + 32 > block[i]);
	kmem_free(both);
	for (unsigned k = 0; k < 8; k++)
		if (k != i && k != i + 1)
			kmem_free(block[k]);
	return 0;
}

SELFTEST(large_and_impossible_sizes)
{
	char *p = kmem_zalloc(1 << 20);

	CHECK(p != NULL);
	for (size_t i = 0; i < 1 << 20; i += 4096)
		CHECK(p[i] == 0);
	memset(p, 0xa5, 1 << 20);
	kmem_free(p);
	p = kmem_zalloc(1 << 20);
	CHECK(p != NULL && p[0] == 0 && p[(1 << 20) - 1] == 0);
	kmem_free(p);
	CHECK(kmem_alloc((size_t)1 << 31) == NULL);
	CHECK(kmem_alloc(SIZE_MAX) == NULL);
	CHECK(kmem_alloc(SIZE_MAX - 15) == NULL);
	p = kmem_alloc(0);
	CHECK(p != NULL);
	kmem_free(p);
	kmem_free(NULL);
	return 0;
}

static void
free_twice(void *p)
{
	kmem_free(p);
	kmem_free(p);
}

static void
free_inside(void *p)
{
	kmem_free((char *)p + 16);
}

SELFTEST(wrong_frees_are_caught)
{
	struct wire_oops oops;
	char *p = kmem_zalloc(100), *fence = kmem_alloc(100);

	CHECK(p != NULL && fence != NULL);
	CHECK(guard_call(free_inside, p, 0, &oops) == EFAULT);
	CHECK(oops.kind == OOPS_PANIC);
	CHECK(guard_call(free_twice, p, 0, &oops) == EFAULT);
	CHECK(oops.kind == OOPS_PANIC);
	kmem_free(fence);
	return 0;
}
