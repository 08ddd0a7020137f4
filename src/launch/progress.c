/* progress.c - percentages, counts and stages out of a tool's output. */
#include "launch/progress.h"

#include <stdio.h>
#include <string.h>

#include "base/slice.h"

struct stage_word { const char *word, *stage; };

/* Order matters: the first that stands in the line wins. */
static const struct stage_word stages[] = {
	{ "Verify Started", "verify" },
	{ "Verified OK", "verify" },
	{ "Verifying", "verify" },
	{ "Verify", "verify" },
	{ "verifying", "verify" },
	{ "Programming Started", "write" },
	{ "Resetting", "reset" },
	{ "Hard resetting", "reset" },
	{ "Erasing", "erase" },
	{ "Erase", "erase" },
	{ "erase", "erase" },
	{ "Writing", "write" },
	{ "Wrote", "write" },
	{ "Download", "write" },
	{ "Programming", "write" },
	{ "Loading section", "write" },
	{ "pages written", "write" },
	{ "Loading into Flash", "write" },
};

static const char *const error_words[] = { "Error", "error:", "ERROR", "FAILED", "Failed", "fatal",
	"Cannot", "No such" };

void
progress_init(struct progress *p)
{
	*p = (struct progress){ .percent = -1 };
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* "37 %", "33.3%", "( 4.27%)": the last percentage of the line. */
static bool
read_percent(struct slice line, double *out)
{
	bool found = false;

	for (size_t i = 0; i < line.n; i++) {
		size_t end = i, from;
		double v;

		if (line.p[i] != '%')
			continue;
		while (end > 0 && line.p[end - 1] == ' ')
			end--;
		for (from = end;
		     from > 0 && (is_digit(line.p[from - 1]) || line.p[from - 1] == '.'); from--)
			;
		if (slice_f64(slice_make(line.p + from, end - from), &v) && v >= 0 && v <= 100) {
			*out = v;
			found = true;
		}
	}
	return found;
}

/* "16384/49152 bytes", "(64/94 pages)", "6/ 12 pages" */
static bool
read_counts(struct slice line, uint64_t *done, uint64_t *total)
{
	for (size_t i = 1; i + 1 < line.n; i++) {
		size_t from = i, to = i + 1;
		uint64_t a, b;

		if (line.p[i] != '/')
			continue;
		while (from > 0 && is_digit(line.p[from - 1]))
			from--;
		while (to < line.n && line.p[to] == ' ')
			to++;
		const size_t start = to;

		while (to < line.n && is_digit(line.p[to]))
			to++;
		if (slice_u64(slice_make(line.p + from, i - from), UINT64_MAX, &a) &&
		    slice_u64(slice_make(line.p + start, to - start), UINT64_MAX, &b) && b != 0 &&
		    a <= b &&
		    (slice_find(slice_skip(line, to), slice_of("bytes")) >= 0 ||
			slice_find(slice_skip(line, to), slice_of("pages")) >= 0)) {
			*done = a;
			*total = b;
			return true;
		}
	}
	return false;
}

static bool
read_stage(struct progress *p, struct slice line)
{
	for (size_t i = 0; i < sizeof stages / sizeof *stages; i++) {
		if (slice_find(line, slice_of(stages[i].word)) < 0)
			continue;
		if (strcmp(p->stage, stages[i].stage) == 0)
			return false;
		snprintf(p->stage, sizeof p->stage, "%s", stages[i].stage);
		p->percent = -1;        /* each stage counts from its own start */
		p->done = p->total = 0;
		return true;
	}
	return false;
}

static void
read_error(struct progress *p, struct slice line)
{
	for (size_t i = 0; p->error[0] == '\0' && i < sizeof error_words / sizeof *error_words; i++)
		if (slice_starts(line, error_words[i]) || slice_starts(line, "** ") ||
		    slice_starts(line, "Info : "))
			if (slice_find(line, slice_of(error_words[i])) >= 0)
				snprintf(p->error, sizeof p->error, "%.*s",
				    (int)(line.n < 150 ? line.n : 150), line.p);
}

static bool
end_line(struct progress *p)
{
	const struct slice line = slice_trim(slice_make(p->line, p->len));
	const double before = p->percent;
	bool changed;

	p->len = 0;
	if (line.n == 0)
		return false;
	changed = read_stage(p, line);
	if (read_counts(line, &p->done, &p->total))
		p->percent = 100.0 * (double)p->done / (double)p->total;
	(void)read_percent(line, &p->percent);
	changed |= p->percent < before || p->percent > before;
	read_error(p, line);
	snprintf(p->last, sizeof p->last, "%.*s", (int)(line.n < 150 ? line.n : 150), line.p);
	return changed;
}

bool
progress_feed(struct progress *p, const char *bytes, size_t n)
{
	bool changed = false;

	for (size_t i = 0; i < n; i++) {
		const char c = bytes[i];

		if (c == '\r' || c == '\n')
			changed |= end_line(p);
		else if (p->len < sizeof p->line)
			p->line[p->len++] = (unsigned char)c >= 0x20 && c != 0x7f ? c : ' ';
	}
	return changed;
}
