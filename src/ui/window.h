/*
 * window.h - a part of a console's past as the bench's log has it: bytes, times, marks, notes.
 *
 * Layer   ui. window_init/window_fini. Offsets of its ring are the bench's. It holds one piece
 *         without gaps; what is added at one end may push the other out.
 */
#ifndef UI_WINDOW_H
#define UI_WINDOW_H
#include "core/json.h"
#include "ui/streamview.h"

enum { WINDOW_RING = 8 << 20 };

struct window {
	struct replica_stream stream;
	struct streamview *view;
	uint64_t oldest;                /* the log begins there */
	bool     edge[2];               /* nothing fits before it, behind it */
};

/* What console.read answered. */
struct window_piece {
	uint64_t from, to, first, end, missing;
	struct buf data;
	const json_t *times, *marks;    /* borrowed from the answer */
};

bool     window_piece_read(struct window_piece *p, const json_t *answer);       /* then fini */
void     window_piece_fini(struct window_piece *p);

void     window_init(struct window *w, uint32_t id);
void     window_fini(struct window *w);
bool     window_ready(const struct window *w);          /* there is something in it */
/* Nothing but the piece; `live` lends its notes. */
void     window_set(struct window *w, const struct window_piece *p,
                    const struct replica_stream *live);
/* The piece that lies before or behind; false: it does not fit there, nothing was done. */
bool     window_add(struct window *w, const struct window_piece *p,
                    const struct replica_stream *live);
/* Bytes "were not shown": a mark at the offset. */
void     window_gap(struct window *w, uint64_t at, uint64_t bytes);
uint64_t window_from(const struct window *w);           /* of its first whole line */
uint64_t window_to(const struct window *w);
uint64_t window_last_line(const struct window *w);      /* where its last line begins */

#endif
