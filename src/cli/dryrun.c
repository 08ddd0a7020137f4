/* dryrun.c - ports, places and profiles looked at, and not touched. */
#include "cli/dryrun.h"

#include <string.h>

#include "cli/door.h"
#include "cli/lease.h"
#include "cli/places.h"
#include "cli/plugins.h"
#include "cli/say.h"
#include "sys/path.h"
#include "transport/discover.h"

void
dryrun_init(struct dryrun *d)
{
	*d = (struct dryrun){ .rows = json_array() };
}

void
dryrun_status(struct dryrun *d, int status)
{
	static const int order[] = { 130, 143, 124, 7, 4, 2, 3, 6, 1, 5, 0 };

	for (size_t i = 0; i < sizeof order / sizeof *order; i++)
		if (order[i] == status || order[i] == d->status) {
			d->status = order[i];
			return;
		}
}

static json_t *
row(struct dryrun *d, const char *what, const char *name, const char *state, const char *text)
{
	json_t *o = json_object();

	json_put_str(o, "what", what);
	json_put_str(o, "name", name);
	json_put_str(o, "state", state);
	json_put_str(o, "text", text);
	(void)json_array_append_new(d->rows, o);
	return o;
}

static void
missing(struct dryrun *d, const char *what, const char *name, const struct err_msg *why)
{
	char text[ERR_WHAT_MAX + ERR_WHY_MAX + ERR_NEXT_MAX + 8];

	err_format(why, text, sizeof text);
	(void)row(d, what, name, "missing", text);
	dryrun_status(d, err_exit_status(why->code));
}

static bool
begins(const char *s, const char *with)
{
	return strncmp(s, with, strlen(with)) == 0;
}

/* What can be known of it without opening it: "there", "unknown", or NULL with the reason. */
static const char *
look(const char *spec, struct err_msg *why)
{
	static const char *const far[] = { "tcp:", "rfc2217:", "telnet:", "udp:", "ssh:",
		"labgrid:", NULL }, *const made[] = { "exec:", "shell:", "pty:", "demo", NULL };
	const char *path = spec;
	struct port port;

	for (const char *const *s = far; *s != NULL; s++)
		if (begins(spec, *s))
			return "unknown";
	for (const char *const *s = made; *s != NULL; s++)
		if (begins(spec, *s))
			return "there";
	if (begins(spec, "usb:"))
		return port_select("", spec + 4, &port, why) == ERR_OK ? "there" : NULL;
	if (strchr(spec, '/') != NULL)
		path = strchr(spec, '/');       /* behind serial:, unix:, replay: */
	if (path_exists(path))
		return "there";
	ports_sentence("", why->next, sizeof why->next);
	(void)err_set(why, ERR_NOENT, spec, why->next, "no such port");
	return NULL;
}

void
dryrun_port(struct dryrun *d, const char *name, const char *spec)
{
	char full[DOOR_TARGET_MAX], bench[DOOR_NAME_MAX], console[DOOR_NAME_MAX];
	struct err_msg why = { .code = ERR_OK };
	const char *state;
	uint32_t stream;
	json_t *o;

	door_spec(spec, full);
	if (door_find(spec, bench, console, &stream)) {
		o = row(d, "port", name, "there", spec);
		json_put_str(o, "bench", bench);
		return;
	}
	state = look(full, &why);
	if (state == NULL)
		missing(d, "port", name, &why);
	else
		(void)row(d, "port", name, state, spec);
}

void
dryrun_board(struct dryrun *d, const char *id, bool others)
{
	struct err_msg why;

	if (id == NULL)
		return;
	if (plugins_have("board", id)) {
		(void)row(d, "board", id, "there", "");
		return;
	}
	if (others) {
		(void)row(d, "board", id, "unknown", "no plugin provides it; a script may");
		return;
	}
	(void)err_set(&why, ERR_USAGE, id, "vise board list", "no plugin provides this board");
	missing(d, "board", id, &why);
}

/* The first of the slot that is free, else busy. */
static void
place(struct dryrun *d, const char *word, const json_t *slot, bool waits)
{
	const json_t *one = json_array_get(slot, 0);
	struct err_msg why;
	json_t *p;
	size_t i;

	json_array_foreach(slot, i, p) {
		json_t *look = lease_look(p);
		const bool free = strcmp(json_get_str(look, "state", ""), "held") != 0;

		json_decref(look);
		if (free) {
			(void)row(d, "place", json_get_str(p, "name", word), "there", "");
			one = p;
			break;
		}
	}
	if (i == json_array_size(slot)) {
		lease_busy(slot, &why);
		(void)row(d, "place", word, "busy", why.why);
		dryrun_status(d, waits ? 0 : err_exit_status(ERR_BUSY));
	}
	if (json_get_str(one, "console", NULL) != NULL && json_object_get(one, "labgrid") == NULL)
		dryrun_port(d, json_get_str(one, "name", word), json_get_str(one, "console", ""));
	dryrun_board(d, json_get_str(one, "board", NULL), true);
}

void
dryrun_places(struct dryrun *d, const struct place_args *a)
{
	struct err_msg why;
	json_t *rows = NULL;
	enum err e = a->names.n != 0 ? places_rows(&rows, &why) : ERR_OK;

	if (e != ERR_OK)
		missing(d, "place", a->names.v[0], &why);
	for (size_t i = 0; e == ERR_OK && i < a->names.n; i++) {
		json_t *slot = NULL;
		const char *word = place_use_word(a->names.v[i]);

		if (places_match(rows, word, &slot, &why) == ERR_OK)
			place(d, word, slot, a->wait != NULL);
		else
			missing(d, "place", word, &why);
		json_decref(slot);
	}
	json_decref(rows);
}

int
dryrun_end(struct dryrun *d, json_t *plan)
{
	const int status = d->status;
	const json_t *o;
	size_t i;

	if (plan != NULL)
		(void)json_object_set(plan, "targets", d->rows);
	json_array_foreach(d->rows, i, o) {
		const char *text = json_get_str(o, "text", ""),
			   *bench = json_get_str(o, "bench", "");

		if (plan != NULL)
			break;
		printf("  %-5s ", json_get_str(o, "what", ""));
		say_str(stdout, json_get_str(o, "name", ""));
		printf(": %s", json_get_str(o, "state", ""));
		if (bench[0] != '\0')
			printf(", open in the bench %s", bench);
		if (text[0] != '\0') {
			fputs(" (", stdout);
			say_str(stdout, text);
			putchar(')');
		}
		putchar('\n');
	}
	json_decref(d->rows);
	d->rows = NULL;
	return status;
}
