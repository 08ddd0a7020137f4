/* door.c - the bench a subcommand works with. */
#include "cli/door.h"

#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "core/command.h"
#include "core/place.h"
#include "loop/loop.h"
#include "proto/dial.h"
#include "sys/path.h"
#include "sys/process.h"
#include "sys/time.h"

enum { LOOK_MS = 20 };
static const uint64_t ASK_NS = 10 * NS_PER_S, OPEN_NS = 8 * NS_PER_S, END_WAIT_NS = 3 * NS_PER_S;

void
door_add(struct buf *line, const char *key, const char *word)
{
	(void)buf_add_byte(line, ' ');
	if (key != NULL)
		(void)buf_add_fmt(line, "%s=", key);
	command_quote(word, line);
}

static bool
has_scheme(const char *word)
{
	const size_t n = strcspn(word, ":/");

	return n > 1 && word[n] == ':';
}

static bool
dev_path(const char *word, char out[DOOR_TARGET_MAX])
{
	if (word[0] == '\0' || strchr(word, '/') != NULL || strchr(word, ':') != NULL)
		return false;
	return snprintf(out, DOOR_TARGET_MAX, "/dev/%s", word) < DOOR_TARGET_MAX &&
	       path_exists(out);
}

bool
door_is_console(const char *word)
{
	char dev[DOOR_TARGET_MAX];

	return has_scheme(word) || strchr(word, '/') != NULL || dev_path(word, dev) ||
	       strncmp(word, "tty", 3) == 0;
}

void
door_spec(const char *target, char out[DOOR_TARGET_MAX])
{
	char *full = NULL;

	if (dev_path(target, out))
		return;
	/* A bench has another working directory than we have. A link stays a link: what it leads
	 * to later is meant too. */
	if (!has_scheme(target) && target[0] != '/' && strchr(target, '/') != NULL &&
	    path_exists(target)) {
		char *cwd = path_cwd();

		full = path_join(cwd, target);
		mem_free(cwd);
	}
	(void)snprintf(out, DOOR_TARGET_MAX, "%s", full != NULL ? full : target);
	mem_free(full);
}

/* For comparing: links followed. */
static void
canonical(const char *target, char out[DOOR_TARGET_MAX])
{
	char spec[DOOR_TARGET_MAX], real[PATH_MAX];
	const char *path = spec;
	struct stat st;

	door_spec(target, spec);
	if (strncmp(path, "pty:", 4) == 0)
		path += 4;
	/* a node itself, the common case, needs no walk */
	if (path[0] == '/' && lstat(path, &st) == 0 && S_ISLNK(st.st_mode) &&
	    realpath(path, real) != NULL)
		path = real;
	(void)snprintf(out, DOOR_TARGET_MAX, "%s", path);
}

static bool
same_target(const char *a, const char *canon)
{
	char b[DOOR_TARGET_MAX];

	if (a == NULL || a[0] == '\0')
		return false;
	canonical(a, b);
	return strcmp(b, canon) == 0;
}

static bool
has_console(
    const json_t *consoles, const char *canon, char console[DOOR_NAME_MAX], uint32_t *stream)
{
	for (size_t i = 0; i < json_array_size(consoles); i++) {
		const json_t *o = json_array_get(consoles, i);

		if (strcmp(json_get_str(o, "state", "open"), "closed") == 0)
			continue;
		if (strcmp(json_get_str(o, "profile", ""), canon) != 0 &&
		    !same_target(json_get_str(o, "device", NULL), canon) &&
		    !same_target(json_get_str(o, "spec", NULL), canon))
			continue;
		(void)snprintf(console, DOOR_NAME_MAX, "%s", json_get_str(o, "name", ""));
		*stream = (uint32_t)json_get_int(o, "stream", 0);
		return true;
	}
	return false;
}

static bool
ask_consoles(const char *bench, const char *canon, char console[DOOR_NAME_MAX], uint32_t *stream)
{
	struct client *c = NULL;
	json_t *list = NULL;
	bool found = false;
	int fd;

	if (dial_bench(bench, &fd, NULL) != ERR_OK || client_open(&c, fd, NULL) != ERR_OK)
		return false;
	if (client_line(c, "console.list", ASK_NS, &list, NULL) == ERR_OK)
		found = has_console(json_is_object(list) ? json_object_get(list, "consoles") : list,
		    canon, console, stream);
	json_decref(list);
	client_close(c);
	return found;
}

void
door_await(const json_t *row)
{
	const char *name = json_get_str(row, "name", ""), *socket = json_get_str(row, "socket", "");
	const pid_t pid = (pid_t)json_get_int(row, "pid", 0);
	const uint64_t gone = (uint64_t)json_get_int(row, "ending", 0), wall = sys_wall();
	const uint64_t begin = sys_mono(), most = (gone > wall ? gone - wall : 0) + END_WAIT_NS;
	bool told = false;

	while (process_alive(pid) && path_exists(socket) && sys_mono() - begin < most) {
		(void)poll(NULL, 0, LOOK_MS);
		if (told || sys_mono() - begin < NS_PER_S)
			continue;
		told = true;
		fprintf(stderr, "vise: %s: it is ending; waiting until it is gone\n", name);
	}
}

void
door_await_name(const char *name)
{
	json_t *list = dial_list();

	for (size_t i = 0; i < json_array_size(list); i++)
		if (strcmp(json_get_str(json_array_get(list, i), "name", ""), name) == 0 &&
		    dial_is_ending(json_array_get(list, i)))
			door_await(json_array_get(list, i));
	json_decref(list);
}

bool
door_find(
    const char *target, char bench[DOOR_NAME_MAX], char console[DOOR_NAME_MAX], uint32_t *stream)
{
	json_t *list = dial_list();
	char canon[DOOR_TARGET_MAX];
	bool found = false;

	canonical(target, canon);
	console[0] = '\0';
	*stream = 0;
	for (size_t i = 0; i < json_array_size(list) && !found; i++) {
		const json_t *o = json_array_get(list, i);
		const char *name = json_get_str(o, "name", "");

		found = ask_consoles(name, canon, console, stream) ||
			same_target(json_get_str(o, "target", NULL), canon);
		if (found && dial_is_ending(o)) {       /* its port will be free */
			door_await(o);
			found = false;
			console[0] = '\0';
		} else if (found) {
			(void)snprintf(bench, DOOR_NAME_MAX, "%s", name);
		}
	}
	json_decref(list);
	return found;
}

static enum err
start(struct door *d, const char *target, struct err_msg *why)
{
	const char *extra[] = { target != NULL ? "--target" : NULL, target, NULL };

	d->ephemeral = true;
	return dial_start(NULL, 0, extra, d->bench, sizeof d->bench, why);
}

/* What may be done where no bench is named: join one, or start one; a script (OWN) leaves those
 * alone that others made for themselves, where there are several. */
enum may { JOIN, START, OWN };

static void
leave_ephemeral(json_t *list)
{
	for (size_t i = json_array_size(list); i-- > 0;)
		if (json_get_bool(json_array_get(list, i), "ephemeral", false))
			(void)json_array_remove(list, i);
}

static enum err
only_one(struct door *d, enum may may, struct err_msg *why)
{
	json_t *list = dial_live();
	size_t n = json_array_size(list);
	enum err e = ERR_OK;

	if (n > 1 && may == OWN)
		leave_ephemeral(list);
	n = json_array_size(list);

	if (n == 1)
		(void)snprintf(d->bench, sizeof d->bench, "%s",
		    json_get_str(json_array_get(list, 0), "name", ""));
	else if (n == 0 && may != JOIN)
		e = start(d, NULL, why);
	else if (n == 0)
		e = err_set(why, ERR_NOENT, "bench", "start one with: vise", "none is running");
	else
		e = err_set(why, ERR_USAGE, "bench",
		    "say which with --bench NAME; vise ls lists them", "%zu are running", n);
	json_decref(list);
	return e;
}

static enum err
pick(struct door *d, const char *bench, const char *target, enum may may, struct err_msg *why)
{
	char spec[DOOR_TARGET_MAX];

	if (bench != NULL) {
		(void)snprintf(d->bench, sizeof d->bench, "%s", bench);
		if (target != NULL) {
			canonical(target, spec);
			(void)ask_consoles(bench, spec, d->console, &d->stream);
		}
		return ERR_OK;
	}
	if (target == NULL)
		return only_one(d, may, why);
	if (door_find(target, d->bench, d->console, &d->stream))
		return ERR_OK;
	door_spec(target, spec);
	return start(d, spec, why);
}

static enum err
enter(struct door *d, struct err_msg *why)
{
	json_t *snapshot = NULL;
	enum err e;
	int fd;

	e = dial_bench(d->bench, &fd, why);
	if (e == ERR_OK)
		e = client_open(&d->client, fd, why);
	if (e == ERR_OK)
		e = client_attach(d->client, "bench", &snapshot, why);
	d->started_wall = (uint64_t)json_get_int(json_object_get(snapshot, "bench"),
	    "started_wall", 0);
	json_decref(snapshot);
	if (e != ERR_OK)
		door_close(d);
	return e;
}

static enum err
open_any(struct door *d, const char *bench, const char *target, enum may may, struct err_msg *why)
{
	enum err e = ERR_NOENT;

	/* the one that was found may just be ending: then it is not found again */
	for (int i = 0; i < 3 && (e == ERR_NOENT || e == ERR_EOF); i++) {
		*d = (struct door){ .client = NULL };
		e = pick(d, bench, target, may, why);
		e = e == ERR_OK ? enter(d, why) : e;
		if (bench != NULL)
			break;
	}
	return e;
}

enum err
door_open(
    struct door *d, const char *bench, const char *target, bool may_start, struct err_msg *why)
{
	return open_any(d, bench, target, may_start ? START : JOIN, why);
}

enum err
door_open_run(struct door *d, const char *bench, const char *target, struct err_msg *why)
{
	return open_any(d, bench, target, OWN, why);
}

enum err
door_new(struct door *d, struct err_msg *why)
{
	enum err e;

	*d = (struct door){ .client = NULL };
	e = start(d, NULL, why);
	return e == ERR_OK ? enter(d, why) : e;
}

char *
door_source(const char *source)
{
	const char *slash = strrchr(source, '/');
	char *folder, *out, real[PATH_MAX];
	bool found;

	if (place_fetched(source) || source[0] == '/')
		return mem_str(source);
	folder = slash != NULL ? mem_strn(source, (size_t)(slash - source)) : mem_str(".");
	found = realpath(folder, real) != NULL;
	out = found ? path_join(real, slash != NULL ? slash + 1 : source) : mem_str(source);
	mem_free(folder);
	return out;
}

struct leaving {
	struct loop *loop;
	char *socket;
};

static void
on_look(void *arg)
{
	struct leaving *w = arg;

	if (!path_exists(w->socket))
		loop_stop(w->loop);
}

static void
on_enough(void *arg)
{
	loop_stop(((struct leaving *)arg)->loop);
}

/* A bench of ours ends when we go, and gives its ports back before it takes its socket away: who
 * runs us twice in a row finds the port free. */
static void
await_end(const char *bench)
{
	struct leaving w = { .loop = loop_new(), .socket = dial_socket(bench) };

	if (w.loop != NULL && path_exists(w.socket)) {
		(void)loop_timer_start(w.loop, NS_PER_MS, 2 * NS_PER_MS, on_look, &w);
		(void)loop_timer_start(w.loop, END_WAIT_NS, 0, on_enough, &w);
		loop_run(w.loop);
	}
	loop_free(w.loop);
	mem_free(w.socket);
}

enum err
door_commands(struct door *d, json_t **list, struct err_msg *why)
{
	json_t *snapshot = NULL;
	const enum err e = client_attach(d->client, "commands", &snapshot, why);

	*list = json_incref(json_object_get(snapshot, "commands"));
	json_decref(snapshot);
	return e;
}

void
door_close(struct door *d)
{
	const bool ours = d->ephemeral && d->client != NULL;

	if (d->client != NULL)
		client_listen(d->client, NULL, NULL);
	client_close(d->client);
	d->client = NULL;
	if (ours)
		await_end(d->bench);
}

/* ---- the console of the target */

struct opening {
	struct client *client;
	const struct client_ops *listens;
	void *arg;
	int64_t id;
	bool done;
	bool bad;
	struct err_msg why;
};

/* Why it did not open: with the code of the real reason, as busy and denied are. */
static void
opening_failed(struct opening *o, const json_t *console)
{
	const char *code = json_get_str(console, "code", err_word(ERR_LOST)),
		   *next = json_get_str(console, "next", "");

	(void)err_set(&o->why, err_from_word(code), "",
	    next[0] != '\0' ? next : "vise ports shows what is there", "%s",
	    json_get_str(console, "cause", json_get_str(console, "state", "")));
}

static void
opening_state(struct opening *o, const json_t *console)
{
	const char *state = json_get_str(console, "state", "open");

	if (strcmp(state, "opening") == 0)
		return;
	o->done = true;
	/* what it said before it went is still to be had */
	o->bad = strcmp(state, "open") != 0 && json_get_int(console, "end", 0) == 0;
	if (o->bad)
		opening_failed(o, console);
}

static void
opening_event(void *arg, const char *type, const json_t *body)
{
	struct opening *o = arg;
	const json_t *console = json_object_get(body, "console");

	if (strcmp(type, "console") == 0 && json_get_int(console, "id", -1) == o->id)
		opening_state(o, console);
	if (o->listens != NULL)
		o->listens->event(o->arg, type, body);
}

/* News that came in one read with the answer to console.open went to who listened before. */
static void
look_again(struct opening *o)
{
	json_t *list = NULL, *row;
	size_t i;

	if (o->done || client_line(o->client, "console.list", ASK_NS, &list, NULL) != ERR_OK)
		return;
	json_array_foreach (list, i, row)
		if (!o->done && json_get_int(row, "id", -1) == o->id)
			opening_state(o, row);
	json_decref(list);
}

static enum err
await_open(struct opening *o, const char *target, const json_t *console, struct err_msg *why)
{
	static const struct client_ops ops = { .event = opening_event };
	enum err e;

	o->id = json_get_int(console, "id", -1);
	opening_state(o, console);
	client_listen(o->client, &ops, o);
	look_again(o);
	e = client_wait(o->client, &o->done, sys_mono() + OPEN_NS, why);
	client_listen(o->client, o->listens, o->arg);
	if (e == ERR_TIMEOUT)
		return err_set(why, ERR_TIMEOUT, target, "vise ports shows what is there",
		    "it did not open in time");
	if (e == ERR_OK && o->bad)
		return err_set(why, o->why.code, target, o->why.next, "%s", o->why.why);
	return e;
}

enum err
door_opened(struct client *k, const json_t *console, struct err_msg *why)
{
	const char *device = json_get_str(console, "device", "");
	struct opening o = { .client = k };
	enum err e;

	/* a server that is not there yet is waited for on the screen */
	if (strcmp(json_get_str(console, "state", ""), "opening") != 0 || device[0] != '/')
		return ERR_OK;
	e = client_attach(k, "bench", NULL, why);
	if (e == ERR_OK)
		e = await_open(&o, device, console, why);
	return e == ERR_TIMEOUT ? ERR_OK : e;
}

/* Opens target as a console of the bench and waits for it; its name and stream. */
static enum err
open_console(struct door *d, const char *target, const char *name, const char *baud,
    char console[DOOR_NAME_MAX], uint32_t *stream, struct err_msg *why)
{
	char spec[DOOR_TARGET_MAX];
	json_t *result = NULL;
	const json_t *row;
	struct buf line;
	enum err e;

	door_spec(target, spec);
	buf_init(&line, 65536);
	(void)buf_add_str(&line, "console.open");
	door_add(&line, NULL, spec);
	if (name != NULL)
		door_add(&line, "name", name);
	if (baud != NULL)
		door_add(&line, "baud", baud);
	e = client_line(d->client, buf_str(&line), 2 * OPEN_NS, &result, why);
	buf_fini(&line);
	if (e == ERR_OK) {
		row = json_object_get(result, "console");
		row = row != NULL ? row : result;
		(void)snprintf(console, DOOR_NAME_MAX, "%s", json_get_str(row, "name", "main"));
		*stream = (uint32_t)json_get_int(row, "stream", 0);
		e = await_open(&(struct opening){ .client = d->client, .listens = d->listens,
		    .arg = d->arg }, target, row, why);
	}
	json_decref(result);
	return e;
}

enum err
door_console(struct door *d, const char *target, const char *baud, struct err_msg *why)
{
	if (d->console[0] != '\0')
		return ERR_OK;
	return open_console(d, target, d->ephemeral ? "main" : NULL, baud, d->console, &d->stream,
	    why);
}

enum err
door_also(struct door *d, const char *target, const char *name, const char *baud,
    char console[DOOR_NAME_MAX], struct err_msg *why)
{
	uint32_t stream;

	return open_console(d, target, name, baud, console, &stream, why);
}

enum err
door_ask(const char *bench, const struct buf *line, json_t **result, struct err_msg *why)
{
	struct door d = { .client = NULL };
	enum err e = door_open(&d, bench, NULL, false, why);

	*result = NULL;
	if (e == ERR_OK)
		e = client_line(d.client, buf_str(line), 0, result, why);
	if (e != ERR_OK)
		*result = client_cause(d.client);
	door_close(&d);
	return e;
}
