/*
 * table.h - stacks summed by function: what each row had in A and in B, by itself and with all it
 * called.
 *
 * Layer   pprof; value header. table_free() ends it.
 * Sums    flat is what ended in the function, cum what went through it (once per stack, however
 *         often
 *         it recurs): as pprof counts them.
 *         A row whose growth and shrinkage cancel in cum but not in flat stays.
 * Honest  what is not listed is counted, with the sum of its flat deltas and the largest of them:
 *         pprof trims by a share of a total that can be 0, and names another cutoff than it used.
 *         Here the whole is the sum of |b - a| over all stacks (of b, without A).
 */
#ifndef PPROF_TABLE_H
#define PPROF_TABLE_H
#include "pprof/flame.h"

#define TABLE_SORT_LIST(X) \
	X(DELTA, "delta")       /* |flat delta| */ \
	X(GROWTH, "growth")     /* flat delta against flat A: new rows first */ \
	X(FLAT, "flat")         /* flat B */ \
	X(FLATA, "flat_a") \
	X(CUM, "cum")           /* |cum delta|; of one profile cum B */ \
	X(CUMB, "cum_b") \
	X(ERROR, "error")       /* how many standard deviations the flat delta is */ \
	X(NAME, "name")

enum table_sort {
#define X(name, word) TABLE_##name,
	TABLE_SORT_LIST(X)
#undef X
	TABLE_SORTS
};

struct table_options {
	enum table_sort sort;
	enum flame_only only;           /* by cum delta where that is what rows are sorted by */
	/* rows whose |cum| and |flat| delta are smaller shares go */
	double   fraction;
	uint32_t limit;                 /* most rows */
	const unsigned char *match;     /* one byte per frame: rows wanted; NULL: all */
};

struct table_row {
	uint32_t frame;
	int64_t  flat_a, flat_b, cum_a, cum_b;
	double   var_flat, var_cum;
};

struct table {
	struct table_row *row;
	uint32_t count, all;            /* listed; there are */
	uint32_t small, unmatched, beyond, other_way;   /* why the rest is not */
	double   whole, cutoff;
	double   hidden_delta, hidden_max;      /* of all that is not listed but unmatched */
	int64_t  shown_flat;            /* sum of the flat deltas listed */
};

void     table_defaults(struct table_options *o);
bool     table_sort_parse(const char *word, enum table_sort *out);
const char *table_sort_word(enum table_sort sort);
enum err table_make(struct table **out, const struct stacks *s, const struct table_options *o,
    struct err_msg *why);
void     table_free(struct table *t);                   /* NULL is fine */

#endif
