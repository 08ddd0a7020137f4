/*
 * profile_decode.h - the message of a profile to tables in memory.
 *
 * Layer   pprof. Forms and compression are profile_load.h's; samples are pprof/cursor.h's.
 * Format  google/pprof proto/profile.proto. What is refused is what pprof's Parse and CheckValid
 *         refuse (research/pprof.md 1.1, 1.2): ERR_FORMAT, ERR_LIMIT, ERR_MEMORY.
 */
#ifndef PPROF_PROFILE_DECODE_H
#define PPROF_PROFILE_DECODE_H
#include "base/buf.h"
#include "base/err.h"
#include "pprof/profile.h"

/* Fills p's tables from p->raw. After an error p is only to be freed. what names it in messages. */
enum err profile_decode(struct pprof_profile *p, const char *what, struct err_msg *why);
/* A profile of a message that is not compressed, whose bytes it takes over. */
enum err pprof_decode_own(struct pprof_profile **out, struct buf *message, const char *what,
    struct err_msg *why);

#endif
