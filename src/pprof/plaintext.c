/* plaintext.c - the rows of a table, aligned. */
#include "pprof/plaintext.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"
#include "pprof/units.h"

static const char *
label(const struct stacks *s, double v, bool sign, char *out, size_t size)
{
	char text[40];

	units_label(units_int(units_round(v)), slice_of(s->unit), slice_of("auto"), text,
	    sizeof text);
	snprintf(out, size, "%s%s", sign && v > 0 ? "+" : "", text);
	return out;
}

static const char *
growth(const struct table_row *r, char *out, size_t size)
{
	const double d = (double)r->flat_b - (double)r->flat_a;

	if (r->flat_a == 0)
		snprintf(out, size, "%s", r->flat_b != 0 ? "new" : "");
	else if (r->flat_b == 0)
		snprintf(out, size, "gone");
	else
		snprintf(out, size, "%+.1f%%", 100 * d / fabs((double)r->flat_a));
	return out;
}

static enum err
put_row(const struct stacks *s, const struct table_row *r, struct buf *out)
{
	char d[64], sd[64], fa[64], fb[64], cum[64], grow[32];
	const char *name = stacks_name(s, r->frame);
	enum err e;

	label(s, (double)stacks_delta(r->flat_a, r->flat_b), true, d, sizeof d);
	label(s, sqrt(r->var_flat), false, sd, sizeof sd);
	label(s, (double)r->flat_a, false, fa, sizeof fa);
	label(s, (double)r->flat_b, false, fb, sizeof fb);
	label(s, s->both ? (double)stacks_delta(r->cum_a, r->cum_b) : (double)r->cum_b, s->both,
	    cum, sizeof cum);
	if (s->both)
		e = buf_add_fmt(out, "%11s %10s %10s %10s %11s %8s  ", d, s->sampled ? sd : "-", fa,
		    fb, cum, growth(r, grow, sizeof grow));
	else
		e = buf_add_fmt(out, "%11s %10s %11s  ", fb, s->sampled ? sd : "-", cum);
	if (e == ERR_OK)
		e = utf8_escape(out, name, strlen(name), 0);
	return e == ERR_OK ? buf_add_byte(out, '\n') : e;
}

static enum err
put_hidden(const struct stacks *s, const struct table *t, struct buf *out)
{
	char cut[64], sum[64], most[64];
	const uint32_t hidden = t->all - t->count;

	if (hidden == 0)
		return ERR_OK;
	return buf_add_fmt(out,
	    "%u of %u rows are not listed (%u below %s); their flat deltas sum to "
	    "%s, the largest is %s\n", hidden, t->all, t->small,
	    label(s, t->cutoff, false, cut, sizeof cut),
	    label(s, t->hidden_delta, true, sum, sizeof sum),
	    label(s, t->hidden_max, false, most, sizeof most));
}

enum err
plaintext_write(const struct stacks *s, const struct table *t, const char *title,
    const char *subtitle, struct buf *out)
{
	char a[64], b[64], d[64];
	enum err e = buf_add_fmt(out, "%s\n%s\n", title, subtitle);

	label(s, (double)s->was, false, a, sizeof a);
	label(s, (double)s->now, false, b, sizeof b);
	label(s, (double)stacks_delta(s->was, s->now), true, d, sizeof d);
	if (e == ERR_OK && s->both)
		e = buf_add_fmt(out, "A %s, B %s: %s\n%11s %10s %10s %10s %11s %8s  function\n", a,
		    b,
		    d, "delta", "+-", "flat A", "flat B", "cum delta", "growth");
	else if (e == ERR_OK)
		e = buf_add_fmt(out, "total %s\n%11s %10s %11s  function\n", b, "flat", "+-",
		    "cum");
	for (uint32_t i = 0; i < t->count && e == ERR_OK; i++)
		e = put_row(s, &t->row[i], out);
	return e == ERR_OK ? put_hidden(s, t, out) : e;
}
