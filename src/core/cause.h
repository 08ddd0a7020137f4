/*
 * cause.h - what made an error, as it crosses from one process to another: the error of the plugin
 * or job that was asked, with its own trace.
 *
 * Layer   core. A cause is {code, msg, where, trace, ..., cause}: texts, numbers and truth values
 *         of the error table of research/lua.md 6.2; "plugin" and "what" say whose and at what.
 * Bounds  CAUSE_FIELDS fields, CAUSE_TEXT bytes each (CAUSE_TRACE of a trace), CAUSE_DEPTH of them
 *         one behind the other; what is more is left out.
 */
#ifndef CORE_CAUSE_H
#define CORE_CAUSE_H
#include "core/json.h"

enum { CAUSE_FIELDS = 24, CAUSE_TEXT = 500, CAUSE_TRACE = 4096, CAUSE_DEPTH = 4 };

/* A copy within the bounds; NULL when it is no error. New reference. */
json_t *cause_copy(const json_t *o);
/* The same from JSON text; NULL also where there is none. */
json_t *cause_read(const char *text);
/* For people, appended: "caused by PLUGIN, WHAT: WHERE: CODE: MSG", its trace, its own cause. */
void    cause_format(const json_t *cause, struct buf *out);

#endif
