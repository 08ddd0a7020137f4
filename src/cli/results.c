/* results.c - the tests of a run and what they said. */
#include "cli/results.h"

#include <string.h>

#include "sys/time.h"

void
results_init(struct results *r)
{
	*r = (struct results){
		.tests = json_array(), .began_wall = sys_wall(), .began_mono = sys_mono()
	};
}

void
results_fini(struct results *r)
{
	json_decref(r->tests);
	json_decref(r->boards);
	*r = (struct results){ .tests = NULL };
}

static json_t *
find(const struct results *r, int64_t id)
{
	/* the newest are asked for most */
	for (size_t i = json_array_size(r->tests); i > 0; i--) {
		json_t *t = json_array_get(r->tests, i - 1);

		if (json_get_int(t, "id", 0) == id)
			return t;
	}
	return NULL;
}

static json_t *
make(struct results *r, int64_t id)
{
	json_t *t = json_object();

	json_put_int(t, "id", id);
	json_put(t, "output", json_array());
	json_put(t, "measures", json_array());
	(void)json_array_append_new(r->tests, t);
	return t;
}

static void
add_output(json_t *t, const json_t *record)
{
	const char *text = json_get_str(record, "output", "");
	const int64_t have = json_get_int(t, "output_bytes", 0);
	const size_t n = strlen(text);

	if (n == 0)
		return;
	json_put_int(t, "output_bytes", have + (int64_t)n);
	if (have + (int64_t)n <= RESULTS_OUTPUT_MAX)
		(void)json_array_append_new(json_object_get(t, "output"), json_text(text, n));
}

static void
copy(json_t *t, const json_t *record)
{
	static const char *const keys[] = { "name", "file", "line", "board", "tags", "outcome",
		"error", "attempts", "seconds", "earlier", "earlier_outcome", NULL };

	for (const char *const *k = keys; *k != NULL; k++)
		if (json_object_get(record, *k) != NULL)
			(void)json_object_set(t, *k, json_object_get(record, *k));
}

static void
add_measure(json_t *t, const json_t *record)
{
	static const char *const keys[] = { "name", "value", "unit", "at", NULL };
	json_t *m = json_object();

	for (const char *const *k = keys; *k != NULL; k++)
		if (json_object_get(record, *k) != NULL)
			(void)json_object_set(m, *k, json_object_get(record, *k));
	(void)json_array_append_new(json_object_get(t, "measures"), m);
}

json_t *
results_take(struct results *r, const json_t *record)
{
	const char *type = json_get_str(record, "type", "");
	const int64_t id = json_get_int(record, "test", 0);
	json_t *t = id != 0 ? find(r, id) : NULL;

	if (strcmp(type, "plan") == 0) {
		r->planned = json_get_int(record, "tests", 0);
		json_decref(r->boards);
		r->boards = json_incref(json_object_get(record, "boards"));
	}
	r->ended = r->ended || strcmp(type, "summary") == 0;
	if (t == NULL && (strcmp(type, "begin") == 0 || strcmp(type, "result") == 0))
		t = make(r, id);
	if (t == NULL)
		return NULL;
	if (strcmp(type, "begin") == 0 || strcmp(type, "result") == 0)
		copy(t, record);
	if (strcmp(type, "measure") == 0)
		add_measure(t, record);
	add_output(t, record);
	return t;
}

void
results_break_off(struct results *r, const char *why)
{
	json_t *t;
	size_t i;

	r->bail = why;
	json_array_foreach(r->tests, i, t)
	{
		json_t *error;

		if (json_object_get(t, "outcome") != NULL)
			continue;
		error = json_object();
		json_put_str(error, "code", "script");
		json_put_str(error, "why", why);
		json_put(t, "error", error);
		json_put_str(t, "outcome", "error");
		json_put_int(t, "attempts", 1);
	}
}

bool
results_bad(const json_t *test)
{
	const char *o = json_get_str(test, "outcome", "error");

	return strcmp(o, "fail") == 0 || strcmp(o, "error") == 0 || strcmp(o, "blocked") == 0;
}

size_t
results_count(const struct results *r, const char *outcome)
{
	size_t i, n = 0;
	json_t *t;

	json_array_foreach(r->tests, i, t) n +=
	    strcmp(json_get_str(t, "outcome", ""), outcome) == 0;
	return n;
}

void
results_stem(const char *file, char *out, size_t size)
{
	const char *slash = strrchr(file, '/'), *name = slash != NULL ? slash + 1 : file;
	const size_t n = strlen(name);

	(void)snprintf(
	    out, size, "%.*s", (int)(n > 4 && strcmp(name + n - 4, ".lua") == 0 ? n - 4 : n), name);
}
