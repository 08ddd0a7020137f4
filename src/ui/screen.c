/* screen.c - ncurses on a memory file; one write(2) per frame. */
#define NCURSES_WIDECHAR 1
#include "ui/screen.h"

#include <curses.h>
#include <errno.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "sys/io.h"
#include "sys/terminal.h"


#define SYNC_ON  "\033[?2026h"
#define SYNC_OFF "\033[?2026l"
/* Bracketed paste and focus reports; without them pastes would be keys. */
#define MODES_ON  "\033[?2004h\033[?1004h"
#define MODES_OFF "\033[?1004l\033[?2004l"
#define MOUSE_ON  "\033[?1000h\033[?1006h"
#define MOUSE_OFF "\033[?1006l\033[?1000l"

struct screen {
	struct screen_options o;
	struct terminal_mode *mode;
	SCREEN *curses;
	FILE *file;
	int  mem;
	struct theme theme;
	struct grid *shown;
	bool fresh;                     /* all cells are to be given to curses */
	bool utf8, mouse, cursor_on;
	int  colours;
	char note[160];
	struct buf extra, frame;
	uint64_t bytes, frames;
};

/* for the way out through exit(): one terminal per process */
static struct screen *the_screen;

bool
screen_possible(const char *term)
{
	const char *name = term != NULL ? term : getenv("TERM");

	return name != NULL && name[0] != '\0' && strcmp(name, "dumb") != 0 &&
	    strcmp(name, "unknown") != 0;
}

/* ---- opening */

static void
size_to_env(int rows, int cols)
{
	char t[16];

	snprintf(t, sizeof t, "%d", rows);
	(void)setenv("LINES", t, 1);
	snprintf(t, sizeof t, "%d", cols);
	(void)setenv("COLUMNS", t, 1);
}

/* newterm() on a file that is no terminal takes the size from the environment. */
static enum err
start_curses(struct screen *s, struct err_msg *why)
{
	const char *given = s->o.term != NULL ? s->o.term : getenv("TERM");
	const char *const try[] = { given != NULL ? given : "", "xterm-256color", "vt100", "ansi" };
	int rows, cols;

	terminal_size(s->o.out, &rows, &cols);
	size_to_env(rows, cols);
	for (size_t i = 0; i < 4 && s->curses == NULL; i++) {
		if (try[i][0] == '\0' || (s->curses = newterm(try[i], s->file, stdin)) == NULL)
			continue;
		if (i != 0)
			snprintf(s->note, sizeof s->note,
			    "no terminfo entry for TERM=%.40s, drawing as %s", try[0], try[i]);
	}
	(void)unsetenv("LINES");
	(void)unsetenv("COLUMNS");
	if (s->curses == NULL)
		return err_set(why, ERR_UNSUPPORTED, "terminal",
		    "use --plain, or install ncurses-base",
		    "no usable terminfo entry for TERM=%.40s", try[0]);
	return ERR_OK;
}

static void
set_up_curses(struct screen *s)
{
	(void)noecho();
	(void)nonl();
	/* keys are decoded by input.c, the board gets them as typed */
	(void)keypad(stdscr, FALSE);
	(void)typeahead(-1);
	(void)leaveok(stdscr, FALSE);
	(void)scrollok(stdscr, FALSE);
	(void)idlok(stdscr, TRUE);
	s->colours = 0;
	if (!s->o.no_colour && has_colors()) {
		(void)start_color();
		(void)use_default_colors();
		s->colours = COLORS >= 256 ? 256 : COLORS >= 16 ? 16 : COLORS >= 8 ? 8 : 0;
	}
	s->cursor_on = false;
	(void)curs_set(0);
}

static void
at_exit(void)
{
	screen_close(the_screen);
}

static bool
locale_is_utf8(void)
{
	char out[16];
	mbstate_t state = { 0 };

	return wcrtomb(out, L'\u2502', &state) == 3 && memcmp(out, "\xe2\x94\x82", 3) == 0;
}

enum err
screen_open(const struct screen_options *o, struct screen **out, struct err_msg *why)
{
	static bool registered;
	struct screen *s = mem_zero(1, sizeof *s);
	enum err e;

	s->o = *o;
	buf_init(&s->extra, 1 << 20);
	buf_init(&s->frame, 8 << 20);
	(void)setlocale(LC_CTYPE, "");
	s->utf8 = locale_is_utf8();
	s->mem = terminal_memory_file();
	s->file = s->mem >= 0 ? fdopen(s->mem, "w+") : NULL;
	e = s->file != NULL ? start_curses(s, why) : err_errno(why, errno, "screen",
	    "making a memory file");
	if (e != ERR_OK) {
		if (s->file != NULL)
			(void)fclose(s->file);
		mem_free(s);
		return e;
	}
	the_screen = s;
	if (!registered)
		(void)atexit(at_exit);
	registered = true;
	s->mode = terminal_raw(o->in);
	set_up_curses(s);
	theme_init(&s->theme, s->colours);
	(void)buf_add_str(&s->extra, MODES_ON);
	s->fresh = true;
	*out = s;
	return ERR_OK;
}

/* ---- out */

static enum err
write_out(struct screen *s, const char *p, size_t n)
{
	while (n != 0) {
		const ssize_t put = sys_write(s->o.out, p, n);

		if (put <= 0) {
			if (put < 0 && errno == EAGAIN && !terminal_gone(s->o.out))
				continue;
			return ERR_EOF;
		}
		s->bytes += (uint64_t)put;
		p += put;
		n -= (size_t)put;
	}
	return ERR_OK;
}

/* What curses wrote into the memory file, and what waits in extra, as one write. */
static enum err
flip(struct screen *s, bool sync)
{
	char piece[8192];
	size_t at = 0;
	ssize_t got;
	enum err e;

	(void)fflush(s->file);
	buf_clear(&s->frame);
	if (sync)
		(void)buf_add_str(&s->frame, SYNC_ON);
	while ((got = sys_pread(s->mem, piece, sizeof piece, (off_t)at)) > 0) {
		(void)buf_add(&s->frame, piece, (size_t)got);
		at += (size_t)got;
	}
	if (at == 0 && s->extra.len == 0)
		return ERR_OK;
	(void)buf_add(&s->frame, buf_str(&s->extra), s->extra.len);
	if (sync)
		(void)buf_add_str(&s->frame, SYNC_OFF);
	buf_clear(&s->extra);
	(void)terminal_file_reset(s->mem);
	e = write_out(s, s->frame.data, s->frame.len);
	s->frames++;
	return e;
}

/* ---- cells */

static attr_t
attributes(uint32_t a)
{
	return ((a & STYLE_BOLD) != 0 ? A_BOLD : 0) | ((a & STYLE_REVERSE) != 0 ? A_REVERSE : 0) |
	    ((a & STYLE_UNDERLINE) != 0 ? A_UNDERLINE : 0) | ((a & STYLE_BLINK) != 0 ? A_BLINK :
	    0) |
	    ((a & STYLE_ITALIC) != 0 ? A_ITALIC : 0) | ((a & THEME_DIM) != 0 ? A_DIM : 0);
}

/* The characters of a cell as this terminal can take them; where the C library's idea of the width
 * differs from the grid's, a replacement of the grid's width. */
static size_t
wide_text(const struct screen *s, const struct grid *g, const struct grid_cell *c,
    wchar_t out[CCHARW_MAX + 1])
{
	uint32_t cps[GRID_CLUSTER_MAX];
	const size_t n = grid_chars(g, c, cps);
	const int width = (c->ch & GRID_WIDE) != 0 ? 2 : 1;
	size_t k = 0;

	for (size_t i = 0; i < n && i < CCHARW_MAX; i++)
		out[k++] = (wchar_t)cps[i];
	if (n == 0)
		out[k++] = L' ';
	if ((!s->utf8 && out[0] > 0x7e) || wcwidth(out[0]) != width) {
		out[0] = L'?';
		k = 1;
	}
	out[k] = L'\0';
	return k;
}

static void
put_cell(struct screen *s, const struct grid *g, int row, int col)
{
	const struct grid_cell *c = grid_at(g, row, col);
	const struct theme_look l = theme_look(&s->theme, c->style, s->colours);
	wchar_t text[CCHARW_MAX + 1];
	cchar_t cell;
	int pair = 0;

	if ((c->ch & GRID_TAIL) != 0)
		return;
	(void)wide_text(s, g, c, text);
	if (s->colours != 0 && (l.fg >= 0 || l.bg >= 0))
		pair = alloc_pair(l.fg, l.bg);
	if (pair < 0)
		pair = 0;
	(void)setcchar(&cell, text, attributes(l.attrs), (short)pair, &pair);
	(void)mvadd_wch(row, col, &cell);
	if ((c->ch & GRID_WIDE) != 0 && text[0] == L'?')
		(void)mvaddch(row, col + 1, ' ');
}

static void
put_cells(struct screen *s, const struct grid *g)
{
	struct grid_span span = { 0 };

	if (s->fresh)
		(void)erase();
	while (grid_diff_next(g, s->fresh ? NULL : s->shown, &span))
		for (int i = 0; i < span.n; i++)
			put_cell(s, g, span.row, span.col + i);
}

static void
put_cursor(struct screen *s, int row, int col)
{
	const bool on = row >= 0 && col >= 0;

	if (on != s->cursor_on)
		(void)curs_set(on ? 1 : 0);
	s->cursor_on = on;
	if (on)
		(void)move(row, col);
}

bool
screen_show(struct screen *s, const struct grid *g, int row, int col, enum err *e)
{
	*e = ERR_OK;
	if (!terminal_writable(s->o.out)) {
		if (terminal_gone(s->o.out))
			*e = ERR_EOF;
		return false;
	}
	if (s->shown == NULL)
		s->shown = grid_new(grid_rows(g), grid_cols(g));
	put_cells(s, g);
	put_cursor(s, row, col);
	(void)refresh();
	grid_copy(s->shown, g);
	s->fresh = false;
	*e = flip(s, s->o.sync);
	return true;
}

void
screen_resize(struct screen *s, int rows, int cols)
{
	(void)resize_term(rows, cols);
	screen_repaint(s);
}

void
screen_repaint(struct screen *s)
{
	(void)clearok(curscr, TRUE);
	s->fresh = true;
}

void
screen_raw(struct screen *s, const char *p, size_t n)
{
	(void)buf_add(&s->extra, p, n);
}

void
screen_mouse(struct screen *s, bool on)
{
	s->mouse = on;
	(void)buf_add_str(&s->extra, on ? MOUSE_ON : MOUSE_OFF);
}

/* ---- leaving */

static void
leave(struct screen *s)
{
	(void)curs_set(1);
	(void)endwin();
	(void)buf_add_str(&s->extra, MODES_OFF);
	if (s->mouse)
		(void)buf_add_str(&s->extra, MOUSE_OFF);
	if (!terminal_gone(s->o.out) && terminal_writable(s->o.out))
		(void)flip(s, false);
}

void
screen_suspend(struct screen *s)
{
	leave(s);
	terminal_cooked(s->mode);
	terminal_suspend();
	terminal_again(s->mode);
	(void)buf_add_str(&s->extra, MODES_ON);
	if (s->mouse)
		(void)buf_add_str(&s->extra, MOUSE_ON);
	(void)curs_set(s->cursor_on ? 1 : 0);
	screen_repaint(s);
}

void
screen_close(struct screen *s)
{
	if (s == NULL)
		return;
	the_screen = NULL;
	leave(s);
	terminal_restore(s->mode);
	delscreen(s->curses);
	(void)fclose(s->file);
	buf_fini(&s->extra);
	buf_fini(&s->frame);
	grid_free(s->shown);
	mem_free(s);
}

/* ---- asking */

const char *
screen_note(const struct screen *s)
{
	return s->note;
}

struct theme *
screen_theme(struct screen *s)
{
	return &s->theme;
}

int
screen_colours(const struct screen *s)
{
	return s->colours;
}

bool
screen_utf8(const struct screen *s)
{
	return s->utf8;
}

void
screen_size(const struct screen *s, int *rows, int *cols)
{
	terminal_size(s->o.out, rows, cols);
}

uint64_t
screen_bytes(const struct screen *s)
{
	return s->bytes;
}

uint64_t
screen_frames(const struct screen *s)
{
	return s->frames;
}
