/*
 * feed.h - the samples of a profile, or of a profile and its base, as one stream of signed values.
 *
 * Layer   pprof, private to this folder. Borrows the profiles.
 * Why two ways: pprof merges equal samples before everything. That shows in the result only where
 *         values cancel or are rounded (-base, -normalize, differing units, negative values); only
 *         then are stacks keyed and merged here. Else the samples are read straight from the file,
 *         twice, and nothing is kept.
 * Source  google/pprof profile/merge.go, profile.ScaleN, internal/measurement.ScaleProfiles,
 *         driver/fetch.go.
 */
#ifndef PPROF_FEED_H
#define PPROF_FEED_H
#include "pprof/cursor.h"
#include "pprof/options.h"

struct feed_entry {
	uint64_t key;
	uint32_t offset;                /* of the first such sample */
	bool     base;
};

/* The merged samples of one profile: count entries, count x type_count values. */
struct feed_merged {
	struct hmap index;
	struct feed_entry *entry;
	int64_t *value;
	uint32_t count, cap;
};

struct feed {
	const struct pprof_profile *profile[2];
	const char *what[2];
	const struct top_options *o;
	struct pprof_cursor cursor[2];
	struct feed_merged merged[2];
	double  *ratio[2];              /* to the common unit, by type */
	bool     by_key;                /* merged[] is filled */
	/* what a straight walk met cannot be right without merging */
	bool     must_merge;
	uint32_t type, next;
	unsigned k;
	bool    labels;                 /* samples come with their labels */
	bool    zeros;                  /* samples whose value is 0 come too */
};

struct feed_item {
	unsigned k;                     /* which profile */
	struct pprof_sample sample;
	int64_t value;                  /* not 0, unless div is not */
	int64_t div;                    /* with options.mean: the value of the first type */
	bool     base;                  /* counts as the base's for the total */
};

/* base may be NULL. type: index of the sample type. Checks that the two can be compared. */
enum err feed_open(struct feed *f, const struct pprof_profile *p, const char *what,
                   const struct pprof_profile *base, const char *base_what, uint32_t type,
                   const struct top_options *o, struct err_msg *why);
void     feed_close(struct feed *f);
enum err feed_merge(struct feed *f, struct err_msg *why);       /* from now on by key */
void     feed_rewind(struct feed *f);
/* ERR_NOTHING at the end */
enum err feed_next(struct feed *f, struct feed_item *item, struct err_msg *why);
/* The unit of the type after both profiles were brought to the finer one. */
struct slice feed_unit(const struct feed *f);

#endif
