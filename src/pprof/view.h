/*
 * view.h - the samples of a report: fed, filtered, and summed to the total percentages refer to.
 *
 * Layer   pprof, private to this folder. Borrows profiles and options; view_close ends it.
 * Why     every report (top, tree, list, stacks) walks samples the same way: this is the way.
 */
#ifndef PPROF_VIEW_H
#define PPROF_VIEW_H
#include "pprof/feed.h"
#include "pprof/filter.h"

struct view {
	struct feed feed;
	struct filter *filter;
	struct filter_options filter_options;
	const struct top_options *o;
	uint32_t type;
	bool     counting;              /* the first walk: sums below are being made */
	uint64_t all, base, all_div, base_div;
};

/* base may be NULL. labels: items come with labels. */
enum err view_open(struct view *v, const struct pprof_profile *p, const char *what,
                   const struct pprof_profile *base, const char *base_what,
                   const struct top_options *o, bool labels, struct err_msg *why);
void     view_close(struct view *v);
void     view_rewind(struct view *v);
/* ERR_NOTHING at the end. What is filtered away is not seen, but counted in the total. */
enum err view_next(struct view *v, struct feed_item *item, struct err_msg *why);
/* After one whole walk: false when only merging by stack can be right; it is then done and the
 * walk must be made again. */
enum err view_settle(struct view *v, bool *again, struct err_msg *why);
int64_t  view_total(const struct view *v);
/* The tables to look locations of profile k up in; NULL when there is none. */
const struct pprof_profile *view_profile(const struct view *v, unsigned k);

#endif
