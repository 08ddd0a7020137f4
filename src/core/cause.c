/* cause.c - errors behind errors: copied within bounds, and written for people. */
#include "core/cause.h"

#include <string.h>

/* At the end of a line where there is one near, so that no frame of a trace is half. */
static json_t *
cut(const char *s, size_t n, size_t max)
{
	if (n > max) {
		size_t k = max;

		while (k > max / 2 && s[k - 1] != '\n')
			k--;
		n = k > max / 2 ? k - 1 : max;
		while (n > 0 && ((unsigned char)s[n] & 0xc0) == 0x80)
			n--;            /* no half of a character */
	}
	return json_text(s, n);
}

static json_t *
scalar(const char *key, const json_t *v)
{
	if (json_is_string(v))
		return cut(json_string_value(v), json_string_length(v),
		    strcmp(key, "trace") == 0 ? CAUSE_TRACE : CAUSE_TEXT);
	return json_is_number(v) || json_is_boolean(v) ? json_copy((json_t *)(uintptr_t)v) : NULL;
}

static json_t *
one(const json_t *o)
{
	json_t *out = json_object();
	const char *key;
	json_t *v;

	json_object_foreach((json_t *)(uintptr_t)o, key, v)
	{
		json_t *copy = strlen(key) <= CAUSE_TEXT ? scalar(key, v) : NULL;

		if (copy != NULL && json_object_size(out) < CAUSE_FIELDS)
			(void)json_object_set_new(out, key, copy);
		else
			json_decref(copy);
	}
	return out;
}

static bool
is_error(const json_t *o)
{
	return json_is_object(o) && json_is_string(json_object_get(o, "code"));
}

json_t *
cause_copy(const json_t *o)
{
	json_t *first = NULL, *last = NULL;

	for (int i = 0; i < CAUSE_DEPTH && is_error(o); i++) {
		json_t *copy = one(o);

		if (last == NULL)
			first = copy;
		else
			(void)json_object_set_new(last, "cause", copy);
		last = copy;
		o = json_object_get(o, "cause");
	}
	return first;
}

json_t *
cause_read(const char *text)
{
	json_t *o = text != NULL && text[0] != '\0' ? json_read(text, strlen(text), "cause", NULL)
						    : NULL;
	json_t *copy = cause_copy(o);

	json_decref(o);
	return copy;
}

static void
add(struct buf *out, const json_t *o, const char *key, const char *before, const char *after)
{
	const char *s = json_get_str(o, key, "");

	if (s[0] != '\0')
		(void)buf_add_fmt(out, "%s%s%s", before, s, after);
}

void
cause_format(const json_t *cause, struct buf *out)
{
	for (int i = 0; i < CAUSE_DEPTH && is_error(cause); i++) {
		const char *plugin = json_get_str(cause, "plugin", "");

		(void)buf_add_fmt(out, "caused by%s%s", plugin[0] != '\0' ? " " : "", plugin);
		add(out, cause, "what", plugin[0] != '\0' ? ", " : " ", "");
		(void)buf_add_fmt(out, ": ");
		add(out, cause, "where", "", ": ");
		(void)buf_add_fmt(out, "%s: ", json_get_str(cause, "code", "?"));
		add(out, cause, "msg", "", "");
		add(out, cause, "next", "; ", "");
		(void)buf_add_fmt(out, "\n");
		add(out, cause, "trace", "", "\n");
		cause = json_object_get(cause, "cause");
	}
}
