/* json.c - the short forms over jansson. */
#include "core/json.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/utf8.h"

const char *
json_get_str(const json_t *o, const char *key, const char *dflt)
{
	const json_t *v = json_object_get(o, key);

	return json_is_string(v) ? json_string_value(v) : dflt;
}

int64_t
json_get_int(const json_t *o, const char *key, int64_t dflt)
{
	const json_t *v = json_object_get(o, key);

	if (json_is_integer(v))
		return json_integer_value(v);
	if (json_is_real(v) && fabs(json_real_value(v)) < 9e18)
		return (int64_t)json_real_value(v);
	return dflt;
}

double
json_get_num(const json_t *o, const char *key, double dflt)
{
	const json_t *v = json_object_get(o, key);

	return json_is_number(v) ? json_number_value(v) : dflt;
}

bool
json_get_bool(const json_t *o, const char *key, bool dflt)
{
	const json_t *v = json_object_get(o, key);

	return json_is_boolean(v) ? json_is_true(v) : dflt;
}

json_t *
json_row(const json_t *list, const char *id)
{
	json_t *row;
	size_t i;

	json_array_foreach(list, i, row)
		if (strcmp(json_get_str(row, "id", ""), id) == 0)
			return row;
	return NULL;
}

static bool
plain(const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const unsigned char c = (unsigned char)s[i];

		if ((c < 0x20 && c != '\n' && c != '\t' && c != '\r') || c == 0x7f ||
		    (c == 0xc2 && i + 1 < n && (unsigned char)s[i + 1] < 0xa0))        /* C1 */
			return false;
	}
	return utf8_valid(s, n) != 0;
}

json_t *
json_text(const char *s, size_t n)
{
	struct buf b;
	json_t *v;

	if (plain(s, n))
		return json_stringn_nocheck(s, n);
	buf_init(&b, 4 * n + 16);
	(void)utf8_escape(&b, s, n, 1);
	v = json_stringn_nocheck(buf_str(&b), b.len);
	buf_fini(&b);
	return v;
}

void
json_put(json_t *o, const char *key, json_t *v)
{
	(void)json_object_set_new(o, key, v != NULL ? v : json_null());
}

void
json_put_strn(json_t *o, const char *key, const char *s, size_t n)
{
	json_put(o, key, json_text(s, n));
}

void
json_put_str(json_t *o, const char *key, const char *s)
{
	json_put(o, key, s != NULL ? json_text(s, strlen(s)) : json_null());
}

void
json_put_int(json_t *o, const char *key, int64_t v)
{
	json_put(o, key, json_integer(v));
}

void
json_put_num(json_t *o, const char *key, double v)
{
	json_put(o, key, isfinite(v) ? json_real(v) : json_null());
}

json_t *
json_double(double v)
{
	if (isnan(v) || isinf(v))
		return json_null();
	if (fabs(v) < 9e15 && fabs(v - trunc(v)) <= 0)
		return json_integer((json_int_t)v);
	return json_real(v);
}

void
json_put_bool(json_t *o, const char *key, bool v)
{
	json_put(o, key, json_boolean(v));
}

json_t *
json_from_err(const struct err_msg *m)
{
	json_t *o = json_object();

	json_put_str(o, "code", err_word(m->code));
	json_put_str(o, "what", m->what);
	json_put_str(o, "why", m->why);
	json_put_str(o, "next", m->next);
	return o;
}

enum err
json_to_err(const json_t *o, struct err_msg *m)
{
	const enum err code = err_from_word(json_get_str(o, "code", "infra"));

	return err_set(m, code != ERR_OK ? code : ERR_INFRA, json_get_str(o, "what", ""),
	    json_get_str(o, "next", ""), "%s", json_get_str(o, "why", "failed"));
}

static int
add_piece(const char *p, size_t n, void *arg)
{
	return buf_add(arg, p, n) == ERR_OK ? 0 : -1;
}

static enum err
write_as(const json_t *v, size_t flags, struct buf *out)
{
	const size_t before = out->len;

	if (json_dump_callback(v, add_piece, out, flags | JSON_ENCODE_ANY |
	    JSON_REAL_PRECISION(12)) == 0)
		return ERR_OK;
	out->len = before;
	return ERR_LIMIT;
}

enum err
json_write(const json_t *v, struct buf *out)
{
	return write_as(v, JSON_COMPACT, out);
}

enum err
json_write_pretty(const json_t *v, struct buf *out)
{
	const enum err e = write_as(v, JSON_INDENT(2), out);

	if (e == ERR_OK)
		(void)buf_add_byte(out, '\n');
	return e;
}

json_t *
json_read(const char *p, size_t n, const char *what, struct err_msg *why)
{
	json_error_t e;
	json_t *v = json_loadb(p, n, JSON_DECODE_ANY | JSON_REJECT_DUPLICATES, &e);

	if (v == NULL)
		(void)err_set(
		    why, ERR_FORMAT, what, NULL, "not valid JSON, line %d: %s", e.line, e.text);
	return v;
}
