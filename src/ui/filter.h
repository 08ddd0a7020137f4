/*
 * filter.h - which lines of a stream are shown: patterns that must match, that must not, a level.
 *
 * Layer   ui. filter_new/free.
 * Format  terms joined by " && ", each must hold: TEXT or a pattern; !TEXT or "not TEXT"; and
 *         level>=warn (also > = < <=) of debug info warn error. A pattern that is none is text.
 */
#ifndef UI_FILTER_H
#define UI_FILTER_H
#include <stdbool.h>
#include <stddef.h>
#include "base/err.h"

struct filter;

enum err filter_new(const char *text, struct filter **out, struct err_msg *why);
void     filter_free(struct filter *f);                 /* NULL is fine */
bool     filter_shows(const struct filter *f, const char *line, size_t n);

#endif
