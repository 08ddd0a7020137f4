/* streamfind.c - scrollback of a stream: places, search, filter, copies. */
#include "ui/streamfind.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "ui/hexview.h"
#include "ui/notes.h"

/* ---- the cursor */

static void
set_cur(struct streamview *v, uint64_t n)
{
	v->cur = n;
	v->hex_at = v->line[n - v->first];
}

void
streamview_hold(struct streamview *v)
{
	v->follow = false;
	v->cur = v->bottom = streamview_last(v);
	v->hex_at = v->line[v->lines - 1];
	if (v->cur > v->first && v->line[v->lines - 1] == v->stream->ring.end)
		v->cur--;               /* the last whole line, not the empty one behind it */
}

void
streamview_follow(struct streamview *v)
{
	v->follow = true;
	v->selecting = false;
	v->cur = v->bottom = streamview_last(v);
}

bool
streamview_at_end(const struct streamview *v)
{
	return v->cur + 1 >= streamview_last(v);
}

void
streamview_move(struct streamview *v, long by)
{
	const uint64_t to = by < 0 ? v->first : streamview_last(v);
	unsigned long steps = by < 0 ? 0ul - (unsigned long)by : (unsigned long)by;

	v->follow = false;
	if (v->mode == STREAMVIEW_HEX) {
		hexview_move(v, by);
		v->cur = streamview_line_of(v, v->hex_at);
		return;
	}
	if (steps >= v->lines) {
		set_cur(v, to);
		return;
	}
	for (uint64_t n = v->cur; steps != 0 && n != to;) {
		n = by < 0 ? n - 1 : n + 1;
		if (streamview_visible(v, n)) { /* hidden lines are no stop */
			set_cur(v, n);
			steps--;
		}
	}
}

/* ---- search */

static unsigned
case_of(const char *text)
{
	return strpbrk(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == NULL ? PATTERN_ICASE : 0;
}

static bool
matches(struct streamview *v, const struct pattern *p, uint64_t n)
{
	struct pattern_match m;
	struct slice s = streamview_line(v, n, NULL);

	if (pattern_find(p, s.p, s.n, 0, &m) == PATTERN_YES)
		return true;
	/* what stands on the screen is found as well as what came */
	return streamview_laid(v, n, &s) && pattern_find(p, s.p, s.n, 0, &m) == PATTERN_YES;
}

/* Is the text, as it stands, anywhere in the bytes kept? Colours between its letters do not matter
 * here: the pattern finds those. */
static bool
stands_somewhere(struct streamview *v, const struct pattern *p)
{
	for (uint64_t n = streamview_last(v) + 1; n > v->first;)
		if (matches(v, p, --n))
			return true;
	return false;
}

enum err
streamview_find(struct streamview *v, const char *text, struct err_msg *why)
{
	const unsigned icase = case_of(text);
	struct pattern *p = NULL, *literal = NULL;
	enum err e = ERR_OK;

	v->find_nth = v->find_total = 0;
	if (text[0] != '\0') {
		e = pattern_new(text, strlen(text), icase | PATTERN_LITERAL, &literal, why);
		if (e != ERR_OK)
			return e;
		if (pattern_new(text, strlen(text), icase, &p, NULL) != ERR_OK ||
		    (v->mode != STREAMVIEW_HEX && stands_somewhere(v, literal))) {
			pattern_free(p);
			p = literal;
			literal = NULL;
		}
	}
	pattern_free(literal);
	pattern_free(v->find);
	v->find = p;
	snprintf(v->find_text, sizeof v->find_text, "%s", text);
	return ERR_OK;
}

bool
streamview_find_if(struct streamview *v, bool (*fits)(const char *p, size_t n, void *arg),
    void *arg, bool back)
{
	for (uint64_t n = v->cur; n != (back ? v->first : streamview_last(v));) {
		struct slice s;

		n = back ? n - 1 : n + 1;
		s = streamview_line(v, n, NULL);
		if (fits(s.p, s.n, arg) && streamview_visible(v, n)) {
			v->follow = false;
			set_cur(v, n);
			return true;
		}
	}
	return false;
}

static bool
fits_pattern(const char *p, size_t n, void *arg)
{
	struct pattern_match m;

	return pattern_find(arg, p, n, 0, &m) == PATTERN_YES;
}

bool
streamview_find_next(struct streamview *v, bool back)
{
	if (v->find == NULL)
		return false;
	if (v->mode == STREAMVIEW_HEX) {
		const bool found = hexview_find(v, back);

		v->cur = streamview_line_of(v, v->hex_at);
		return found;
	}
	return streamview_find_if(v, fits_pattern, v->find, back);
}

void
streamview_find_count(struct streamview *v)
{
	v->find_nth = v->find_total = 0;
	if (v->find == NULL || v->mode == STREAMVIEW_HEX)
		return;
	for (uint64_t n = v->first; n <= streamview_last(v); n++)
		if (matches(v, v->find, n) && streamview_visible(v, n)) {
			v->find_total++;
			if (n <= v->cur)
				v->find_nth = v->find_total;
		}
}

/* ---- filter */

static bool
shows(struct streamview *v, const struct filter *f, uint64_t n)
{
	const struct slice s = streamview_line(v, n, NULL);

	return filter_shows(f, s.p, s.n);
}

bool
streamview_visible(struct streamview *v, uint64_t n)
{
	if (v->filter == NULL)
		return true;
	if (n < v->judged)
		return v->verdict[n % STREAMVIEW_LINES] != 0;
	return shows(v, v->filter, n);
}

void
streamview_judge(struct streamview *v)
{
	if (v->filter == NULL)
		return;
	for (; v->judged < streamview_last(v); v->judged++) {   /* the last one may go on */
		const bool shown = shows(v, v->filter, v->judged);

		v->verdict[v->judged % STREAMVIEW_LINES] = shown;
		v->hidden += !shown;
	}
}

enum err
streamview_filter(struct streamview *v, const char *text, struct err_msg *why)
{
	struct filter *f = NULL;
	const enum err e = text[0] != '\0' ? filter_new(text, &f, why) : ERR_OK;

	if (e != ERR_OK)
		return e;
	filter_free(v->filter);
	v->filter = f;
	v->judged = v->first;
	v->hidden = 0;
	if (v->verdict == NULL && f != NULL)
		v->verdict = mem_zero(STREAMVIEW_LINES, 1);
	snprintf(v->filter_text, sizeof v->filter_text, "%s", text);
	streamview_judge(v);
	return ERR_OK;
}

size_t
streamview_count(struct streamview *v, const struct filter *f)
{
	size_t n = 0;

	for (uint64_t i = v->first; i <= streamview_last(v); i++)
		n += shows(v, f, i);
	return n;
}

/* ---- places */

bool
streamview_find_mark(struct streamview *v, bool back)
{
	for (uint64_t n = v->cur; n != (back ? v->first : streamview_last(v));) {
		size_t count;

		n = back ? n - 1 : n + 1;
		(void)streamview_marks_after(v, n, &count);
		if (count != 0) {
			v->follow = false;
			set_cur(v, n);
			return true;
		}
	}
	return false;
}

bool
streamview_find_crash(struct streamview *v, bool back)
{
	for (uint64_t n = v->cur; n != (back ? v->first : streamview_last(v));) {
		const size_t i = (size_t)((n = back ? n - 1 : n + 1) - v->first);

		if (notes_crash(v->stream, v->line[i], i + 1 < v->lines ? v->line[i + 1] :
		    UINT64_MAX)) {
			v->follow = false;
			set_cur(v, n);
			return true;
		}
	}
	return false;
}

void
streamview_goto(struct streamview *v, uint64_t t)
{
	uint64_t lo = v->first, hi = streamview_last(v);

	while (lo < hi) {
		const uint64_t mid = lo + (hi - lo) / 2;

		if (replica_stream_time(v->stream, v->line[mid - v->first]) < t)
			lo = mid + 1;
		else
			hi = mid;
	}
	v->follow = false;
	set_cur(v, lo);
}

void
streamview_goto_offset(struct streamview *v, uint64_t at)
{
	v->follow = false;
	set_cur(v, streamview_line_of(v, at));
	if (at >= ring_first(&v->stream->ring) && at <= v->stream->ring.end)
		v->hex_at = at;
}

void
streamview_mode_set(struct streamview *v, enum streamview_mode m)
{
	v->mode = m;
	v->selecting = false;
	v->hex_at = v->line[v->cur - v->first];
}

uint64_t
streamview_cur_time(const struct streamview *v)
{
	return replica_stream_time(v->stream, v->line[v->cur - v->first]);
}

size_t
streamview_yank(struct streamview *v, struct buf *out)
{
	const uint64_t a = v->selecting && v->anchor < v->cur ? v->anchor : v->cur;
	const uint64_t b = v->selecting && v->anchor > v->cur ? v->anchor : v->cur;
	size_t n = 0;

	if (v->mode == STREAMVIEW_HEX) {
		n = hexview_yank(v, out);
		v->selecting = false;
		return n;
	}
	for (uint64_t i = a; i <= b; i++) {
		struct slice s;

		if (!streamview_visible(v, i))
			continue;
		s = streamview_line(v, i, NULL);
		(void)buf_add(out, s.p, s.n);
		(void)buf_add_byte(out, '\n');
		n++;
	}
	v->selecting = false;
	return n;
}
