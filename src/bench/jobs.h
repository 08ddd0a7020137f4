/*
 * jobs.h - the bench's jobs and their commands. Private to bench/.
 *
 * Layer   bench. Owned by the bench; the newest LIMIT_JOBS are kept. Stream ids are
 *         STREAM_JOBS + id.
 */
#ifndef BENCH_JOBS_H
#define BENCH_JOBS_H
#include "bench/hub.h"

struct bench_job {
	struct list node;
	struct bench *bench;
	struct job *job;
	struct list waiters;
	struct loop_timer *tell;        /* progress is told at most ten times a second */
	uint64_t told;                  /* sys_mono() of the last time */
	void (*over)(void *arg);        /* it ended; or NULL */
	void *over_arg;
	bool reported;                  /* over() says why it failed: no notice of our own */
	uint32_t owner;                 /* the client that it ends with, or 0 */
	uint32_t part_of;               /* the job it is a part of (bench/job_parts.h), 0: none */
	bool script;                    /* a script host, of no plugin that stays */
	bool quiet;                     /* what it says is not said by the whole */
	uint64_t passed;                /* of its output, to the whole */
};

struct bench_job_request {
	const char *name, *kind, *cwd, *by;
	const json_t *argv;             /* array of strings */
	const char *const *env_add;     /* or NULL */
	bool pty;
	bool with_us;                   /* see launch/job.h */
	/* a script host: descriptor 3 is a connection to this bench */
	bool with_socket;
	int fd_io;                      /* its 0 and 1, see launch/job.h; 0: none */
	void (*over)(void *arg);        /* told when it ended; or NULL */
	void *over_arg;
	bool reported;                  /* over() says why it failed */
	uint64_t timeout_ns;
	uint32_t owner;                 /* it ends with this client; 0: with nobody */
	const char *port;               /* the console whose port it needs for itself, or NULL */
	uint32_t part_of;
	bool quiet;
};

enum err jobs_start(struct bench *b, const struct bench_job_request *r, struct bench_job **out,
    struct err_msg *why);
/* Stops those that end with a client. */
void     jobs_forget(struct bench *b, uint32_t owner);
/* The running or ended job of this number; NULL. */
struct bench_job *jobs_find(const struct bench *b, int64_t id);
/* Forgets it; one that runs is killed. */
void     jobs_drop(struct bench_job *j);
json_t  *jobs_json(const struct bench *b);
bool     jobs_stream(struct bench *b, uint32_t id, struct stream *out);
bool     jobs_stream_at(struct list *node, struct stream *out);
bool     jobs_input(struct bench *b, uint32_t stream, const char *p, size_t n);
/* SIGTERM to SIGKILL of a script: what its clean-up may take, and a little. */
uint64_t jobs_script_grace(const struct bench *b);
bool     jobs_running(const struct bench *b);
void     jobs_close(struct bench *b);
/* Answers the call with the JOB object: when it ends (wait), or at once. */
void     jobs_answer(struct command_call *c, struct bench_job *j, bool wait);

#endif
