/*
 * traces.h - the samples of a profile one by one: stacks, labels, values.
 *
 * Layer   pprof. The profile is one that merge.h made: merged, with a base's samples inside it.
 *         What a callback is handed is good until it returns.
 * Source  google/pprof internal/report printTraces.
 */
#ifndef PPROF_TRACES_H
#define PPROF_TRACES_H
#include <stdbool.h>
#include "base/buf.h"
#include "base/err.h"
#include "pprof/top.h"

struct traces_frame {
	const char *name;               /* as printed */
	bool inlined;
};

struct traces_one {
	int64_t value;                  /* of the chosen type; with a mean already divided */
	const int64_t *values;          /* of every type */
	uint32_t type_count;
	const struct traces_frame *frame;       /* leaf first */
	size_t frame_count;
	const char *labels;             /* whole lines "key:  value value", texts then numbers */
};

/* Called once with NULL when the facts are known, then for every sample. */
typedef enum err (*traces_fn)(const struct traces_one *t, void *arg);

/* *r: the facts of a report, without rows (top_free), valid in the callback too. */
enum err traces_each(const struct pprof_profile *p, const char *what, const struct top_options *o,
                     traces_fn fn, void *arg, struct top_report **r, struct err_msg *why);
/* What pprof -traces prints. */
enum err traces_text(const struct pprof_profile *p, const char *what, const struct top_options *o,
                     struct buf *out, struct err_msg *why);

#endif
