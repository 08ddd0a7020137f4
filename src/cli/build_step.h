/*
 * build_step.h - the command lines of a row's steps, and what their ends mean for the row.
 *
 * Layer   cli. build_words is owned by the caller.
 */
#ifndef CLI_BUILD_STEP_H
#define CLI_BUILD_STEP_H
#include <stdbool.h>
#include "base/sha256.h"
#include "cli/build_proc.h"
#include "cli/build_run.h"

enum { BUILD_WORDS_MAX = 160, BUILD_KEEP = 256 << 10, BUILD_FACTS_KEEP = 8 << 20 };

struct build_words {
	char *v[BUILD_WORDS_MAX + 1];   /* heap, ends with NULL */
	size_t n;
};

void build_words_add(struct build_words *w, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
void build_words_fini(struct build_words *w);

enum build_step { STEP_LIST, STEP_BUILD, STEP_FACTS, STEP_SMOKE, STEP_SBOM, STEP_COUNT };

/* What to run, with which variables; false: this step is not for this row. before: what the file
 * is now. */
bool build_step_words(enum build_step s, const struct build_opts *o, json_t *row,
    struct build_words *argv, struct build_words *env);
/* false: the row ends here. */
bool build_step_ended(enum build_step s, const struct build_opts *o, json_t *row,
    const struct build_proc_end *end, const char before[SHA256_HEX]);
/* Is the smoke run to be done once more? */
bool build_step_again(enum build_step s, const struct build_opts *o, const json_t *row);
/* The SHA-256 of a file, "" when it cannot be read. */
void build_step_hash(const char *path, char out[SHA256_HEX]);
bool build_step_native(const struct build_opts *o, const json_t *row);

#endif
