/* emulator.c - libvterm behind the gate; the one file that knows libvterm. */
#include "term/emulator.h"

#include <string.h>
#include <vterm.h>

#include "base/alloc.h"
#include "base/utf8.h"
#include "grid/draw.h"
#include "grid/width.h"
#include "term/gate.h"
#include "term/scrollback.h"

enum { UNITS_PER_CELL = VTERM_MAX_CHARS_PER_CELL + 1 };

struct term {
	VTerm *vt;
	VTermScreen *screen;
	VTermAllocatorFunctions allocator;      /* libvterm keeps a pointer to it */
	struct gate gate;
	struct scrollback back;
	struct grid_cell *units;                /* room for one row */
	int rows, cols;
	bool bell, alt, cursor_on;
};

/* libvterm wants zeroed memory and checks no result: mem_zero never returns NULL. */
static void *
give(size_t size, void *arg)
{
	(void)arg;
	return mem_zero(1, size);
}

static void
take(void *p, void *arg)
{
	(void)arg;
	mem_free(p);
}

static int
grey(int v)
{
	return v < 8 ? 16 : v > 238 ? 231 : 232 + (v - 8) / 10;
}

static int
distance(int r, int g, int b, const VTermColor *c)
{
	const int dr = r - c->rgb.red, dg = g - c->rgb.green, db = b - c->rgb.blue;

	return dr * dr + dg * dg + db * db;
}

/* The nearest of xterm's 6x6x6 cube (0 95 135 175 215 255) and its 24 greys (8, 18 ... 238). */
static int
nearest(const VTermColor *c)
{
	const int in[3] = { c->rgb.red, c->rgb.green, c->rgb.blue };
	const int g = grey((in[0] + in[1] + in[2]) / 3);
	const int lum = g >= 232 ? 8 + (g - 232) * 10 : 0;
	int i[3], v[3];

	for (int k = 0; k < 3; k++) {
		i[k] = in[k] < 48 ? 0 : in[k] < 115 ? 1 : (in[k] - 35) / 40;
		v[k] = i[k] == 0 ? 0 : 55 + i[k] * 40;
	}
	if (g >= 232 && distance(lum, lum, lum, c) < distance(v[0], v[1], v[2], c))
		return g;
	return 16 + 36 * i[0] + 6 * i[1] + i[2];
}

static int
colour(const VTermColor *c)
{
	if (VTERM_COLOR_IS_DEFAULT_FG(c) || VTERM_COLOR_IS_DEFAULT_BG(c))
		return -1;
	return VTERM_COLOR_IS_INDEXED(c) ? c->indexed.idx : nearest(c);
}

static uint32_t
style_of(const VTermScreenCell *c)
{
	uint32_t attrs = 0;

	attrs |= c->attrs.bold ? STYLE_BOLD : 0;
	attrs |= c->attrs.italic ? STYLE_ITALIC : 0;
	attrs |= c->attrs.underline ? STYLE_UNDERLINE : 0;
	attrs |= c->attrs.reverse ? STYLE_REVERSE : 0;
	attrs |= c->attrs.blink ? STYLE_BLINK : 0;
	attrs |= c->attrs.strike ? STYLE_STRIKE : 0;
	return style_raw(colour(&c->fg), colour(&c->bg), attrs);
}

/* Turns a cell into units, returns how many. Where libvterm and grid_width() disagree about the
 * width, a replacement of libvterm's width stands in, or the panes to the right would shift. */
static size_t
to_units(const VTermScreenCell *c, struct grid_cell out[UNITS_PER_CELL])
{
	const uint32_t style = style_of(c), cp = c->chars[0];
	const bool wide = c->width == 2;
	size_t n = 1;

	out[0] = (struct grid_cell){ 0, style };
	if (cp == 0 || cp == UINT32_MAX || cp == ' ') /* blank, or the second half of a wide one */
		return n;
	if (grid_width(cp) != (wide ? 2 : 1)) {
		out[0].ch = 0xfffd;
		if (wide)
			out[n++] = (struct grid_cell){ 0, style };
		return n;
	}
	out[0].ch = cp | (wide ? GRID_WIDE : 0);
	for (int i = 1; i < VTERM_MAX_CHARS_PER_CELL && c->chars[i] != 0; i++)
		if (grid_width(c->chars[i]) == 0 && !grid_hidden(c->chars[i]))
			out[n++] = (struct grid_cell){ c->chars[i] | SCROLLBACK_MARK, style };
	return n;
}

/* A row of the screen as units in t->units. */
static size_t
screen_units(const struct term *t, int row)
{
	VTermScreenCell c;
	size_t n = 0;

	for (int col = 0; col < t->cols; col += c.width == 2 ? 2 : 1) {
		const VTermPos at = { row, col };

		memset(&c, 0, sizeof c);
		vterm_screen_get_cell(t->screen, at, &c);
		if (c.width == 2 && col + 1 >= t->cols)
			c.width = 1;
		n += to_units(&c, t->units + n);
	}
	return n;
}

static int
on_pushline(int cols, const VTermScreenCell *cells, void *arg)
{
	struct term *t = arg;
	size_t n = 0;

	if (cols > t->cols)
		cols = t->cols;
	for (int col = 0; col < cols; col += cells[col].width == 2 ? 2 : 1) {
		VTermScreenCell c = cells[col];

		if (c.width == 2 && col + 1 >= cols)
			c.width = 1;
		n += to_units(&c, t->units + n);
	}
	scrollback_push(&t->back, t->units, n);
	return 1;
}

static int
on_termprop(VTermProp prop, VTermValue *val, void *arg)
{
	struct term *t = arg;

	if (prop == VTERM_PROP_ALTSCREEN)
		t->alt = val->boolean != 0;
	else if (prop == VTERM_PROP_CURSORVISIBLE)
		t->cursor_on = val->boolean != 0;
	return 1;
}

static int
on_bell(void *arg)
{
	struct term *t = arg;

	t->bell = true;
	return 1;
}

static const VTermScreenCallbacks callbacks = {
	.settermprop = on_termprop,
	.bell = on_bell,
	.sb_pushline = on_pushline,
};

static void
gate_to_vterm(const char *bytes, size_t n, void *arg)
{
	struct term *t = arg;

	vterm_input_write(t->vt, bytes, n);
}

static int
side(int n)
{
	return n < TERM_SIDE_MIN ? TERM_SIDE_MIN : n > TERM_SIDE_MAX ? TERM_SIDE_MAX : n;
}

static void
start(struct term *t, int rows, int cols)
{
	t->rows = side(rows);
	t->cols = side(cols);
	t->alt = false;
	t->cursor_on = true;
	t->units = mem_resize(t->units, (size_t)t->cols * UNITS_PER_CELL, sizeof *t->units);
	t->vt = vterm_new_with_allocator(t->rows, t->cols, &t->allocator, NULL);
	t->screen = vterm_obtain_screen(t->vt);
	vterm_set_utf8(t->vt, 1);
	vterm_screen_set_callbacks(t->screen, &callbacks, t);
	vterm_screen_enable_altscreen(t->screen, 1);
	vterm_screen_reset(t->screen, 1);
	gate_reset(&t->gate);
}

struct term *
term_new(int rows, int cols)
{
	struct term *t = mem_zero(1, sizeof *t);

	t->allocator = (VTermAllocatorFunctions){ give, take };
	scrollback_init(&t->back, TERM_SCROLLBACK_DEFAULT);
	gate_init(&t->gate, GATE_SCREEN, gate_to_vterm, t);
	start(t, rows, cols);
	return t;
}

void
term_free(struct term *t)
{
	if (t == NULL)
		return;
	vterm_free(t->vt);
	scrollback_fini(&t->back);
	mem_free(t->units);
	mem_free(t);
}

void
term_feed(struct term *t, const void *bytes, size_t n)
{
	gate_feed(&t->gate, bytes, n);
}

void
term_resize(struct term *t, int rows, int cols, const void *raw, size_t n)
{
	const bool bell = t->bell;
	const char *p = raw;

	vterm_free(t->vt);
	scrollback_clear(&t->back);
	start(t, rows, cols);
	if (n > TERM_REPLAY_MAX) {
		p += n - TERM_REPLAY_MAX;
		n = TERM_REPLAY_MAX;
	}
	if (n != 0)
		term_feed(t, p, n);
	t->bell = bell;                 /* what rang once does not ring again */
}

void
term_scrollback_limit(struct term *t, size_t bytes)
{
	scrollback_limit(&t->back, bytes);
}

struct term_info
term_info(const struct term *t)
{
	VTermPos at;

	vterm_state_get_cursorpos(vterm_obtain_state(t->vt), &at);
	return (struct term_info){
		.rows = t->rows,
		.cols = t->cols,
		.cursor_row = at.row,
		.cursor_col = at.col < t->cols ? at.col : t->cols - 1,
		.cursor_on = t->cursor_on,
		.alt = t->alt,
		.app_cursor = t->gate.app_cursor,
		.app_keypad = t->gate.app_keypad,
		.scrollback_bytes = scrollback_bytes(&t->back),
		.answer_bytes = vterm_output_get_buffer_current(t->vt),
	};
}

bool
term_bell(struct term *t)
{
	const bool rang = t->bell;

	t->bell = false;
	return rang;
}

size_t
term_lines(const struct term *t)
{
	return t->back.lines + (size_t)t->rows;
}

/* The units of a line: *n of them in t->units; false when there is no such line. */
static bool
line_units(const struct term *t, size_t line, size_t *n)
{
	if (line >= term_lines(t))
		return false;
	if (line >= t->back.lines) {
		*n = screen_units(t, (int)(line - t->back.lines));
		return true;
	}
	*n = scrollback_units(&t->back, line);
	if (*n > (size_t)t->cols * UNITS_PER_CELL)
		*n = (size_t)t->cols * UNITS_PER_CELL;
	for (size_t i = 0; i < *n; i++)
		t->units[i] = scrollback_unit(&t->back, line, i);
	return true;
}

enum err
term_row_text(const struct term *t, size_t line, struct buf *out)
{
	enum err rc = ERR_OK;
	size_t n;

	if (!line_units(t, line, &n))
		return ERR_OK;
	while (n > 0 && t->units[n - 1].ch == 0)
		n--;
	for (size_t i = 0; i < n && rc == ERR_OK; i++) {
		const uint32_t cp = t->units[i].ch & GRID_CODE;
		char u[4];

		rc = buf_add(out, u, utf8_encode(cp != 0 ? cp : ' ', u));
	}
	return rc;
}

static void
draw_row(const struct term *t, struct grid *g, struct grid_rect r, int row, size_t n)
{
	uint32_t cps[UNITS_PER_CELL];
	int col = 0;

	for (size_t i = 0; i < n && col < r.cols;) {
		const struct grid_cell *c = &t->units[i];
		const int width = (c->ch & GRID_WIDE) != 0 ? 2 : 1;
		size_t k = 0;

		do {
			cps[k++] = t->units[i++].ch & GRID_CODE;
		} while (i < n && k < UNITS_PER_CELL && (t->units[i].ch & SCROLLBACK_MARK) != 0);
		if (col + width > r.cols)
			grid_put(g, r.row + row, r.col + col, c->style, NULL, 0, 1);
		else if (c->ch != 0 || c->style != 0)
			grid_put(g, r.row + row, r.col + col, c->style, cps, k, width);
		col += width;
	}
}

/* The line that the rect's first row shows; negative above the oldest. */
static int64_t
top_line(const struct term *t, struct grid_rect r, size_t back)
{
	const size_t lines = term_lines(t);

	return (int64_t)(lines - (back < lines ? back : lines)) - r.rows;
}

void
term_draw(const struct term *t, struct grid *g, struct grid_rect r, size_t back)
{
	const struct grid_rect v = grid_visible(g);
	const int64_t top = top_line(t, r, back);
	size_t n;

	grid_fill(g, r, STYLE_NORMAL, ' ');
	for (int row = 0; row < r.rows; row++) {
		const int64_t at = (int64_t)r.row + row;

		if (at < v.row || at >= (int64_t)v.row + v.rows || top + row < 0)
			continue;
		if (line_units(t, (size_t)(top + row), &n))
			draw_row(t, g, r, row, n);
	}
}

bool
term_cursor(const struct term *t, struct grid_rect r, size_t back, int *row, int *col)
{
	const struct term_info i = term_info(t);
	const int64_t line = (int64_t)t->back.lines + i.cursor_row - top_line(t, r, back);

	if (!i.cursor_on || line < 0 || line >= r.rows || i.cursor_col >= r.cols)
		return false;
	*row = (int)(r.row + line);
	*col = r.col + i.cursor_col;
	return true;
}
