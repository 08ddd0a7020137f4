/*
 * goroutines_load.h - dumps out of files, standard input and running programs.
 *
 * Layer   worker. Blocking. goroutines_load_fini ends what was loaded.
 */
#ifndef WORKER_GOROUTINES_LOAD_H
#define WORKER_GOROUTINES_LOAD_H
#include "core/json.h"
#include "pprof/causes.h"
#include "pprof/dump.h"

struct goroutines_loaded {
	struct dump **dump;
	struct pprof_profile **profile; /* of each dump, or NULL */
	uint32_t count;
	json_t *notes;                  /* array of sentences; the caller's */
	json_t *cost;                   /* of a full dump, or NULL */
};

/* l->notes must be set. */
enum err goroutines_load(const json_t *params, struct goroutines_loaded *l, struct err_msg *why);
void     goroutines_load_fini(struct goroutines_loaded *l);

/* Sources of the program being looked at: the text of some files, for as long as it lives. */
struct goroutines_files {
	const json_t *folders;          /* array of paths, or NULL */
	struct {
		struct slice name;
		char *text;             /* NULL: not found */
		size_t n;
	} file[16];
	unsigned count;
};

void     goroutines_files_fini(struct goroutines_files *f);
/* For goroutines_options.hint. */
enum causes_hint goroutines_files_hint(void *files, struct slice file, int64_t line);

#endif
