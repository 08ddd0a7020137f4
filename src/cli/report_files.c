/* report_files.c - results into files. */
#include "cli/report_files.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "cli/report_go.h"
#include "cli/report_junit.h"
#include "cli/report_tap.h"
#include "cli/report_text.h"
#include "sys/io.h"

enum { REPORT_MAX = 512 << 20 };

static const struct kind {
	const char *name;
	const struct report_ops *ops;
} kinds[] = {
	{ "tap", &report_tap }, { "tap13", &report_tap13 }, { "test2json", &report_go },
	{ "json", &report_go }, { "text", &report_text }, { "junit", NULL },
};

static const struct kind *
kind_of(const char *wish, const char *colon)
{
	for (size_t i = 0; colon != NULL && i < sizeof kinds / sizeof *kinds; i++)
		if (strlen(kinds[i].name) == (size_t)(colon - wish) &&
		    strncmp(kinds[i].name, wish, (size_t)(colon - wish)) == 0)
			return &kinds[i];
	return NULL;
}

static enum err
open_one(struct report_files *rf, const struct report_ops *ops, const char *path,
    const struct results *results, struct err_msg *why)
{
	struct report_file *f = &rf->v[rf->n];

	if (rf->n == REPORT_FILES_MAX)
		return err_set(why, ERR_LIMIT, path, NULL, "more than %d reports",
		    (int)REPORT_FILES_MAX);
	*f = (struct report_file){ .path = path, .report = { .ops = ops, .results = results } };
	f->report.f = open_memstream(&f->text, &f->size);
	if (f->report.f == NULL)
		return err_set(why, ERR_LIMIT, path, NULL, "no memory for it");
	rf->n++;
	return ERR_OK;
}

static enum err
open_wish(struct report_files *rf, const char *wish, const struct results *results,
    struct err_msg *why)
{
	const char *colon = strchr(wish, ':');
	const struct kind *k = kind_of(wish, colon);

	if (k == NULL || colon[1] == '\0')
		return err_set(why, ERR_USAGE, wish, "--report junit:results.xml",
		    "KIND:FILE is wanted, KIND one of tap, tap13, test2json, text, junit");
	return open_one(rf, k->ops, colon + 1, results, why);
}

enum err
report_files_open(struct report_files *rf, const struct args_sets *wishes, const char *junit,
    const struct results *results, struct err_msg *why)
{
	enum err e = ERR_OK;

	*rf = (struct report_files){ .n = 0 };
	if (junit != NULL)
		e = open_one(rf, NULL, junit, results, why);
	for (size_t i = 0; i < wishes->n && e == ERR_OK; i++)
		e = open_wish(rf, wishes->v[i], results, why);
	if (e != ERR_OK)
		report_files_close(rf);
	return e;
}

static bool
on_stdout(const struct report_file *f)
{
	return strcmp(f->path, "-") == 0;
}

bool
report_files_on_stdout(const struct report_files *rf)
{
	for (size_t i = 0; i < rf->n; i++)
		if (on_stdout(&rf->v[i]))
			return true;
	return false;
}

/* Of what goes to stdout the memory is only the end's: a line is seen when it is made. */
static void
flush(struct report_file *f)
{
	if (!on_stdout(f) || f->report.ops == NULL || fflush(f->report.f) != 0)
		return;
	(void)fwrite(f->text + f->told, 1, f->size - f->told, stdout);
	(void)fflush(stdout);
	f->told = f->size;
}

static enum err
put(struct report_file *f, const char *text, size_t n, struct err_msg *why)
{
	if (!on_stdout(f))
		return sys_file_replace(f->path, text, n, why);
	(void)fwrite(text + f->told, 1, n - f->told, stdout);
	return ERR_OK;
}

void
report_files_start(struct report_files *rf)
{
	for (size_t i = 0; i < rf->n; i++)
		if (rf->v[i].report.ops != NULL && rf->v[i].report.ops->start != NULL)
			rf->v[i].report.ops->start(&rf->v[i].report);
}

void
report_files_record(struct report_files *rf, const json_t *record, const json_t *test)
{
	for (size_t i = 0; i < rf->n; i++)
		if (rf->v[i].report.ops != NULL) {
			rf->v[i].report.ops->record(&rf->v[i].report, record, test);
			flush(&rf->v[i]);
		}
}

static enum err
write_junit(struct report_file *f, const struct results *results, struct err_msg *why)
{
	struct buf b;
	enum err e;

	buf_init(&b, REPORT_MAX);
	e = report_junit(results, &b);
	if (e == ERR_OK)
		e = put(f, buf_str(&b), b.len, why);
	else
		e = err_set(why, e, f->path, NULL, "the results do not fit");
	buf_fini(&b);
	return e;
}

static enum err
end_one(struct report_file *f, struct err_msg *why)
{
	if (f->report.ops == NULL)
		return write_junit(f, f->report.results, why);
	f->report.ops->end(&f->report);
	if (fflush(f->report.f) != 0)
		return err_set(why, ERR_LIMIT, f->path, NULL, "the results do not fit");
	return put(f, f->text, f->size, why);
}

enum err
report_files_end(struct report_files *rf, struct err_msg *why)
{
	enum err e = ERR_OK;

	for (size_t i = 0; i < rf->n; i++) {
		struct err_msg m;
		const enum err one = end_one(&rf->v[i], &m);

		if (e == ERR_OK && one != ERR_OK) {
			e = one;
			*why = m;
		}
	}
	report_files_close(rf);
	return e;
}

void
report_files_close(struct report_files *rf)
{
	for (size_t i = 0; i < rf->n; i++) {
		(void)fclose(rf->v[i].report.f);
		free(rf->v[i].text);    /* open_memstream's */
	}
	rf->n = 0;
}
