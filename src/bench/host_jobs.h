/*
 * host_jobs.h - what plugins provide, run as jobs of script hosts. Private to bench/.
 *
 * Layer   bench. Each run is a job whose process is a script host with a connection of its own.
 */
#ifndef BENCH_HOST_JOBS_H
#define BENCH_HOST_JOBS_H
#include "bench/hub.h"

/* A script host for what a plugin provides, as a job of its own: verb is "--decode". */
struct host_job {
	const char *kind, *id, *verb;
	const json_t *set;              /* ["name=value"], or NULL */
	void (*over)(void *arg);        /* told when it ended; or NULL */
	void *over_arg;
};
enum err host_job_start(struct bench *b, const struct host_job *h, uint32_t *job,
    struct err_msg *why);

/* Of which the words of a script host are made. */
struct host_run {
	/* what the plugin must provide: "board", "workflow", "macro"; kind NULL: there is none */
	const char *kind, *id;
	const char *verb;               /* "--flash", ... */
	const char *file;               /* or NULL */
	const char *job_kind;
	const char *console;            /* NULL: the first */
	bool pty;
	const char *port;               /* the console whose port it needs, or NULL */
};

/* Words of its process; m: the plugin's row, or NULL. The caller frees. */
json_t *host_job_argv(const struct bench *b, const json_t *m, const struct host_run *r,
    const json_t *set);
void    host_job_pair(json_t *argv, const char *name, const char *value);       /* two more */
/* The row of the plugin that provides KIND:ID, borrowed, or NULL: as the manifests say; else as its
 * process has registered it, for the user's init.lua promises nothing. */
const json_t *host_job_provider(const struct bench *b, const char *kind, const char *id);

#endif
