/*
 * list.h - source lines of functions with what each holds: pprof -list.
 *
 * Layer   pprof; reads no file itself: the caller gives `read`. list_free ends a result.
 * Find    a path is trimmed, then tried as it is when absolute, else below each folder of the
 *         source path and below all their parents, as pprof does. A file that is not found is said,
 *         with its place in the row `error`; the figures are there all the same.
 * Source  google/pprof internal/report/source.go (printSource, getSourceFromFile, openSourceFile).
 */
#ifndef PPROF_LIST_H
#define PPROF_LIST_H
#include <stdbool.h>
#include "base/buf.h"
#include "base/err.h"
#include "pprof/rx.h"
#include "pprof/top.h"

struct list_reader {
	/* The whole file, appended; false: cannot be read. */
	bool (*read)(void *arg, const char *path, struct buf *out);
	void *arg;
	const char *cwd;                /* where sources are looked for without a source path */
};

struct list_line {
	int64_t  line, flat, cum;
	char    *text;                  /* NULL: not known; may hold any bytes */
};

struct list_routine {
	char    *name, *file;           /* file "": no source information */
	int64_t  flat, cum;
	char    *error;                 /* NULL: lines have their text */
	struct list_line *line;
	size_t   count;
};

struct list {
	struct top_report *r;           /* totals and units */
	struct list_routine *routine;
	size_t   count;
};

/* Options as for top_make; trimming and granularity are list's own. ERR_NOTHING: no match. */
enum err list_make(struct list **out, const struct pprof_profile *p, const char *what,
                   const struct pprof_profile *base, const char *base_what,
                   const struct top_options *o, const char *pattern,
                   const struct list_reader *reader, struct err_msg *why);
void     list_free(struct list *l);                     /* NULL is fine */
enum err list_text(const struct list *l, struct buf *out);

#endif
