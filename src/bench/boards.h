/*
 * boards.h - board profiles, workflows and macros that plugins provide, and the commands that
 * run them.
 * Private to bench/.
 *
 * Layer   bench. Each run is a job whose process is a script host.
 */
#ifndef BENCH_BOARDS_H
#define BENCH_BOARDS_H
#include "bench/hub.h"

void     boards_open(struct bench *b);
void     boards_close(struct bench *b);
/* What a script host registered after loading its plugin. */
enum err boards_register(struct bench *b, const json_t *params, struct err_msg *why);

/* A script host for what a plugin provides, as a job of its own: verb is "--decode". */
struct boards_host {
	const char *kind, *id, *verb;
	const json_t *set;              /* ["name=value"], or NULL */
	void (*over)(void *arg);        /* told when it ended; or NULL */
	void *over_arg;
};
enum err boards_host(struct bench *b, const struct boards_host *h, uint32_t *job,
    struct err_msg *why);

/* The lists of boards, workflows and macros, to everyone. */
void boards_told(struct bench *b);
/* Runs the profiles that have no manifest (core/lone.h), each once, for what they say of their
 * boards. */
void     boards_learn(struct bench *b);
/* Looks for new plugins in the folders. */
void boards_rescan(struct bench *b);

#endif
