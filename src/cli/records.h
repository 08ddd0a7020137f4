/*
 * records.h - a script host whose records become reports and artefacts: tests, and a workflow or
 * script as one test.
 *
 * Layer   cli. struct records is embedded; records_close ends it, zeroes are fine. Order: open,
 *         spawn, watch, end, close. report: what the terminal is told, its ops and verbose are
 *         the caller's to set between open and watch.
 */
#ifndef CLI_RECORDS_H
#define CLI_RECORDS_H
#include <sys/types.h>
#include "cli/artifacts.h"
#include "cli/door.h"
#include "cli/place_use.h"
#include "cli/report_files.h"
#include "cli/results.h"

struct records {
	struct results results;
	struct artifacts kept;
	struct report report;
	struct report_files reports;
	struct buf line;
	struct loop_fd *watch;
	int fd;                         /* its output */
	bool over;
};

/* wishes, junit: as report_files_open; artifacts: a folder or NULL. */
enum err records_open(struct records *r, const struct args_sets *wishes, const char *junit,
    const char *artifacts, struct err_msg *why);
/* argv: texts, behind the program's own name. */
enum err records_spawn(struct records *r, const char *const *argv, size_t n,
    const struct place_use *use, pid_t *pid, struct err_msg *why);
/* To its end; *status is its exit status. */
void     records_watch(struct records *r, struct door *d, struct place_use *use, pid_t pid,
    int *status);
enum err records_end(struct records *r, struct door *d, int status, struct err_msg *why);
void     records_close(struct records *r);

#endif
