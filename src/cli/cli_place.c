/* cli_place.c - `vise place`. */
#include "cli/cli_place.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/slice.h"
#include "cli/lease_text.h"
#include "cli/place_hold.h"
#include "cli/place_use.h"
#include "cli/places.h"
#include "cli/say.h"
#include "cli/verbs.h"
#include "loop/loop.h"
#include "sys/lockfile.h"
#include "sys/process.h"
#include "sys/spawn.h"
#include "sys/time.h"

enum { LOOK_MS = 100, RELEASE_S = 15, WORDS = 128 };
static const uint64_t LEASE_NS = 30 * 60 * NS_PER_S, END_NS = 10 * NS_PER_S;

/* ---- list, show */

static enum err
matching(const char *word, json_t **out, struct err_msg *why)
{
	json_t *rows = NULL;
	enum err e = places_rows(&rows, why);

	*out = NULL;
	if (e == ERR_OK && word == NULL)
		*out = json_incref(rows);
	else if (e == ERR_OK)
		e = places_match(rows, word, out, why);
	json_decref(rows);
	return e;
}

static void
print_tags(const json_t *row)
{
	const json_t *tags = json_object_get(row, "tags"), *t;
	size_t i;

	json_array_foreach(tags, i, t) printf("%s%s", i != 0 ? "," : "", json_string_value(t));
}

static void
print_row(const json_t *row, const json_t *look)
{
	const char *state = json_get_str(look, "state", "?");
	const int waiting = (int)json_get_int(look, "waiting", 0);
	char words[300] = "";

	printf("%-20s %-16s %-5s ", json_get_str(row, "name", "?"),
	    json_get_str(row, "board", "-"),
	    json_object_get(row, "problem") != NULL ? "no" : state);
	print_tags(row);
	if (strcmp(state, "held") == 0)
		lease_words(json_object_get(look, "holder"), words, sizeof words);
	if (words[0] != '\0') {
		fputs("  ", stdout);
		say_str(stdout, words);
	}
	if (waiting != 0)
		printf("  (%d wait%s)", waiting, waiting == 1 ? "s" : "");
	if (json_object_get(row, "problem") != NULL) {
		fputs("  ", stdout);
		say_str(stdout, json_get_str(row, "problem", ""));
	}
	putchar('\n');
}

static int
list(struct cli_call *c)
{
	struct err_msg why;
	json_t *rows = NULL, *row;
	enum err e = args_parse(c, NULL, 1, 2, &why);
	size_t i;

	if (e == ERR_OK)
		e = matching(c->words > 1 ? c->word[1] : NULL, &rows, &why);
	json_array_foreach(rows, i, row) {
		json_t *look = lease_look(row);

		if (c->json)
			(void)json_object_update(row, look);
		else
			print_row(row, look);
		json_decref(look);
	}
	if (e == ERR_OK && c->json)
		say_json(rows);
	else if (e == ERR_OK && json_array_size(rows) == 0)
		fputs("no places: vise-place(5) says how to describe one\n", stderr);
	json_decref(rows);
	return say_end(c, e, &why);
}

static void
print_place(const json_t *row, const json_t *look)
{
	static const char *const texts[] = { "doc", "board", "console", "probe", "ssh", "labgrid",
		"coordinator", "file", "problem" };
	const json_t *holder = json_object_get(look, "holder");
	char words[300];

	printf("%s: %s", json_get_str(row, "name", "?"), json_get_str(look, "state", "?"));
	if (holder != NULL) {
		lease_words(holder, words, sizeof words);
		fputs(strcmp(json_get_str(look, "state", ""), "left") == 0 ?
			" behind by a process that died: " : " by ", stdout);
		say_str(stdout, words);
	}
	printf("\n  %-11s %d\n", "waiting", (int)json_get_int(look, "waiting", 0));
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		if (json_object_get(row, texts[i]) != NULL) {
			printf("  %-11s ", texts[i]);
			say_str(stdout, json_get_str(row, texts[i], ""));
			putchar('\n');
		}
	if (json_object_get(row, "baud") != NULL)
		printf("  %-11s %d\n", "baud", (int)json_get_int(row, "baud", 0));
	if (json_object_get(row, "tags") != NULL) {
		printf("  %-11s ", "tags");
		print_tags(row);
		putchar('\n');
	}
}

static int
show(struct cli_call *c)
{
	struct err_msg why;
	json_t *rows = NULL, *row, *look, *keys;
	enum err e = args_parse(c, NULL, 2, 2, &why);
	size_t i;

	if (e == ERR_OK)
		e = matching(c->word[1], &rows, &why);
	json_array_foreach(rows, i, row) {
		look = lease_look(row);
		keys = places_keys(row);
		if (c->json) {
			(void)json_object_update(row, look);
			json_put(row, "locks", json_incref(keys));
			say_json(row);
		} else {
			print_place(row, look);
		}
		json_decref(keys);
		json_decref(look);
	}
	json_decref(rows);
	return say_end(c, e, &why);
}

/* ---- acquire: a process in the background holds it */

static enum err
parse(struct cli_call *c, struct place_args *a, size_t min, size_t max, struct err_msg *why)
{
	const struct args_option options[] = {
		{ "--wait", ARGS_SPAN, &a->wait },
		{ "--lease", ARGS_SPAN, &a->lease },
		{ "--for", ARGS_SPAN, &a->lease },
		{ "--reason", ARGS_TEXT, &a->reason },
		{ NULL, ARGS_FLAG, NULL },
	};

	return args_parse(c, options, min, max, why);
}

static void
name_all(struct place_args *a, char **word, size_t n)
{
	for (size_t i = 0; i < n && a->names.n < ARGS_SETS_MAX; i++)
		a->names.v[a->names.n++] = word[i];
}

static void
on_term(void *arg)
{
	loop_stop(arg);
}

struct keeper {
	struct loop *loop;
	struct place_use *use;
};

static void
on_look(void *arg)
{
	struct keeper *k = arg;
	struct err_msg why;

	if (place_use_over(k->use, &why))
		loop_stop(k->loop);
}

static void
keep(struct place_use *u)
{
	struct keeper k = { .loop = loop_new(), .use = u };
	struct loop_signal *term;
	struct loop_timer *t;

	if (k.loop == NULL)
		return;
	term = loop_signal_watch(k.loop, SIGTERM, on_term, k.loop);
	t = loop_timer_start(k.loop, LOOK_MS * NS_PER_MS, LOOK_MS * NS_PER_MS, on_look, &k);
	process_ready(NULL);
	loop_run(k.loop);
	loop_timer_stop(t);
	loop_signal_forget(term);
	loop_free(k.loop);
}

static void
say_acquired(const struct cli_call *c, const struct place_use *u)
{
	const json_t *r = u->lease.n != 0 ? u->lease.records[0] : NULL;
	char until[32];

	lease_time(json_get_num(r, "until", 0), until, sizeof until);
	if (c->json) {
		json_t *v = json_object();

		json_put(v, "places", json_incref(u->rows));
		json_put_str(v, "token", u->lease.token);
		json_put_num(v, "until", json_get_num(r, "until", 0));
		say_json(v);
		json_decref(v);
		return;
	}
	printf("export %s=%s\n", LEASE_TOKEN_ENV, u->lease.token);
	fprintf(stderr, "vise: %s: yours until %s; with %s set, --place may use it\n",
	    json_get_str(r, "place", "?"), until, LEASE_TOKEN_ENV);
}

static int
acquire(struct cli_call *c)
{
	struct place_args a = { .wait = NULL };
	struct place_use u = { .rows = NULL };
	struct lease_wish w = { .kind = "hold", .reason = "vise place acquire",
		.lease_ns = LEASE_NS };
	struct err_msg why;
	bool child = false;
	enum err e = parse(c, &a, 2, ARGS_SETS_MAX, &why);

	name_all(&a, c->word + 1, e == ERR_OK ? c->words - 1 : 0);
	if (e == ERR_OK)
		e = place_use_hold(&u, &a, &w, &why);
	if (e == ERR_OK)
		e = process_daemonize(&child, &why);
	if (child) {
		lease_mine(&u.lease);
		keep(&u);
		place_use_close(&u);
		return 0;
	}
	if (e == ERR_OK) {
		say_acquired(c, &u);
		place_use_leave(&u);
	} else {
		place_use_close(&u);
	}
	return say_end(c, e, &why);
}

/* ---- release */

/* The holder is asked to end; only one that truly has the file, and was made for this. */
static enum err
ask_holder(const char *name, const char *file, const json_t *holder, bool kick,
    struct err_msg *why)
{
	pid_t pid = (pid_t)json_get_int(holder, "pid", 0);
	char words[300], other[64];

	lease_words(holder, words, sizeof words);
	if (strcmp(json_get_str(holder, "kind", ""), "hold") != 0 && !kick)
		return err_set(why, ERR_BUSY, name, "--kick ends it, with its clean-up",
		    "in use by %s", words);
	if (json_get_int(holder, "uid", -1) != (int64_t)process_uid() && process_uid() != 0)
		return err_set(why, ERR_DENIED, name, NULL, "held by %s", words);
	if (pid <= 1 || !process_holds(pid, file)) /* it died, what it had started lives */
		pid = process_holder(file, other, sizeof other);
	if (pid <= 1)
		return err_set(why, ERR_INFRA, name, NULL, "who has the lock %s cannot be seen",
		    file);
	sys_kill_group(pid, SIGTERM);
	return ERR_OK;
}

static enum err
release_one(const json_t *row, bool kick, struct err_msg *why)
{
	const char *name = json_get_str(row, "name", "?");
	char *file = lease_file(row);
	json_t *look = lease_look(row);
	const uint64_t deadline = sys_mono() + RELEASE_S * NS_PER_S;
	enum err e;

	if (file == NULL)
		e = err_set(why, ERR_NOTHING, name, NULL, "nobody holds it");
	else
		e = ask_holder(name, file, json_object_get(look, "holder"), kick, why);
	while (e == ERR_OK && lockfile_held(file)) {
		if (sys_mono() > deadline)
			e = err_set(why, ERR_TIMEOUT, name, NULL, "its holder does not end");
		(void)poll(NULL, 0, LOOK_MS / 4);
	}
	json_decref(look);
	mem_free(file);
	return e;
}

static int
release(struct cli_call *c)
{
	bool kick = false;
	const struct args_option options[] = {
		{ "--kick", ARGS_FLAG, &kick }, { NULL, ARGS_FLAG, NULL },
	};
	struct err_msg why;
	json_t *rows = NULL;
	enum err e = args_parse(c, options, 2, 2, &why);

	if (e == ERR_OK)
		e = matching(c->word[1], &rows, &why);
	if (e == ERR_OK && json_array_size(rows) != 1)
		e = err_set(&why, ERR_USAGE, c->word[1], NULL, "say which of the %zu",
		    json_array_size(rows));
	if (e == ERR_OK)
		e = release_one(json_array_get(rows, 0), kick, &why);
	json_decref(rows);
	return say_end(c, e, &why);
}

static int
lease(struct cli_call *c)
{
	struct place_args a = { .wait = NULL };
	uint64_t span = LEASE_NS, now = sys_wall();
	struct err_msg why;
	json_t *rows = NULL;
	char until[32];
	enum err e = parse(c, &a, 2, 2, &why);

	if (a.lease != NULL)
		(void)slice_duration(slice_of(a.lease), &span);
	if (e == ERR_OK)
		e = matching(c->word[1], &rows, &why);
	if (e == ERR_OK)
		e = lease_extend(json_array_get(rows, 0), (now + span) / NS_PER_S, &why);
	if (e == ERR_OK && !c->json) {
		lease_time((double)((now + span) / NS_PER_S), until, sizeof until);
		printf("%s: until %s\n", c->word[1], until);
	} else if (e == ERR_OK) {
		printf("{\"until\":%llu}\n", (unsigned long long)((now + span) / NS_PER_S));
	}
	json_decref(rows);
	return say_end(c, e, &why);
}

/* ---- exec, power */

struct child {
	struct loop *loop;
	struct place_use *use;
	pid_t pid;
	int status;
	bool over;
	struct err_msg why;
	struct loop_timer *kill;
};

static void
on_ended(void *arg, int status)
{
	struct child *k = arg;

	k->status = status;
	loop_stop(k->loop);
}

static void
on_kill(void *arg)
{
	struct child *k = arg;

	k->kill = NULL;
	sys_kill_group(k->pid, SIGKILL);
}

static void
on_pass(void *arg)
{
	sys_kill_group(((struct child *)arg)->pid, SIGTERM);
}

static void
on_watch(void *arg)
{
	struct child *k = arg;

	if (k->over || !place_use_over(k->use, &k->why))
		return;
	k->over = true;
	on_pass(k);
	k->kill = loop_timer_start(k->loop, END_NS, 0, on_kill, k);
}

/* ^C reaches the child by itself; we wait for it. */
static void
ignore(void *arg)
{
	(void)arg;
}

static void
follow(struct child *k)
{
	struct loop_signal *s[] = {
		loop_signal_watch(k->loop, SIGINT, ignore, k),
		loop_signal_watch(k->loop, SIGTERM, on_pass, k),
		loop_signal_watch(k->loop, SIGHUP, on_pass, k),
	};
	struct loop_timer *t = loop_timer_start(k->loop, LOOK_MS * NS_PER_MS, LOOK_MS * NS_PER_MS,
	    on_watch, k);

	(void)loop_child_watch(k->loop, k->pid, on_ended, k);
	loop_run(k->loop);
	loop_timer_stop(t);
	loop_timer_stop(k->kill);
	for (size_t i = 0; i < sizeof s / sizeof *s; i++)
		loop_signal_forget(s[i]);
}

static enum err
run(struct place_use *u, const char *const *argv, const char *const *env, int *status,
    struct err_msg *why)
{
	struct child k = { .loop = loop_new(), .use = u };
	const struct sys_spawn s = { .argv = argv, .env_add = env, .fd_in = 0, .fd_out = 1,
		.fd_err = 2, .fd3 = -1, .keep_group = true,
		.keep = u->keep, .nkeep = u->nkeep, .die_with_parent = true };
	enum err e = k.loop != NULL ? sys_spawn(&s, &k.pid, why) :
	    err_set(why, ERR_INFRA, argv[0], NULL, "no descriptors left");

	if (e == ERR_OK)
		follow(&k);
	loop_free(k.loop);
	*status = k.status;
	if (k.over)
		*why = k.why;
	return k.over ? k.why.code : e;
}

/* VISE_PLACE=NAME,... VISE_PLACE_CONSOLE... of the first; the token, so that what is started may
 * use it. */
static size_t
environment(const struct place_use *u, char **env)
{
	static const char *const fields[][2] = {
		{ "console", "CONSOLE" }, { "board", "BOARD" }, { "probe", "PROBE" },
		{ "ssh", "SSH" },
	};
	char *names = mem_str("");
	size_t n = 0;

	for (size_t i = 0; i < place_use_count(u); i++) {
		char *more = mem_fmt("%s%s%s", names, i != 0 ? "," : "",
		    place_use_text(u, i, "name"));

		mem_free(names);
		names = more;
	}
	env[n++] = mem_fmt("VISE_PLACE=%s", names);
	env[n++] = mem_fmt("%s=%s", LEASE_TOKEN_ENV, u->lease.token);
	for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
		if (place_use_text(u, 0, fields[i][0]) != NULL)
			env[n++] = mem_fmt("VISE_PLACE_%s=%s", fields[i][1],
			    place_use_text(u, 0, fields[i][0]));
	mem_free(names);
	env[n] = NULL;
	return n;
}

static int
exec(struct cli_call *c)
{
	struct place_args a = { .wait = NULL };
	struct place_use u = { .rows = NULL };
	char *env[8];
	size_t n = 0;
	int status = 0;
	struct err_msg why;
	enum err e = parse(c, &a, 2, ARGS_SETS_MAX, &why);

	name_all(&a, c->word + 1, e == ERR_OK ? c->words - 1 : 0);
	if (e == ERR_OK && c->rests == 0)
		e = err_set(&why, ERR_USAGE, "place exec", "vise place exec NAME -- COMMAND",
		    "no command behind --");
	if (e == ERR_OK)
		e = place_use_open(&u, &a, "place exec", &why);
	if (e == ERR_OK) {
		n = environment(&u, env);
		e = run(&u, (const char *const *)c->rest, (const char *const *)env, &status, &why);
	}
	while (n > 0)
		mem_free(env[--n]);
	place_use_close(&u);
	return e == ERR_OK ? status : say_end(c, e, &why);
}

static enum err
act(struct place_use *u, const char *what, struct err_msg *why)
{
	const json_t *power = json_object_get(json_array_get(u->rows, 0), "power"),
		     *list = json_object_get(power, what);
	const char *argv[WORDS] = { NULL };
	int status = 0;
	enum err e;

	if (list == NULL)
		return err_set(why, ERR_UNSUPPORTED, place_use_text(u, 0, "name"),
		    "\"power\" in its description: vise-place(5)", "it has no \"%s\"", what);
	for (size_t i = 0; i < json_array_size(list) && i + 1 < WORDS; i++)
		argv[i] = json_string_value(json_array_get(list, i));
	e = run(u, argv, NULL, &status, why);
	if (e == ERR_OK && status != 0)
		e = err_set(why, ERR_TOOL, argv[0], NULL, "ended with %d", status);
	return e;
}

static int
power(struct cli_call *c)
{
	struct place_args a = { .wait = NULL };
	struct place_use u = { .rows = NULL };
	struct err_msg why;
	enum err e = parse(c, &a, 3, 3, &why);
	const char *what = e == ERR_OK ? c->word[2] : "";

	name_all(&a, c->word + 1, 1);
	if (e == ERR_OK && strcmp(what, "on") != 0 && strcmp(what, "off") != 0 &&
	    strcmp(what, "cycle") != 0)
		e = err_set(&why, ERR_USAGE, what, NULL, "on, off or cycle");
	if (e == ERR_OK)
		e = place_use_open(&u, &a, "place power", &why);
	if (e == ERR_OK && strcmp(what, "cycle") == 0 &&
	    json_object_get(json_object_get(json_array_get(u.rows, 0), "power"), "cycle") == NULL) {
		e = act(&u, "off", &why);
		if (e == ERR_OK)
			(void)poll(NULL, 0, 1000);
		what = "on";
	}
	if (e == ERR_OK)
		e = act(&u, what, &why);
	place_use_close(&u);
	return say_end(c, e, &why);
}

static const struct cli_verb verbs[] = {
	{ "list", list }, { "show", show }, { "acquire", acquire },
	{ "release", release }, { "lease", lease }, { "exec", exec },
	{ "power", power }, { NULL, NULL },
};

int
cli_place(struct cli_call *c)
{
	/* what vise calls itself: no error names it */
	if (c->argc > 1 && strcmp(c->argv[1], "guard") == 0)
		return place_grid_guard(c);
	if (c->argc > 1 && strcmp(c->argv[1], "hold") == 0)
		return place_hold(c);
	return verbs_run(c, verbs);
}
