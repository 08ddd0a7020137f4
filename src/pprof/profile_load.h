/*
 * profile_load.h - a profile from the bytes of a file or an answer.
 *
 * Layer   pprof. Forms: the message (profile_decode.h) raw or in gzip; a goroutine dump
 *         (dump.h) or a legacy text profile (legacy.h), which are made a message first.
 * Errors  ERR_UNSUPPORTED names what was fetched by mistake and what to do; ERR_LIMIT, ERR_MEMORY,
 *         ERR_FORMAT.
 */
#ifndef PPROF_PROFILE_LOAD_H
#define PPROF_PROFILE_LOAD_H
#include <stddef.h>
#include <stdint.h>
#include "base/err.h"
#include "pprof/profile.h"

/* data is borrowed for the call. limit_bytes 0: LIMIT_PROFILE_OUT. what names it in messages. */
enum err pprof_decode(struct pprof_profile **out, const void *data, size_t n, uint64_t limit_bytes,
    const char *what, struct err_msg *why);

#endif
