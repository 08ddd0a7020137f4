/*
 * at_match.h - a regular expression for a line of an AT answer, with names for its groups.
 * Private to bench/.
 *
 * Layer   bench. Embedded; at_match_fini ends it. Without a pattern nothing matches.
 * Limits  PATTERN_GROUPS groups; the work of one match is bounded by text/pattern.h.
 */
#ifndef BENCH_AT_MATCH_H
#define BENCH_AT_MATCH_H
#include <stdbool.h>
#include "base/err.h"
#include "core/json.h"
#include "text/pattern.h"

struct at_match {
	struct pattern *p;
	char *name[PATTERN_GROUPS];     /* NULL: the group has none */
	size_t groups;
};

enum err at_match_init(struct at_match *m, const char *text, struct err_msg *why); /* NULL: none */
void     at_match_fini(struct at_match *m);
bool     at_match_line(const struct at_match *m, const char *line, size_t n);
/* { "0": whole, name: text, "2": text of a group without name }, NULL when it does not match */
json_t  *at_match_captures(const struct at_match *m, const char *line, size_t n);

#endif
