/*
 * place_use.h - --place: the places that a subcommand works on, held while it does.
 *
 * Layer   cli. place_use_close gives them back; zeroes are fine, and so is calling it twice.
 */
#ifndef CLI_PLACE_USE_H
#define CLI_PLACE_USE_H
#include <stdbool.h>
#include <stddef.h>
#include "base/err.h"
#include "cli/args.h"
#include "cli/lease.h"
#include "cli/place_grid.h"
#include "core/json.h"

enum { PLACE_USE_GRIDS = 16 };

struct place_args {
	struct args_sets names;         /* [NAME=]PLACE, PLACE as places_match has it */
	const char *wait, *lease, *reason;
};

#define PLACE_ARGS(p) \
	{ "--place", ARGS_LIST, &(p)->names }, \
	{ "--wait", ARGS_SPAN, &(p)->wait }, \
	{ "--lease", ARGS_SPAN, &(p)->lease }, \
	{ "--reason", ARGS_TEXT, &(p)->reason }

struct place_use {
	json_t *rows;                   /* of places.h, in order, with "as": the board's name */
	struct lease lease;
	struct place_grid *grid[PLACE_USE_GRIDS];
	size_t grids;
	int keep[LEASE_FILES + PLACE_USE_GRIDS];        /* for sys_spawn: a child that outlives */
	size_t nkeep;                                   /* us holds what it uses */
	char baud[16];
	struct err_msg why;             /* place_use_over said so */
	bool over;
};

/* what: the subcommand, the reason where none is given. No names: nothing is held. */
enum err place_use_open(struct place_use *u, const struct place_args *a, const char *what,
    struct err_msg *why);
enum err place_use_hold(struct place_use *u, const struct place_args *a, const struct lease_wish *w,
    struct err_msg *why);
/* A TARGET: "place:PLACE" and "labgrid:NAME" are held, as is --place, and *target becomes the
 * console of the first, *baud its speed, unless one is given. Any other word stays what it is.
 * Without a console of the place *target is an error where it is needed, else NULL. */
enum err place_use_target(struct place_use *u, const struct place_args *a, const char *what,
    bool needed, const char **target, const char **baud, struct err_msg *why);
/* The rows alone, the first that fits of each; nothing is held. */
enum err place_use_look(struct place_use *u, const struct place_args *a, struct err_msg *why);
/* PLACE of [NAME=]PLACE. */
const char *place_use_word(const char *word);
void     place_use_close(struct place_use *u);
/* A child has it all now: nothing is given back. */
void     place_use_leave(struct place_use *u);
/* The lease has ended, or somebody else took the place (*why says which): stop. */
bool     place_use_over(struct place_use *u, struct err_msg *why);
/* What a script may know of a place; new reference. */
json_t  *place_use_facts(const json_t *row);
/* Adds "KEY=NAME={...}" to words: what the script may know of a place. Heap. */
void     place_use_fact(const json_t *row, char **words, size_t *n, const char *key);
size_t   place_use_count(const struct place_use *u);
/* A field of the n-th place, NULL when it is not there. */
const char *place_use_text(const struct place_use *u, size_t n, const char *field);
/* "baud" as text, into out; NULL when it is not there. */
const char *place_use_baud(const struct place_use *u, size_t n, char out[16]);

#endif
