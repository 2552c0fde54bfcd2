/*
 * Queues without locks: rings of elements (kfifo), and lists that are taken
 * all at once (llist).
 */
#include "linux.h"

/* in and out only ever grow; the mask says where they are. */
struct kfifo {
	unsigned	in, out, mask, bytes;	/* bytes of an element */
	char		*data;
};

LINUX(int, __kfifo_alloc,
    (struct kfifo *f, unsigned size, size_t bytes, gfp_t flags))
{
	unsigned room = 1;

	while (room < size)
		room *= 2;
	*f = (struct kfifo){ .bytes = (unsigned)bytes };
	if (room < 2)
		return -EINVAL;
	f->data = linux_alloc(room * bytes, flags, CALLER);
	if (f->data == NULL)
		return -ENOMEM;
	f->mask = room - 1;
	return 0;
}

LINUX(void, __kfifo_free, (struct kfifo *f))
{
	linux_free(f->data);
	*f = (struct kfifo){ 0 };
}

/* Of the room that there is, a power of two is used. */
LINUX(int, __kfifo_init,
    (struct kfifo *f, void *data, unsigned size, size_t bytes))
{
	unsigned n = size / (unsigned)bytes, room = 1;

	while (room * 2 <= n)
		room *= 2;
	*f = (struct kfifo){ .bytes = (unsigned)bytes, .data = data };
	if (n < 2) {
		f->data = data;
		return -EINVAL;
	}
	f->mask = room - 1;
	return 0;
}

/* Copies n elements to (in) or from the ring at a place, round its end. */
static void
copy(struct kfifo *f, char *p, unsigned n, unsigned at, bool in)
{
	while (n > 0) {
		unsigned from = at & f->mask, part = f->mask + 1 - from;
		char *ring = f->data + (size_t)from * f->bytes;
		size_t bytes;

		if (part > n)
			part = n;
		bytes = (size_t)part * f->bytes;
		memcpy(in ? ring : p, in ? p : ring, bytes);
		p += bytes;
		at += part;
		n -= part;
	}
}

LINUX(unsigned, __kfifo_in, (struct kfifo *f, const void *p, unsigned n))
{
	unsigned room = f->mask + 1 - (f->in - f->out);

	if (n > room)
		n = room;
	copy(f, (char *)(uintptr_t)p, n, f->in, true);
	f->in += n;
	return n;
}

static unsigned
peek(struct kfifo *f, void *p, unsigned n)
{
	unsigned there = f->in - f->out;

	if (n > there)
		n = there;
	copy(f, p, n, f->out, false);
	return n;
}

LINUX(unsigned, __kfifo_out_peek, (struct kfifo *f, void *p, unsigned n))
{
	return peek(f, p, n);
}

LINUX(unsigned, __kfifo_out, (struct kfifo *f, void *p, unsigned n))
{
	n = peek(f, p, n);
	f->out += n;
	return n;
}

struct llist_node {
	struct llist_node *next;
};

/* True when the list was empty. */
LINUX_GPL(bool, llist_add_batch, (struct llist_node *first,
    struct llist_node *last, struct llist_node **head))
{
	unsigned s = arch_intr_disable();
	bool empty = *head == NULL;

	last->next = *head;
	*head = first;
	arch_intr_restore(s);
	return empty;
}

LINUX_GPL(struct llist_node *, llist_del_first, (struct llist_node **head))
{
	unsigned s = arch_intr_disable();
	struct llist_node *first = *head;

	if (first != NULL)
		*head = first->next;
	arch_intr_restore(s);
	return first;
}

LINUX_GPL(struct llist_node *, llist_reverse_order, (struct llist_node *n))
{
	struct llist_node *reversed = NULL;

	while (n != NULL) {
		struct llist_node *next = n->next;

		n->next = reversed;
		reversed = n;
		n = next;
	}
	return reversed;
}
