/*
 * profile_list.h - the pages that are lists: snapshots, leaks, goroutines.
 *
 * Layer   ui. Works on u->profile.
 */
#ifndef UI_PROFILE_LIST_H
#define UI_PROFILE_LIST_H
#include "ui/profile.h"

void profile_list_draw(struct ui *u, struct grid *g, struct grid_rect r);
void profile_list_move(struct ui *u, long by);
void profile_list_enter(struct ui *u);
/* The page of snapshots has the keys: a and b choose. */
bool profile_snapshots(const struct ui *u);
/* Makes the selected snapshot "a" or "b". */
void profile_list_choose(struct ui *u, const char *slot);
/* Asks for the ranking of leaks, so that profile_series has something. */
void profile_list_want_series(struct ui *u);
/* The values of a function at each snapshot, NaN where unknown; 0: there is no ranking yet. */
size_t profile_series(struct ui *u, const char *function, double *out, size_t max,
    const char **words);
bool profile_list_answer(struct ui *u, const char *line, const json_t *result,
    const struct err_msg *err);

#endif
