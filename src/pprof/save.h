/*
 * save.h - stacks as a profile that go tool pprof opens: B - A of one sample type, by line.
 *
 * Layer   pprof. Appends to *out, gzip'd. Files, lines and names are kept, addresses are not (they
 *         would be those of two processes). now: whose time, period and default type it carries.
 *         A comparison says so in its comments. Stacks of value 0 are left out.
 */
#ifndef PPROF_SAVE_H
#define PPROF_SAVE_H
#include "base/buf.h"
#include "pprof/stacks.h"

/* s must have been made at the granularity of lines, or files are lost. */
enum err save_stacks(const struct stacks *s, const struct pprof_profile *now, const char *comment,
    struct buf *out, struct err_msg *why);

#endif
