/*
 * Searching text with algorithms that modules register, in data that comes in
 * blocks.  A search says where the pattern begins, and goes on behind it.
 */
#include "linux.h"

struct ts_config;

struct ts_state {
	unsigned	offset;
	char		cb[48];
};

struct ts_ops {
	const char	*name;
	struct ts_config *(LINUX_REGPARM *init)(const void *pattern,
			    unsigned length, gfp_t, int flags);
	unsigned	(LINUX_REGPARM *find)(struct ts_config *,
			    struct ts_state *);
	void		(LINUX_REGPARM *destroy)(struct ts_config *);
	void		*(LINUX_REGPARM *pattern)(struct ts_config *);
	unsigned	(LINUX_REGPARM *pattern_length)(struct ts_config *);
	void		*owner;
	struct list_head list;
};

/* The algorithm's own follows. */
struct ts_config {
	struct ts_ops	*ops;
	int		flags;
	unsigned	(LINUX_REGPARM *next_block)(unsigned consumed,
			    const uint8_t **, struct ts_config *,
			    struct ts_state *);
	void		(LINUX_REGPARM *finish)(struct ts_config *,
			    struct ts_state *);
};

/* In ts_state.cb: the data that is all there, or comes in pieces. */
struct linear {
	const uint8_t	*data;
	unsigned	length, piece;
};

int	textsearch_test(const char *algorithm, const void *pattern, size_t n,
	    int flags, const void *data, size_t length, size_t piece,
	    uint32_t *places, size_t room);

static const char kind[] = "textsearch";

LINUX(int, textsearch_register, (struct ts_ops *ops))
{
	if (ledger_named(kind, ops->name) != NULL)
		return -EEXIST;
	return registry_add(kind, ops, ops->name, CALLER);
}

LINUX(int, textsearch_unregister, (struct ts_ops *ops))
{
	return registry_remove(kind, ops, CALLER) ? 0 : -ENOENT;
}

static struct ts_config *
prepare(const char *name, const void *pattern, unsigned n, gfp_t flags,
    int how)
{
	struct ts_ops *ops = (void *)(uintptr_t)ledger_named(kind, name);
	struct ts_config *config;

	if (n == 0)
		return err_ptr(-EINVAL);
	if (ops == NULL)
		return err_ptr(-ENOENT);
	config = ops->init(pattern, n, flags, how);
	if (!is_err(config))
		config->ops = ops;
	return config;
}

static void
destroy(struct ts_config *config)
{
	if (config->ops->destroy != NULL)
		config->ops->destroy(config);
	linux_free(config);
}

/* How much there is from `consumed` on, in one piece. */
static unsigned LINUX_REGPARM
linear_block(unsigned consumed, const uint8_t **block,
    struct ts_config *config, struct ts_state *state)
{
	const struct linear *l = (const struct linear *)(void *)state->cb;
	unsigned left;

	if (consumed >= l->length)
		return 0;
	left = l->length - consumed;
	*block = l->data + consumed;
	return left < l->piece ? left : l->piece;
}

static unsigned
find(struct ts_config *config, struct ts_state *state)
{
	unsigned at = config->ops->find(config, state);

	if (config->finish != NULL)
		config->finish(config, state);
	return at;
}

static unsigned
find_first(struct ts_config *config, struct ts_state *state,
    const void *data, unsigned length, unsigned piece)
{
	struct linear *l = (struct linear *)(void *)state->cb;

	*l = (struct linear){ data, length, piece };
	config->next_block = linear_block;
	state->offset = 0;
	return find(config, state);
}

LINUX(struct ts_config *, textsearch_prepare, (const char *name,
    const void *pattern, unsigned n, gfp_t flags, int how))
{
	return prepare(name, pattern, n, flags, how);
}

LINUX(void, textsearch_destroy, (struct ts_config *config))
{
	destroy(config);
}

LINUX(unsigned, textsearch_find_continuous, (struct ts_config *config,
    struct ts_state *state, const void *data, unsigned length))
{
	return find_first(config, state, data, length, length);
}

/* For the host: all the places where the pattern is found; answers how many,
 * or minus an error.  piece: bytes in a block, 0 for all in one.  An algorithm
 * that finds a place again has no more: Linux 6.1's bm does not go on. */
int
textsearch_test(const char *algorithm, const void *pattern, size_t n,
    int flags, const void *data, size_t length, size_t piece,
    uint32_t *places, size_t room)
{
	struct ts_config *config = prepare(algorithm, pattern, (unsigned)n, 0,
	    flags);
	struct ts_state state;
	size_t found = 0;
	unsigned at;

	if (is_err(config))
		return (int)(intptr_t)config;
	at = find_first(config, &state, data, (unsigned)length,
	    (unsigned)(piece > 0 ? piece : length));
	for (; at != ~0U && found < room; at = find(config, &state)) {
		if (found > 0 && at == places[found - 1])
			break;
		places[found++] = at;
	}
	destroy(config);
	return (int)found;
}
EXPORT(textsearch_test);
