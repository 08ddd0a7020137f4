/*
 * job.h - following a job of a bench to its end.
 *
 * Layer   cli. Output goes to stdout as it comes (control bytes escaped on a
 *         terminal), progress to stderr on a terminal.
 */
#ifndef CLI_JOB_H
#define CLI_JOB_H
#include <stdbool.h>
#include "base/err.h"
#include "cli/client.h"
#include "core/json.h"

enum { JOB_PROGRESS_MAX = 192 };

/* " 37 %  12.0K/32.0K  8.1K/s  0:04 left", as much as is known. */
void job_progress_text(const json_t *progress, char out[JOB_PROGRESS_MAX]);

/* job: the JOB that started it. With json the output is not printed; the last JOB is.
 * *status is the exit status. A signal stops the job first. */
enum err job_follow(
    struct client *c, const json_t *job, bool json, int *status, struct err_msg *why);

#endif
