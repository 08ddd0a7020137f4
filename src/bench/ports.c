/* ports.c - listing ports for the screen, the command line and scripts; profiles as ports. */
#include "bench/ports.h"

#include <string.h>

#include "base/alloc.h"
#include "bench/clients.h"
#include "bench/consoles.h"
#include "bench/news.h"
#include "sys/path.h"
#include "sys/time.h"
#include "transport/comings.h"
#include "transport/portrow.h"
#include "transport/usblist.h"

/* ---- a profile's port */

static const json_t *
board_row(const struct bench *b, const char *id)
{
	const json_t *row;
	size_t i;

	json_array_foreach(b->boards, i, row)
		if (strcmp(json_get_str(row, "id", ""), id) == 0)
			return row;
	return NULL;
}

static bool
is_port_word(const char *word)
{
	char *dev = mem_fmt("/dev/%s", word);
	const bool is = strchr(word, '/') != NULL || strchr(word, ':') != NULL || path_exists(dev);

	mem_free(dev);
	return is;
}

/* The profile of a port that is named by itself; NULL when there is none, or no such port. */
static const json_t *
board_of_port(const struct bench *b, const char *word)
{
	const bool usb = strncmp(word, "usb:", 4) == 0;
	char *dev = strchr(word, '/') != NULL ? mem_str(word) : mem_fmt("/dev/%s", word);
	struct port p;
	const enum err e = usb ? port_select("", word + 4, &p, NULL)
			       : port_describe("", dev, 0, &p);

	mem_free(dev);
	return e == ERR_OK ? portrow_board(&p, b->boards) : NULL;
}

enum err
ports_resolve(
    struct bench *b, const char *word, char **spec, const json_t **board, struct err_msg *why)
{
	char text[2 * PORT_PATH_MAX];
	struct port p;
	enum err e;

	*spec = NULL;
	*board = is_port_word(word) ? NULL : board_row(b, word);
	if (*board == NULL) {
		*board = board_of_port(b, word);
		*spec = mem_str(word);
		return ERR_OK;
	}
	e = portrow_select("", *board, &p, why);
	if (e != ERR_OK)
		return e;
	portrow_spec(&p, text, sizeof text);
	*spec = mem_str(text);
	return ERR_OK;
}

/* ---- news */

/* Not for the journal: what becomes of a console's port is there. */
static void
on_comings(void *arg)
{
	struct bench *b = arg;
	json_t *o = json_pack("{s:I}", "t", (json_int_t)bench_time(b, sys_mono()));

	clients_event(b, "ports", o);
	json_decref(o);
}

void
ports_open(struct bench *b)
{
	b->comings = comings_open(b->loop, "/dev", on_comings, b);
}

void
ports_close(struct bench *b)
{
	comings_close(b->comings);
	b->comings = NULL;
}

/* ---- port.list */

struct listing {
	struct command_call *call;
	struct port_list list;
	struct err_msg why;
	enum err e;
};

static void
list_work(void *arg)
{
	struct listing *l = arg;

	l->e = ports_list("", PORTS_HOLDERS, &l->list, &l->why);
}

/* The console of ours that has it. */
static const struct bench_console *
console_on(const struct bench *b, const char *path)
{
	LIST_EACH(n, &b->consoles) {
		const struct bench_console *k = consoles_entry(n);

		if (console_state(k->console) == CONSOLE_OPEN &&
		    strcmp(console_device(k->console), path) == 0)
			return k;
	}
	return NULL;
}

static void
list_done(void *arg)
{
	struct listing *l = arg;
	struct bench *b = l->call->ctx;
	json_t *rows = json_array();

	if (b->ending)                  /* what the rows would say is going */
		l->e = err_set(&l->why, ERR_CANCELLED, "port.list", NULL, "the bench ends");

	for (size_t i = 0; l->e == ERR_OK && i < l->list.n; i++) {
		const struct bench_console *k = console_on(b, l->list.v[i].path);
		json_t *row = portrow_json(&l->list.v[i], b->boards);

		if (k != NULL)
			json_put_str(row, "console", k->name);
		(void)json_array_append_new(rows, row);
	}
	if (l->e == ERR_OK) {
		command_done(l->call, rows);
	} else {
		json_decref(rows);
		command_fail(l->call, &l->why);
	}
	ports_free(&l->list);
	mem_free(l);
}

static void
cmd_list(struct command_call *c)
{
	struct listing *l = mem_zero(1, sizeof *l);
	const struct bench *b = c->ctx;

	l->call = c;
	loop_work(b->loop, list_work, list_done, l);
}

/* ---- usb.list */

struct usb_listing { struct command_call *call; json_t *list; struct err_msg why; enum err e; };

static void
usb_work(void *arg)
{
	struct usb_listing *l = arg;

	l->e = usblist("", &l->list, &l->why);
}

static void
usb_done(void *arg)
{
	struct usb_listing *l = arg;

	if (l->e == ERR_OK)
		command_done(l->call, l->list);
	else
		command_fail(l->call, &l->why);
	mem_free(l);
}

static void
cmd_usb(struct command_call *c)
{
	struct usb_listing *l = mem_zero(1, sizeof *l);
	const struct bench *b = c->ctx;

	l->call = c;
	loop_work(b->loop, usb_work, usb_done, l);
}

const struct command bench_port_commands[] = {
	{ "port.list", "serial ports, the profile each matches, and what is in the way", NULL, 0,
	    cmd_list },
	{ "usb.list", "USB devices", NULL, 0, cmd_usb },
	{ .name = NULL },
};
