/* streamview.c - the index of a stream's lines, its terminal emulation, and their drawing. */
#include "ui/streamview.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/limits.h"
#include "base/slice.h"
#include "text/decode.h"
#include "text/logline.h"
#include "ui/notes.h"
#include "text/level.h"
#include "ui/hexview.h"
#include "ui/streamfind.h"

enum {
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
	buf_init(&v->laid, 4 * LINETEXT_MAX);
	buf_init(&v->mapped, 1 << 20);
	eol_init(&v->map);
	streamview_bind(v, s);
	return v;
}

void
streamview_free(struct streamview *v)
{
	if (v == NULL)
		return;
	pattern_free(v->find);
	filter_free(v->filter);
	term_free(v->term);
	linetext_fini(&v->text);
	buf_fini(&v->scratch);
	buf_fini(&v->mapped);
	buf_fini(&v->laid);
	mem_free(v->verdict);
	mem_free(v->store);
	mem_free(v);
}

/* The verdicts of lines from `from` on are forgotten. */
static void
unjudge(struct streamview *v, uint64_t from)
{
	while (v->judged > from)
		v->hidden -= v->verdict[--v->judged % STREAMVIEW_LINES] == 0;
}

static void
drop_lines(struct streamview *v, size_t n)
{
	for (uint64_t k = v->first; v->filter != NULL && k < v->first + n && k < v->judged; k++)
		v->hidden -= v->verdict[k % STREAMVIEW_LINES] == 0;
	if (v->judged < v->first + n)
		v->judged = v->first + n;
	v->line += n;
	v->lines -= n;
	v->first += n;
}

static void
add_line(struct streamview *v, uint64_t offset)
{
	size_t gone;

	if (v->lines == STREAMVIEW_LINES)
		drop_lines(v, STREAMVIEW_LINES / 4);
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

uint64_t
streamview_last(const struct streamview *v)
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
	if (v->judged >= streamview_last(v))
		unjudge(v, streamview_last(v));
	add_line(v, at + 1);
	clamp(&v->cur, v->first, streamview_last(v));
	clamp(&v->bottom, v->first, streamview_last(v));
	clamp(&v->anchor, v->first, streamview_last(v));
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

/* A line that does not end is shown in pieces: a place between characters and sequences. */
static bool
too_long(const struct streamview *v, unsigned char c, uint64_t at)
{
	return at - v->line[v->lines - 1] >= STREAMVIEW_PIECE && v->seq_state == TEXT &&
	    (c & 0xc0) != 0x80;
}

static void
index_bytes(struct streamview *v, const unsigned char *p, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const uint64_t at = v->indexed + i;

		if (too_long(v, p[i], at))
			add_line(v, at);
		if (eol_ends_line(&v->map, p[i])) {
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
	streamview_judge(v);
	clamp(&v->cur, v->first, streamview_last(v));
	clamp(&v->bottom, v->first, streamview_last(v));
	clamp(&v->anchor, v->first, streamview_last(v));
	if (v->follow)
		v->cur = v->bottom = streamview_last(v);
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
feed_mapped(struct streamview *v, const char *p, size_t n)
{
	if (!v->map.any[EOL_IN]) {
		term_feed(v->term, p, n);
		return;
	}
	while (n != 0) {
		const size_t k = n < STREAMVIEW_PIECE ? n : STREAMVIEW_PIECE;

		buf_clear(&v->mapped);
		(void)eol_map(&v->map, EOL_IN, p, k, &v->mapped);
		term_feed(v->term, v->mapped.data, v->mapped.len);
		p += k;
		n -= k;
	}
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
		feed_mapped(v, (const char *)p, n);
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

/* Where the bytes of a line end, from offset `from` on; with its end where that is shown. */
static uint64_t
line_end(const struct streamview *v, size_t i, uint64_t from, bool with_end)
{
	const struct ring *r = &v->stream->ring;
	uint64_t end = i + 1 < v->lines ? v->line[i + 1] : r->end;
	unsigned char ends = 0;

	if (i + 1 < v->lines && !with_end && end > from &&
	    ring_copy(r, end - 1, &ends, 1) == 1 && eol_ends_line(&v->map, ends))
		end--;
	for (size_t k = 0; k < v->holes; k++)
		if (v->hole[k].from >= from && v->hole[k].from < end)
			end = v->hole[k].from;
	return end > from + LIMIT_LINE ? from + LIMIT_LINE : end;
}

/* The bytes of line number n into v->scratch, mapped. */
static void
line_bytes(struct streamview *v, uint64_t n, bool with_end)
{
	const struct ring *r = &v->stream->ring;
	const size_t i = (size_t)(n - v->first);
	const uint64_t from = v->line[i] > ring_first(r) ? v->line[i] : ring_first(r);
	const uint64_t end = line_end(v, i, from, with_end);

	buf_clear(&v->scratch);
	if (end > from && buf_reserve(&v->scratch, (size_t)(end - from)) == ERR_OK)
		v->scratch.len = ring_copy(r, from, v->scratch.data, (size_t)(end - from));
	if (!v->map.any[EOL_IN] || with_end)
		return;
	buf_clear(&v->mapped);
	(void)eol_map(&v->map, EOL_IN, v->scratch.data, v->scratch.len, &v->mapped);
	buf_clear(&v->scratch);
	(void)buf_add(&v->scratch, v->mapped.data, v->mapped.len);
}

/* A structured log line in v->scratch, laid out into v->laid. */
static bool
lay_out(struct streamview *v)
{
	const char *p = v->scratch.data;
	const size_t n = v->scratch.len;
	struct buf plain;
	bool laid = false;

	if (n < 8 || n > LINETEXT_MAX || (memchr(p, '{', n) == NULL && memchr(p, '=', n) == NULL))
		return false;
	buf_clear(&v->laid);
	buf_init(&plain, LINETEXT_MAX + 1);
	decode_plain(p, n, &plain);
	laid = plain.len != 0 && logline_layout(plain.data, plain.len, &v->laid);
	buf_fini(&plain);
	return laid;
}

bool
streamview_laid(struct streamview *v, uint64_t n, struct slice *out)
{
	line_bytes(v, n, false);
	if (!v->layout || v->mode != STREAMVIEW_TEXT || !lay_out(v))
		return false;
	*out = slice_make(buf_str(&v->laid), v->laid.len);
	return true;
}

/* Renders line number n into v->text. */
static void
render(struct streamview *v, uint64_t n)
{
	const bool mixed = v->mode == STREAMVIEW_MIXED;

	line_bytes(v, n, mixed);
	if (mixed)
		linetext_show(&v->text, v->scratch.data, v->scratch.len);
	else if (v->layout && lay_out(v))
		linetext_render(&v->text, v->laid.data, v->laid.len);
	else
		linetext_render(&v->text, v->scratch.data, v->scratch.len);
}

/* Text that stands for itself: nothing to render. */
static bool
is_plain(struct buf *b)
{
	if (b->len != 0 && b->data[b->len - 1] == '\r')
		b->len--;
	if (b->len > LINETEXT_MAX)
		return false;
	for (size_t i = 0; i < b->len; i++)
		if ((unsigned char)b->data[i] < 0x20 || (unsigned char)b->data[i] >= 0x7f)
			return false;
	return true;
}

struct slice
streamview_line(struct streamview *v, uint64_t n, uint32_t *offset)
{
	const bool layout = v->layout;  /* what is searched and copied is the original */

	if (offset == NULL && v->mode != STREAMVIEW_MIXED) {
		line_bytes(v, n, false);
		if (is_plain(&v->scratch))
			return slice_make(buf_str(&v->scratch), v->scratch.len);
	}
	v->layout = layout && offset != NULL;
	render(v, n);
	v->layout = layout;
	buf_clear(&v->scratch);
	linetext_plain(&v->text, &v->scratch, offset);
	return slice_make(buf_str(&v->scratch), v->scratch.len);
}

size_t
streamview_marks_after(const struct streamview *v, uint64_t n, size_t *count)
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

/* Where line n ends and the next begins, in the ring. */
static uint64_t
next_line(const struct streamview *v, uint64_t n)
{
	const size_t i = (size_t)(n - v->first) + 1;

	return i < v->lines ? v->line[i] : UINT64_MAX;
}

static int
rows_of(struct streamview *v, uint64_t n, int width)
{
	size_t marks;
	int below;

	(void)streamview_marks_after(v, n, &marks);
	below = (int)marks + notes_rows(v->stream, v->line[n - v->first], next_line(v, n));
	if (!streamview_visible(v, n))
		return below;
	render(v, n);
	return linetext_rows(&v->text, width) + below;
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

/* A stretch of the line's text, in the style. Cells that have one of their own may keep it. */
static void
restyle(const struct streamview *v, struct grid *g, const uint32_t *offset, size_t from, size_t to,
    struct grid_rect r, uint32_t style)
{
	for (int i = 0; i < v->text.n; i++)
		if (offset[i] >= from && offset[i] < to && i / r.cols < r.rows)
			grid_set_style(g, r.row + i / r.cols, r.col + i % r.cols, style);
}

static bool
uncoloured(const struct linetext *t)
{
	for (int i = 0; i < t->n; i++)
		if (t->cell[i].n != 0 && t->cell[i].style != style_raw(-1, -1, 0))
			return false;
	return true;
}

/* r is where the line's text stands. The level's mark is left at column `gutter`, unless -1. */
static void
highlight(struct streamview *v, struct grid *g, uint64_t n, struct grid_rect r, int gutter,
    bool levels)
{
	static const uint32_t style[] = { STYLE_NORMAL, STYLE_DIM, STYLE_OK, STYLE_WARN,
		STYLE_ALARM };
	uint32_t offset[LINETEXT_MAX + 1];
	struct pattern_match m;
	struct slice s;
	size_t from = 0, at, len;
	enum level l = LEVEL_NONE;

	if (v->find == NULL && !levels)
		return;
	s = streamview_line(v, n, offset);
	if (levels)
		l = level_of(s.p, s.n, &at, &len);
	if (l != LEVEL_NONE && uncoloured(&v->text))
		restyle(v, g, offset, at, at + len, r, style[l]);
	if (l >= LEVEL_WARN && gutter >= 0 && r.row >= 0)
		grid_text(g, r.row, gutter, 1, style[l], l == LEVEL_ERROR ? "x" : "!");
	while (v->find != NULL && pattern_find(v->find, s.p, s.n, from, &m) == PATTERN_YES) {
		restyle(v, g, offset, m.span[0].start, m.span[0].end, r, STYLE_MATCH);
		from = m.span[0].end > from ? m.span[0].end : from + 1;
	}
}

/* The line before n that is shown; n itself when there is none. */
static uint64_t
line_before(struct streamview *v, uint64_t n)
{
	for (uint64_t k = n; k > v->first;)
		if (streamview_visible(v, --k))
			return k;
	return n;
}

static void
draw_time(struct streamview *v, struct grid *g, int row, int col, uint64_t n,
    const struct streamview_look *look)
{
	char when[32];
	const uint64_t t = replica_stream_time(v->stream, v->line[n - v->first]);
	double s = (double)t / (double)NS_PER_S;

	if (v->stream->times == 0)
		return;
	if (look->times == STREAMVIEW_CLOCK) {
		clock_fmt_hms(look->wall + t, when, sizeof when);
	} else if (look->times == STREAMVIEW_START) {
		snprintf(when, sizeof when, s < 9999 ? "%8.3f" : "%8.0f", s);
	} else {
		s -= (double)replica_stream_time(v->stream,
		    v->line[line_before(v, n) - v->first]) / (double)NS_PER_S;
		snprintf(when, sizeof when, s < 999 ? "%+8.3f" : "%+8.0f", s);
	}
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

		if (c >= 0 && n == streamview_last(v)) {
			*crow = top + k;
			*ccol = c;
		}
	}
	if (tw != 0 && top >= r.row)
		draw_time(v, g, top, r.col, n, look);
	highlight(v, g, n, (struct grid_rect){ top, text.col, rows, text.cols },
	    tw != 0 ? r.col + tw - 1 : -1, look->levels);
	if (!look->live && !(v->follow && n == streamview_last(v)) && selected(v, n))
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

/* The last line to draw, and how many rows there will be: no room is left unused. */
static uint64_t
fill(struct streamview *v, uint64_t bottom, int height, int width, int *rows)
{
	*rows = rows_used(v, bottom, height, width);
	while (*rows < height && bottom < streamview_last(v))
		*rows += rows_of(v, ++bottom, width);
	*rows = *rows < height ? *rows : height;
	return bottom;
}

static void
draw_lines(struct streamview *v, struct grid *g, struct grid_rect r,
           const struct streamview_look *look, int *crow, int *ccol)
{
	const int tw = look->times && r.cols >= 72 ? 9 : 0, width = r.cols - tw;
	uint64_t bottom = look->live ? streamview_last(v) : v->bottom;
	int row, rows;

	if (!look->live)
		keep_in_window(v, r.rows, width);
	bottom = look->live ? bottom : v->bottom;
	bottom = fill(v, bottom, r.rows, width, &rows);
	v->bottom = look->live ? v->bottom : bottom;
	row = r.row + rows;
	for (uint64_t n = bottom; row > r.row; n--) {
		size_t count, from = streamview_marks_after(v, n, &count);

		while (count-- > 0 && row > r.row)
			draw_mark(v, g, r, --row, from + count, look);
		row = notes_draw(v->stream, v->line[n - v->first], next_line(v, n), g, r, row);
		if (row > r.row && streamview_visible(v, n))
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
	v->layout = look->layout;
	v->width = r.cols;
	old = grid_enter(g, r);
	if (v->mode == STREAMVIEW_HEX)
		hexview_draw(v, g, area, look);
	else if (look->live && v->mode == STREAMVIEW_TEXT && streamview_full_screen(v))
		draw_screen(v, g, area, crow, ccol);
	else
		draw_lines(v, g, area, look, crow, ccol);
	grid_leave(g, old);
	if (*crow >= 0) {
		*crow += r.row;
		*ccol += r.col;
	}
}

/* Where the first whole line begins. */
static uint64_t
first_line(const struct streamview *v)
{
	const struct ring *r = &v->stream->ring;
	const unsigned char *p;
	size_t n;

	if (!v->cut)
		return ring_first(r);
	for (uint64_t at = ring_first(r); (n = ring_peek(r, at, &p)) != 0; at += n)
		for (size_t i = 0; i < n; i++)
			if (eol_ends_line(&v->map, p[i]))
				return at + i + 1;
	return ring_first(r);
}

uint64_t
streamview_line_of(const struct streamview *v, uint64_t at)
{
	size_t low = 0, high = v->lines;

	while (low + 1 < high) {
		const size_t mid = low + (high - low) / 2;

		if (v->line[mid] <= at)
			low = mid;
		else
			high = mid;
	}
	return v->first + low;
}

/* What the filter says of lines before `known`; of those behind it is known up to v->judged. */
static void
judge_front(struct streamview *v, uint64_t known, uint64_t judged)
{
	v->hidden = 0;
	v->judged = v->first;
	if (known < v->first || judged > streamview_last(v) || judged <= known)
		return;
	for (; v->judged <= known; v->judged++)
		v->verdict[v->judged % STREAMVIEW_LINES] = streamview_visible(v, v->judged);
	v->judged = judged;
	for (uint64_t n = v->first; n < judged; n++)
		v->hidden += v->verdict[n % STREAMVIEW_LINES] == 0;
}

void
streamview_again(struct streamview *v, bool same)
{
	const uint64_t cur = v->cur, bottom = v->bottom, anchor = v->anchor;
	const uint64_t at = v->line[cur - v->first];
	const uint64_t known = v->first, judged = v->judged;
	struct filter *filter = v->filter;

	v->filter = NULL;               /* judged once, below */
	v->line = v->store;
	v->lines = 0;
	v->holes = 0;
	v->alt = false;
	v->seq_state = TEXT;
	v->indexed = first_line(v);
	add_line(v, v->indexed);
	streamview_update(v);
	v->first = cur - (streamview_line_of(v, at) - v->first);
	v->cur = cur;
	v->bottom = bottom;
	v->anchor = anchor;
	v->filter = filter;
	v->judged = v->first;
	v->hidden = 0;
	if (filter != NULL && same)
		judge_front(v, known, judged);
	streamview_update(v);
}

void
streamview_hand_over(struct streamview *from, struct streamview *to)
{
	pattern_free(to->find);
	filter_free(to->filter);
	to->find = from->find;
	to->filter = from->filter;
	from->find = NULL;
	from->filter = NULL;
	memcpy(to->find_text, from->find_text, sizeof to->find_text);
	memcpy(to->filter_text, from->filter_text, sizeof to->filter_text);
	if (to->filter != NULL && to->verdict == NULL)
		to->verdict = mem_zero(STREAMVIEW_LINES, 1);
	to->judged = to->first;
	to->hidden = from->hidden = 0;
	to->mode = from->mode;
	to->layout = from->layout;
	streamview_update(to);
}

/* Other words for what a byte is: all lines are found again. */
enum err
streamview_map(struct streamview *v, const char *words, struct err_msg *why)
{
	struct eol made;
	enum err e = ERR_OK;

	if (strcmp(words, v->map.text) == 0)
		return ERR_OK;
	e = eol_parse(&made, words, why);
	if (e != ERR_OK)
		return e;
	if (v->filter != NULL)
		unjudge(v, v->first);
	v->map = made;
	v->first += v->lines;
	v->judged = v->first;
	v->line = v->store;
	v->lines = 0;
	v->cap = v->store != NULL ? v->cap : 0;
	v->seq_state = TEXT;
	v->indexed = first_line(v);
	add_line(v, v->indexed);
	term_free(v->term);
	v->term = NULL;
	streamview_update(v);
	return ERR_OK;
}
