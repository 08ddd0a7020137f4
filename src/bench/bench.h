/*
 * bench.h - one running Vise: owns consoles, gauges, jobs and snapshots of a target, and serves
 * the socket.
 *
 * Layer   bench. bench_run() does not return before the bench ends.
 */
#ifndef BENCH_BENCH_H
#define BENCH_BENCH_H
#include <stdbool.h>
#include <stdint.h>
#include "base/err.h"

struct bench_options {
	const char *name;               /* of the socket */
	const char *target;             /* shown to people; may be NULL */
	const char *proc_root, *sys_root; /* for gauges of a container or a test; NULL: / */
	const char *gauge_process;      /* pid or name; NULL: none */
	/* where the bench's own folder is made; NULL: the user's state folder */
	const char *state_dir;
	int64_t     linger_ns;          /* < 0: option bench.linger; 0: ends with its last client */
	bool        foreground;
	bool        picked;             /* the name is anyone that was free */
	/* the target is the simulated board: said on every screen */
	bool        simulated;
	bool        demo;               /* start the simulated board and open all on it */
	/* where its project is looked for, at and above: a whole path, or NULL */
	const char *project;
	const char *const *plugins;     /* further plugin folders, NULL-terminated, or NULL */
	/* command lines to run at the start, NULL-terminated, or NULL */
	const char *const *run;
};

enum err bench_run(const struct bench_options *o, struct err_msg *why);

#endif
