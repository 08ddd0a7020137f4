/* sieve.c - telling the sampler's lines from those of the console. */
#include "gauge/sieve.h"

#include <string.h>

void
sieve_init(struct sieve *s, void (*show)(void *arg, const char *p, size_t n), void *arg)
{
	*s = (struct sieve){ .show = show, .arg = arg };
}

void
sieve_begin(struct sieve *s, bool learning)
{
	s->n = s->before_n = 0;
	s->learning = learning;
	s->broken = s->shown = false;
	s->own[0] = '\0';
}

void
sieve_asked(struct sieve *s, const char *p, size_t n)
{
	size_t k = 0;

	while (n != 0 && *p == ' ') {
		p++;
		n--;
	}
	while (k < n && k + 1 < sizeof s->own && p[k] != '\n' && p[k] != '\r') {
		s->own[k] = p[k];
		k++;
	}
	s->own[k] = '\0';
}

void
sieve_prompt(struct sieve *s, struct slice prompt)
{
	char plain[SIEVE_LINE];
	const struct slice t = sieve_plain(
	    slice_make(prompt.p, prompt.n < SIEVE_LINE ? prompt.n : SIEVE_LINE), plain);

	s->prompt[0] = '\0';
	if (t.n < sizeof s->prompt) {
		memcpy(s->prompt, t.p, t.n);
		s->prompt[t.n] = '\0';
	}
}

/* ---- text ---- */

/* The length of the escape sequence that begins at p: ESC [ ... letter, ESC ] ... BEL, ESC x. */
static size_t
escape(const char *p, size_t n)
{
	size_t i = 2;

	if (n < 2)
		return n;
	if (p[1] == '[')
		while (i < n && !(p[i] >= 0x40 && p[i] <= 0x7e))
			i++;
	else if (p[1] == ']')
		while (i < n && p[i] != '\a' && !(p[i] == '\\' && p[i - 1] == '\033'))
			i++;
	else
		return 2;
	return i < n ? i + 1 : n;
}

struct slice
sieve_plain(struct slice text, char *out)
{
	size_t k = 0;

	for (size_t i = 0; i < text.n;) {
		if (text.p[i] == '\033') {
			i += escape(text.p + i, text.n - i);
			continue;
		}
		if ((unsigned char)text.p[i] >= 0x20)
			out[k++] = text.p[i];
		i++;
	}
	return slice_make(out, k);
}

bool
sieve_is_prompt(struct slice line)
{
	static const char *const tail[] = { "# ", "$ ", "% ", "> " };

	for (size_t i = 0; i < sizeof tail / sizeof tail[0]; i++)
		if (slice_ends(line, tail[i]))
			return !slice_ends(line, "=> ");
	return false;
}

static size_t
digits(struct slice s, size_t at)
{
	size_t k = at;

	while (k < s.n && s.p[k] >= '0' && s.p[k] <= '9')
		k++;
	return k - at;
}

static bool
is_stamp(struct slice s)
{
	size_t k = 1, n;

	while (k < s.n && s.p[k] == ' ')
		k++;
	n = digits(s, k);
	k += n;
	if (n == 0 || k == s.n || s.p[k] != '.')
		return false;
	n = digits(s, k + 1);
	k += n + 1;
	return n >= 3 && k < s.n && s.p[k] == ']';
}

long
sieve_stamp(struct slice s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] == '[' && is_stamp(slice_skip(s, i)))
			return (long)i;
	return -1;
}

/* ---- whose ---- */

static bool
is_file(struct slice t)
{
	return slice_starts(t, "/proc/") || slice_starts(t, "/sys/") || slice_starts(t, "/vise/");
}

/* The frame's own lines, and what the terminal echoed. */
static bool
is_ours(const struct sieve *s, struct slice t)
{
	return t.n == 0 || slice_starts(t, "<vs ") || slice_starts(t, "vs ") ||
	       slice_is(t, "<vr>") || (s->own[0] != '\0' && slice_find(t, slice_of(s->own)) >= 0);
}

static void
show(struct sieve *s, const char *p, size_t n)
{
	s->shown = true;
	s->show(s->arg, p, n);
	s->show(s->arg, "\r\n", 2);
}

/* What stands before the stamp is a piece of a line of ours: neither nothing nor a prompt. */
static bool
is_inside(const struct sieve *s, struct slice before)
{
	char plain[SIEVE_LINE];
	const struct slice t = sieve_plain(before, plain);

	return t.n != 0 && !slice_is(t, s->prompt);
}

static void
judge(struct sieve *s)
{
	char plain[SIEVE_LINE];
	size_t n = s->n;
	struct slice t;
	long at;

	while (n != 0 && s->line[n - 1] == '\r')
		n--;
	t = sieve_plain(slice_make(s->line, n), plain);
	at = sieve_stamp(slice_make(s->line, n));
	if (at >= 0) {
		const bool inside = is_inside(s, slice_make(s->line, (size_t)at));

		show(s, s->line + at, n - (size_t)at);
		s->broken = s->broken || inside;
		return;                 /* a line of ours before it may be whole */
	}
	if (s->broken && !s->learning) {
		s->broken = false;
		s->before_n = 0;
		return;
	}
	if (is_file(t)) {
		memcpy(s->before, s->line, n);
		s->before_n = n;
		return;
	}
	if (!is_ours(s, t) && !s->learning) {
		if (s->before_n != 0)
			show(s, s->before, s->before_n);
		show(s, s->line, n);
	}
	s->before_n = 0;
}

void
sieve_feed(struct sieve *s, const char *p, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (p[i] != '\n' && s->n < SIEVE_LINE)
			s->line[s->n++] = p[i];
		if (p[i] != '\n' && s->n < SIEVE_LINE)
			continue;
		judge(s);
		s->n = 0;
	}
}

struct slice
sieve_rest(const struct sieve *s)
{
	return slice_make(s->line, s->n);
}
