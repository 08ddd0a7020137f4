/* hexview.c - rows of bytes, and a search over them. */
#include "ui/hexview.h"

#include <ctype.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"

enum { BYTES_MAX = 32, NEAR = 256 };

int
hexview_bytes(int cols)
{
	return cols >= 150 ? 32 : cols >= 79 ? 16 : cols >= 46 ? 8 : 4;
}

/* The ring offset where the row of `at` begins; may lie before what is kept. */
static uint64_t
row_start(const struct streamview *v, uint64_t at, unsigned w)
{
	return at - (v->stream->base + at) % w;
}

static void
row_text(const struct streamview *v, uint64_t start, unsigned w, struct buf *out)
{
	const struct ring *r = &v->stream->ring;
	unsigned char byte[BYTES_MAX];
	char text[BYTES_MAX + 1] = "";

	(void)buf_add_fmt(out, "%08llx ", (unsigned long long)(v->stream->base + start));
	for (unsigned i = 0; i < w; i++) {
		const uint64_t at = start + i;
		/* offsets before the ring's begin wrap round: then they are past its end */
		const bool there = at - ring_first(r) < r->end - ring_first(r) &&
		    ring_copy(r, at, byte + i, 1) == 1;

		(void)buf_add_fmt(out, there ? "%s%02x" : "%s  ", i % 8 == 0 ? "  " : " ",
		    there ? byte[i] : 0);
		text[i] = !there ? ' ' : isprint(byte[i]) ? (char)byte[i] : '.';
	}
	(void)buf_add_fmt(out, "  |%.*s|", (int)w, text);
}

/* The column of byte i of a row, of its hex or its text. */
static int
column(unsigned i, unsigned w, bool text)
{
	return text ? 9 + (int)(w * 3 + w / 8 + (w % 8 != 0)) + 3 + (int)i :
	    11 + (int)(i * 3 + i / 8);
}

static void
highlight(const struct streamview *v, struct grid *g, int row, int col, uint64_t start, unsigned w)
{
	const struct ring *r = &v->stream->ring;
	const uint64_t low = start > ring_first(r) + NEAR ? start - NEAR : ring_first(r);
	char bytes[2 * NEAR + BYTES_MAX];
	struct pattern_match m;
	size_t from = 0, n;

	if (v->find == NULL || start + w < low)
		return;
	n = ring_copy(r, low, bytes, (size_t)(start - low) + w + NEAR);
	while (pattern_find(v->find, bytes, n, from, &m) == PATTERN_YES) {
		for (unsigned i = 0; i < w; i++)
			if (start + i >= low + m.span[0].start && start + i < low + m.span[0].end) {
				grid_set_style(g, row, col + column(i, w, false), STYLE_MATCH);
				grid_set_style(g, row, col + column(i, w, false) + 1, STYLE_MATCH);
				grid_set_style(g, row, col + column(i, w, true), STYLE_MATCH);
			}
		from = m.span[0].end > from ? m.span[0].end : from + 1;
	}
}

/* The selected rows, counted in bytes from the first row: that one may begin "before" offset 0. */
static void
selection(const struct streamview *v, unsigned w, uint64_t *low, uint64_t *high)
{
	const uint64_t first = row_start(v, ring_first(&v->stream->ring), w);
	const uint64_t a = row_start(v, v->hex_at, w) - first;
	const uint64_t b = v->selecting ? row_start(v, v->hex_anchor, w) - first : a;

	*low = a < b ? a : b;
	*high = a > b ? a : b;
}

static bool
selected(const struct streamview *v, uint64_t start, unsigned w)
{
	const uint64_t at = start - row_start(v, ring_first(&v->stream->ring), w);
	uint64_t low, high;

	selection(v, w, &low, &high);
	return at >= low && at <= high;
}

static void
draw_row(const struct streamview *v, struct grid *g, struct grid_rect r, int row, uint64_t start,
    const struct streamview_look *look)
{
	const unsigned w = (unsigned)hexview_bytes(r.cols);
	struct buf text;
	char when[16];

	buf_init(&text, 1024);
	row_text(v, start, w, &text);
	grid_text(g, row, r.col, r.cols, STYLE_NORMAL, buf_str(&text));
	grid_restyle(g, (struct grid_rect){ row, r.col, 1, 8 }, STYLE_DIM);
	highlight(v, g, row, r.col, start, w);
	if (look->times != STREAMVIEW_NO_TIMES && r.cols >= (int)text.len + 10) {
		clock_fmt_hms(look->wall + replica_stream_time(v->stream, start), when,
		    sizeof when);
		grid_text(g, row, r.col + (int)text.len + 1, 8, STYLE_DIM, when);
	}
	if (!look->live && !v->follow && selected(v, start, w))
		grid_restyle(g, (struct grid_rect){ row, r.col, 1, r.cols }, STYLE_SELECT);
	buf_fini(&text);
}

void
hexview_draw(struct streamview *v, struct grid *g, struct grid_rect r,
    const struct streamview_look *look)
{
	const struct ring *ring = &v->stream->ring;
	const unsigned w = (unsigned)hexview_bytes(r.cols);
	const uint64_t first = row_start(v, ring_first(ring), w);
	const uint64_t end = row_start(v, ring->end != ring_first(ring) ? ring->end - 1 :
	    ring->end, w);
	const uint64_t window = (uint64_t)(r.rows - 1) * w;
	uint64_t cur;

	if (look->live || v->follow)
		v->hex_at = ring->end != 0 ? ring->end - 1 : 0;
	if (v->hex_at < ring_first(ring))
		v->hex_at = ring_first(ring);
	cur = row_start(v, v->hex_at, w);
	/* rows count from the first: it may stand "before" offset 0 */
	v->hex_top = row_start(v, v->hex_top, w);
	if (v->hex_top - first > end - first || cur - first < v->hex_top - first)
		v->hex_top = cur;
	if (cur - first > v->hex_top - first + window)
		v->hex_top = cur - window;
	for (int i = 0; i < r.rows; i++) {
		const uint64_t start = v->hex_top + (uint64_t)i * w;

		if (start - first > end - first || ring->end == ring_first(ring))
			break;
		draw_row(v, g, r, r.row + i, start, look);
	}
}

void
hexview_move(struct streamview *v, long rows)
{
	const struct ring *r = &v->stream->ring;
	const uint64_t w = (uint64_t)hexview_bytes(v->width), first = ring_first(r);
	const uint64_t last = r->end != first ? r->end - 1 : first;
	const uint64_t steps = rows < 0 ? 0ul - (unsigned long)rows : (unsigned long)rows;

	v->follow = false;
	if (rows < 0)
		v->hex_at = steps > (v->hex_at - first) / w ? first : v->hex_at - steps * w;
	else
		v->hex_at = steps > (last - v->hex_at) / w ? last : v->hex_at + steps * w;
}

bool
hexview_find(struct streamview *v, bool back)
{
	const struct ring *r = &v->stream->ring;
	const uint64_t first = ring_first(r);
	const size_t n = (size_t)(r->end - first), here = (size_t)(v->hex_at - first);
	char *bytes = mem_alloc(n + 1);
	struct pattern_match m;
	size_t from = back ? 0 : here + 1;
	bool found = false;

	(void)ring_copy(r, first, bytes, n);
	while (from <= n && pattern_find(v->find, bytes, n, from, &m) == PATTERN_YES) {
		if (back && m.span[0].start >= here)
			break;
		v->hex_at = first + m.span[0].start;
		found = true;
		if (!back)
			break;
		from = m.span[0].start + 1;
	}
	mem_free(bytes);
	v->follow = v->follow && !found;
	return found;
}

size_t
hexview_yank(const struct streamview *v, struct buf *out)
{
	const unsigned w = (unsigned)hexview_bytes(v->width);
	const uint64_t first = row_start(v, ring_first(&v->stream->ring), w);
	uint64_t low, high;
	size_t n = 0;

	selection(v, w, &low, &high);
	for (uint64_t at = low; at <= high; at += w, n++) {
		row_text(v, first + at, w, out);
		(void)buf_add_byte(out, '\n');
	}
	return n;
}
