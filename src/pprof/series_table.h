/*
 * series_table.h - the tables of a series: strings, frames, stacks and cells, each kept once.
 *
 * Layer   pprof, private to this folder. Memory by mem_try throughout, since a profile decides how
 *         much; a call that finds none returns false and the series takes no more snapshots.
 */
#ifndef PPROF_SERIES_TABLE_H
#define PPROF_SERIES_TABLE_H
#include "pprof/series.h"

#define SERIES_NONE UINT32_MAX

/* Room for one more element of `size` bytes in *array. */
bool series_room(void *array, uint32_t *cap, uint32_t count, size_t size);
/* Each gives the index, new or old. */
bool series_put_string(struct series *s, struct slice text, uint32_t *index);
bool series_put_frame(struct series *s, const struct series_frame *f, uint32_t *index);
bool series_put_stack(struct series *s, const uint32_t *frame, uint32_t n, uint32_t *index);
bool series_put_cell(struct series *s, uint32_t stack, int64_t size, uint32_t *index);
/* The same without looking for an equal one: for reading a file. */
bool series_push_string(struct series *s, struct slice text);
bool series_push_frame(struct series *s, const struct series_frame *f);
bool series_push_stack(struct series *s, const uint32_t *frame, uint32_t n);
bool series_push_cell(struct series *s, uint32_t stack, int64_t size);
/* Fills the maps of a series that was read from a file. */
bool series_index(struct series *s);
/* s->last has room for all cells; new ones are 0. */
bool series_last_room(struct series *s);

#endif
