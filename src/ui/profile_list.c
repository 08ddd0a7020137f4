/* profile_list.c - the list pages of the profile pane: snapshots, leaks, goroutines. */
#include "ui/profile_list.h"

#include <stdio.h>
#include <string.h>

void
profile_list_draw(struct ui *u, struct grid *g, struct grid_rect r)
{
	(void)u;
	(void)g;
	(void)r;
}

void
profile_list_move(struct ui *u, long by)
{
	(void)u;
	(void)by;
}

void
profile_list_enter(struct ui *u)
{
	(void)u;
}

bool
profile_list_answer(struct ui *u, const char *line, const json_t *result,
    const struct err_msg *err)
{
	(void)u;
	(void)line;
	(void)result;
	(void)err;
	return false;
}
