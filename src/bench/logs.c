/* logs.c - console.log and its like. */
#include "bench/logs.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "bench/clients.h"
#include "bench/news.h"
#include "sys/path.h"

static json_t *
log_json(const struct textlog *t)
{
	json_t *o = json_object();

	json_put_str(o, "path", t->path);
	json_put_str(o, "times", textlog_times_word(t->o.times));
	json_put_bool(o, "strip", t->o.strip);
	json_put_int(o, "rotate", (int64_t)t->o.rotate);
	json_put_int(o, "keep", t->o.keep);
	json_put_int(o, "written", (int64_t)t->written);
	json_put_int(o, "size", (int64_t)t->size);
	json_put_int(o, "rotated", t->rotated);
	json_put_int(o, "lost", (int64_t)t->lost);
	json_put_bool(o, "failing", t->failing);
	if (t->failing)
		json_put_str(o, "why", t->why.why);
	return o;
}

json_t *
bench_logs_json(const struct bench_console *k)
{
	const struct logs *l = console_logs(k->console);
	json_t *list = json_array();

	for (size_t i = 0; i < l->texts; i++)
		(void)json_array_append_new(list, log_json(l->text[i]));
	return list;
}

static enum err
read_options(const json_t *args, struct textlog_options *o, struct err_msg *why)
{
	const int64_t rotate = json_get_int(args, "rotate", 0);
	const int64_t keep = json_get_int(args, "keep", 5);

	if (!textlog_times_of(json_get_str(args, "times", "wall"), &o->times))
		return err_set(why, ERR_USAGE, "times", NULL, "wall, start, last or none");
	if (rotate < 0 || (rotate != 0 && rotate < 1024) || keep < 1 || keep > TEXTLOG_KEEP_MAX)
		return err_set(why, ERR_USAGE, "rotate", "rotate=10M keep=5",
		    "rotate is 1K or more, keep 1 to %d", TEXTLOG_KEEP_MAX);
	o->rotate = (uint64_t)rotate;
	o->keep = (unsigned)keep;
	o->strip = json_get_bool(args, "strip", false);
	o->truncate = !json_get_bool(args, "append", true);
	return ERR_OK;
}

static void
end_logs(struct command_call *c, struct bench_console *k, const char *path)
{
	char *whole = path[0] != '\0' ? clients_path(c, path) : NULL;
	struct err_msg why;
	const enum err e = console_log_remove(k->console, whole, &why);

	mem_free(whole);
	consoles_tell(k);
	consoles_finish(c, e, &why);
}

static void
cmd_log(struct command_call *c)
{
	struct bench_console *k = consoles_of(c);
	const char *file = json_get_str(c->args, "file", "");
	struct textlog_options o = { .path = NULL };
	struct err_msg why;
	char *path;
	enum err e;

	if (k == NULL)
		return;
	if (file[0] == '\0') {
		command_done(c, bench_logs_json(k));
		return;
	}
	if (strcmp(file, "off") == 0) {
		end_logs(c, k, "");
		return;
	}
	o.path = path = clients_path(c, file);
	e = read_options(c->args, &o, &why);
	if (e == ERR_OK)
		e = console_log_add(k->console, &o, &why);
	if (e != ERR_OK) {
		command_fail(c, &why);
	} else {
		const struct logs *l = console_logs(k->console);

		consoles_tell(k);
		command_done(c, log_json(l->text[l->texts - 1]));
	}
	mem_free(path);
}

static void
cmd_off(struct command_call *c)
{
	struct bench_console *k = consoles_of(c);

	if (k != NULL)
		end_logs(c, k, json_get_str(c->args, "file", ""));
}

static void
cmd_list(struct command_call *c)
{
	struct bench_console *k = consoles_of(c);

	if (k != NULL)
		command_done(c, bench_logs_json(k));
}

static const struct command_arg log_args[] = {
	{ "file", ARG_WORD, 0, NULL,
	    "text file to write; off ends all; without it they are listed" },
	{ "times", ARG_WORD, 0, "wall", "before each line: wall, start, last (line) or none" },
	{ "strip", ARG_BOOL, 0, "off", "leave control bytes and sequences out, not as \\xNN" },
	{ "append", ARG_BOOL, 0, "on", "off begins an empty file" },
	{ "rotate", ARG_INT, 0, "0", "begin a new file past this size: 10M" },
	{ "keep", ARG_INT, 0, "5", "so many old files: FILE.1 is the newest" },
	CONSOLES_ARG,
	{ .name = NULL },
};
static const struct command_arg off_args[] = {
	{ "file", ARG_WORD, 0, NULL, "the log to end; all text logs if absent" },
	CONSOLES_ARG,
	{ .name = NULL },
};
static const struct command_arg list_args[] = { CONSOLES_ARG, { .name = NULL } };

const struct command bench_log_commands[] = {
	{ "console.log", "log the console as text to a file", log_args, 0, cmd_log },
	{ "console.log.off", "end a text log", off_args, 0, cmd_off },
	{ "console.log.list", "text logs of a console", list_args, 0, cmd_list },
	{ .name = NULL },
};
