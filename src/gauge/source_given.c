/* source_given.c - values that were put, each until it is old. */
#include "gauge/source_given.h"

#include <math.h>

static size_t
find(const struct given *s, const char *id)
{
	const int index = table_find(s->table, id);

	for (size_t i = 0; i < s->n && index >= 0; i++)
		if (s->value[i].index == index)
			return i;
	return s->n;
}

bool
given_is(const struct given *s, const char *id)
{
	return find(s, id) < s->n;
}

bool
given_put(struct given *s, const struct gauge_def *def, double v, uint64_t mono)
{
	size_t i = find(s, def->id);

	if (i == s->n) {
		/* not the name of a gauge of the machine itself */
		const int index = s->n < GIVEN_MAX && table_find(s->table, def->id) < 0 ?
		    table_add(s->table, def) : -1;

		if (index < 0) {
			s->refused++;
			return false;
		}
		s->value[s->n++].index = index;
	}
	if (s->table->def[s->value[i].index].gone) {
		s->table->def[s->value[i].index].gone = false;
		s->table->changed = true;
	}
	s->value[i].v = v;
	s->value[i].at = mono;
	return true;
}

void
given_take(struct given *s, const char *id)
{
	const size_t i = find(s, id);

	if (i == s->n)
		return;
	s->value[i].v = (double)NAN;
	table_missing(s->table, s->value[i].index, "its source was taken away");
	s->table->def[s->value[i].index].gone = true;
	s->table->changed = true;
}

void
given_sample(struct given *s, uint64_t mono)
{
	for (size_t i = 0; i < s->n; i++)
		table_value(s->table, s->value[i].index, mono - s->value[i].at < GIVEN_HOLD_NS ?
		    s->value[i].v : (double)NAN);
}
