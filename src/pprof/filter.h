/*
 * filter.h - what go tool pprof's filters leave of a profile: frames, samples, labels.
 *
 * Layer   pprof. filter_new compiles, filter_add looks at one profile (0 the source, 1 the base);
 *         filter_free ends all. The profiles must live as long.
 * How     names are matched once per function and mapping, lines are edited once per location; a
 *         sample then only has its location list cut. Nothing is done and nothing is copied when no
 *         filter is given and the profile names no frames to drop.
 * Order   as pprof: drop_frames/keep_frames of the first profile (even without any option), tagroot
 *         and tagleaf, [the total], focus/ignore/hide/show, show_from, tagfocus/tagignore,
 *         tagshow/taghide, prune_from, noinlines.
 * Source  google/pprof profile/filter.go, profile/prune.go, internal/driver/{driver_focus,tagroot}.
 */
#ifndef PPROF_FILTER_H
#define PPROF_FILTER_H
#include <stdbool.h>
#include "base/buf.h"
#include "pprof/cursor.h"

/* All texts are borrowed and may be NULL; "" is none. */
struct filter_options {
	const char *focus, *ignore, *hide, *show, *show_from, *prune_from;
	const char *tagfocus, *tagignore, *tagshow, *taghide;
	const char *tagroot, *tagleaf;  /* label keys, comma separated */
	const char *unit;               /* that tagroot and tagleaf print numbers in */
	bool noinlines;
	bool relative;                  /* the total counts what is left only */
};

struct filter;

enum err filter_new(struct filter **out, const struct filter_options *o, struct err_msg *why);
void     filter_free(struct filter *f);                 /* NULL is fine */
enum err filter_add(struct filter *f, unsigned k, const struct pprof_profile *p, const char *what,
                    struct err_msg *why);
/* The tables to look locations up in: those of p, or edited ones that the filter owns. */
const struct pprof_profile *filter_profile(const struct filter *f, unsigned k);
bool     filter_active(const struct filter *f);
bool     filter_wants_labels(const struct filter *f);
bool     filter_relative(const struct filter *f);
/* What stands before the total: drop_frames, tagroot, tagleaf. Changes the sample's list only. */
enum err filter_frames(struct filter *f, unsigned k, struct pprof_sample *s, struct err_msg *why);
/* The rest. False in *keep: the sample is gone. */
enum err filter_sample(
    struct filter *f, unsigned k, struct pprof_sample *s, bool *keep, struct err_msg *why);
/* Lines of "Active filters:", each "   name=value" (appended), cut as pprof cuts them. */
enum err filter_legend(const struct filter_options *o, struct buf *out);
/* One line per filter that matched nothing, as pprof says it; appended. After all filter_add and
 * the first walk. */
enum err filter_misses(const struct filter *f, struct buf *out);

#endif
