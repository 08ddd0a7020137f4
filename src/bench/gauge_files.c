/* gauge_files.c - gauge.export. */
#include "bench/gauge_files.h"

#include <string.h>

#include "base/alloc.h"
#include "base/limits.h"
#include "bench/looks.h"
#include "gauge/export.h"
#include "sys/io.h"
#include "sys/time.h"

/* Of 256 gauges by 600 samples, as SVG, some 20 bytes each. */
enum { FILE_MAX_BYTES = 8 << 20 };

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

static const struct command_arg export_args[] = {
	{ "file", ARG_WORD, ARG_MUST, NULL, "ends in .csv, .json or .svg" },
	{ "gauges", ARG_WORD, 0, NULL, "ids with commas; else all that have values" },
	{ "last", ARG_DURATION, 0, NULL, "only the samples of this time" },
	{ "until", ARG_DURATION, 0, NULL, "up to this long after the bench began; else now" },
	{ .name = NULL },
};

const struct command bench_gauge_file_commands[] = {
	{ "gauge.export", "write the history of gauges to a file", export_args, 0, cmd_export },
	{ .name = NULL },
};
