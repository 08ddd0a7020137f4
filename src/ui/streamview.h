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
#include "base/slice.h"
#include "text/eol.h"
#include "text/pattern.h"
#include "ui/filter.h"
#include "ui/linetext.h"
#include "ui/replica.h"

enum {
	STREAMVIEW_HOLES = 64,
	STREAMVIEW_LINES = 400000,      /* 3.2 MB of index */
	STREAMVIEW_PIECE = LINETEXT_MAX, /* bytes of a line without an end that stand in one */
};

/* mixed: text, with what is not printable as [hh]; line ends too */
enum streamview_mode { STREAMVIEW_TEXT, STREAMVIEW_MIXED, STREAMVIEW_HEX };
/* the column left of the lines */
enum streamview_times { STREAMVIEW_NO_TIMES, STREAMVIEW_CLOCK, STREAMVIEW_START, STREAMVIEW_LAST };

struct streamview {
	struct replica_stream *stream;
	uint32_t id;                    /* of the stream it was made for */
	uint64_t *line;                 /* ring offsets where lines begin; inside of store */
	uint64_t *store;
	size_t   lines, cap;
	uint64_t first;                 /* number of line[0] */
	uint64_t indexed;               /* ring offset up to which lines are known */
	bool     cut;                   /* the ring begins within a line: that is left out */
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
	struct pattern *find;
	char     find_text[128], filter_text[128];
	size_t   find_nth, find_total;  /* line of so many lines with a match; 0: not counted */
	struct filter *filter;
	/* of line n at n % STREAMVIEW_LINES: shown; those before `judged` are known */
	uint8_t *verdict;
	uint64_t judged;
	size_t   hidden;
	struct eol map;                 /* of what the board sends */
	enum streamview_mode mode;
	uint64_t hex_at, hex_anchor;    /* ring offsets: the row of the cursor, of the selection */
	uint64_t hex_top;
	struct linetext text;
	struct buf scratch, mapped, laid;
	bool     layout;                /* structured log lines are laid out */
	/* rates */
	uint64_t rate_t, rate_bytes, rate_lines;
	unsigned rated;
	double   bytes_s, lines_s;
	uint64_t lines_seen;
};

struct streamview_look {
	bool     live;                  /* cursor shown, newest lines; else scrollback */
	bool     levels;                /* words that are levels have their colour */
	bool     layout;                /* structured log lines are laid out */
	enum streamview_times times;
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

uint64_t streamview_last(const struct streamview *v);   /* number of the newest line */
/* Number of the line that holds the ring offset. */
uint64_t streamview_line_of(const struct streamview *v, uint64_t at);
/* Plain text of a line, until the next call; offsets of cells go to offset[] unless NULL. */
struct slice streamview_line(struct streamview *v, uint64_t n, uint32_t *offset);
/* The line as it is laid out, until the next call; false: it is shown as it came. */
bool streamview_laid(struct streamview *v, uint64_t n, struct slice *out);
/* The marks that stand below line n: index of the first, *count of them. */
size_t streamview_marks_after(const struct streamview *v, uint64_t n, size_t *count);
/* The ring begins or ends elsewhere: all lines are found again, the one at the cursor keeps its
 * number. same: more or less of the same bytes, so what the filter said of them holds. */
void streamview_again(struct streamview *v, bool same);
/* Search, filter and mode of one view become another's. */
void streamview_hand_over(struct streamview *from, struct streamview *to);
/* Words of text/eol.h; all lines are found again. */
enum err streamview_map(struct streamview *v, const char *words, struct err_msg *why);

#endif
