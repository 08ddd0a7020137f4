/* nearest.c - the word that was probably meant. */
#include "base/nearest.h"

#include <stdio.h>
#include <string.h>

enum { LONGEST = 40, TYPOS_MAX = 3, STEM = 3 };

static unsigned
least(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

/* Optimal string alignment in three rows; both at most LONGEST long. */
static unsigned
distance(const char *a, size_t n, const char *b, size_t m)
{
	unsigned row[3][LONGEST + 1], *before = row[0], *last = row[1], *now = row[2], *spare;

	for (unsigned j = 0; j <= m; j++)
		last[j] = before[j] = j;
	for (size_t i = 1; i <= n; i++) {
		now[0] = (unsigned)i;
		for (size_t j = 1; j <= m; j++) {
			now[j] = least(least(last[j], now[j - 1]) + 1,
			    last[j - 1] + (a[i - 1] != b[j - 1]));
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
				now[j] = least(now[j], before[j - 2] + 1);
		}
		spare = before;
		before = last;
		last = now;
		now = spare;
	}
	return last[m];
}

void
nearest_begin(struct nearest *n, const char *word)
{
	*n = (struct nearest){ .word = word, .cost = TYPOS_MAX + 1 };
}

void
nearest_offer(struct nearest *n, const char *candidate)
{
	const size_t given = strlen(n->word), len = strlen(candidate);
	const size_t most = (given > len ? given : len) / 3;
	unsigned cost;

	if (given >= STEM && len > given && strncmp(candidate, n->word, given) == 0) {
		n->longer = candidate;
		n->longers++;
	}
	if (given >= STEM - 1 && len > given + 1 && candidate[len - given - 1] == '.' &&
	    strcmp(candidate + len - given, n->word) == 0) {
		n->cost = 0;
		n->best = candidate;
	}
	if (given > LONGEST || len > LONGEST || most == 0)
		return;
	cost = distance(n->word, given, candidate, len);
	if (cost <= most && cost < n->cost) {
		n->cost = cost;
		n->best = candidate;
	}
}

const char *
nearest_of(const struct nearest *n)
{
	return n->best == NULL && n->longers == 1 ? n->longer : n->best;
}

const char *
nearest_advice(const struct nearest *n, const char *next, char *out, size_t size)
{
	const char *meant = nearest_of(n);

	if (meant == NULL)
		return next;
	snprintf(out, size, "did you mean %s?%s%s", meant, next != NULL ? " " : "",
	    next != NULL ? next : "");
	return out;
}
