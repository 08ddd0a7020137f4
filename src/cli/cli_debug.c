/* cli_debug.c - vise debug: a session in a bench, or the words of it alone. */
#include "cli/cli_debug.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "cli/args.h"
#include "cli/capture.h"
#include "cli/client.h"
#include "cli/door.h"
#include "cli/launchfile.h"
#include "cli/place_bench.h"
#include "cli/plugins.h"
#include "cli/say.h"
#include "proto/dial.h"

static const uint64_t START_NS = 120 * NS_PER_S, STOP_NS = 3 * NS_PER_S;

struct debug {
	const char *id, *port, *attach, *server, *save, *import;
	json_t *config;                 /* of a launch.json, or NULL */
	char *config_text;
	struct args_sets sets;
	bool dry, tap, background, export;
	char file[PATH_MAX];            /* "" none */
	char *made[6];                  /* settings made of options, and of the place */
	struct place_args place;
	json_t *row;                    /* of the place, or NULL */
};

static void
set(struct debug *d, size_t at, const char *name, const char *value)
{
	if (value == NULL || d->sets.n == ARGS_SETS_MAX)
		return;
	d->made[at] = mem_fmt("%s=%s", name, value);
	d->sets.v[d->sets.n++] = d->made[at];
}

static void
set_of_place(struct debug *d, size_t at, const char *name, const char *field)
{
	const size_t n = strlen(name);

	for (size_t i = 0; i < d->sets.n; i++)
		if (strncmp(d->sets.v[i], name, n) == 0 && d->sets.v[i][n] == '=')
			return;
	set(d, at, name, json_get_str(d->row, field, NULL));
}

/* A configuration of VS Code in a board's place. */
static enum err
import(struct cli_call *c, struct debug *d, struct err_msg *why)
{
	struct buf text;
	enum err e = launchfile_read(d->import, c->words != 0 ? c->word[0] : NULL, &d->config, why);

	if (e != ERR_OK)
		return e;
	buf_init(&text, 1 << 20);
	e = json_write(d->config, &text);
	d->config_text = buf_take(&text);
	d->id = json_get_str(d->config, "name", "launch.json");
	return e;
}

/* A program that is not built yet can be told VS Code all the same. */
static enum err
find_file(struct cli_call *c, struct debug *d, struct err_msg *why)
{
	const char *elf = json_get_str(c->project.data, "elf", NULL);

	/* the project's program, when it is built */
	if (c->words == 0 && elf != NULL && d->attach == NULL && realpath(elf, d->file) == NULL)
		d->file[0] = '\0';
	if (c->words == 0)
		return ERR_OK;
	if (realpath(c->word[0], d->file) != NULL)
		return ERR_OK;
	if (d->export && (size_t)snprintf(d->file, sizeof d->file, "%s", c->word[0]) <
	    sizeof d->file)
		return ERR_OK;
	return err_set(why, ERR_NOENT, c->word[0], NULL, "no such file");
}

/* What its description says, where the command line does not. A look alone takes nothing. */
static enum err
take_place(struct debug *d, struct err_msg *why)
{
	const struct place_args look = { .wait = "0s" };
	enum err e = ERR_OK;

	if (d->place.names.n > 1)
		return err_set(why, ERR_USAGE, "--place", NULL, "one place for one session");
	e = place_bench_find(d->place.names.v[0], d->dry || d->export ? &look : &d->place, &d->row,
	    why);
	if (e == ERR_OK && d->id == NULL)
		d->id = json_get_str(d->row, "board", NULL);
	if (e == ERR_OK && d->id == NULL && d->import == NULL)
		e = err_set(why, ERR_CONFIG, json_get_str(d->row, "name", ""), "vise-place(5), or "
		    "-p BOARD", "the place names no board profile");
	return e;
}

static enum err
parse(struct cli_call *c, struct debug *d, struct err_msg *why)
{
	const struct args_option options[] = {
		{ "-p", ARGS_TEXT, &d->id }, { "--board", ARGS_TEXT, &d->id },
		{ "--port", ARGS_TEXT, &d->port }, { "--set", ARGS_SET, &d->sets },
		{ "--attach", ARGS_TEXT, &d->attach }, { "--server", ARGS_TEXT, &d->server },
		{ "--through-tap", ARGS_FLAG, &d->tap }, { "--save", ARGS_TEXT, &d->save },
		{ "--background", ARGS_FLAG, &d->background },
		PLACE_ARGS(&d->place),
		{ "--import", ARGS_TEXT, &d->import }, { "--export", ARGS_FLAG, &d->export },
		{ "-n", ARGS_FLAG, &d->dry }, { "--dry-run", ARGS_FLAG, &d->dry },
		{ NULL, ARGS_FLAG, NULL },
	};
	char names[ERR_NEXT_MAX];
	enum err e = args_parse(c, options, 0, 1, why);

	if (e == ERR_OK && d->place.names.n != 0)
		e = take_place(d, why);
	if (e == ERR_OK && d->import != NULL)
		return import(c, d, why);
	if (e == ERR_OK && d->id == NULL) {
		plugins_names("board", names, sizeof names);
		e = err_set(why, ERR_USAGE, c->name, names,
		    "say which board: -p BOARD, or --import");
	}
	if (e == ERR_OK && c->bench == NULL && !plugins_have("board", d->id))
		e = plugins_missing("board", d->id, why);
	return e == ERR_OK ? find_file(c, d, why) : e;
}

static enum err
read_call(struct cli_call *c, struct debug *d, struct err_msg *why)
{
	const enum err e = parse(c, d, why);

	set(d, 0, "attach", d->attach);
	set(d, 1, "server", d->server);
	set(d, 2, "save", d->save);
	set(d, 3, "tap", d->tap ? "on" : NULL);
	set_of_place(d, 4, "probe", "probe");
	set_of_place(d, 5, "host", "ssh");
	return e;
}

/* ---- the words alone */

static void
print_argv(const json_t *argv)
{
	const json_t *word;
	size_t i;

	json_array_foreach(argv, i, word) {
		fputs(i == 0 ? "" : " ", stdout);
		say_word(stdout, json_string_value(word));
	}
	putchar('\n');
}

static void
print_keys(FILE *to, const json_t *keys, const char *what)
{
	const json_t *key;
	size_t i;

	json_array_foreach(keys, i, key) {
		fputs(i == 0 ? what : ",", to);
		fputs(i == 0 ? ": " : " ", to);
		say_str(to, json_string_value(key));
	}
	if (json_array_size(keys) != 0)
		fputc('\n', to);
}

static void
print_plan(const json_t *plan)
{
	const json_t *s, *debugger = json_object_get(plan, "debugger"), *other;
	size_t i;

	json_array_foreach(json_object_get(plan, "servers"), i, s) {
		const char *ready = json_get_str(s, "ready", NULL),
			   *name = json_get_str(s, "name", "");

		printf("# %s; {%s} is the port it gets%s", name, name, ready != NULL ?
		    ", it is ready when it says " : ", it is ready when it listens there");
		if (ready != NULL)
			say_word(stdout, ready);
		putchar('\n');
		print_argv(json_object_get(s, "argv"));
	}
	fputs("# the debugger, in a terminal of the workbench", stdout);
	if (strcmp(json_get_str(plan, "watch", ""), "mi") == 0)
		fputs("; {mi} is a terminal that Vise reads its state from", stdout);
	json_array_foreach(json_object_get(debugger, "or"), i, other) {
		fputs(i == 0 ? "; where it is not installed: " : ", ", stdout);
		say_str(stdout, json_string_value(other));
	}
	putchar('\n');
	print_argv(json_object_get(debugger, "argv"));
	print_keys(stdout, json_object_get(plan, "unused"), "# not used here");
	print_keys(stdout, json_object_get(plan, "unknown"), "# not known");
}

/* As people write it: VS Code's file is edited by hand. */
static void
say_launch(const json_t *file)
{
	char *text = json_dumps(file, JSON_INDENT(4) | JSON_SORT_KEYS);
	void (*release)(void *);

	json_get_alloc_funcs(NULL, &release);
	if (text != NULL)
		puts(text);
	release(text);
}

/* What the script host would start, as JSON. */
static enum err
ask_plan(const struct debug *d, json_t **plan, int *status, struct err_msg *why)
{
	const char *rest[6 + 2 * ARGS_SETS_MAX] = { NULL };
	json_t *words = NULL;
	size_t n = 0;
	enum err e = d->config == NULL ? plugins_find("board", d->id, &words, why) : ERR_OK;

	for (size_t i = 0; i < d->sets.n; i++) {
		rest[n++] = "--set";
		rest[n++] = d->sets.v[i];
	}
	if (d->export) {
		rest[n++] = "--run";
		rest[n++] = "export=on";
	}
	rest[n++] = "--debug-plan";
	rest[n++] = d->config != NULL ? d->config_text : d->id;
	rest[n] = d->config != NULL ? "launch.json" : d->file;
	if (e == ERR_OK)
		e = capture_plan(words, rest, plan, status, why);
	json_decref(words);
	return e;
}

static int
plan(struct cli_call *c, const struct debug *d)
{
	json_t *plan = NULL;
	struct err_msg why;
	int status = 0, end;
	const enum err e = ask_plan(d, &plan, &status, &why);

	if (plan != NULL && d->export)
		say_launch(plan);
	else if (plan != NULL && c->json)
		say_json(plan);
	else if (plan != NULL)
		print_plan(plan);
	json_decref(plan);
	end = say_end(c, e, &why);
	return status != 0 ? status : end;
}

/* What of a launch.json has no part in the session is named, not dropped. */
static enum err
name_keys(const struct debug *d, int *status, struct err_msg *why)
{
	json_t *plan = NULL;
	const enum err e = d->config != NULL ? ask_plan(d, &plan, status, why) : ERR_OK;

	print_keys(stderr, json_object_get(plan, "unused"), "vise: launch.json: not used here");
	print_keys(stderr, json_object_get(plan, "unknown"), "vise: launch.json: not known");
	json_decref(plan);
	return e;
}

/* ---- the session */

static void
command(struct buf *line, const struct debug *d)
{
	(void)buf_add_str(line, d->config != NULL ? "debug.import wait=on" :
	    "board.debug wait=on");
	door_add(line, NULL, d->config != NULL ? d->config_text : d->file);
	if (d->config == NULL)
		door_add(line, "board", d->id);
	if (d->sets.n != 0)
		(void)buf_add_str(line, " --");
	for (size_t i = 0; i < d->sets.n; i++)
		door_add(line, NULL, d->sets.v[i]);
}

static enum err
open_port(struct client *k, const struct debug *d, const char *port, bool own, struct err_msg *why)
{
	char spec[DOOR_TARGET_MAX];
	json_t *console = NULL;
	struct buf line;
	enum err e;

	door_spec(port, spec);
	buf_init(&line, 65536);
	(void)buf_add_str(&line, "console.open");
	door_add(&line, NULL, spec);
	e = client_line(k, buf_str(&line), START_NS, &console, why);
	if (e == ERR_OK && d->row != NULL && !own)
		e = place_bench_tie(k, d->row, json_get_str(console, "name", NULL), 0, why);
	if (e == ERR_OK)
		e = door_opened(k, console, why);
	json_decref(console);
	buf_fini(&line);
	return e;
}

/* The host's own job ends when the debugger runs, or with what went wrong. */
static enum err
host_ended(const json_t *job, struct err_msg *why)
{
	const char *last = json_get_str(job, "last", "");
	struct err_msg m = { .code = ERR_OK };

	if (strcmp(json_get_str(job, "state", ""), "ok") == 0)
		return ERR_OK;
	if (json_to_err(json_object_get(job, "error"), &m) == ERR_OK && m.code != ERR_OK) {
		*why = m;
		return m.code;
	}
	if (strncmp(last, "vise: ", 6) == 0)
		last += 6;
	return err_set(why, json_get_int(job, "exit", 0) == err_exit_status(ERR_DENIED) ?
	    ERR_DENIED : ERR_TOOL, json_get_str(job, "name", "debug"), NULL, "%s",
	    last[0] != '\0' ? last : "failed");
}

static enum err
begin(struct client *k, const struct debug *d, bool own, json_t **session, struct err_msg *why)
{
	json_t *job = NULL, *list = NULL;
	struct buf line;
	const char *port = d->port;
	enum err e = d->row != NULL ? place_bench_hold(k, d->row, &d->place, own, why) :
	    ERR_OK;

	if (port == NULL)
		port = json_get_str(d->row, "console", NULL);
	if (e == ERR_OK && port != NULL)
		e = open_port(k, d, port, own, why);
	buf_init(&line, 1 << 20);
	command(&line, d);
	if (e == ERR_OK)
		e = client_line(k, buf_str(&line), START_NS, &job, why);
	if (e == ERR_OK)
		e = host_ended(job, why);
	/* the first word of the debugger is waited for: it is worth showing */
	if (e == ERR_OK && d->background)
		(void)client_line(k, "debug.wait stopped timeout=5s", START_NS, NULL, NULL);
	if (e == ERR_OK)
		e = client_line(k, "debug.list", START_NS, &list, why);
	if (e == ERR_OK && json_array_size(list) != 0)
		*session = json_incref(json_array_get(list, json_array_size(list) - 1));
	if (e == ERR_OK && d->row != NULL && !own)
		e = place_bench_tie(k, d->row, NULL, json_get_int(*session, "id", 0), why);
	json_decref(list);
	json_decref(job);
	buf_fini(&line);
	return e;
}

/* In the bench that was named, or in one of its own, which goes again when it comes to nothing. */
static enum err
start(struct cli_call *c, const struct debug *d, char name[DOOR_NAME_MAX], json_t **session,
    struct err_msg *why)
{
	const char *extra[] = { "--target", d->id, NULL };
	struct client *k = NULL;
	enum err e = ERR_OK;
	int fd = -1;

	if (c->bench != NULL)
		(void)snprintf(name, DOOR_NAME_MAX, "%s", c->bench);
	else
		e = dial_start(NULL, -1, extra, name, DOOR_NAME_MAX, why);
	if (e == ERR_OK)
		e = dial_bench(name, &fd, why);
	if (e == ERR_OK)
		e = client_open(&k, fd, why);
	if (e == ERR_OK)
		e = begin(k, d, c->bench == NULL, session, why);
	if (e != ERR_OK && k != NULL && c->bench == NULL) {
		client_resume(k);
		(void)client_line(k, "bench.stop confirm=on", STOP_NS, NULL, NULL);
	}
	client_close(k);
	return e;
}

static void
say_session(const struct cli_call *c, const char *bench, json_t *session)
{
	json_put_str(session, "bench", bench);
	if (c->json) {
		say_json(session);
		return;
	}
	printf("bench %s: ", bench);
	say_str(stdout, json_get_str(session, "name", ""));
	fputs(": ", stdout);
	say_str(stdout, json_get_str(session, "text", ""));
	printf("\nvise attach %s shows it, vise do --bench %s debug.stop ends it\n", bench, bench);
}

/* In the workbench, or left behind in a bench. */
static int
session(struct cli_call *c, const struct debug *d)
{
	char name[DOOR_NAME_MAX] = "";
	struct cli_view v = { .bench = name, .fd = -1 };
	json_t *row = NULL;
	struct err_msg why;
	int status = 0;
	enum err e = name_keys(d, &status, &why);

	if (status != 0)
		return status;
	if (e == ERR_OK)
		e = start(c, d, name, &row, &why);
	if (e == ERR_OK && d->background && row != NULL)
		say_session(c, name, row);
	else if (e == ERR_OK)
		e = dial_bench(name, &v.fd, &why);
	v.job = json_get_int(json_object_get(row, "debugger"), "job", 0);
	json_decref(row);
	return e == ERR_OK && !d->background ? c->hooks->view(&v) : say_end(c, e, &why);
}

int
cli_debug(struct cli_call *c)
{
	struct debug d = { .id = NULL };
	struct err_msg why;
	const enum err e = read_call(c, &d, &why);
	const int status = e != ERR_OK ? say_end(c, e, &why) : d.dry || d.export ? plan(c, &d) :
	    session(c, &d);

	json_decref(d.config);
	json_decref(d.row);
	mem_free(d.config_text);
	for (size_t i = 0; i < sizeof d.made / sizeof *d.made; i++)
		mem_free(d.made[i]);
	return status;
}
