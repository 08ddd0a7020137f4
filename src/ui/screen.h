/*
 * screen.h - the terminal: a grid goes out as one write(2) a frame, through ncurses drawing into
 * memory.
 *
 * Layer   ui; curses.h does not leave screen.c. One screen per process (ncurses keeps globals).
 * Rules   research/ux.md 3.4 and 5: mode 2026 around each frame, no frame while the terminal is not
 *         writable,
 *         no clearing but for ^L and a new size, termios restored and endwin on every way out.
 */
#ifndef UI_SCREEN_H
#define UI_SCREEN_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/err.h"
#include "grid/grid.h"
#include "ui/theme.h"

struct screen;

struct screen_options {
	int  in, out;           /* the terminal's descriptors */
	bool sync;              /* bracket frames with mode 2026 */
	bool no_colour;
	const char *term;       /* NULL: $TERM */
};

/* True when the terminal type can place a cursor; false: use plain lines instead. */
bool     screen_possible(const char *term);
enum err screen_open(const struct screen_options *o, struct screen **out, struct err_msg *why);
void     screen_close(struct screen *s);                /* NULL is fine */
/* what to tell the user about TERM, or "" */
const char *screen_note(const struct screen *s);
struct theme *screen_theme(struct screen *s);
int      screen_colours(const struct screen *s);
bool     screen_utf8(const struct screen *s);
void     screen_size(const struct screen *s, int *rows, int *cols);     /* of the device now */
/* Shows the grid, the cursor at row, col (negative: hidden). False: the terminal takes nothing now,
 * nothing
 * was sent, show again later. ERR_EOF in *e when the terminal is gone. */
bool     screen_show(struct screen *s, const struct grid *g, int row, int col, enum err *e);
void     screen_resize(struct screen *s, int rows, int cols);   /* the next frame repaints all */
void     screen_repaint(struct screen *s);
/* in the next frame's write: OSC 52, bell */
void     screen_raw(struct screen *s, const char *p, size_t n);
void     screen_mouse(struct screen *s, bool on);
void     screen_suspend(struct screen *s);              /* leaves, stops this process, comes back */
uint64_t screen_bytes(const struct screen *s);          /* sent since the start */
uint64_t screen_frames(const struct screen *s);

#endif
