/*
 * run.h - one run of the script host: connect, box, run, clean up, exit status.
 *
 * Layer   script. Contract with the bench and exit codes: design.md 3.1 and 8.
 */
#ifndef SCRIPT_RUN_H
#define SCRIPT_RUN_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct run_options {
	const char *bench;              /* socket path, or NULL */
	int fd;                         /* connected descriptor, or -1 */
	const char *console, *board;
	/* "file", "describe", "workflow", "flash", "reset", "debug", "macro", "test": files
	 * in args */
	const char *action;
	const char *file;               /* script, or image to flash */
	const char *plugin;             /* folder */
	const char *tree, *tree_hash;   /* its .vise folder, and what was trusted; or NULL */
	const char *const *uses;        /* "NAME=FOLDER", NULL-terminated */
	const char *id;                 /* of the workflow, board or macro */
	const char *const *sets;        /* "key=value" */
	size_t nsets;
	const char *const *runs;        /* "key=value" of a run of tests */
	size_t nruns;
	const char *const *args;
	size_t nargs;
	const char *usb;                /* devices as JSON, where there is no bench; or NULL */
	bool json, verbose;
	uint64_t timeout_ns;            /* 0: none */
	uint64_t watchdog_ns, busy_ns, grace_ns;        /* 0: the defaults of host.h */
};

int run_script(const struct run_options *o);

#endif
