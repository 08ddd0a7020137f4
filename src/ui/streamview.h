/*
 * streamview.h - one byte stream on screen: following lines, scrollback with search, or a full
 * screen.
 *
 * Layer   ui. streamview_new/free; the stream is borrowed and must outlive it (streamview_bind
 *         changes it).
 * Modes   lines: the last lines, wrapped, with line editing; screen: the terminal emulation of
 *         term/, used when
 *         the board addresses the cursor, or always for a job on a pty. Scrollback is always lines.
 * Lines   are numbered since the start of the stream; those whose bytes left the ring are
 *         forgotten.
 */
#ifndef UI_STREAMVIEW_H
#define UI_STREAMVIEW_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "grid/grid.h"
#include "grid/draw.h"
#include "term/emulator.h"
#include "text/pattern.h"
#include "ui/linetext.h"
#include "ui/replica.h"

enum { STREAMVIEW_HOLES = 64 };

struct streamview {
	struct replica_stream *stream;
	uint32_t id;                    /* of the stream it was made for */
	uint64_t *line;                 /* ring offsets where lines begin; inside of store */
	uint64_t *store;
	size_t   lines, cap;
	uint64_t first;                 /* number of line[0] */
	uint64_t indexed;               /* ring offset up to which lines are known */
	/* the watch for full-screen programs */
	int      seq_state, seq_param;
	bool     seq_private, seq_any;
	uint64_t seq_from;
	bool     screen, always_screen, forced;
	unsigned plain_lines;           /* line feeds since the last cursor address */
	uint64_t screen_from;
	/* what full-screen programs drew on the alternate screen: no lines */
	struct streamview_hole { uint64_t from, to; } hole[STREAMVIEW_HOLES];
	size_t   holes;
	bool     alt;
	uint64_t alt_from;
	struct term *term;
	uint64_t fed;
	/* scrollback */
	uint64_t cur, bottom, anchor;   /* line numbers */
	bool     follow, selecting;
	int      height, width;         /* of the last drawing */
	struct pattern *find, *filter;
	char     find_text[128], filter_text[128];
	struct linetext text;
	struct buf scratch;
	/* rates */
	uint64_t rate_t, rate_bytes, rate_lines;
	unsigned rated;
	double   bytes_s, lines_s;
	uint64_t lines_seen;
};

struct streamview_look {
	bool     live;                  /* cursor shown, newest lines; else scrollback */
	bool     times;
	enum grid_set set;
	uint64_t wall;                  /* wall time of t = 0 */
};

struct streamview *streamview_new(struct replica_stream *s, bool always_screen);
void streamview_free(struct streamview *v);             /* NULL is fine */
void streamview_bind(struct streamview *v, struct replica_stream *s);
void streamview_update(struct streamview *v);           /* new bytes arrived */
void streamview_tick(struct streamview *v, uint64_t mono);      /* rates */
/* Draws into r; the cursor's place, or -1, goes to *crow, *ccol (relative to the grid's view). */
void streamview_draw(struct streamview *v, struct grid *g, struct grid_rect r,
    const struct streamview_look *look,
                     int *crow, int *ccol);
bool streamview_full_screen(const struct streamview *v);
bool streamview_app_cursor(const struct streamview *v);

void streamview_hold(struct streamview *v);             /* enters scrollback at the last line */
void streamview_follow(struct streamview *v);
void streamview_move(struct streamview *v, long by);    /* lines; LONG_MIN and LONG_MAX: the ends */
bool streamview_at_end(const struct streamview *v);
enum err streamview_find(struct streamview *v, const char *text, struct err_msg *why);
/* To the next line with a match; false when there is none. */
bool streamview_find_next(struct streamview *v, bool back);
bool streamview_find_pattern(struct streamview *v, const struct pattern *p, bool back);
bool streamview_find_mark(struct streamview *v, bool back);
/* "": none */
enum err streamview_filter(struct streamview *v, const char *text, struct err_msg *why);
size_t streamview_count(struct streamview *v, const struct pattern *p);
/* To the first line at or after bench time t. */
void streamview_goto(struct streamview *v, uint64_t t);
uint64_t streamview_cur_time(const struct streamview *v);
/* The line at the cursor, or the selection, as text; returns how many lines. */
size_t streamview_yank(struct streamview *v, struct buf *out);

#endif
