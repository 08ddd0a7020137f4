/* place_bench.c - places as jobs of a bench. */
#include "cli/place_bench.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/slice.h"
#include "cli/door.h"
#include "cli/lease.h"
#include "cli/lease_text.h"
#include "cli/places.h"
#include "sys/path.h"
#include "sys/time.h"

enum { LOOK_MS = 30 };
/* labgrid asks its coordinator several times */
static const uint64_t ASK_NS = 10 * NS_PER_S, TAKE_NS = 120 * NS_PER_S;

const char *
place_bench_word(const char *target)
{
	if (target != NULL && strncmp(target, "place:", 6) == 0)
		return target + 6;
	return target != NULL && strncmp(target, "labgrid:", 8) == 0 ? target : NULL;
}

static bool
is_free(const json_t *row)
{
	json_t *look = lease_look(row);
	const bool held = strcmp(json_get_str(look, "state", ""), "held") == 0;

	json_decref(look);
	return !held;
}

enum err
place_bench_find(const char *word, const struct place_args *a, json_t **row, struct err_msg *why)
{
	json_t *rows = NULL, *fit = NULL, *r;
	enum err e = places_rows(&rows, why);
	size_t i;

	*row = NULL;
	if (e == ERR_OK)
		e = places_match(rows, word, &fit, why);
	json_array_foreach(fit, i, r)
		if (e == ERR_OK && *row == NULL && is_free(r))
			*row = json_copy(r);
	if (e == ERR_OK && *row == NULL && a->wait != NULL)
		*row = json_copy(json_array_get(fit, 0));
	if (e == ERR_OK && *row == NULL) {
		e = ERR_BUSY;
		lease_busy(fit, why);
	}
	json_decref(fit);
	json_decref(rows);
	return e;
}

static void
command(struct buf *line, const json_t *row, const struct place_args *a)
{
	const char *name = json_get_str(row, "name", "");
	char *self = path_self(), *title = mem_fmt("place %s", name);
	const struct { const char *option, *value; } more[] = {
		{ "--wait", a->wait }, { "--lease", a->lease },
		{ "--reason", a->reason != NULL ? a->reason : "vise" },
	};

	(void)buf_add_str(line, "job.run kind=place");
	door_add(line, "name", title);
	(void)buf_add_str(line, " --");
	door_add(line, NULL, self);
	(void)buf_add_str(line, " place hold");
	door_add(line, NULL, name);
	for (size_t i = 0; i < sizeof more / sizeof *more; i++)
		if (more[i].value != NULL) {
			door_add(line, NULL, more[i].option);
			door_add(line, NULL, more[i].value);
		}
	mem_free(title);
	mem_free(self);
}

/* { place } or { error } of the first line; ERR_BUSY: it has said nothing yet. */
static enum err
judge(const json_t *output, const char *name, json_t *row, struct err_msg *why)
{
	struct slice rest = slice_of(json_get_str(output, "text", "")),
		     line = slice_cut(rest, '\n', &rest);
	json_t *said = line.n != 0 ? json_read(line.p, line.n, name, NULL) : NULL;
	enum err e = ERR_BUSY;

	if (json_object_get(said, "error") != NULL) {
		e = json_to_err(json_object_get(said, "error"), why);
		e = why->code != ERR_OK ? why->code : e;
	} else if (json_object_get(said, "place") != NULL) {
		(void)json_object_update(row, json_object_get(said, "place"));
		return json_decref(said), ERR_OK;
	} else {
		(void)err_set(why, ERR_INFRA, name, NULL, "no word of who holds it");
		return json_decref(said), ERR_BUSY;
	}
	json_decref(said);
	return e == ERR_BUSY ? ERR_LIMIT : e;
}

static enum err
wait_for(struct client *k, int64_t job, const char *name, uint64_t until, json_t *row,
    struct err_msg *why)
{
	char line[64];
	enum err e;

	(void)snprintf(line, sizeof line, "job.output %d", (int)job);
	do {
		json_t *output = NULL;

		e = client_line(k, line, ASK_NS, &output, why);
		if (e == ERR_OK)
			e = judge(output, name, row, why);
		json_decref(output);
		if (e == ERR_BUSY)
			(void)poll(NULL, 0, LOOK_MS);
	} while (e == ERR_BUSY && sys_mono() < until);
	return e == ERR_OK ? e : why->code;
}

static enum err
tie(struct client *k, const json_t *row, const char *key, const char *value, struct err_msg *why)
{
	struct buf line;
	enum err e;

	buf_init(&line, 65536);
	(void)buf_add_fmt(&line, "job.tie %d", (int)json_get_int(row, "hold", 0));
	door_add(&line, "place", json_get_str(row, "name", ""));
	door_add(&line, key, value);
	e = client_line(k, buf_str(&line), ASK_NS, NULL, why);
	buf_fini(&line);
	return e;
}

enum err
place_bench_tie(struct client *k, const json_t *row, const char *console, int64_t debug,
    struct err_msg *why)
{
	char number[24];
	enum err e = console != NULL ? tie(k, row, "console", console, why) : ERR_OK;

	(void)snprintf(number, sizeof number, "%d", (int)debug);
	return e == ERR_OK && debug != 0 ? tie(k, row, "debug", number, why) : e;
}

enum err
place_bench_hold(struct client *k, json_t *row, const struct place_args *a, bool own,
    struct err_msg *why)
{
	const char *name = json_get_str(row, "name", "");
	uint64_t wait = 0;
	json_t *job = NULL;
	struct buf line;
	enum err e;

	(void)slice_duration(slice_of(a->wait != NULL ? a->wait : ""), &wait);
	buf_init(&line, 65536);
	command(&line, row, a);
	e = client_line(k, buf_str(&line), ASK_NS, &job, why);
	if (e == ERR_OK)
		e = wait_for(k, json_get_int(job, "id", 0), name, sys_mono() + wait + TAKE_NS, row,
		    why);
	json_put_int(row, "hold", json_get_int(job, "id", 0));
	if (e == ERR_OK && own)
		e = tie(k, row, "all", "on", why);
	json_decref(job);
	buf_fini(&line);
	return e;
}
