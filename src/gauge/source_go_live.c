/* source_go_live.c - the least of a saw. */
#include "gauge/source_go_live.h"

#include <math.h>
#include <string.h>

#include "base/clock.h"

static const uint64_t SPAN = 10 * NS_PER_S;
enum { CYCLES = 2 };

void
go_live_forget(struct go_live *l)
{
	l->n = 0;
}

void
go_live_add(struct go_live *l, uint64_t mono, double gc, double alloc)
{
	if (l->n != 0 && l->cycle[l->n - 1].gc >= gc) {
		if (alloc < l->cycle[l->n - 1].least)
			l->cycle[l->n - 1].least = alloc;
		l->cycle[l->n - 1].at = mono;
		return;
	}
	if (l->n == GO_LIVE_CYCLES) {
		l->n--;
		memmove(&l->cycle[0], &l->cycle[1], l->n * sizeof l->cycle[0]);
	}
	l->cycle[l->n].gc = gc;
	l->cycle[l->n].least = alloc;
	l->cycle[l->n++].at = mono;
}

double
go_live_least(const struct go_live *l, uint64_t mono)
{
	double least = (double)NAN;

	for (size_t i = 0; i < l->n; i++)
		if ((l->cycle[i].gc >= l->cycle[l->n - 1].gc - CYCLES ||
			mono - l->cycle[i].at <= SPAN) &&
		    (isnan(least) || l->cycle[i].least < least))
			least = l->cycle[i].least;
	return least;
}
