/*
 * emulator.h - the screen that a board draws: bytes in, cells out.
 *
 * Layer   term. term_new() gives it, term_free() ends it. Feeding cannot fail; memory failure ends
 *         the process, all sizes are bounded here.
 * Safety  bytes go through gate.h first; the emulation is never resized in place but made anew and
 *         fed the kept raw bytes; it is never smaller than 2x2 and never answers the board.
 * Lines   0 is the oldest line of the scrollback, term_lines() - 1 the bottom row of the screen.
 *         Time and marks of lines are the caller's.
 * These functions are all that the viewer knows of libvterm: it can be replaced behind them.
 */
#ifndef TERM_EMULATOR_H
#define TERM_EMULATOR_H
#include <stdbool.h>
#include <stddef.h>
#include "base/buf.h"
#include "grid/grid.h"

enum {
	TERM_SIDE_MIN = 2,
	TERM_SIDE_MAX = 1000,
	TERM_REPLAY_MAX = 256 << 10,    /* the most of the raw bytes that a resize feeds again */
	TERM_SCROLLBACK_DEFAULT = 4 << 20,
};

struct term_info {
	int rows, cols;
	int cursor_row, cursor_col;
	bool cursor_on;
	bool alt; /* the alternate screen is shown: a full-screen program runs */
	bool app_cursor, app_keypad;    /* arrows send ESC O x, the keypad ESC O x */
	size_t scrollback_bytes;
	size_t answer_bytes; /* what the emulation would have said to the board: always 0 */
};

struct term;

struct term *term_new(int rows, int cols);
void   term_free(struct term *t);
void   term_feed(struct term *t, const void *bytes, size_t n);
/* A new emulation of the new size, fed the last TERM_REPLAY_MAX of n raw bytes (n 0: an empty
 * screen). The scrollback is made of them too. */
void   term_resize(struct term *t, int rows, int cols, const void *raw, size_t n);
void   term_scrollback_limit(struct term *t, size_t bytes);

struct term_info term_info(const struct term *t);
bool   term_bell(struct term *t);                       /* whether it rang since the last call */
size_t term_lines(const struct term *t);
/* Adds the line's text, without blanks at its end, to out; nothing for a line that is not there. */
enum err term_row_text(const struct term *t, size_t line, struct buf *out);

/* Draws into r (relative to g's view) so that r's last row shows the line `back` above the screen's
 * last. Rows above the oldest line are blank. */
void   term_draw(const struct term *t, struct grid *g, struct grid_rect r, size_t back);
/* Where the cursor is in such a drawing; false when it is hidden or outside. */
bool   term_cursor(const struct term *t, struct grid_rect r, size_t back, int *row, int *col);

#endif
