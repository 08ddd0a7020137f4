/*
 * missing.h - names of Lua's own libraries that a script does not have: why, and what to use.
 *
 * Layer   script. No hook and no metatable of _G: functions of os and string stand in their tables
 *         and raise (libs.c); of a name that is nil (io, package, dofile ...) Lua's own complaint
 *         is explained when it becomes an error (errors.c). Code `usage`, at the caller's line.
 */
#ifndef SCRIPT_MISSING_H
#define SCRIPT_MISSING_H
#include <stdbool.h>
#include <stddef.h>
#include "base/err.h"

struct missing { const char *name, *why, *next; };

/* Those that raise, by their whole names ("os.execute"); the last one's name is NULL. */
extern const struct missing missing_of_os[], missing_of_string[];

/* Whether text, of an error of Lua's, is about a name that is nil: *m, and how many bytes of text
 * say where ("file:line"). */
bool missing_explain(const char *text, struct err_msg *m, size_t *where);

#endif
