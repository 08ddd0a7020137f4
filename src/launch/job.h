/*
 * job.h - a child process that Vise runs and watches: flash, build, debugger, script, workflow.
 *
 * Layer   launch. job_start gives one handle; job_free ends it (a child still running is
 *         killed first).
 * Time    nanoseconds of sys_mono(). Callbacks run from the loop, never inside job_start; in
 *         `ended` the job may be freed.
 * Output  both streams go to one ring in the order read, to the log file, and apart from each
 *         other (their first JOB_KEEP bytes) for whoever judges the result by its words.
 */
#ifndef LAUNCH_JOB_H
#define LAUNCH_JOB_H
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include "base/err.h"
#include "base/ring.h"
#include "core/json.h"
#include "launch/progress.h"
#include "loop/loop.h"

enum { JOB_KEEP = 512 << 10 };

enum job_state { JOB_RUNNING, JOB_OK, JOB_FAILED, JOB_KILLED };

struct job;
struct job_spec {
	const char *name, *kind;        /* copied */
	const char *const *argv;        /* copied */
	const char *const *env_add;     /* or NULL */
	const char *cwd;                /* or NULL */
	const char *log_path;           /* or NULL; made 0600 */
	const char *by;                 /* who asked */
	/* the child's descriptor 3, -1: none. Stays the caller's. */
	int  fd3;
	/* the child's 0 and 1, 0: pipes of ours. Stays the caller's; stderr alone is output */
	int  fd_io;
	bool pty;                       /* a terminal of its own */
	bool with_us;                   /* ends when this process does, however that ends */
	uint64_t timeout_ns;            /* 0: none */
	uint64_t grace_ns;              /* SIGTERM to SIGKILL; 0: LIMIT_KILL_GRACE_MS */
};

struct job_ops {
	void (*output)(struct job *j, void *arg);       /* the ring grew */
	void (*changed)(struct job *j, void *arg);      /* progress or stage */
	void (*ended)(struct job *j, void *arg);
};

enum err job_start(struct loop *l, uint32_t id, const struct job_spec *s,
    const struct job_ops *ops, void *arg,
                   struct job **out, struct err_msg *why);
void     job_free(struct job *j);
/* SIGTERM to its group, after its grace SIGKILL. Its end comes as `ended`. */
void     job_stop(struct job *j);
bool     job_stopping(const struct job *j);
/* SIGKILL to its group. */
void     job_end_now(struct job *j);
/* Its input ends, which some take as the sign to leave; job_stop after LIMIT_KILL_GRACE_MS. */
void     job_stop_gently(struct job *j);
/* Bytes to its terminal or standard input. */
void     job_write(struct job *j, const void *p, size_t n);
/* Its standard input ends behind what was written; a terminal gets ^D. */
void     job_input_end(struct job *j);
void     job_resize(struct job *j, int rows, int cols);
/* said by a script */
void     job_set_progress(struct job *j, double percent, const char *stage);
/* how many bytes the work is about, where the tool says only percent */
void     job_set_size(struct job *j, uint64_t bytes);
/* What a part of it said, and how far that is: into its own output and progress. */
void     job_say(struct job *j, const char *p, size_t n);
void     job_take_progress(struct job *j, const struct job *part);
/* a better reason than the status */
/* cause (stolen, may be NULL): core/cause.h */
void     job_set_error(struct job *j, const struct err_msg *why, json_t *cause);

uint32_t job_id(const struct job *j);
pid_t    job_pid(const struct job *j);          /* 0: it has ended */
const char *job_name(const struct job *j);
const char *job_kind(const struct job *j);
enum job_state job_state_of(const struct job *j);
int      job_exit(const struct job *j);
const struct ring *job_ring(const struct job *j);
void     job_output(const struct job *j, const char **out, size_t *out_len, const char **err,
    size_t *err_len);
void    *job_arg(const struct job *j);
/* The JOB object of the protocol; times relative to start_mono. New reference. */
json_t  *job_json(const struct job *j, uint64_t start_mono);

#endif
