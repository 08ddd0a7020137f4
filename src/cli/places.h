/*
 * places.h - the places of a bench room, as files describe them: vise-place(5).
 *
 * Layer   cli. Files, the first that has a name wins: $VISE_PLACES alone where it is set, else
 *         PROJECT/.vise/places.json (after trust), $XDG_CONFIG_HOME/vise/places.json and
 *         /etc/vise/places.json.
 * Rows    { name, file, board?, console?, baud?, probe?, ssh?, power?, tags?, doc?, set?, labgrid?,
 *         coordinator?, problem? }: checked, a row with a problem may be listed and no more.
 * Errors  a file that cannot be read as such is an error that names it, the place and the field.
 */
#ifndef CLI_PLACES_H
#define CLI_PLACES_H
#include <stdbool.h>
#include "base/err.h"
#include "core/json.h"

enum { PLACES_NAME_MAX = 64, PLACES_MAX = 1000 };

/* New reference. */
enum err places_rows(json_t **rows, struct err_msg *why);
/* The content of one file; rows are added. */
enum err places_parse(const char *text, size_t n, const char *file, json_t *rows,
    struct err_msg *why);
/* "NAME", "tag=A,B" (all of them) or "labgrid:NAME": the rows that fit, at least one, none with a
 * problem. New reference. */
enum err places_match(const json_t *rows, const char *word, json_t **out, struct err_msg *why);
/* What is locked for it: file names, the same for every description of one board. New reference. */
json_t  *places_keys(const json_t *row);
bool     places_is_name(const char *s);

#endif
