/*
 * artifacts.h - what is kept of each attempt of a test, in folders.
 *
 * Layer   cli. DIR/FILE/TEST/attempt-N/ with log.jsonl (what the run said), console-NAME.raw (the
 *         bytes of the board meanwhile) and .jsonl (its lines with their times), journal.jsonl
 *         (the bench's meanwhile) and what the test attached; DIR/run.json with all results.
 *         Names are made of letters, digits, - _ .
 * Owns    artifacts_fini ends it. Console and journal parts are copied at the end, by
 *         artifacts_finish, when the bench has written them.
 */
#ifndef CLI_ARTIFACTS_H
#define CLI_ARTIFACTS_H
#include "base/err.h"
#include "cli/client.h"
#include "cli/results.h"

struct artifacts { char *dir; json_t *parts; enum err e; struct err_msg why; };

/* dir NULL: nothing is kept. */
enum err artifacts_init(struct artifacts *a, const char *dir, struct err_msg *why);
void     artifacts_fini(struct artifacts *a);
void     artifacts_record(struct artifacts *a, const json_t *record, const json_t *test);
/* Whether the bench has written all of the logs that are to be copied. */
bool     artifacts_ready(const struct artifacts *a);
/* bench_dir: where its journal is. The first thing that went wrong, if anything did. */
enum err artifacts_finish(struct artifacts *a, const struct results *r, const char *bench_dir,
    int status, struct err_msg *why);
/* console-NAME.jsonl of each attempt, asked of the bench while it is there. */
void     artifacts_lines(struct artifacts *a, struct client *c);

#endif
