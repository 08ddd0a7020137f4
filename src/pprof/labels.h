/*
 * labels.h - the labels of a sample read as google/pprof reads them: units, texts, ranges, regexps.
 *
 * Layer   pprof, private to this folder. label_units owns its table only and borrows the profiles.
 * Source  google/pprof profile.NumLabelUnits, driver_focus.go (compileTagFilter,
 *         parseTagFilterRange), tagroot.go (formatLabelValues).
 */
#ifndef PPROF_LABELS_H
#define PPROF_LABELS_H
#include <stdbool.h>
#include "base/buf.h"
#include "pprof/cursor.h"
#include "pprof/rx.h"

/* The unit of each numeric key: the first one met, else "bytes" for alignment and request, else
 * the key itself. */
struct label_units {
	struct slice *key, *unit;       /* unit empty until one was met */
	size_t count, cap;
};

enum err label_units_add(struct label_units *u, const struct pprof_profile *p, const char *what,
                         struct err_msg *why);
void     label_units_fini(struct label_units *u);
struct slice label_units_get(const struct label_units *u, struct slice key);

/* All values of one key as text, joined by commas; *any: there was one. Numbers in `unit`. */
enum err label_text(const struct pprof_profile *p, const struct pprof_sample *s, struct slice key,
                    struct slice unit, struct buf *out, bool *any);

/* One -tagfocus or -tagignore. */
struct label_test {
	bool     set, keyed;
	struct slice key;
	enum { LABEL_RX, LABEL_IS, LABEL_FROM, LABEL_TO, LABEL_BETWEEN } kind;
	double   low, high;
	struct slice unit;
	struct rx **rx;                 /* LABEL_RX */
	size_t   rx_count;
	struct buf scratch;
};

/* text is borrowed. NULL or "": not set. */
enum err label_test_init(struct label_test *t, const char *option, const char *text,
                         struct err_msg *why);
void     label_test_fini(struct label_test *t);
/* is_base: the sample is given the label pprof::base=true although the file has none. */
bool label_test_match(struct label_test *t, const struct label_units *u,
    const struct pprof_profile *p, const struct pprof_sample *s, bool is_base);

#endif
