/* report_go.c - test2json lines. */
#include "cli/report_go.h"

#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "sys/time.h"

enum { LINE_MAX_BYTES = 8 << 20 };

/* Takes o. */
static void
put(struct report *r, json_t *o, const char *action, const json_t *t, const char *package)
{
	char iso[40], stem[256];
	struct buf b;

	clock_fmt_iso(sys_wall(), iso, sizeof iso);
	results_stem(package, stem, sizeof stem);
	json_put_str(o, "Time", iso);
	json_put_str(o, "Action", action);
	json_put_str(o, "Package", stem);
	if (t != NULL)
		(void)json_object_set(o, "Test", json_object_get(t, "name"));
	buf_init(&b, LINE_MAX_BYTES);
	if (json_write(o, &b) == ERR_OK)
		fprintf(r->f, "%s\n", buf_str(&b));
	buf_fini(&b);
	json_decref(o);
}

static void
output(struct report *r, const json_t *t, const char *text)
{
	json_t *o = json_object();
	struct buf b;

	buf_init(&b, LINE_MAX_BYTES);
	(void)buf_add_str(&b, text);
	(void)buf_add_str(&b, "\n");
	json_put(o, "Output", json_text(buf_str(&b), b.len));
	buf_fini(&b);
	put(r, o, "output", t, json_get_str(t, "file", "?"));
}

/* The first line of a package. Which have begun is seen from the tests themselves. */
static void
begin_package(struct report *r, const json_t *t)
{
	const char *file = json_get_str(t, "file", "?");
	json_t *other;
	size_t i;

	json_array_foreach(r->results->tests, i,
	    other) if (other != t && json_get_bool(other, "told", false) &&
		       strcmp(json_get_str(other, "file", "?"), file) == 0) return;
	put(r, json_object(), "start", NULL, file);
}

static void
begin(struct report *r, const json_t *t)
{
	if (json_get_bool(t, "told", false))
		return;
	begin_package(r, t);
	json_put_bool((json_t *)(uintptr_t)t, "told", true);
	put(r, json_object(), "run", t, json_get_str(t, "file", "?"));
}

static void
result(struct report *r, const json_t *t)
{
	const char *outcome = json_get_str(t, "outcome", "error");
	const json_t *e = json_object_get(t, "error");
	json_t *o = json_object();

	begin(r, t);
	if (e != NULL)
		output(r, t, json_get_str(e, "why", ""));
	json_put_num(o, "Elapsed", json_get_num(t, "seconds", 0));
	json_put_str(o, "outcome", outcome);
	json_put_int(o, "attempts", json_get_int(t, "attempts", 1));
	if (e != NULL) {
		json_put_str(o, "code", json_get_str(e, "code", ""));
		json_put_str(o, "why", json_get_str(e, "why", ""));
		json_put_str(o, "where", json_get_str(e, "where", ""));
	}
	put(r, o,
	    strcmp(outcome, "skip") == 0 ? "skip"
	    : results_bad(t)             ? "fail"
					 : "pass",
	    t, json_get_str(t, "file", "?"));
	r->n++;
}

static void
record(struct report *r, const json_t *rec, const json_t *test)
{
	const char *type = json_get_str(rec, "type", ""), *text = json_get_str(rec, "output", "");

	if (test == NULL)
		return;
	if (strcmp(type, "begin") == 0)
		begin(r, test);
	if (text[0] != '\0')
		output(r, test, text);
	if (strcmp(type, "result") == 0)
		result(r, test);
	(void)fflush(r->f);
}

/* The last line of each package. */
static void
end(struct report *r)
{
	json_t *t, *other, *o;
	size_t i, k;

	json_array_foreach(r->results->tests, i, t)
	{
		const char *file = json_get_str(t, "file", "?");
		double seconds = 0;
		bool first = true, bad = false, ran = false;

		json_array_foreach(r->results->tests, k, other)
		{
			if (strcmp(json_get_str(other, "file", "?"), file) != 0)
				continue;
			first = first && k >= i;
			bad = bad || results_bad(other);
			ran = ran || strcmp(json_get_str(other, "outcome", ""), "skip") != 0;
			seconds += json_get_num(other, "seconds", 0);
		}
		if (!first)
			continue;
		o = json_object();
		json_put_num(o, "Elapsed", seconds);
		put(r, o, bad ? "fail" : ran ? "pass" : "skip", NULL, file);
	}
}

const struct report_ops report_go = { .record = record, .end = end };
