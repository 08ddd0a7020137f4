/*
 * parts.h - what the files of svd/ share. Private to svd/.
 *
 * Layer   svd.
 */
#ifndef SVD_PARTS_H
#define SVD_PARTS_H
#include "svd/registers.h"
#include "svd/tree.h"

struct svd {
	struct svd_tree tree;
	uint32_t device, peripherals;
};

/* A child's text, its own or that of what it is derived from; NULL: none says it. */
const char *svd_prop(struct svd *s, uint32_t node, enum svd_tag tag);
void        svd_hand_down(struct svd *s, uint32_t node, struct svd_rules *rules);
/* How many of it there are; 0: no number that makes sense. step: from one to the next. */
uint32_t    svd_many(struct svd *s, uint32_t node, uint64_t *step);
/* The name of the i-th of them. */
void        svd_name(struct svd *s, uint32_t node, uint32_t many, uint32_t i, char *out,
    size_t size);

/* The children of two kinds (the second may be TAG_NONE) in a container (TAG_NONE: the node
 * itself), then those of what the node is derived from that it has none of its own for. */
struct svd_items { uint32_t node, owner, at; enum svd_tag in, one, other; unsigned hops; };

void     svd_items(struct svd *s, uint32_t node, enum svd_tag in, enum svd_tag one,
    enum svd_tag other, struct svd_items *it);
uint32_t svd_items_next(struct svd *s, struct svd_items *it);

enum err svd_tired(const struct svd *s, struct err_msg *why);

#endif
