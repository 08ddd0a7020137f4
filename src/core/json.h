/*
 * json.h - jansson, plus the short forms this house uses. The only door to jansson.h.
 *
 * Layer   core. "new" results are owned references (json_decref); "get" results are borrowed.
 */
#ifndef CORE_JSON_H
#define CORE_JSON_H
#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include "base/buf.h"
#include "base/err.h"

/* Borrowed values of an object member, with a default when absent or of another type. */
const char *json_get_str(const json_t *o, const char *key, const char *dflt);
int64_t     json_get_int(const json_t *o, const char *key, int64_t dflt);
double      json_get_num(const json_t *o, const char *key, double dflt);    /* integers too */
bool        json_get_bool(const json_t *o, const char *key, bool dflt);

/* The object of the array whose "id" is this; borrowed, NULL when none is. */
json_t     *json_row(const json_t *list, const char *id);

/* Setters that accept any bytes: text that is not valid UTF-8 or holds control bytes is escaped
 * as \xNN. */
void        json_put_str(json_t *o, const char *key, const char *s);        /* NULL puts null */
void        json_put_strn(json_t *o, const char *key, const char *s, size_t n);
void        json_put_int(json_t *o, const char *key, int64_t v);
void        json_put_num(json_t *o, const char *key, double v);             /* NaN puts null */
void        json_put_bool(json_t *o, const char *key, bool v);
/* null for NaN and infinities; whole numbers as integers */
json_t     *json_double(double v);
/* steals v; NULL puts null */
void        json_put(json_t *o, const char *key, json_t *v);
/* new string, escaped if need be */
json_t     *json_text(const char *s, size_t n);

/* {"code","what","why","next"} both ways. */
json_t     *json_from_err(const struct err_msg *m);
enum err    json_to_err(const json_t *o, struct err_msg *m);

/* Compact text, one line, appended. */
enum err    json_write(const json_t *v, struct buf *out);
/* ... and in lines, indented by two. */
enum err    json_write_pretty(const json_t *v, struct buf *out);
/* Depth and size are bounded; NULL with *why on bad input. */
json_t     *json_read(const char *p, size_t n, const char *what, struct err_msg *why);

#endif
