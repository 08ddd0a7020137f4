/*
 * flame.h - stacks laid out as an icicle: boxes with depth, place and width; the roots on top.
 *
 * Layer   pprof; value header. flame_free() ends it; the stacks are borrowed only for the call.
 * Width   of a stack is |b - a| (FLAME_DELTA), or max(a, b) (FLAME_TOTAL; then what is gone is
 *         still
 *         seen). With FLAME_GROWTH only stacks that grew have any, with FLAME_SHRINK only those
 *         that
 *         shrank. A box is as wide as the stacks below it together, so one whose growth and
 *         shrinkage cancel is wide and has a small delta: both are told.
 * Bounded a box narrower than min_share of the whole is not split further and is put with its like
 *         into one "(n more)" box at the end of its brothers: work and answer depend on what can be
 *         seen, not on the size of the tree. At most max_boxes and max_depth rows.
 * Order   row by row, from left to right; brothers by width, the widest first.
 */
#ifndef PPROF_FLAME_H
#define PPROF_FLAME_H
#include "pprof/stacks.h"

enum flame_width { FLAME_DELTA, FLAME_TOTAL };
enum flame_only { FLAME_BOTH, FLAME_GROWTH, FLAME_SHRINK };

#define FLAME_MORE UINT32_C(0xfffffffe)         /* the frame of a "(n more)" box */

struct flame_options {
	enum flame_width width;
	enum flame_only only;
	double   min_share;             /* 1.0 / columns */
	uint32_t max_depth, max_boxes;
	/* Only stacks that begin with these frames; they are not laid out but for the last. */
	const uint32_t *zoom;
	uint32_t zoom_count;
	/* Only stacks through this frame, from its first place in them on. STACKS_NONE: all. */
	uint32_t from;
};

struct flame_box {
	uint32_t frame;                 /* or FLAME_MORE */
	uint32_t parent;                /* box; STACKS_NONE in the first row */
	uint32_t depth;
	uint32_t more;                  /* how many children a FLAME_MORE box stands for */
	double   x, w;                  /* in units of the value */
	int64_t  a, b;                  /* sums of the stacks in it */
	int64_t  self_a, self_b;        /* of those that end in it */
};

struct flame {
	struct flame_box *box;
	uint32_t count, cap;
	uint32_t depth;                 /* rows laid out */
	double   w;                     /* of the whole */
	int64_t  a, b;                  /* of what is shown, whatever its width */
	uint32_t stacks;                /* with a width */
	bool     cut;                   /* max_boxes or max_depth was reached */
};

void     flame_defaults(struct flame_options *o);
enum err flame_make(struct flame **out, const struct stacks *s, const struct flame_options *o,
    struct err_msg *why);
void     flame_free(struct flame *f);                   /* NULL is fine */
/* Growth or loss of a stack as the options see it; 0: it has no width. */
double   flame_weight(const struct flame_options *o, int64_t a, int64_t b);

#endif
