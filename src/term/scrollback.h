/*
 * scrollback.h - lines that left the top of the emulator's screen, 8 bytes a cell, bounded by
 * bytes.
 *
 * Layer   term, private to it. Embedded; scrollback_fini() ends it. Never fails: what does not fit
 *         drives the oldest lines out.
 * Format  a line is a run of units of struct grid_cell: ch is a code point, GRID_WIDE for two
 *         columns, or with SCROLLBACK_MARK a mark that belongs to the unit before. Blanks at the
 *         end are cut.
 */
#ifndef TERM_SCROLLBACK_H
#define TERM_SCROLLBACK_H
#include "grid/grid.h"

#define SCROLLBACK_MARK (UINT32_C(1) << 24)

struct scrollback_line { uint64_t at; size_t n; };

struct scrollback {
	size_t max_bytes;               /* of units and line entries in use */
	struct grid_cell *unit;         /* a ring; positions count from the start of all time */
	size_t cap;
	uint64_t first, end;
	struct scrollback_line *line;   /* a ring too */
	size_t line_cap, line_first, lines;
};

void scrollback_init(struct scrollback *s, size_t max_bytes);   /* at least 64 KiB */
void scrollback_fini(struct scrollback *s);
void scrollback_clear(struct scrollback *s);            /* keeps the memory */
void scrollback_limit(struct scrollback *s, size_t max_bytes);
void scrollback_push(struct scrollback *s, const struct grid_cell *unit, size_t n);
size_t scrollback_bytes(const struct scrollback *s);
size_t scrollback_units(const struct scrollback *s, size_t line);       /* 0: the oldest line */
struct grid_cell scrollback_unit(const struct scrollback *s, size_t line, size_t i);

#endif
