/*
 * view_jobs.h - the jobs pane: view_jobs_ops, declared with its like in pane.h.
 *
 * Layer   ui. Draws from the replica; its own state (selection, sorting) is in struct ui.
 */
#ifndef UI_VIEW_JOBS_H
#define UI_VIEW_JOBS_H
#include "ui/pane.h"

#endif
