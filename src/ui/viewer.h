/*
 * viewer.h - the viewer's entry: one screen on one bench, or plain lines.
 *
 * Layer   ui. ui_run owns o->fd from the start and returns the exit status of design.md 8.
 * Ends    by detach, SIGHUP, SIGTERM, a terminal that hung up (POLLHUP or EIO), or the end of the
 *         bench.
 * Test    VISE_SYNC_FD=N: one byte is written there each time nothing is left to draw.
 */
#ifndef UI_VIEWER_H
#define UI_VIEWER_H
#include <stdbool.h>
#include "core/options.h"

struct ui_options {
	const char *bench_name;
	int  fd;                        /* connected socket, owned */
	bool observe;                   /* look, do not touch */
	bool plain;                     /* lines instead of a screen */
	struct options *options;        /* borrowed */
	long long job;                  /* whose terminal is shown first, 0: none */
	bool demo;                      /* attached to the simulated board: say so at the start */
};

int ui_run(const struct ui_options *o);

/* Writes the whole key table to stdout, for `vise keys`; JSON: {context, keys, command, help}. */
void ui_print_keys(bool json);

#endif
