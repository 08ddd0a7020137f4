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
bool profile_list_answer(struct ui *u, const char *line, const json_t *result,
    const struct err_msg *err);

#endif
