/* streamview.c - the index of a stream's lines, and its terminal emulation. */
#include "ui/streamview.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/limits.h"
#include "base/slice.h"

enum {
	LINES_MAX = 200000,             /* 1.6 MB of index */
	PLAIN_AGAIN = 200,              /* so many lines without a cursor address: lines again */
	/* bytes before the first address that the emulation is given */
	SCREEN_CONTEXT = 8192,
};

struct streamview *
streamview_new(struct replica_stream *s, bool always_screen)
{
	struct streamview *v = mem_zero(1, sizeof *v);

	v->always_screen = always_screen;
	v->follow = true;
	linetext_init(&v->text);
	buf_init(&v->scratch, 1 << 20);
	streamview_bind(v, s);
	return v;
}

void
streamview_free(struct streamview *v)
{
	if (v == NULL)
		return;
	pattern_free(v->find);
	pattern_free(v->filter);
	term_free(v->term);
	linetext_fini(&v->text);
	buf_fini(&v->scratch);
	mem_free(v->store);
	mem_free(v);
}

static void
drop_lines(struct streamview *v, size_t n)
{
	v->line += n;
	v->lines -= n;
	v->first += n;
}

static void
add_line(struct streamview *v, uint64_t offset)
{
	size_t gone;

	if (v->lines == LINES_MAX)
		drop_lines(v, LINES_MAX / 4);
	gone = v->line != NULL ? (size_t)(v->line - v->store) : 0;
	if (gone + v->lines == v->cap && gone >= v->cap / 2 && v->cap != 0) {
		memmove(v->store, v->line, v->lines * sizeof *v->line);
		v->line = v->store;
	} else if (gone + v->lines == v->cap) {
		v->cap = v->cap != 0 ? v->cap * 2 : 1024;
		v->store = mem_resize(v->store, v->cap, sizeof *v->store);
		v->line = v->store + gone;
	}
	v->line[v->lines++] = offset;
}

void
streamview_bind(struct streamview *v, struct replica_stream *s)
{
	v->stream = s;
	v->id = s->id;
	if (v->lines == 0) {
		v->indexed = ring_first(&s->ring);
		add_line(v, v->indexed);
	}
	streamview_update(v);
}

/* ---- the watch for full-screen programs */

static void
screen_on(struct streamview *v, uint64_t at)
{
	v->plain_lines = 0;
	if (v->screen || v->forced)
		return;
	v->screen = true;
	v->screen_from = at > SCREEN_CONTEXT ? at - SCREEN_CONTEXT : 0;
	term_free(v->term);
	v->term = NULL;
}

static void
screen_off(struct streamview *v)
{
	if (v->forced)
		return;
	v->screen = false;
	term_free(v->term);
	v->term = NULL;
}

static uint64_t
last(const struct streamview *v)
{
	return v->first + v->lines - 1;
}

static void
clamp(uint64_t *n, uint64_t low, uint64_t high)
{
	*n = *n < low ? low : *n > high ? high : *n;
}

/* The program left the alternate screen behind offset `at`: its drawing is no part of the log. */
static void
alt_over(struct streamview *v, uint64_t at)
{
	if (!v->alt)
		return;
	v->alt = false;
	if (v->holes == STREAMVIEW_HOLES) {
		v->holes--;
		memmove(v->hole, v->hole + 1, v->holes * sizeof *v->hole);
	}
	v->hole[v->holes++] = (struct streamview_hole){ v->alt_from, at + 1 };
	while (v->lines > 1 && v->line[v->lines - 1] > v->alt_from)
		v->lines--;
	add_line(v, at + 1);
	clamp(&v->cur, v->first, last(v));
	clamp(&v->bottom, v->first, last(v));
	clamp(&v->anchor, v->first, last(v));
}

static void
csi_ends(struct streamview *v, char c, uint64_t at)
{
	const bool alt = v->seq_private && (v->seq_param == 1049 || v->seq_param == 1047 ||
	    v->seq_param == 47);

	if (alt && c == 'h') {
		v->alt_from = v->alt ? v->alt_from : v->seq_from;
		v->alt = true;
		screen_on(v, at);
	} else if (alt && c == 'l') {
		alt_over(v, at);
		screen_off(v);
	} else if (!v->seq_private && (c == 'H' || c == 'f' || (c == 'r' && v->seq_any))) {
		screen_on(v, at);
	}
}

enum { TEXT, ESCAPE, CSI };

static void
watch(struct streamview *v, char c, uint64_t at)
{
	if (v->seq_state == CSI) {
		if (c >= '0' && c <= '9' && v->seq_param < 10000) {
			v->seq_param = v->seq_param * 10 + (c - '0');
			v->seq_any = true;
		} else if (c == '?') {
			v->seq_private = true;
		} else if ((unsigned char)c >= 0x40 || (unsigned char)c < 0x20) {
			csi_ends(v, c, at);
			v->seq_state = TEXT;
		}
	} else if (v->seq_state == ESCAPE) {
		v->seq_state = c == '[' ? CSI : TEXT;
		v->seq_param = 0;
		v->seq_private = v->seq_any = false;
		if (c == 'c')
			screen_off(v);
	}
}

static void
index_bytes(struct streamview *v, const unsigned char *p, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const uint64_t at = v->indexed + i;

		if (p[i] == '\n') {
			add_line(v, at + 1);
			v->lines_seen++;
			v->seq_state = TEXT;
			if (v->screen && !v->alt && ++v->plain_lines > PLAIN_AGAIN)
				screen_off(v);
		} else if (p[i] == 033) {
			v->seq_state = ESCAPE;
			v->seq_from = at;
		} else if (v->seq_state != TEXT) {
			watch(v, (char)p[i], at);
		}
	}
	v->indexed += n;
}

/* Lines whose first byte left the ring are forgotten, but for the last. */
static void
forget(struct streamview *v)
{
	const uint64_t first = ring_first(&v->stream->ring);
	size_t gone = 0;

	while (gone + 1 < v->lines && v->line[gone] < first)
		gone++;
	drop_lines(v, gone);
}

void
streamview_update(struct streamview *v)
{
	const struct ring *r = &v->stream->ring;
	const unsigned char *p;
	size_t n;

	if (v->indexed < ring_first(r))
		v->indexed = ring_first(r);
	while ((n = ring_peek(r, v->indexed, &p)) != 0)
		index_bytes(v, p, n);
	forget(v);
	clamp(&v->cur, v->first, last(v));
	clamp(&v->bottom, v->first, last(v));
	clamp(&v->anchor, v->first, last(v));
	if (v->follow)
		v->cur = v->bottom = last(v);
}

void
streamview_tick(struct streamview *v, uint64_t mono)
{
	const double s = (double)(mono - v->rate_t) / (double)NS_PER_S;

	if (v->rate_t != 0 && s < 0.95)
		return;
	/* the first second holds what the bench replays */
	if (v->rate_t != 0 && v->rated++ != 0) {
		v->bytes_s = (double)(v->stream->ring.end - v->rate_bytes) / s;
		v->lines_s = (double)(v->lines_seen - v->rate_lines) / s;
	}
	v->rate_t = mono;
	v->rate_bytes = v->stream->ring.end;
	v->rate_lines = v->lines_seen;
}

/* ---- the emulation */

bool
streamview_full_screen(const struct streamview *v)
{
	return v->screen || v->always_screen;
}

bool
streamview_app_cursor(const struct streamview *v)
{
	return v->term != NULL && term_info(v->term).app_cursor;
}

static void
feed(struct streamview *v)
{
	const struct ring *r = &v->stream->ring;
	const unsigned char *p;
	size_t n;

	if (v->fed < ring_first(r))
		v->fed = ring_first(r);
	while ((n = ring_peek(r, v->fed, &p)) != 0) {
		term_feed(v->term, p, n);
		v->fed += n;
	}
}

static void
fit(struct streamview *v, int rows, int cols)
{
	const struct ring *r = &v->stream->ring;
	struct term_info now;

	if (v->term == NULL) {
		v->term = term_new(rows, cols);
		v->fed = v->always_screen ? ring_first(r) : v->screen_from;
		return;
	}
	now = term_info(v->term);
	if (now.rows != rows || now.cols != cols) {
		const uint64_t from = r->end > TERM_REPLAY_MAX ? r->end - TERM_REPLAY_MAX : 0;
		const uint64_t start = from > v->screen_from ? from : v->screen_from;
		const uint64_t at = start > ring_first(r) ? start : ring_first(r);
		const size_t n = (size_t)(r->end - at);
		char *raw = mem_alloc(n + 1);

		(void)ring_copy(r, at, raw, n);
		term_resize(v->term, rows, cols, raw, n);
		mem_free(raw);
		v->fed = r->end;
	}
}

static void
draw_screen(struct streamview *v, struct grid *g, struct grid_rect r, int *crow, int *ccol)
{
	fit(v, r.rows > TERM_SIDE_MIN ? r.rows : TERM_SIDE_MIN, r.cols > TERM_SIDE_MIN ? r.cols :
	    TERM_SIDE_MIN);
	feed(v);
	term_draw(v->term, g, r, 0);
	if (!term_cursor(v->term, r, 0, crow, ccol))
		*crow = *ccol = -1;
}

/* ---- lines */

/* Renders line number n into v->text. */
static void
render(struct streamview *v, uint64_t n)
{
	const struct ring *r = &v->stream->ring;
	const size_t i = (size_t)(n - v->first);
	uint64_t from = v->line[i], end = i + 1 < v->lines ? v->line[i + 1] - 1 : r->end;

	if (from < ring_first(r))
		from = ring_first(r);
	for (size_t k = 0; k < v->holes; k++)
		if (v->hole[k].from >= from && v->hole[k].from < end)
			end = v->hole[k].from;
	if (end > from + LIMIT_LINE)
		end = from + LIMIT_LINE;
	buf_clear(&v->scratch);
	if (end > from && buf_reserve(&v->scratch, (size_t)(end - from)) == ERR_OK)
		v->scratch.len = ring_copy(r, from, v->scratch.data, (size_t)(end - from));
	linetext_render(&v->text, v->scratch.data, v->scratch.len);
}

/* The plain text of the line into v->scratch; offsets of cells, or NULL. */
static struct slice
plain(struct streamview *v, uint64_t n, uint32_t *offset)
{
	render(v, n);
	buf_clear(&v->scratch);
	linetext_plain(&v->text, &v->scratch, offset);
	return slice_make(buf_str(&v->scratch), v->scratch.len);
}

static bool
matches(struct streamview *v, const struct pattern *p, uint64_t n)
{
	struct pattern_match m;
	const struct slice s = plain(v, n, NULL);

	return pattern_find(p, s.p, s.n, 0, &m) == PATTERN_YES;
}

static bool
visible(struct streamview *v, uint64_t n)
{
	return v->filter == NULL || matches(v, v->filter, n);
}

/* The marks that stand below line n: index of the first, *count of them. */
static size_t
marks_after(const struct streamview *v, uint64_t n, size_t *count)
{
	const struct replica_stream *s = v->stream;
	const size_t i = (size_t)(n - v->first);
	size_t from = 0;

	*count = 0;
	while (from < s->marks && s->mark[from].offset <= v->line[i])
		from++;
	while (from + *count < s->marks &&
	    (i + 1 >= v->lines || s->mark[from + *count].offset <= v->line[i + 1]))
		(*count)++;
	return from;
}

static int
rows_of(struct streamview *v, uint64_t n, int width)
{
	size_t marks;

	(void)marks_after(v, n, &marks);
	if (!visible(v, n))
		return (int)marks;
	render(v, n);
	return linetext_rows(&v->text, width) + (int)marks;
}

static void
draw_mark(const struct streamview *v, struct grid *g, struct grid_rect r, int row, size_t i,
          const struct streamview_look *look)
{
	static const char *const word[] = { "mark: ", "", "", "gap: " };
	const struct replica_mark *m = &v->stream->mark[i];
	const bool bad = m->kind == REPLICA_LOST || m->kind == REPLICA_GAP;
	const uint32_t style = bad ? STYLE_ALARM : STYLE_MARK;
	char when[16];
	int col = r.col;

	clock_fmt_hms(look->wall + m->t, when, sizeof when);
	grid_hline(g, row, r.col, r.cols, style, look->set);
	if (bad)
		grid_text(g, row, col, 1, style, "!");
	col += 4;
	col += grid_textf(g, row, col, r.col + r.cols - col, style, " %s%s%s ",
	    m->kind == REPLICA_MARK ? "" : when, m->kind == REPLICA_MARK ? word[m->kind] : " ",
	    m->text);
	if (m->kind == REPLICA_MARK && r.cols - (col - r.col) > 16)
		grid_textf(g, row, r.col + r.cols - 14, 14, style, " %s ", when);
}

static void
highlight(struct streamview *v, struct grid *g, uint64_t n, int first, int rows, struct grid_rect r)
{
	uint32_t offset[LINETEXT_MAX + 1];
	struct pattern_match m;
	struct slice s;
	size_t from = 0;

	if (v->find == NULL)
		return;
	s = plain(v, n, offset);
	while (pattern_find(v->find, s.p, s.n, from, &m) == PATTERN_YES) {
		for (int i = 0; i < v->text.n; i++)
			if (offset[i] >= m.span[0].start && offset[i] < m.span[0].end &&
			    i / r.cols < rows)
				grid_set_style(g, first + i / r.cols, r.col + i % r.cols,
				    STYLE_MATCH);
		from = m.span[0].end > from ? m.span[0].end : from + 1;
	}
}

static void
draw_time(const struct streamview *v, struct grid *g, int row, int col, uint64_t n, uint64_t wall)
{
	char when[16];
	const uint64_t t = replica_stream_time(v->stream, v->line[n - v->first]);

	if (v->stream->times == 0)
		return;
	clock_fmt_hms(wall + t, when, sizeof when);
	grid_text(g, row, col, 8, STYLE_DIM, when);
}

static bool
selected(const struct streamview *v, uint64_t n)
{
	const uint64_t low = v->cur < v->anchor ? v->cur : v->anchor;
	const uint64_t high = v->cur > v->anchor ? v->cur : v->anchor;

	return n == v->cur || (v->selecting && n >= low && n <= high);
}

/* Draws line n so that it ends above row `end`; returns its first row. */
static int
draw_line(struct streamview *v, struct grid *g, struct grid_rect r, int tw, uint64_t n, int end,
          const struct streamview_look *look, int *crow, int *ccol)
{
	const struct grid_rect text = { r.row, r.col + tw, r.rows, r.cols - tw };
	int rows, top;

	render(v, n);
	rows = linetext_rows(&v->text, text.cols);
	top = end - rows;
	for (int k = 0; k < rows; k++) {
		const int c = top + k < r.row ? -1 : linetext_draw(&v->text, g, k, top + k,
		    text.col, text.cols);

		if (c >= 0 && n == last(v)) {
			*crow = top + k;
			*ccol = c;
		}
	}
	if (tw != 0 && top >= r.row)
		draw_time(v, g, top, r.col, n, look->wall);
	highlight(v, g, n, top, rows, text);
	if (!look->live && !(v->follow && n == last(v)) && selected(v, n))
		grid_restyle(g, (struct grid_rect){ top, r.col, rows, r.cols }, STYLE_SELECT);
	return top;
}

/* Moves the window so that the cursor line is in it. */
static void
keep_in_window(struct streamview *v, int height, int width)
{
	int rows = 0;
	uint64_t n;

	if (v->cur >= v->bottom) {
		v->bottom = v->cur;
		return;
	}
	for (n = v->cur; n <= v->bottom; n++) {
		rows += rows_of(v, n, width);
		if (rows > height)
			break;
	}
	if (n <= v->bottom)
		v->bottom = n > v->cur + 1 ? n - 1 : v->cur;
}

/* How many lines of text there are, up to the height of the area: a short stream begins at its top.
 * */
static int
rows_used(struct streamview *v, uint64_t bottom, int height, int width)
{
	int rows = 0;

	for (uint64_t n = bottom; rows < height; n--) {
		rows += rows_of(v, n, width);
		if (n == v->first)
			break;
	}
	return rows < height ? rows : height;
}

static void
draw_lines(struct streamview *v, struct grid *g, struct grid_rect r,
           const struct streamview_look *look, int *crow, int *ccol)
{
	const int tw = look->times && r.cols >= 72 ? 9 : 0, width = r.cols - tw;
	uint64_t bottom = look->live ? last(v) : v->bottom;
	int row;

	if (!look->live)
		keep_in_window(v, r.rows, width);
	bottom = look->live ? bottom : v->bottom;
	row = r.row + rows_used(v, bottom, r.rows, width);
	for (uint64_t n = bottom; row > r.row; n--) {
		size_t count, from = marks_after(v, n, &count);

		while (count-- > 0 && row > r.row)
			draw_mark(v, g, r, --row, from + count, look);
		if (row > r.row && visible(v, n))
			row = draw_line(v, g, r, tw, n, row, look, crow, ccol);
		if (n == v->first)
			break;
	}
}

void
streamview_draw(struct streamview *v, struct grid *g, struct grid_rect r,
    const struct streamview_look *look,
                int *crow, int *ccol)
{
	const struct grid_rect area = { 0, 0, r.rows, r.cols };
	struct grid_view old;

	*crow = *ccol = -1;
	if (r.rows < 1 || r.cols < 1)
		return;
	v->height = r.rows;
	v->width = r.cols;
	old = grid_enter(g, r);
	if (look->live && streamview_full_screen(v))
		draw_screen(v, g, area, crow, ccol);
	else
		draw_lines(v, g, area, look, crow, ccol);
	grid_leave(g, old);
	if (*crow >= 0) {
		*crow += r.row;
		*ccol += r.col;
	}
}

/* ---- scrollback */

void
streamview_hold(struct streamview *v)
{
	v->follow = false;
	v->cur = v->bottom = last(v);
	if (v->cur > v->first && v->line[v->lines - 1] == v->stream->ring.end)
		v->cur--;               /* the last whole line, not the empty one behind it */
}

void
streamview_follow(struct streamview *v)
{
	v->follow = true;
	v->selecting = false;
	v->cur = v->bottom = last(v);
}

bool
streamview_at_end(const struct streamview *v)
{
	return v->cur + 1 >= last(v);
}

void
streamview_move(struct streamview *v, long by)
{
	const uint64_t to = by < 0 ? v->first : last(v);
	unsigned long steps = by < 0 ? 0ul - (unsigned long)by : (unsigned long)by;

	v->follow = false;
	if (steps >= v->lines) {
		v->cur = to;
		return;
	}
	for (uint64_t n = v->cur; steps != 0 && n != to;) {
		n = by < 0 ? n - 1 : n + 1;
		if (visible(v, n)) {            /* hidden lines are no stop */
			v->cur = n;
			steps--;
		}
	}
}

static enum err
set_pattern(struct pattern **slot, char *keep, size_t size, const char *text, struct err_msg *why)
{
	struct pattern *p = NULL;
	enum err e = ERR_OK;

	if (text[0] != '\0') {
		const unsigned icase = strpbrk(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == NULL ?
		    PATTERN_ICASE : 0;

		e = pattern_new(text, strlen(text), icase, &p, why);
	}
	if (e != ERR_OK)
		return e;
	pattern_free(*slot);
	*slot = p;
	snprintf(keep, size, "%s", text);
	return ERR_OK;
}

enum err
streamview_find(struct streamview *v, const char *text, struct err_msg *why)
{
	return set_pattern(&v->find, v->find_text, sizeof v->find_text, text, why);
}

enum err
streamview_filter(struct streamview *v, const char *text, struct err_msg *why)
{
	return set_pattern(&v->filter, v->filter_text, sizeof v->filter_text, text, why);
}

bool
streamview_find_pattern(struct streamview *v, const struct pattern *p, bool back)
{
	for (uint64_t n = v->cur; n != (back ? v->first : last(v));) {
		n = back ? n - 1 : n + 1;
		if (matches(v, p, n) && visible(v, n)) {
			v->follow = false;
			v->cur = n;
			return true;
		}
	}
	return false;
}

bool
streamview_find_next(struct streamview *v, bool back)
{
	return v->find != NULL && streamview_find_pattern(v, v->find, back);
}

bool
streamview_find_mark(struct streamview *v, bool back)
{
	for (uint64_t n = v->cur; n != (back ? v->first : last(v));) {
		size_t count;

		n = back ? n - 1 : n + 1;
		(void)marks_after(v, n, &count);
		if (count != 0) {
			v->follow = false;
			v->cur = n;
			return true;
		}
	}
	return false;
}

size_t
streamview_count(struct streamview *v, const struct pattern *p)
{
	size_t n = 0;

	for (uint64_t i = v->first; i <= last(v); i++)
		n += matches(v, p, i);
	return n;
}

void
streamview_goto(struct streamview *v, uint64_t t)
{
	uint64_t lo = v->first, hi = last(v);

	while (lo < hi) {
		const uint64_t mid = lo + (hi - lo) / 2;

		if (replica_stream_time(v->stream, v->line[mid - v->first]) < t)
			lo = mid + 1;
		else
			hi = mid;
	}
	v->follow = false;
	v->cur = lo;
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

	for (uint64_t i = a; i <= b; i++) {
		struct slice s;

		if (!visible(v, i))
			continue;
		s = plain(v, i, NULL);
		(void)buf_add(out, s.p, s.n);
		(void)buf_add_byte(out, '\n');
		n++;
	}
	v->selecting = false;
	return n;
}
