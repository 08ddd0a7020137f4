/*
 * streamfind.h - scrollback of a stream: places, search, filter, copies.
 *
 * Layer   ui. Works on a streamview, whose struct and drawing are in streamview.h.
 */
#ifndef UI_STREAMFIND_H
#define UI_STREAMFIND_H
#include "ui/streamview.h"

void streamview_hold(struct streamview *v);             /* enters scrollback at the last line */
void streamview_follow(struct streamview *v);
void streamview_move(struct streamview *v, long by);    /* lines; LONG_MIN and LONG_MAX: the ends */
bool streamview_at_end(const struct streamview *v);
/* text, or a pattern where that text stands nowhere; "": none */
enum err streamview_find(struct streamview *v, const char *text, struct err_msg *why);
/* To the next line with a match; false when there is none. */
bool streamview_find_next(struct streamview *v, bool back);
bool streamview_find_if(struct streamview *v, bool (*fits)(const char *p, size_t n, void *arg),
                        void *arg, bool back);
bool streamview_find_mark(struct streamview *v, bool back);
bool streamview_find_crash(struct streamview *v, bool back);
void streamview_find_count(struct streamview *v);       /* fills find_nth and find_total */
/* See filter.h; "": none */
enum err streamview_filter(struct streamview *v, const char *text, struct err_msg *why);
bool streamview_visible(struct streamview *v, uint64_t n);
void streamview_judge(struct streamview *v);            /* new lines against the filter */
/* How many lines it would show, of v->lines. */
size_t streamview_count(struct streamview *v, const struct filter *f);
/* To the first line at or after bench time t. */
void streamview_goto(struct streamview *v, uint64_t t);
void streamview_goto_offset(struct streamview *v, uint64_t at);         /* of the ring */
void streamview_mode_set(struct streamview *v, enum streamview_mode m);
uint64_t streamview_cur_time(const struct streamview *v);
/* The line at the cursor, or the selection, as text; returns how many lines. */
size_t streamview_yank(struct streamview *v, struct buf *out);

#endif
