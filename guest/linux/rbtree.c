/*
 * Red-black trees.  Modules look for the place and link a node in there; these
 * keep the balance.  A node has its parent and, in bit 0, whether it is black.
 * Who keeps something about each subtree is told of every rotation.
 */
#include "linux.h"

struct rb_node {
	uintptr_t	parent_color;
	struct rb_node	*right, *left;
};

struct rb_root {
	struct rb_node	*node;
};

typedef void (LINUX_REGPARM *rotated_fn)(struct rb_node *old,
    struct rb_node *new);

static struct rb_node *
parent(const struct rb_node *n)
{
	return (struct rb_node *)(n->parent_color & ~(uintptr_t)3);
}

static bool
is_black(const struct rb_node *n)
{
	return n == NULL || n->parent_color & 1;
}

static void
set_parent(struct rb_node *n, struct rb_node *p)
{
	n->parent_color = (n->parent_color & 3) | (uintptr_t)p;
}

static void
paint(struct rb_node *n, bool black)
{
	n->parent_color = (n->parent_color & ~(uintptr_t)1) | black;
}

/* Puts another node, or none, in a node's place. */
static void
replace(struct rb_root *root, const struct rb_node *n, struct rb_node *with)
{
	struct rb_node *p = parent(n);

	if (p == NULL)
		root->node = with;
	else if (p->left == n)
		p->left = with;
	else
		p->right = with;
	if (with != NULL)
		set_parent(with, p);
}

static struct rb_node **
side(struct rb_node *n, bool left)
{
	return left ? &n->left : &n->right;
}

/* The node goes down to the given side, its other child comes up. */
static void
rotate(struct rb_root *root, struct rb_node *n, bool left, rotated_fn rotated)
{
	struct rb_node *up = *side(n, !left), *between = *side(up, left);

	replace(root, n, up);
	*side(n, !left) = between;
	if (between != NULL)
		set_parent(between, n);
	*side(up, left) = n;
	set_parent(n, up);
	if (rotated != NULL)
		rotated(n, up);
}

/* The node is red; so may be its parent. */
static void
inserted(struct rb_root *root, struct rb_node *n, rotated_fn rotated)
{
	struct rb_node *p, *grand, *uncle;

	while ((p = parent(n)) != NULL && !is_black(p)) {
		grand = parent(p);

		bool left = grand->left == p;

		uncle = *side(grand, !left);
		if (!is_black(uncle)) {
			paint(p, true);
			paint(uncle, true);
			paint(grand, false);
			n = grand;
			continue;
		}
		if (*side(p, !left) == n) {
			rotate(root, p, left, rotated);
			p = n;
		}
		paint(p, true);
		paint(grand, false);
		rotate(root, grand, !left, rotated);
		break;
	}
	paint(root->node, true);
}

/* What hangs below p at n, perhaps nothing, is one black node short. */
static void
removed(struct rb_root *root, struct rb_node *p, struct rb_node *n,
    rotated_fn rotated)
{
	while (p != NULL && is_black(n)) {
		bool left = p->left == n;
		struct rb_node *sibling = *side(p, !left);

		if (!is_black(sibling)) {
			paint(sibling, true);
			paint(p, false);
			rotate(root, p, left, rotated);
			sibling = *side(p, !left);
		}
		if (is_black(sibling->left) && is_black(sibling->right)) {
			paint(sibling, false);
			n = p;
			p = parent(n);
			continue;
		}
		if (is_black(*side(sibling, !left))) {
			paint(*side(sibling, left), true);
			paint(sibling, false);
			rotate(root, sibling, !left, rotated);
			sibling = *side(p, !left);
		}
		paint(sibling, is_black(p));
		paint(p, true);
		paint(*side(sibling, !left), true);
		rotate(root, p, left, rotated);
		return;
	}
	if (n != NULL)
		paint(n, true);
}

static struct rb_node *
outermost(struct rb_node *n, bool left)
{
	while (n != NULL && *side(n, left) != NULL)
		n = *side(n, left);
	return n;
}

LINUX(void, rb_insert_color, (struct rb_node *n, struct rb_root *root))
{
	inserted(root, n, NULL);
}

LINUX(void, __rb_insert_augmented,
    (struct rb_node *n, struct rb_root *root, rotated_fn rotated))
{
	inserted(root, n, rotated);
}

LINUX(void, __rb_erase_color,
    (struct rb_node *p, struct rb_root *root, rotated_fn rotated))
{
	removed(root, p, NULL, rotated);
}

LINUX(void, rb_erase, (struct rb_node *n, struct rb_root *root))
{
	struct rb_node *child, *p, *next;
	bool black;

	if (n->left == NULL || n->right == NULL) {
		child = n->left != NULL ? n->left : n->right;
		p = parent(n);
		black = is_black(n);
		replace(root, n, child);
	} else {
		/* The next one, which has no left child, takes its place. */
		next = outermost(n->right, true);
		child = next->right;
		black = is_black(next);
		p = parent(next);
		if (p == n) {
			p = next;
		} else {
			replace(root, next, child);
			next->right = n->right;
			set_parent(next->right, next);
		}
		next->left = n->left;
		set_parent(next->left, next);
		replace(root, n, next);
		paint(next, is_black(n));
	}
	if (black)
		removed(root, p, child, NULL);
}

LINUX(struct rb_node *, rb_first, (const struct rb_root *root))
{
	return outermost(root->node, true);
}

LINUX(struct rb_node *, rb_last, (const struct rb_root *root))
{
	return outermost(root->node, false);
}

/* The neighbour on one side.  A node that is its own parent is in no tree. */
static struct rb_node *
neighbour(const struct rb_node *n, bool left)
{
	struct rb_node *m = (struct rb_node *)(uintptr_t)n, *p;

	if (n->parent_color == (uintptr_t)n)
		return NULL;
	if (*side(m, left) != NULL)
		return outermost(*side(m, left), !left);
	while ((p = parent(m)) != NULL && *side(p, left) == m)
		m = p;
	return p;
}

LINUX(struct rb_node *, rb_next, (const struct rb_node *n))
{
	return neighbour(n, false);
}

LINUX(struct rb_node *, rb_prev, (const struct rb_node *n))
{
	return neighbour(n, true);
}

static struct rb_node *
deepest(struct rb_node *n)
{
	while (n != NULL && (n->left != NULL || n->right != NULL))
		n = n->left != NULL ? n->left : n->right;
	return n;
}

LINUX(struct rb_node *, rb_first_postorder, (const struct rb_root *root))
{
	return deepest(root->node);
}

LINUX(struct rb_node *, rb_next_postorder, (const struct rb_node *n))
{
	struct rb_node *p = n != NULL ? parent(n) : NULL;

	return p != NULL && p->left == n && p->right != NULL ?
	    deepest(p->right) : p;
}

static void
put_in_place(struct rb_node *old, struct rb_node *new, struct rb_root *root)
{
	*new = *old;
	if (new->left != NULL)
		set_parent(new->left, new);
	if (new->right != NULL)
		set_parent(new->right, new);
	replace(root, old, new);
}

LINUX(void, rb_replace_node,
    (struct rb_node *old, struct rb_node *new, struct rb_root *root))
{
	put_in_place(old, new, root);
}

LINUX(void, rb_replace_node_rcu,
    (struct rb_node *old, struct rb_node *new, struct rb_root *root))
{
	put_in_place(old, new, root);
}
