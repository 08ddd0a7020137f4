/*
 * plaintext.h - a table as text for people and for diff(1): one row a line, and what was left out.
 *
 * Layer   pprof. Appends to *out. Names are escaped.
 */
#ifndef PPROF_PLAINTEXT_H
#define PPROF_PLAINTEXT_H
#include "base/buf.h"
#include "pprof/table.h"

enum err plaintext_write(const struct stacks *s, const struct table *t, const char *title,
    const char *subtitle, struct buf *out);

#endif
