/*
 * cursor.h - the samples of a decoded profile, read one at a time from the inflated bytes.
 *
 * Layer   pprof; value header. A cursor borrows its profile and owns scratch memory:
 *         pprof_cursor_fini.
 * Checks  the first walk checks every sample as pprof does (values, location ids, label strings).
 * Errors  ERR_NOTHING at the end, ERR_FORMAT, ERR_MEMORY.
 */
#ifndef PPROF_CURSOR_H
#define PPROF_CURSOR_H
#include "pprof/profile.h"

struct pprof_label {
	uint32_t key, str, unit;        /* string indexes; str 0: a number */
	int64_t  num;
};

struct pprof_sample {
	const uint32_t *loc;            /* location indexes, leaf first */
	size_t   loc_count;
	const int64_t *value;           /* type_count of them */
	const struct pprof_label *label;
	size_t   label_count;           /* 0 unless the cursor reads labels */
	bool     base;                  /* carries pprof::base = "true" */
	size_t   offset;                /* for pprof_cursor_at */
};

struct pprof_cursor {
	const struct pprof_profile *p;
	const char *what;
	size_t   at;
	bool     check, labels;         /* check label strings; hand labels out */
	uint32_t *loc;
	size_t   loc_count, loc_cap;
	int64_t *value;
	uint32_t value_count;
	struct pprof_label *label;
	size_t   label_count, label_cap;
	bool     base;
};

/* labels: hand them out in each sample. what is kept, for messages. */
enum err pprof_cursor_init(struct pprof_cursor *c, const struct pprof_profile *p, const char *what,
                           bool labels, struct err_msg *why);
void     pprof_cursor_fini(struct pprof_cursor *c);
/* the samples were checked: the next walk need not */
void     pprof_cursor_rewind(struct pprof_cursor *c);
/* ERR_OK with *s valid until the next call; ERR_NOTHING at the end; ERR_FORMAT, ERR_MEMORY. */
enum err pprof_cursor_next(struct pprof_cursor *c, struct pprof_sample *s, struct err_msg *why);
/* The sample at an offset that pprof_cursor_next gave. */
enum err pprof_cursor_at(
    struct pprof_cursor *c, size_t offset, struct pprof_sample *s, struct err_msg *why);

#endif
