/*
 * user_limits.h - the user's own limits of gauges, over those that a board tells.
 *
 * Layer   gauge. Kept by the gauge's id, so that they also hold for a gauge that comes later.
 * Words   "80", "400M" for bytes, "none": no such limit; "<80": a lower bound, an alarm at or under
 *         it (both limits of a gauge are of one kind). A hold is how long a value has to be over
 *         a limit before it is an alarm.
 */
#ifndef GAUGE_USER_LIMITS_H
#define GAUGE_USER_LIMITS_H
#include <stdint.h>
#include "base/err.h"
#include "gauge/table.h"

enum { USER_LIMITS_MAX = 64 };

struct user_limit {
	char id[GAUGE_ID_MAX];
	bool has_warn, has_crit, has_hold;      /* the others stay the board's */
	bool below;                     /* lower bounds */
	double warn, crit;                      /* NAN: none */
	uint64_t hold_ns;
};

struct user_limits {
	struct user_limit v[USER_LIMITS_MAX];
	size_t n;
};

/* NULL leaves what it was. Nothing changes on an error. */
enum err user_limits_set(struct user_limits *l, const char *id, const char *warn, const char *crit,
    const uint64_t *hold_ns, struct err_msg *why);
/* Puts them into the definitions; those that differ mark the table changed. */
void user_limits_apply(const struct user_limits *l, struct gauge_table *t);

#endif
