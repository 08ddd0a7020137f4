/* sgr.c - colour sequences: found, left out, and whether they are wanted. */
#include "cli/sgr.h"

#include <stdlib.h>
#include <string.h>

int
sgr_at(const char *p, size_t n)
{
	size_t i = 2;

	if (n == 0 || p[0] != '\033' || (n > 1 && p[1] != '['))
		return 0;
	while (i < n && i < SGR_MAX && ((p[i] >= '0' && p[i] <= '9') || p[i] == ';' || p[i] == ':'))
		i++;
	if (i >= SGR_MAX)
		return 0;
	if (i >= n)
		return -1;
	return p[i] == 'm' ? (int)i + 1 : 0;
}

void
sgr_strip(struct buf *out, const char *p, size_t n)
{
	while (n != 0) {
		const int k = sgr_at(p, n);
		const char *esc = k > 0 ? p : memchr(p + 1, '\033', n - 1);
		const size_t run = esc != NULL ? (size_t)(esc - p) : n;

		if (k <= 0)
			(void)buf_add(out, p, run);
		p += k > 0 ? (size_t)k : run;
		n -= k > 0 ? (size_t)k : run;
	}
}

size_t
sgr_cut(const char *p, size_t n)
{
	for (size_t k = 1; k <= n && k < SGR_MAX; k++)
		if (p[n - k] == '\033')
			return sgr_at(p + n - k, k) < 0 ? k : 0;
	return 0;
}

bool
sgr_resets(const char *p, size_t n)
{
	size_t i = 2;

	while (i < n && (p[i] == '0' || p[i] == ';'))
		i++;
	return i + 1 == n;
}

bool
sgr_word(const char *word, enum sgr_when *out)
{
	static const char *const words[] = { "auto", "always", "never", "exact" };

	for (unsigned i = 0; i < sizeof words / sizeof *words; i++)
		if (strcmp(word, words[i]) == 0) {
			*out = (enum sgr_when)i;
			return true;
		}
	return false;
}

bool
sgr_passes(enum sgr_when when, bool terminal)
{
	const char *no = getenv("NO_COLOR"), *term = getenv("TERM");

	if (when != SGR_AUTO)
		return when == SGR_ALWAYS || when == SGR_EXACT;
	return terminal && (no == NULL || no[0] == '\0') &&
	       (term == NULL || strcmp(term, "dumb") != 0);
}
