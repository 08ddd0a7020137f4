/* cli_bench.c - benches: open, attach, ls, kill, demo. */
#include "cli/cli_bench.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "cli/args.h"
#include "cli/defaults.h"
#include "cli/door.h"
#include "cli/place_bench.h"
#include "cli/plugins.h"
#include "cli/say.h"
#include "cli/subcommands.h"
#include "proto/dial.h"
#include "sys/path.h"
#include "sys/process.h"
#include "sys/spawn.h"
#include "sys/time.h"

enum { DEMO_LINGER_MS = 1000, EXTRA_MAX = 64 };
static const uint64_t STOP_NS = 3 * NS_PER_S, TERM_NS = 3 * NS_PER_S, STEP_NS = 20 * NS_PER_MS;
static const uint64_t FIRST_NS = 15 * NS_PER_S, SOON_NS = NS_PER_S;

static int
view(struct cli_call *c, struct cli_view *v)
{
	struct err_msg why;
	enum err e;

	door_await_name(v->bench);              /* then it is not there, and that is said */
	e = dial_bench(v->bench, &v->fd, &why);
	return e == ERR_OK ? c->hooks->view(v) : say_end(c, e, &why);
}

/* ---- vise [TARGET] */

/* The last word of the line may be console.open, whose port takes its time. */
static enum err
run_first(struct client *c, const char *line, struct err_msg *why)
{
	json_t *result = NULL;
	enum err e = client_line(c, line, FIRST_NS, &result, why);

	if (e == ERR_OK)
		e = door_opened(c, result, why);
	json_decref(result);
	return e;
}

/* Its profile and its console, as far as it has them. */
static enum err
open_place(struct client *c, const json_t *place, struct err_msg *why)
{
	const char *board = json_get_str(place, "board", NULL),
		   *console = json_get_str(place, "console", NULL);
	const int64_t baud = json_get_int(place, "baud", 0);
	char spec[DOOR_TARGET_MAX], speed[16];
	struct buf line;
	enum err e = ERR_OK;

	buf_init(&line, 65536);
	if (board != NULL) {
		(void)buf_add_str(&line, "board.use");
		door_add(&line, NULL, board);
	}
	if (console != NULL) {
		door_spec(console, spec);
		(void)buf_add_str(&line, line.len != 0 ? "; console.open" : "console.open");
		door_add(&line, NULL, spec);
		(void)snprintf(speed, sizeof speed, "%d", (int)baud);
		if (baud > 0)
			door_add(&line, "baud", speed);
	}
	if (line.len != 0)
		e = run_first(c, buf_str(&line), why);
	buf_fini(&line);
	return e;
}

/* Done by us, before there is a screen: a port that is missing, refused or held is said plainly,
 * and
 * the bench made for it goes. */
static enum err
first_command(const char *bench, json_t *place, const struct place_args *a, const json_t *board,
    const char *line, struct err_msg *why)
{
	struct client *c = NULL;
	int fd;
	enum err e = dial_bench(bench, &fd, why);

	if (e == ERR_OK)
		e = client_open(&c, fd, why);
	/* what a profile without a manifest has said of itself is news to the bench */
	if (e == ERR_OK && board != NULL)
		e = client_call(c, "register", json_pack("{s:s,s:[O]}", "plugin",
		    json_get_str(board, "plugin", ""), "boards", board), FIRST_NS, NULL, why);
	if (e == ERR_OK && place != NULL)
		e = place_bench_hold(c, place, a, true, why);
	if (e == ERR_OK && place != NULL)
		e = open_place(c, place, why);
	else if (e == ERR_OK)
		e = run_first(c, line, why);
	if (e != ERR_OK && c != NULL)
		(void)client_line(c, "bench.stop confirm=on", STOP_NS, NULL, NULL);
	client_close(c);
	return e;
}

static enum err
no_target(const struct cli_call *c, const char *target, struct err_msg *why)
{
	char next[ERR_NEXT_MAX];
	struct nearest near;

	if (plugins_missing("board", target, why) == ERR_DENIED)
		return ERR_DENIED;      /* a project's, which waits for trust */
	subcommands_near(c, target, &near);
	return err_set(why, ERR_USAGE, target, nearest_advice(&near,
	    "vise ports lists ports, vise board list the boards, vise help the subcommands", next,
	    sizeof next), "is no subcommand, port or board");
}

static enum err
start_for(const struct cli_call *c, const char *target, char name[DOOR_NAME_MAX],
    struct err_msg *why)
{
	char spec[DOOR_TARGET_MAX];
	const char *extra[] = { "--target", spec, NULL };
	json_t *board = door_is_console(target) ? NULL : plugins_board(target);
	struct buf line;
	enum err e;

	if (board == NULL && !door_is_console(target))
		return no_target(c, target, why);
	door_spec(target, spec);
	buf_init(&line, 65536);
	(void)buf_add_str(&line, board != NULL ? "board.use" : "console.open");
	door_add(&line, NULL, spec);
	if (json_array_size(json_object_get(board, "match")) != 0) {
		(void)buf_add_str(&line, "; console.open");
		door_add(&line, NULL, spec);
	}
	e = dial_start(NULL, -1, extra, name, DOOR_NAME_MAX, why);
	if (e == ERR_OK)
		e = first_command(name, NULL, NULL, board, buf_str(&line), why);
	buf_fini(&line);
	json_decref(board);
	return e;
}

/* ---- what a project wants of its workbench */

static void
run_word(const char *extra[EXTRA_MAX], size_t *n, char **made, const char *command,
    const char *value)
{
	struct buf line;

	if (value == NULL || *n + 3 > EXTRA_MAX)
		return;
	buf_init(&line, 65536);
	(void)buf_add_str(&line, command);
	door_add(&line, NULL, value);
	extra[(*n)++] = "--run";
	extra[*n] = made[*n] = buf_take(&line);
	(*n)++;
	extra[*n] = NULL;
}

/* Its program, profiles and gauges: command lines of the bench, whose failures are notices. */
static void
project_words(const json_t *data, const char *extra[EXTRA_MAX], char **made)
{
	const char *elf = json_get_str(data, "elf", NULL);
	const json_t *v;
	size_t i, n = 2;

	if (elf != NULL && path_exists(elf))
		run_word(extra, &n, made, "decode.elf", elf);
	run_word(extra, &n, made, "profile.source", json_get_str(data, "pprof", NULL));
	json_array_foreach(json_object_get(data, "gauges"), i, v)
		if (strcmp(json_string_value(v), "local") != 0) /* which it has anyway */
			run_word(extra, &n, made, "gauge.source add", json_string_value(v));
}

static enum err
project_line(const json_t *data, struct buf *line, json_t **board, struct err_msg *why)
{
	const char *id = json_get_str(data, "board", NULL), *port = json_get_str(data, "port",
	    NULL);
	char spec[DOOR_TARGET_MAX];

	if (id != NULL && (*board = plugins_board(id)) == NULL)
		return plugins_missing("board", id, why);
	if (id != NULL) {
		(void)buf_add_str(line, "board.use");
		door_add(line, NULL, id);
	}
	if (port == NULL && json_array_size(json_object_get(*board, "match")) != 0)
		port = id;
	if (port != NULL) {
		door_spec(port, spec);
		(void)buf_add_str(line, line->len != 0 ? "; console.open" : "console.open");
		door_add(line, NULL, spec);
		if (json_get_str(data, "baud", NULL) != NULL)
			door_add(line, "baud", json_get_str(data, "baud", ""));
	}
	return ERR_OK;
}

/* The workbench of the project we are in: a new one. */
static enum err
start_project(const json_t *data, const char *target, char name[DOOR_NAME_MAX],
    struct err_msg *why)
{
	const char *extra[EXTRA_MAX] = { "--target", target, NULL };
	char *made[EXTRA_MAX] = { NULL };
	json_t *board = NULL;
	struct buf line;
	enum err e;

	buf_init(&line, 65536);
	e = project_line(data, &line, &board, why);
	project_words(data, extra, made);
	if (e == ERR_OK)
		e = dial_start(NULL, -1, extra, name, DOOR_NAME_MAX, why);
	if (e == ERR_OK && line.len != 0)
		e = first_command(name, NULL, NULL, board, buf_str(&line), why);
	for (size_t i = 0; i < EXTRA_MAX; i++)
		mem_free(made[i]);
	buf_fini(&line);
	json_decref(board);
	return e;
}

/* A bench that holds the place for as long as it runs. */
static enum err
start_place(const char *word, const struct place_args *a, char name[DOOR_NAME_MAX],
    struct err_msg *why)
{
	char target[DOOR_TARGET_MAX];
	const char *extra[] = { "--target", target, NULL };
	json_t *row = NULL;
	enum err e = place_bench_find(word, a, &row, why);

	(void)snprintf(target, sizeof target, "place:%s", json_get_str(row, "name", ""));
	if (e == ERR_OK)
		e = dial_start(NULL, -1, extra, name, DOOR_NAME_MAX, why);
	if (e == ERR_OK)
		e = first_command(name, row, a, NULL, NULL, why);
	json_decref(row);
	return e;
}

static enum err
several(const json_t *list, struct err_msg *why)
{
	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *o = json_array_get(list, i);

		fprintf(stderr, "  vise attach %s", json_get_str(o, "name", ""));
		fputs("    ", stderr);
		say_str(stderr, json_get_str(o, "target", ""));
		fputc('\n', stderr);
	}
	return err_set(why, ERR_USAGE, "bench", "pick one of the list above", "%zu are running",
	    json_array_size(list));
}

/* Without a word: the bench of the project's board, port or place; *found: there is one. */
static enum err
open_project(struct cli_call *c, const struct place_args *p, char name[DOOR_NAME_MAX], bool *found,
    struct err_msg *why)
{
	const enum err e = defaults_open(&c->project, why);
	const json_t *data = c->project.data;
	const char *place = json_get_str(data, "place", NULL),
		   *target = json_get_str(data, "port", json_get_str(data, "board", NULL));
	char console[DOOR_NAME_MAX], *at = NULL;
	uint32_t stream;
	enum err then = ERR_OK;

	*found = e == ERR_OK && (place != NULL || target != NULL);
	if (!*found)
		return e;
	at = place != NULL ? mem_fmt("place:%s", place) : mem_str(target);
	if (!door_find(at, name, console, &stream))
		then = place != NULL ? start_place(place, p, name, why) :
		    start_project(data, at, name, why);
	mem_free(at);
	return then;
}

static enum err
open_any(char name[DOOR_NAME_MAX], struct err_msg *why)
{
	/* one that runs has read the user's files */
	json_t *list = getenv(ARGS_CLEAN) == NULL ? dial_live() : json_array();
	enum err e = ERR_OK;

	if (json_array_size(list) > 1)
		e = several(list, why);
	else if (json_array_size(list) == 1)
		(void)snprintf(
		    name, DOOR_NAME_MAX, "%s", json_get_str(json_array_get(list, 0), "name", ""));
	else
		e = dial_start(NULL, -1, NULL, name, DOOR_NAME_MAX, why);
	json_decref(list);
	return e;
}

/* The place that is meant, by --place or as the target; NULL: none. */
static enum err
place_meant(const struct cli_call *c, const struct place_args *p, const char **place,
    struct err_msg *why)
{
	const bool named = p->names.n != 0;

	*place = named ? p->names.v[0] : place_bench_word(c->words == 1 ? c->word[0] : NULL);
	if (*place == NULL || (p->names.n <= 1 && c->bench == NULL && c->words == (named ? 0 : 1)))
		return ERR_OK;
	return err_set(why, ERR_USAGE, "--place", "vise place:NAME, or vise --place NAME",
	    "one place, and no other target");
}

static enum err
open_one(struct cli_call *c, const struct place_args *p, char name[DOOR_NAME_MAX],
    struct err_msg *why)
{
	const char *place;
	char console[DOOR_NAME_MAX];
	uint32_t stream;
	bool found = false;
	enum err e = place_meant(c, p, &place, why);

	if (e != ERR_OK)
		return e;
	if (place != NULL)
		return start_place(place, p, name, why);
	/* more words than a target: the first was meant as a subcommand */
	if (c->words > 1)
		return no_target(c, c->word[0], why);
	if (c->bench != NULL)
		(void)snprintf(name, DOOR_NAME_MAX, "%s", c->bench);
	else if (c->words == 0)
		e = open_project(c, p, name, &found, why);
	else if (!door_find(c->word[0], name, console, &stream))
		e = start_for(c, c->word[0], name, why);
	if (e == ERR_OK && c->bench == NULL && c->words == 0 && !found)
		e = open_any(name, why);
	return e;
}

int
cli_open(struct cli_call *c)
{
	struct cli_view v = { .fd = -1 };
	struct place_args p = { .wait = NULL };
	const struct args_option options[] = {
		{ "--plain", ARGS_FLAG, &v.plain },
		PLACE_ARGS(&p),
		{ NULL, ARGS_FLAG, NULL },
	};
	char name[DOOR_NAME_MAX] = "";
	struct err_msg why;
	enum err e = args_parse(c, options, 0, ARGS_MANY, &why);

	if (e == ERR_OK)
		e = open_one(c, &p, name, &why);
	if (e != ERR_OK)
		return say_end(c, e, &why);
	v.bench = name;
	return view(c, &v);
}

int
cli_attach(struct cli_call *c)
{
	struct cli_view v = { .fd = -1 };
	const struct args_option options[] = {
		{ "-r", ARGS_FLAG, &v.observe },
		{ "--plain", ARGS_FLAG, &v.plain },
		{ NULL, ARGS_FLAG, NULL },
	};
	json_t *list;
	struct err_msg why;
	enum err e = args_parse(c, options, 0, 1, &why);
	char name[DOOR_NAME_MAX] = "";

	if (e != ERR_OK)
		return say_end(c, e, &why);
	v.bench = c->words != 0 ? c->word[0] : c->bench;
	if (v.bench == NULL) {
		list = dial_live();
		if (json_array_size(list) > 1)
			e = several(list, &why);
		else if (json_array_size(list) == 0)
			e = err_set(
			    &why, ERR_NOENT, "bench", "start one with: vise", "none is running");
		else
			(void)snprintf(name, sizeof name, "%s",
			    json_get_str(json_array_get(list, 0), "name", ""));
		json_decref(list);
		if (e != ERR_OK)
			return say_end(c, e, &why);
		v.bench = name;
	}
	return view(c, &v);
}

int
cli_demo(struct cli_call *c)
{
	static const char *const extra[] = { "--simulated", "--target", "simulated board", "--demo",
		NULL };
	struct cli_view v = { .fd = -1, .demo = true };
	const struct args_option options[] = {
		{ "--plain", ARGS_FLAG, &v.plain },
		{ NULL, ARGS_FLAG, NULL },
	};
	char name[DOOR_NAME_MAX] = "";
	struct err_msg why;
	enum err e = args_parse(c, options, 0, 0, &why);

	if (e == ERR_OK && c->bench != NULL)
		door_await_name(c->bench);
	if (e == ERR_OK)
		e = dial_start(c->bench, DEMO_LINGER_MS, extra, name, sizeof name, &why);
	if (e != ERR_OK)
		return say_end(c, e, &why);
	v.bench = name;
	return view(c, &v);
}

/* ---- ls */

static void
say_debug(const json_t *bench)
{
	const char *what = json_get_str(bench, "debug", NULL);

	if (what == NULL)
		return;
	fputs("  (", stdout);
	say_str(stdout, json_get_str(bench, "debug_name", "debug"));
	fputs(": ", stdout);
	say_str(stdout, what);
	putchar(')');
}

int
cli_ls(struct cli_call *c)
{
	json_t *list = NULL;
	struct err_msg why;
	enum err e = args_parse(c, NULL, 0, 0, &why);

	if (e == ERR_OK)
		list = dial_list();
	if (e == ERR_OK && c->json) {
		say_json(list);
	} else if (e == ERR_OK && json_array_size(list) == 0) {
		puts("no bench is running; vise starts one");
	} else if (e == ERR_OK) {
		printf("%-16s %-8s %s\n", "NAME", "PID", "TARGET");
		for (size_t i = 0; i < json_array_size(list); i++) {
			const json_t *o = json_array_get(list, i);

			printf("%-16s %-8lld ", json_get_str(o, "name", ""),
			    (long long)json_get_int(o, "pid", 0));
			say_str(stdout, json_get_str(o, "target", ""));
			say_debug(o);
			if (json_get_int(o, "ending", 0) != 0)
				fputs("  (ending)", stdout);
			putchar('\n');
		}
	}
	json_decref(list);
	return say_end(c, e, &why);
}

/* ---- kill */

static void
tick(void *arg)
{
	(void)arg;
}

/* Looks again every STEP_NS: a process that is not our child tells nobody of its end. */
static bool
gone(pid_t pid, uint64_t within)
{
	const uint64_t until = sys_mono() + within;
	struct loop *l = loop_new();
	struct loop_timer *t = l != NULL ? loop_timer_start(l, STEP_NS, STEP_NS, tick, NULL) : NULL;

	while (t != NULL && process_alive(pid) && sys_mono() < until)
		(void)loop_turn(l, (int64_t)STEP_NS);
	loop_timer_stop(t);
	if (l != NULL)
		loop_free(l);
	return !process_alive(pid);
}

/* What it waits for; false: it does not even answer that. */
static bool
still_ending(struct client *c, const char *name, uint64_t *left)
{
	json_t *info = NULL;
	const json_t *end, *waits;
	bool good = client_line(c, "bench.info", STOP_NS, &info, NULL) == ERR_OK;

	end = json_object_get(info, "ending");
	waits = json_object_get(end, "waits");
	good = good && end != NULL;
	*left = (uint64_t)json_get_int(end, "left", 0);
	if (good)
		fprintf(stderr, "vise: %s: waiting for the clean-up of %s; vise kill %s once more "
		    "ends it at once\n", name,
		    json_string_value(json_array_get(waits, 0)) != NULL ?
		    json_string_value(json_array_get(waits, 0)) : "its jobs", name);
	json_decref(info);
	return good;
}

/* Asks it to end, and waits until it is over; said again, it ends at once. */
static enum err
stop_one(const char *name, struct err_msg *why)
{
	struct client *c = NULL;
	const bool never = false;
	uint64_t left;
	enum err e;
	int fd;

	e = dial_bench(name, &fd, why);
	if (e == ERR_OK)
		e = client_open(&c, fd, why);
	if (e == ERR_OK)
		e = client_line(c, "bench.stop confirm=on", SOON_NS, NULL, why);
	if (e == ERR_TIMEOUT && still_ending(c, name, &left))
		e = client_wait(c, &never, sys_mono() + left + STOP_NS, why);
	client_close(c);
	return e;
}

static enum err
kill_one(const json_t *bench, struct err_msg *why)
{
	const char *name = json_get_str(bench, "name", "");
	const pid_t pid = (pid_t)json_get_int(bench, "pid", 0);
	const enum err e = stop_one(name, why);

	if (e == ERR_CANCELLED)
		return e;
	if (pid <= 1 || gone(pid, e == ERR_OK || e == ERR_EOF ? STOP_NS : STEP_NS))
		return ERR_OK;
	sys_kill_group(pid, SIGTERM);
	if (gone(pid, TERM_NS))
		return ERR_OK;
	sys_kill_group(pid, SIGKILL);
	if (gone(pid, TERM_NS))
		return ERR_OK;
	return err_set(why, ERR_INFRA, name, NULL, "process %ld does not end", (long)pid);
}

static enum err
pick_benches(const struct cli_call *c, bool all, json_t *list, json_t *picked, struct err_msg *why)
{
	const char *name = c->words != 0 ? c->word[0] : c->bench;

	if (!all && name == NULL && json_array_size(list) > 1)
		return err_set(why, ERR_USAGE, "bench", "vise kill NAME, or --all",
		    "%zu are running", json_array_size(list));
	for (size_t i = 0; i < json_array_size(list); i++) {
		json_t *o = json_array_get(list, i);

		if (all || name == NULL || strcmp(name, json_get_str(o, "name", "")) == 0)
			(void)json_array_append(picked, o);
	}
	if (json_array_size(picked) == 0 && !all)
		return err_set(why, ERR_NOENT, name != NULL ? name : "bench",
		    "vise ls lists those that run", "no such bench is running");
	return ERR_OK;
}

int
cli_kill(struct cli_call *c)
{
	bool all = false;
	const struct args_option options[] = {
		{ "--all", ARGS_FLAG, &all },
		{ NULL, ARGS_FLAG, NULL },
	};
	json_t *list = NULL, *picked = json_array();
	struct err_msg why;
	enum err e = args_parse(c, options, 0, 1, &why);

	if (e == ERR_OK) {
		list = dial_list();
		e = pick_benches(c, all, list, picked, &why);
	}
	for (size_t i = 0; e == ERR_OK && i < json_array_size(picked); i++) {
		e = kill_one(json_array_get(picked, i), &why);
		if (e == ERR_OK && !c->json)
			printf("%s ended\n", json_get_str(json_array_get(picked, i), "name", ""));
	}
	if (e == ERR_OK && c->json)
		say_json(picked);
	json_decref(list);
	json_decref(picked);
	return say_end(c, e, &why);
}
