/*
 * Reading LZ4 blocks (lz4_Block_format.md): a token has the number of literals
 * and the length of a copy of what was there before, each with more bytes
 * behind it when it is 15.
 */
#include "linux.h"

struct reader {
	const uint8_t	*p, *end;
	uint8_t		*start, *to, *room;
};

/* 255 means that another byte counts; false when there is none left. */
static bool
read_length(struct reader *r, size_t *length)
{
	uint8_t more;

	if (*length != 15)
		return true;
	do {
		if (r->p == r->end)
			return false;
		more = *r->p++;
		*length += more;
	} while (more == 255);
	return true;
}

static bool
copy_literals(struct reader *r, size_t n)
{
	if (n > (size_t)(r->end - r->p) || n > (size_t)(r->room - r->to))
		return false;
	memcpy(r->to, r->p, n);
	r->p += n;
	r->to += n;
	return true;
}

/* May reach into what it writes: that repeats. */
static bool
copy_match(struct reader *r, size_t length)
{
	size_t distance;

	if (r->end - r->p < 2)
		return false;
	distance = (size_t)(r->p[0] | r->p[1] << 8);
	r->p += 2;
	if (distance == 0 || distance > (size_t)(r->to - r->start) ||
	    !read_length(r, &length))
		return false;
	length += 4;
	if (length > (size_t)(r->room - r->to))
		return false;
	for (; length > 0; length--, r->to++)
		*r->to = *(r->to - distance);
	return true;
}

/* Answers how many bytes come out; minus how far it went when the block is
 * damaged or the room is too small. */
LINUX(int, LZ4_decompress_safe,
    (const uint8_t *from, uint8_t *to, int n, int room))
{
	struct reader r = { from, from + n, to, to, to + room };

	while (r.p < r.end) {
		uint8_t token = *r.p++;
		size_t literals = token >> 4;

		if (!read_length(&r, &literals) || !copy_literals(&r, literals))
			break;
		if (r.p == r.end)
			return (int)(r.to - r.start);
		if (!copy_match(&r, token & 15))
			break;
	}
	return (int)(from - r.p) - 1;
}
