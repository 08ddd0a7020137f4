/*
 * jsonline.h - in which line of a JSON text a member stands: for errors about what is valid JSON
 * and still wrong.
 *
 * Layer   core. The text has been read before (json_read); what is no JSON gives 0. Bounded: no
 *         recursion, members deeper than JSONLINE_DEPTH are not found.
 */
#ifndef CORE_JSONLINE_H
#define CORE_JSONLINE_H
#include <stddef.h>

enum { JSONLINE_DEPTH = 16 };

/* path: the names from the top object down, NULL-terminated. 0: it is not there. */
unsigned jsonline_find(const char *text, size_t n, const char *const *path);

#endif
