/* smaps.c - the sum of a process's mappings. */
#include "gauge/smaps.h"

#include <string.h>

void
smaps_init(struct smaps *s)
{
	memset(s, 0, sizeof *s);
	for (int i = 0; i < ROLLUP_FIELDS; i++)
		s->kb[i] = -1;
}

void
smaps_end(struct smaps *s)
{
	int64_t f[ROLLUP_FIELDS];

	s->line[s->n] = '\0';
	s->n = 0;
	/* The fields wanted start with R, P or L; addresses with a digit or a small letter. */
	if (s->line[0] != 'R' && s->line[0] != 'P' && s->line[0] != 'L')
		return;
	procfs_rollup(s->line, f);
	for (int i = 0; i < ROLLUP_FIELDS; i++)
		if (f[i] >= 0 && s->kb[i] <= INT64_MAX / 2048 - f[i] / 2)
			s->kb[i] = (s->kb[i] < 0 ? 0 : s->kb[i]) + f[i];
}

void
smaps_feed(struct smaps *s, const char *p, size_t n)
{
	for (; n != 0; p++, n--) {
		if (*p == '\n')
			smaps_end(s);
		else if (s->n < sizeof s->line - 1)
			s->line[s->n++] = *p;
	}
}
