/*
 * tree.h - the elements of a CMSIS-SVD file, bounded. Private to svd/.
 *
 * Layer   svd. svd_tree_read fills one, svd_tree_fini ends it; node 0 is none.
 * Bounds  elements that the format does not know are left out, with what is in them; deeper than
 *         TREE_DEPTH, more than TREE_NODES or entities of its own: the file is refused.
 * Text    of leaves only, blanks run together, at most TREE_TEXT bytes.
 * Work    every look at a node counts; beyond TREE_WORK between two svd_tree_rest calls nothing is
 *         found any more and `tired` is set: a file that is tangled on purpose ends.
 */
#ifndef SVD_TREE_H
#define SVD_TREE_H
#include <stdbool.h>
#include <stdint.h>
#include "base/buf.h"
#include "base/err.h"

enum { TREE_DEPTH = 48, TREE_NODES = 3 << 20, TREE_TEXT = 1000, TREE_WORK = 200 << 20 };

enum svd_tag {
	TAG_NONE, TAG_ACCESS, TAG_ADDRESS_OFFSET, TAG_APPEND, TAG_BASE_ADDRESS, TAG_BIT_OFFSET,
	TAG_BIT_RANGE, TAG_BIT_WIDTH, TAG_CLUSTER, TAG_DESCRIPTION, TAG_DEVICE, TAG_DIM,
	TAG_DIM_INCREMENT, TAG_DIM_INDEX, TAG_ENUM, TAG_ENUMS, TAG_FIELD, TAG_FIELDS, TAG_GROUP,
	TAG_IS_DEFAULT, TAG_LSB, TAG_MSB, TAG_NAME, TAG_PERIPHERAL, TAG_PERIPHERALS, TAG_PREPEND,
	TAG_PROTECTION, TAG_READ_ACTION, TAG_REGISTER, TAG_REGISTERS, TAG_RESET, TAG_SIZE,
	TAG_USAGE, TAG_VALUE,
};

struct svd_node {
	uint32_t parent, child, next;
	uint32_t text, derived;         /* into the texts; 0: none */
	uint32_t base;                  /* what derived names; svd.c finds it */
	enum svd_tag tag;
};

struct svd_tree {
	struct svd_node *node;
	uint32_t n;
	struct buf texts;
	uint64_t work;
	bool tired;
};

enum err svd_tree_read(struct svd_tree *t, const char *p, size_t n, const char *name,
    struct err_msg *why);
void     svd_tree_fini(struct svd_tree *t);
void     svd_tree_rest(struct svd_tree *t);
/* The first child of that kind, or the next sibling of it. */
uint32_t svd_tree_child(struct svd_tree *t, uint32_t of, enum svd_tag tag);
uint32_t svd_tree_next(struct svd_tree *t, uint32_t node, enum svd_tag tag);
/* The text of that child; NULL: there is none. */
const char *svd_tree_text(struct svd_tree *t, uint32_t of, enum svd_tag tag);

#endif
