/*
 * view_jobs.h - the jobs pane.
 *
 * Layer   ui. Draws from the replica; its own state (selection, sorting) is in struct ui.
 */
#ifndef UI_VIEW_JOBS_H
#define UI_VIEW_JOBS_H
#include "ui/pane.h"

extern const struct pane_ops view_jobs_ops;

/* The job alone on the screen, its terminal live when it has one. */
void view_jobs_open(struct ui *u, int64_t id);

#endif
