/*
 * merge.h - several profiles as one, by google/pprof's rules: what pprof does first with whatever
 *           it is given, and what a saved diff is.
 *
 * Layer   pprof. The sources are borrowed; *out is a profile of its own (pprof_free).
 * Rules   units are scaled to the finest; equal samples (stack and labels) are added; samples that
 *         come to nothing go, with the tables only they used; ids are given in order of first use.
 *         Time is the earliest, durations add, the period is the longest, comments are kept once
 *         each, drop and keep frames are the first profile's.
 * Errors  ERR_USAGE for profiles of different kinds, ERR_FORMAT, ERR_MEMORY, ERR_LIMIT.
 * Source  google/pprof profile/merge.go, internal/measurement.ScaleProfiles, internal/driver/fetch.
 */
#ifndef PPROF_MERGE_H
#define PPROF_MERGE_H
#include <stdbool.h>
#include "base/buf.h"
#include "base/err.h"
#include "pprof/profile.h"

struct merge_source {
	const struct pprof_profile *p;
	const char *what;
	bool base;                      /* its samples get the label pprof::base=true */
	bool negate;
	const double *normalize;        /* a factor for each type, or NULL */
};

/* The message, not compressed, appended to *out. */
enum err merge_encode(const struct merge_source *src, size_t n, struct buf *out,
                      struct err_msg *why);
/* The same decoded. limit as for pprof_decode. */
enum err merge_profiles(struct pprof_profile **out, const struct merge_source *src, size_t n,
                        uint64_t limit, struct err_msg *why);
/* A source against its base as pprof keeps it: diff labels the base (-diff_base), otherwise equal
 * stacks are subtracted (-base). */
enum err merge_diff(struct pprof_profile **out, const struct pprof_profile *p, const char *what,
                    const struct pprof_profile *base, const char *base_what, bool diff,
                    bool normalize, uint64_t limit, struct err_msg *why);

#endif
