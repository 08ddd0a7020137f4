/* records.c - what a script host says, line by line, to its end. */
#include "cli/records.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "cli/say.h"
#include "cli/script_wait.h"
#include "sys/io.h"
#include "sys/path.h"
#include "sys/spawn.h"
#include "sys/time.h"

enum { RECORD_MAX = 64 << 20, PIECE = 65536 };
static const uint64_t LAST_NS = 5 * NS_PER_S, LOGS_NS = 3 * NS_PER_S, LOOK_NS = 20 * NS_PER_MS;

enum err
records_open(struct records *r, const struct args_sets *wishes, const char *junit,
    const char *artifacts, struct err_msg *why)
{
	enum err e;

	*r = (struct records){ .fd = -1 };
	buf_init(&r->line, RECORD_MAX);
	results_init(&r->results);
	r->report = (struct report){ .f = stdout, .results = &r->results };
	e = report_files_open(&r->reports, wishes, junit, &r->results, why);
	return e == ERR_OK ? artifacts_init(&r->kept, artifacts, why) : e;
}

void
records_close(struct records *r)
{
	if (r->line.max == 0)           /* never opened */
		return;
	sys_close(r->fd);
	artifacts_fini(&r->kept);
	report_files_close(&r->reports);
	results_fini(&r->results);
	buf_fini(&r->line);
}

/* A report on stdout is all that stands there. */
static void
say_nothing(struct report *r, const json_t *record, const json_t *test)
{
	(void)r;
	(void)record;
	(void)test;
}

static const struct report_ops silent = { .record = say_nothing };

static void
take(struct records *r, const char *p, size_t n)
{
	json_t *record = json_read(p, n, "vise-script", NULL);
	const json_t *test;

	if (record == NULL) {
		say_text(stderr, p, n);
		fputc('\n', stderr);
		return;
	}
	test = results_take(&r->results, record);
	artifacts_record(&r->kept, record, test);
	r->report.ops->record(&r->report, record, test);
	report_files_record(&r->reports, record, test);
	json_decref(record);
}

static void
on_output(void *arg, unsigned events)
{
	struct records *r = arg;
	char piece[PIECE];
	const ssize_t n = sys_read(r->fd, piece, sizeof piece);
	size_t from = 0;

	(void)events;
	if (n <= 0) {
		loop_fd_close(r->watch);
		r->watch = NULL;
		r->over = true;
		return;
	}
	for (size_t i = 0; i < (size_t)n; i++) {
		if (piece[i] != '\n')
			continue;
		(void)buf_add(&r->line, piece + from, i - from);
		take(r, buf_str(&r->line), r->line.len);
		buf_clear(&r->line);
		from = i + 1;
	}
	(void)buf_add(&r->line, piece + from, (size_t)n - from);
}

enum err
records_spawn(struct records *r, const char *const *words, size_t n, const struct place_use *use,
    pid_t *pid, struct err_msg *why)
{
	const char **argv = mem_zero(n + 2, sizeof *argv);
	char *program = path_program("vise-script");
	struct sys_spawn s = {
		.argv = argv, .fd_in = -1, .fd_err = 2, .fd3 = -1, .keep_group = true,
		.keep = use->keep, .nkeep = use->nkeep, .die_with_parent = true
	};
	int ends[2] = { -1, -1 };
	enum err e = ERR_OK;

	argv[0] = program;
	for (size_t i = 0; i < n; i++)
		argv[i + 1] = words[i];
	if (!sys_pipe(ends))
		e = err_set(why, ERR_INFRA, "vise-script", NULL, "no pipe for it");
	s.fd_out = ends[1];
	if (e == ERR_OK)
		e = sys_spawn(&s, pid, why);
	sys_close(ends[1]);
	r->fd = ends[0];
	mem_free(program);
	mem_free(argv);
	return e;
}

void
records_watch(struct records *r, struct door *d, struct place_use *use, pid_t pid, int *status)
{
	if (report_files_on_stdout(&r->reports))
		r->report.ops = &silent;
	if (r->report.ops->start != NULL)
		r->report.ops->start(&r->report);
	report_files_start(&r->reports);
	r->watch = loop_fd_open(client_loop(d->client), r->fd, LOOP_READ, on_output, r);
	*status = script_wait(d->client, pid, use);
	client_resume(d->client);
	while (!r->over && r->watch != NULL &&
	       client_wait(d->client, &r->over, sys_mono() + LAST_NS, NULL) == ERR_OK)
		;
	while (!r->over && r->watch != NULL) /* the bench went first: what is left in the pipe */
		on_output(r, LOOP_READ);
	loop_fd_close(r->watch);
	if (r->results.ended)
		return;
	if (*status == 0 || *status > 128)
		*status = *status == 130 || *status == 143 ? *status : err_exit_status(ERR_SCRIPT);
	results_break_off(&r->results, "the script host ended before the tests did");
}

/* The bench's folder, its logs written. Heap, or NULL. */
static char *
logs_written(struct records *r, struct door *d)
{
	const uint64_t deadline = sys_mono() + LOGS_NS;
	const bool never = false;
	json_t *info = NULL;
	char *dir = NULL;

	if (r->kept.dir == NULL)
		return NULL;
	client_resume(d->client);
	while (!artifacts_ready(&r->kept) && sys_mono() < deadline)
		(void)client_wait(d->client, &never, sys_mono() + LOOK_NS, NULL);
	artifacts_lines(&r->kept, d->client);
	if (client_line(d->client, "bench.info", LOGS_NS, &info, NULL) == ERR_OK &&
	    json_get_str(info, "dir", "")[0] != '\0')
		dir = mem_str(json_get_str(info, "dir", ""));
	json_decref(info);
	return dir;
}

enum err
records_end(struct records *r, struct door *d, int status, struct err_msg *why)
{
	char *dir;
	enum err e;

	if (r->report.ops->end != NULL)
		r->report.ops->end(&r->report);
	dir = logs_written(r, d);
	e = artifacts_finish(&r->kept, &r->results, dir, status, why);
	mem_free(dir);
	return e == ERR_OK ? report_files_end(&r->reports, why) : e;
}
