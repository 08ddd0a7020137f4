/*
 * raw.h - a profile as text, as go tool pprof -raw prints it: every sample, location and mapping.
 *
 * Layer   pprof. The profile is one that merge.h made. Appends to the caller's buffer.
 * Source  google/pprof profile.String.
 */
#ifndef PPROF_RAW_H
#define PPROF_RAW_H
#include "base/buf.h"
#include "base/err.h"
#include "pprof/options.h"
#include "pprof/profile.h"

enum err raw_text(const struct pprof_profile *p, const char *what, const struct top_options *o,
                  struct buf *out, struct err_msg *why);

#endif
