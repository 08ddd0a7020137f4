/*
 * tags.h - the labels of a profile and how much each of their values holds: pprof -tags.
 *
 * Layer   pprof. The profile is one that merge.h made. tags_free ends a result.
 * Source  google/pprof internal/report printTags; Go's text/tabwriter for the columns.
 */
#ifndef PPROF_TAGS_H
#define PPROF_TAGS_H
#include "base/buf.h"
#include "base/err.h"
#include "pprof/options.h"
#include "pprof/profile.h"

struct tags_value { char *name; int64_t sum; };
struct tags_key {
	char    *name;
	int64_t  total;
	struct tags_value *value;       /* largest first */
	size_t   count;
};
struct tags {
	char    *unit, *shown_unit;
	struct tags_key *key;           /* by name */
	size_t   count;
};

enum err tags_make(struct tags **out, const struct pprof_profile *p, const char *what,
                   const struct top_options *o, struct err_msg *why);
void     tags_free(struct tags *t);                     /* NULL is fine */
enum err tags_text(const struct tags *t, struct buf *out);

#endif
