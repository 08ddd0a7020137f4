/*
 * dump_encode.h - a goroutine dump (debug=2, a panic, SIGQUIT) as a goroutine profile.
 *
 * Layer   pprof, private to this folder. Appends a message that profile.c decodes.
 * Makes   type goroutine/count; a sample for each stack, state and age, with the label "state" and,
 *         where the dump has it, the number "minutes". Frames have no address, so that dumps of
 *         different builds compare.
 */
#ifndef PPROF_DUMP_ENCODE_H
#define PPROF_DUMP_ENCODE_H
#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"

enum err dump_encode(struct slice text, const char *what, struct buf *out, struct err_msg *why);

#endif
