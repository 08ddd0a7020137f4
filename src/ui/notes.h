/*
 * notes.h - what Vise says of console lines (the bench's "decoded" records), drawn below them.
 *
 * Layer   ui. Part of a replica_stream: notes_fini() ends them. The lines themselves are never
 *         changed; a note's rows begin with a sign and the word vise.
 */
#ifndef UI_NOTES_H
#define UI_NOTES_H
#include "grid/grid.h"
#include "ui/replica.h"

enum { NOTES_MAX = 200, NOTES_ROWS = 16, NOTES_TEXT = 200 };

struct replica_note {
	int64_t  id;
	uint64_t from, to;              /* offsets of its first and last line, of the bench */
	uint64_t at, last;              /* the same of our ring, once settled */
	bool     settled;
	bool     crash;
	size_t   rows;
	char     row[NOTES_ROWS][NOTES_TEXT];
};

/* A record, or a newer one of the same id. Steals nothing. */
void notes_set(struct replica_stream *s, const json_t *record);
/* Those of another stream that lie in [from, to) of the bench; offsets of the ring are the same. */
void notes_copy(struct replica_stream *s, const struct replica_stream *of, uint64_t from,
    uint64_t to);
void notes_fini(struct replica_stream *s);
/* The rows of notes whose last line begins in [from, to) of the ring. */
int  notes_rows(struct replica_stream *s, uint64_t from, uint64_t to);
/* Draws them so that they end above row `end`; returns the first row. Not above r.row. */
int  notes_draw(struct replica_stream *s, uint64_t from, uint64_t to, struct grid *g,
    struct grid_rect r, int end);
/* A crash begins in [from, to). */
bool notes_crash(struct replica_stream *s, uint64_t from, uint64_t to);

#endif
