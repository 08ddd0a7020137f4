/* user_limits.c - limits of the user. */
#include "gauge/user_limits.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/slice.h"

static enum err
parse(const char *what, const char *text, double *out, struct err_msg *why)
{
	uint64_t bytes;

	if (strcmp(text, "none") == 0)
		*out = (double)NAN;
	else if (slice_f64(slice_of(text), out) && isfinite(*out))
		return ERR_OK;
	else if (slice_bytes(slice_of(text), &bytes))
		*out = (double)bytes;
	else
		return err_set(why, ERR_USAGE, what, "give 80, 400M or none", "not a limit: %.60s",
		    text);
	return ERR_OK;
}

static struct user_limit *
find(struct user_limits *l, const char *id)
{
	for (size_t i = 0; i < l->n; i++)
		if (strcmp(l->v[i].id, id) == 0)
			return &l->v[i];
	return NULL;
}

/* "<80": the rest, and that it is a lower bound. */
static const char *
bound(const char *text, bool *below)
{
	if (text == NULL || strcmp(text, "none") == 0)
		return text;
	*below = text[0] == '<';
	return text + *below;
}

/* Of which kind both are; the words are left without their '<'. A new kind for one limit drops the
 * other, which was of the old kind. */
static enum err
kind(struct user_limit *u, const char **warn, const char **crit, struct err_msg *why)
{
	bool below = u->below, other;

	*warn = bound(*warn, &below);
	other = below;
	*crit = bound(*crit, &other);
	if (*warn != NULL && other != below && strcmp(*warn, "none") != 0)
		return err_set(why, ERR_USAGE, u->id, "<80 for both, or for none",
		    "one limit is a lower bound, the other is not");
	if (other != u->below) {
		u->has_warn = u->has_warn && *warn != NULL;
		u->has_crit = u->has_crit && *crit != NULL;
	}
	u->below = other;
	return ERR_OK;
}

/* The limits of one gauge with what is new; nothing is kept on an error. */
static enum err
change(struct user_limit *u, const char *warn, const char *crit, struct err_msg *why)
{
	if (kind(u, &warn, &crit, why) != ERR_OK)
		return ERR_USAGE;
	if (warn != NULL && parse(u->id, warn, &u->warn, why) != ERR_OK)
		return ERR_USAGE;
	if (crit != NULL && parse(u->id, crit, &u->crit, why) != ERR_OK)
		return ERR_USAGE;
	u->has_warn = u->has_warn || warn != NULL;
	u->has_crit = u->has_crit || crit != NULL;
	if (u->has_warn && u->has_crit && (u->below ? u->warn < u->crit : u->warn > u->crit))
		return err_set(why, ERR_USAGE, u->id, NULL, "warn %g is %s crit %g", u->warn,
		    u->below ? "below" : "above", u->crit);
	return ERR_OK;
}

enum err
user_limits_set(struct user_limits *l, const char *id, const char *warn, const char *crit,
    const uint64_t *hold_ns, struct err_msg *why)
{
	struct user_limit *had = find(l, id), now = { .warn = (double)NAN };

	if (had != NULL)
		now = *had;
	else if (l->n == USER_LIMITS_MAX)
		return err_set(why, ERR_LIMIT, id, NULL, "%d limits are set already",
		    (int)USER_LIMITS_MAX);
	if (id[0] == '\0' || strlen(id) >= sizeof now.id)
		return err_set(why, ERR_USAGE, id, "gauge.list names them", "not a gauge");
	snprintf(now.id, sizeof now.id, "%s", id);
	if (change(&now, warn, crit, why) != ERR_OK)
		return ERR_USAGE;
	if (hold_ns != NULL) {
		now.has_hold = true;
		now.hold_ns = *hold_ns;
	}
	if (had == NULL)
		had = &l->v[l->n++];
	*had = now;
	return ERR_OK;
}

static bool
same(double a, double b)
{
	return (isnan(a) && isnan(b)) || fabs(a - b) < 1e-12 * fmax(1, fabs(b));
}

static void
put(double *slot, double v, struct gauge_table *t)
{
	if (same(*slot, v))
		return;
	*slot = v;
	t->changed = true;
}

void
user_limits_apply(const struct user_limits *l, struct gauge_table *t)
{
	for (size_t i = 0; i < l->n; i++) {
		const struct user_limit *u = &l->v[i];
		const int at = table_find(t, u->id);

		if (at < 0)
			continue;
		if ((u->has_warn || u->has_crit) && t->def[at].below != u->below) {
			t->def[at].below = u->below;
			/* what the board said was of the other kind */
			t->def[at].warn = t->def[at].crit = (double)NAN;
			t->changed = true;
		}
		if (u->has_warn)
			put(&t->def[at].warn, u->warn, t);
		if (u->has_crit)
			put(&t->def[at].crit, u->crit, t);
		if (u->has_hold)
			put(&t->def[at].hold, (double)u->hold_ns / (double)NS_PER_S, t);
	}
}
