/* place_use.c - taking the places of a command line, with what labgrid has of them. */
#include "cli/place_use.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/slice.h"
#include "cli/places.h"

/* "NAME" of "NAME=PLACE"; tag=... is a place. */
static size_t
name_of(const char *word)
{
	const char *eq = strchr(word, '=');
	char name[PLACES_NAME_MAX];

	if (eq == NULL || strncmp(word, "tag=", 4) == 0 || (size_t)(eq - word) >= sizeof name)
		return 0;
	(void)snprintf(name, sizeof name, "%.*s", (int)(eq - word), word);
	return places_is_name(name) ? (size_t)(eq - word) : 0;
}

const char *
place_use_word(const char *word)
{
	const size_t n = name_of(word);

	return word + (n != 0 ? n + 1 : 0);
}

static enum err
slots_of(const struct place_args *a, json_t *slots, struct err_msg *why)
{
	json_t *rows = NULL;
	enum err e = places_rows(&rows, why);

	for (size_t i = 0; e == ERR_OK && i < a->names.n; i++) {
		json_t *slot = NULL;

		e = places_match(rows, place_use_word(a->names.v[i]), &slot, why);
		(void)json_array_append_new(slots, slot);
	}
	json_decref(rows);
	return e;
}

/* The board's name in a run: what stands before =, else the place's own. */
static void
name_rows(struct place_use *u, const struct place_args *a)
{
	json_t *row;
	size_t i;

	json_array_foreach(u->rows, i, row) {
		const size_t n = name_of(a->names.v[i]);
		const char *name = json_get_str(row, "name", "?"), *colon = strrchr(name, ':');

		if (n != 0)
			json_put_strn(row, "as", a->names.v[i], n);
		else
			json_put_str(row, "as", colon != NULL ? colon + 1 : name);
	}
}

static enum err
enter_grids(struct place_use *u, uint64_t wait_ns, struct err_msg *why)
{
	enum err e = ERR_OK;
	json_t *row;
	size_t i;

	json_array_foreach(u->rows, i, row) {
		if (e != ERR_OK || json_object_get(row, "labgrid") == NULL)
			continue;
		if (u->grids == PLACE_USE_GRIDS)
			return err_set(why, ERR_LIMIT, "--place", NULL,
			    "more than %d places of labgrid", PLACE_USE_GRIDS);
		e = place_grid_open(&u->grid[u->grids], row, wait_ns, why);
		u->grids += e == ERR_OK;
	}
	return e;
}

static void
keep_all(struct place_use *u)
{
	for (size_t i = 0; i < u->lease.n; i++)
		u->keep[u->nkeep++] = u->lease.fd[i];
	for (size_t i = 0; i < u->grids; i++)
		u->keep[u->nkeep++] = place_grid_fd(u->grid[i]);
}

enum err
place_use_hold(struct place_use *u, const struct place_args *a, const struct lease_wish *wish,
    struct err_msg *why)
{
	json_t *slots = json_array();
	struct lease_wish w = *wish;
	enum err e;

	*u = (struct place_use){ .rows = NULL };
	w.reason = a->reason != NULL ? a->reason : w.reason;
	if (a->wait != NULL)
		(void)slice_duration(slice_of(a->wait), &w.wait_ns);
	if (a->lease != NULL)
		(void)slice_duration(slice_of(a->lease), &w.lease_ns);
	e = slots_of(a, slots, why);
	if (e == ERR_OK)
		e = lease_take(&u->lease, slots, &w, &u->rows, why);
	if (e == ERR_OK) {
		name_rows(u, a);
		e = enter_grids(u, w.wait_ns, why);
		keep_all(u);
	}
	if (e != ERR_OK)
		place_use_close(u);
	json_decref(slots);
	return e;
}

enum err
place_use_look(struct place_use *u, const struct place_args *a, struct err_msg *why)
{
	json_t *slots = json_array(), *slot;
	const enum err e = slots_of(a, slots, why);
	size_t i;

	*u = (struct place_use){ .rows = json_array() };
	json_array_foreach(slots, i, slot)
		(void)json_array_append(u->rows, json_array_get(slot, 0));
	name_rows(u, a);
	json_decref(slots);
	return e;
}

enum err
place_use_open(struct place_use *u, const struct place_args *a, const char *what,
    struct err_msg *why)
{
	char *reason = mem_fmt("vise %s", what);
	const struct lease_wish w = { .kind = "run", .reason = reason };
	enum err e = ERR_OK;

	*u = (struct place_use){ .rows = NULL };
	if (a->names.n != 0)
		e = place_use_hold(u, a, &w, why);
	else if (a->wait != NULL || a->lease != NULL || a->reason != NULL)
		e = err_set(why, ERR_USAGE, what, "--place NAME", "--wait, --lease and --reason "
		    "go with --place");
	for (size_t i = 0; e == ERR_OK && i < place_use_count(u); i++)
		if (json_object_get(json_array_get(u->rows, i), "left") != NULL)
			fprintf(stderr, "vise: %s: its last holder died without giving it back; "
			    "the board may be in any state\n", place_use_text(u, i, "name"));
	mem_free(reason);
	return e;
}

void
place_use_close(struct place_use *u)
{
	while (u->grids > 0)
		place_grid_close(u->grid[--u->grids]);
	lease_end(&u->lease);
	json_decref(u->rows);
	u->rows = NULL;
	u->nkeep = 0;
}

void
place_use_leave(struct place_use *u)
{
	while (u->grids > 0)
		place_grid_leave(u->grid[--u->grids]);
	lease_forget(&u->lease);
	json_decref(u->rows);
	u->rows = NULL;
	u->nkeep = 0;
}

static bool
is_place(const char *target)
{
	return target != NULL && (strncmp(target, "place:", 6) == 0 ||
	    strncmp(target, "labgrid:", 8) == 0);
}

enum err
place_use_target(struct place_use *u, const struct place_args *a, const char *what, bool needed,
    const char **target, const char **baud, struct err_msg *why)
{
	struct place_args all = *a;
	enum err e;

	if (is_place(*target) && all.names.n < ARGS_SETS_MAX) {
		all.names.v[all.names.n++] = (*target)[0] == 'p' ? *target + 6 : *target;
		*target = NULL;
	}
	e = place_use_open(u, &all, what, why);
	if (e != ERR_OK || all.names.n == 0 || *target != NULL)
		return e;
	*target = place_use_text(u, 0, "console");
	if (*baud == NULL)
		*baud = place_use_baud(u, 0, u->baud);
	if (*target != NULL || !needed)
		return ERR_OK;
	e = err_set(why, ERR_CONFIG, place_use_text(u, 0, "name"), "vise-place(5)",
	    "the place has no console");
	place_use_close(u);
	return e;
}

static bool
ended(const struct place_use *u, struct err_msg *why)
{
	const char *name = place_use_text(u, 0, "name");

	for (size_t i = 0; i < u->grids; i++)
		if (place_grid_lost(u->grid[i], why))
			return true;
	if (!lease_over(&u->lease))
		return false;
	(void)err_set(why, ERR_LOST, name, "a longer --lease, or vise place lease NAME --for T",
	    "its lease is over");
	return true;
}

bool
place_use_over(struct place_use *u, struct err_msg *why)
{
	u->over = u->over || ended(u, &u->why);
	if (u->over)
		*why = u->why;
	return u->over;
}

json_t *
place_use_facts(const json_t *row)
{
	static const char *const names[] = { "name", "board", "console", "baud", "probe", "ssh",
		"power", "tags", "doc", "labgrid" };
	json_t *facts = json_object();

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (json_object_get(row, names[i]) != NULL)
			(void)json_object_set(facts, names[i], json_object_get(row, names[i]));
	return facts;
}

void
place_use_fact(const json_t *row, char **words, size_t *n, const char *key)
{
	json_t *fact = place_use_facts(row);
	struct buf b;

	buf_init(&b, 1 << 20);
	(void)json_write(fact, &b);
	words[(*n)++] = mem_fmt("%s=%s=%s", key, json_get_str(row, "as", "?"), buf_str(&b));
	buf_fini(&b);
	json_decref(fact);
}

size_t
place_use_count(const struct place_use *u)
{
	return json_array_size(u->rows);
}

const char *
place_use_text(const struct place_use *u, size_t n, const char *field)
{
	return json_get_str(json_array_get(u->rows, n), field, NULL);
}

const char *
place_use_baud(const struct place_use *u, size_t n, char out[16])
{
	const int64_t baud = json_get_int(json_array_get(u->rows, n), "baud", 0);

	(void)snprintf(out, 16, "%d", (int)baud);
	return baud > 0 ? out : NULL;
}
