/* cli_board.c - flash and reset of a board. */
#include "cli/cli_board.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "cli/args.h"
#include "cli/cli_boards.h"
#include "cli/door.h"
#include "cli/job.h"
#include "cli/place_use.h"
#include "cli/plugins.h"
#include "cli/say.h"
#include "loop/loop.h"
#include "proto/dial.h"
#include "sys/path.h"

struct board {
	const char *id, *port;
	struct args_sets sets;
	struct place_args place;
	struct place_use use;
	char probe[ERR_WHAT_MAX], host[ERR_WHAT_MAX], pairs[ARGS_SETS_MAX][ERR_WHAT_MAX];
	char *whole[ARGS_SETS_MAX];     /* settings that are files, from here made whole */
	bool dry;
};

/* The bench has a working folder of its own: files of ours get their whole names. */
static void
whole_names(struct board *b)
{
	static const char *const files[] = { "key", "sums", "volume" };

	for (size_t i = 0; i < b->sets.n; i++)
		for (size_t k = 0; k < sizeof files / sizeof *files; k++) {
			const size_t n = strlen(files[k]);
			const char *value = b->sets.v[i] + n + 1;
			char *here;

			if (strncmp(b->sets.v[i], files[k], n) != 0 || b->sets.v[i][n] != '=' ||
			    *value == '\0' || *value == '/' || strstr(value, "://") != NULL)
				continue;
			here = path_cwd();
			b->whole[i] = mem_fmt("%s=%s/%s", files[k], here, value);
			b->sets.v[i] = b->whole[i];
			mem_free(here);
			break;
		}
}

static void
board_close(struct board *b)
{
	for (size_t i = 0; i < ARGS_SETS_MAX; i++)
		mem_free(b->whole[i]);
	place_use_close(&b->use);
}

/* Unless it is given: KEY=VALUE. */
static void
set(struct board *b, const char *key, const char *value, char pair[ERR_WHAT_MAX])
{
	const size_t n = strlen(key);

	for (size_t i = 0; i < b->sets.n; i++)
		if (strncmp(b->sets.v[i], key, n) == 0 && b->sets.v[i][n] == '=')
			return;
	if (value == NULL || b->sets.n == ARGS_SETS_MAX ||
	    snprintf(pair, ERR_WHAT_MAX, "%s=%s", key, value) >= ERR_WHAT_MAX)
		return;
	b->sets.v[b->sets.n++] = pair;
}

/* What the place says of the board, its probe and its host. */
static enum err
take_place(struct cli_call *c, struct board *b, struct err_msg *why)
{
	const char *baud = NULL, *key;
	const json_t *v;
	enum err e = ERR_OK;
	size_t i = 0;

	if (b->place.names.n > 1)
		return err_set(why, ERR_USAGE, c->name, NULL, "one --place at a time");
	e = place_use_target(&b->use, &b->place, c->name, false, &b->port, &baud, why);
	if (e != ERR_OK || place_use_count(&b->use) == 0)
		return e;
	if (b->id == NULL)
		b->id = place_use_text(&b->use, 0, "board");
	set(b, "probe", place_use_text(&b->use, 0, "probe"), b->probe);
	set(b, "host", place_use_text(&b->use, 0, "ssh"), b->host);
	json_object_foreach(json_object_get(json_array_get(b->use.rows, 0), "set"), key, v)
		if (i < ARGS_SETS_MAX)
			set(b, key, json_string_value(v), b->pairs[i++]);
	return ERR_OK;
}

static enum err
parse(struct cli_call *c, struct board *b, size_t files, struct err_msg *why)
{
	const struct args_option options[] = {
		{ "-p", ARGS_TEXT, &b->id },
		{ "--board", ARGS_TEXT, &b->id },
		{ "--port", ARGS_TEXT, &b->port },
		PLACE_ARGS(&b->place),
		{ "--set", ARGS_SET, &b->sets },
		{ "-n", ARGS_FLAG, &b->dry },
		{ "--dry-run", ARGS_FLAG, &b->dry },
		{ NULL, ARGS_FLAG, NULL },
	};
	char names[ERR_NEXT_MAX];
	enum err e = args_parse(c, options, files, files, why);

	if (e == ERR_OK)
		e = take_place(c, b, why);
	if (e == ERR_OK && b->id == NULL) {
		plugins_names("board", names, sizeof names);
		e = err_set(why, ERR_USAGE, c->name, names, "say which board: -p BOARD");
	}
	if (e == ERR_OK && c->bench == NULL && !plugins_have("board", b->id))
		e = plugins_missing("board", b->id, why);
	whole_names(b);
	return e;
}

static enum err
absolute(const char *file, char out[PATH_MAX], struct err_msg *why)
{
	if (realpath(file, out) != NULL)
		return ERR_OK;
	return err_set(why, ERR_NOENT, file, NULL, "no such file");
}

static void
command(struct buf *line, const char *name, const struct board *b, const char *file,
    const char *console, bool asks)
{
	(void)buf_add_str(line, name);
	if (file != NULL)
		door_add(line, NULL, file);
	door_add(line, "board", b->id);
	if (console != NULL && console[0] != '\0')
		door_add(line, "console", console);
	if (asks)
		door_add(line, "confirm", "on");
	if (b->sets.n != 0)
		(void)buf_add_str(line, " --");
	for (size_t i = 0; i < b->sets.n; i++)
		door_add(line, NULL, b->sets.v[i]);
}

/* Starts the command's job in the board's bench. */
static enum err
begin(struct cli_call *c, const struct board *b, const char *name, const char *file, struct door *d,
    json_t **job, struct err_msg *why)
{
	struct buf line;
	enum err e = door_open(d, c->bench, b->port != NULL ? b->port : b->id, true, why);

	if (e == ERR_OK && b->port != NULL)
		e = door_console(d, b->port, NULL, why);
	buf_init(&line, 1 << 20);
	command(&line, name, b, file, b->port != NULL ? d->console : NULL, true);
	if (e == ERR_OK)
		e = client_line(d->client, buf_str(&line), 0, job, why);
	buf_fini(&line);
	return e;
}

/* Nothing is started: the words alone. */
static int
plan(struct cli_call *c, const struct board *b)
{
	char file[PATH_MAX], spec[DOOR_TARGET_MAX], port[DOOR_TARGET_MAX + 8];
	const char *sets[ARGS_SETS_MAX];
	size_t n = 0;
	struct err_msg why;
	int status = 0, end;
	enum err e = absolute(c->word[0], file, &why);

	if (b->port != NULL) {
		door_spec(b->port, spec);
		(void)snprintf(port, sizeof port, "port=%s", spec);
		if (spec[0] == '/')     /* of this machine: a tool can take it */
			sets[n++] = port;
	}
	for (size_t i = 0; i < b->sets.n && n < ARGS_SETS_MAX; i++)
		sets[n++] = b->sets.v[i];
	if (e == ERR_OK)
		e = boards_plan(b->id, file, sets, n, c->json, &status, &why);
	end = say_end(c, e, &why);
	return status != 0 ? status : end;
}

static const uint64_t HELD_NS = 200 * NS_PER_MS;

struct held { struct place_use *use; struct client *client; bool told; };

/* The board is somebody else's now: no further byte is written to it. */
static void
on_held(void *arg)
{
	struct held *h = arg;
	struct err_msg why;

	if (h->told || !place_use_over(h->use, &why))
		return;
	h->told = true;
	client_interrupt(h->client);
}

static enum err
follow(struct cli_call *c, struct board *b, struct door *d, const json_t *job, int *status,
    struct err_msg *why)
{
	struct held h = { .use = &b->use, .client = d->client };
	struct loop_timer *t = place_use_count(&b->use) != 0 ?
	    loop_timer_start(client_loop(d->client), HELD_NS, HELD_NS, on_held, &h) : NULL;
	enum err e = job_follow(d->client, job, c->json, status, why);

	loop_timer_stop(t);
	if (e == ERR_CANCELLED && b->use.over) {
		*why = b->use.why;
		e = why->code;
		*status = err_exit_status(e);
	}
	return e;
}

static int
act(struct cli_call *c, const char *name, size_t files)
{
	struct board b = { .id = NULL };
	struct door d = { .client = NULL };
	char file[PATH_MAX];
	json_t *job = NULL;
	struct err_msg why;
	int status = 0, end;
	enum err e = parse(c, &b, files, &why);

	if (e == ERR_OK && b.dry && files != 0) {
		status = plan(c, &b);
		board_close(&b);
		return status;
	}
	if (e == ERR_OK && files != 0)
		e = absolute(c->word[0], file, &why);
	if (e == ERR_OK)
		e = begin(c, &b, name, files != 0 ? file : NULL, &d, &job, &why);
	if (e == ERR_OK)
		e = follow(c, &b, &d, job, &status, &why);
	json_decref(job);
	door_close(&d);
	board_close(&b);
	end = say_end(c, e, &why);
	return status != 0 ? status : end;
}

int
cli_flash(struct cli_call *c)
{
	return act(c, "board.flash", 1);
}

int
cli_reset(struct cli_call *c)
{
	return act(c, "board.reset", 0);
}
