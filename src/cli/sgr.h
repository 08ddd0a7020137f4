/*
 * sgr.h - the sequences that set colours and weight (ESC [ ... m), told from all others.
 *
 * Layer   cli. Source: ECMA-48 8.3.117; only digits, ; and : between, at most SGR_MAX bytes.
 */
#ifndef CLI_SGR_H
#define CLI_SGR_H
#include <stdbool.h>
#include <stddef.h>
#include "base/buf.h"

enum { SGR_MAX = 64 };
enum sgr_when { SGR_AUTO, SGR_ALWAYS, SGR_NEVER, SGR_EXACT };

/* Bytes of the one that begins at p; 0: there is none; -1: it may be one when more came. */
int    sgr_at(const char *p, size_t n);
/* All but those. */
void   sgr_strip(struct buf *out, const char *p, size_t n);
/* How many bytes at the end may be the first part of one. */
size_t sgr_cut(const char *p, size_t n);
/* Nothing is set after this one. */
bool   sgr_resets(const char *p, size_t n);
/* "auto", "always", "never", "exact"; false: no such word. */
bool   sgr_word(const char *word, enum sgr_when *out);
/* Does this terminal (or pipe) get them? NO_COLOR and TERM=dumb count for auto. */
bool   sgr_passes(enum sgr_when when, bool terminal);

#endif
