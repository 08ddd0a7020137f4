/* gauge_files.c - the history of gauges: gauge.export, gauge.past. */
#include "bench/gauge_files.h"

#include <string.h>

#include "base/alloc.h"
#include "base/limits.h"
#include "bench/looks.h"
#include "gauge/export.h"
#include "gauge/past.h"
#include "sys/io.h"
#include "sys/time.h"

/* Two days of 512 gauges are some 4200 rows of 12 bytes each. */
enum { FILE_MAX_BYTES = 32 << 20 };
#define LONGEST (INT64_C(8) * 86400 * 1000000000)

static enum err
write_file(struct bench *b, const char *file, struct gauge_export *x, char **path,
    struct err_msg *why)
{
	struct buf out;
	enum err e;

	if (file[0] == '\0' || (file[0] != '/' && strstr(file, "..") != NULL))
		return err_set(why, ERR_USAGE, file, "give a path, or a bare name",
		    "no place to write to");
	buf_init(&out, FILE_MAX_BYTES);
	e = gauge_export(b->gauges, file, x, &out, why);
	if (e == ERR_OK) {
		*path = looks_place(b, file);
		e = sys_file_replace(*path, out.data, out.len, why);
	}
	buf_fini(&out);
	return e;
}

static void
cmd_export(struct command_call *c)
{
	struct bench *b = c->ctx;
	const uint64_t now = sys_mono() - b->start_mono,
	    last = (uint64_t)json_get_int(c->args, "last", 0),
	    until = (uint64_t)json_get_int(c->args, "until", 0), end = until != 0 ? until : now;
	struct gauge_export x = { .ids = json_get_str(c->args, "gauges", NULL),
		.from = last != 0 && last < end ? end - last : 0, .to = until,
		.epoch_wall = b->start_wall };
	char *path = NULL;
	struct err_msg why;

	if (write_file(b, json_get_str(c->args, "file", ""), &x, &path, &why) != ERR_OK)
		command_fail(c, &why);
	else
		command_done(c, json_pack("{s:s,s:I,s:I}", "path", path, "gauges",
		    (json_int_t)x.gauges, "rows", (json_int_t)x.rows));
	mem_free(path);
}

/* Columns of a chart: `last` for people, from and slice for screens, whose columns stay put. */
static void
cmd_history(struct command_call *c)
{
	struct bench *b = c->ctx;
	const int64_t now = (int64_t)(sys_mono() - b->start_mono),
		      last = json_get_int(c->args, "last", 0), n = json_get_int(c->args, "columns",
		      60);
	int64_t from = json_get_int(c->args, "from", 0), slice = json_get_int(c->args, "slice", 0);
	struct err_msg why;

	if (n < 1 || n > PAST_COLUMNS || last < 0 || last > LONGEST || slice < 0 ||
	    slice > LONGEST || (last == 0) == (slice == 0)) {
		(void)err_set(&why, ERR_USAGE, "gauge.past", "gauge.past last=2h columns=60",
		    "give last=TIME, or from=NS slice=TIME; at most %d columns", PAST_COLUMNS);
		command_fail(c, &why);
		return;
	}
	if (last != 0) {
		slice = last / n > 0 ? last / n : 1;
		from = now - slice * n;
	}
	if (from > now || from < -LONGEST)
		from = from > now ? now : -LONGEST;
	command_done(c, gauge_set_json_past(b->gauges, json_get_str(c->args, "gauges", NULL), from,
	    (uint64_t)slice, (size_t)n));
}

static const struct command_arg history_args[] = {
	{ "last", ARG_DURATION, 0, NULL, "the time up to now" },
	{ "columns", ARG_INT, 0, "60", "slices of equal time, at most 600" },
	{ "gauges", ARG_WORD, 0, NULL, "ids with commas; else all" },
	{ "from", ARG_INT, 0, NULL, "begin, in ns since the bench's start; with slice" },
	{ "slice", ARG_DURATION, 0, NULL, "width of a column; with from" },
	{ .name = NULL },
};
static const struct command_arg export_args[] = {
	{ "file", ARG_WORD, ARG_MUST, NULL, "ends in .csv, .json or .svg" },
	{ "gauges", ARG_WORD, 0, NULL, "ids with commas; else all that have values" },
	{ "last", ARG_DURATION, 0, NULL, "only the samples of this time" },
	{ "until", ARG_DURATION, 0, NULL, "up to this long after the bench began; else now" },
	{ .name = NULL },
};

const struct command bench_gauge_file_commands[] = {
	{ "gauge.past", "min, mean and max of gauges over hours and days, in columns",
	    history_args, 0, cmd_history },
	{ "gauge.export", "write the history of gauges to a file", export_args, 0, cmd_export },
	{ .name = NULL },
};
