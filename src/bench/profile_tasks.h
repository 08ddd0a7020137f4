/*
 * profile_tasks.h - worker processes of the bench: requests in, values out. Private to bench/.
 *
 * Layer   bench. A worker may die at any moment: each of its requests fails with a reason, the
 *         bench goes on. One that is silent for longer than the request's time is ended.
 * Owns    profile_task_close at any time, also from an answer; after it no answer comes. Those
 *         still open end with the bench.
 */
#ifndef BENCH_PROFILE_TASKS_H
#define BENCH_PROFILE_TASKS_H
#include "bench/hub.h"

struct profile_task;

/* write_ok: the folder it may write in, or NULL. NULL with *why when it cannot be started. */
struct profile_task *profile_task_open(struct bench *b, const char *write_ok, struct err_msg *why);
/* Steals params. The answer comes from the loop, once; requests are worked on in order. */
void profile_task_ask(struct profile_task *t, const char *method, json_t *params,
    uint64_t timeout_ns, peer_answer_cb cb, void *arg);
void profile_task_close(struct profile_task *t);        /* NULL is fine */
void profile_tasks_end(struct bench *b);                /* all of them */

#endif
