/*
 * rx.h - regular expressions as go tool pprof takes them (Go's RE2 syntax), run by PCRE2.
 *
 * Layer   pprof. rx_free ends a handle; a handle holds scratch memory and is for one thread.
 * Syntax  what RE2 has and PCRE2 reads the same goes through; \s, \S and \v are rewritten to what
 *         RE2 means by them; what only PCRE2 has (lookaround, backreferences, possessive and atomic
 *         groups, conditions, recursion, verbs, \K \R \h \Z ...) is refused by name, so that a
 *         pattern that works here works in pprof too. Literal text needs no PCRE2 at all.
 * Errors  ERR_USAGE with the place of the fault. RE2 is linear; PCRE2 is given limits instead:
 *         what goes over them is no match and is remembered (rx_gave_up).
 * Source  pkg.go.dev/regexp/syntax, pcre2pattern(3).
 */
#ifndef PPROF_RX_H
#define PPROF_RX_H
#include <stdbool.h>
#include "base/err.h"
#include "base/slice.h"

struct rx;

/* what: the option it was given with, for messages. */
enum err rx_new(struct rx **out, const char *what, struct slice pattern, struct err_msg *why);
void     rx_free(struct rx *r);                 /* NULL is fine */
bool     rx_match(struct rx *r, struct slice text);
bool     rx_gave_up(const struct rx *r);

#endif
