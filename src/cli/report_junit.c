/* report_junit.c - JUnit XML. */
#include "cli/report_junit.h"

#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "sys/time.h"

/* Text is valid UTF-8 from json; XML 1.0 forbids most control characters even as references. */
static void
text(struct buf *b, const char *s)
{
	for (; *s != '\0'; s++) {
		const unsigned char c = (unsigned char)*s;

		switch (c) {
		case '&':
			(void)buf_add_str(b, "&amp;");
			break;
		case '<':
			(void)buf_add_str(b, "&lt;");
			break;
		case '>':
			(void)buf_add_str(b, "&gt;");
			break;
		case '"':
			(void)buf_add_str(b, "&quot;");
			break;
		case '\n':
			(void)buf_add_str(b, "&#10;");
			break;
		case '\t':
			(void)buf_add_byte(b, ' ');
			break;
		default:
			if (c < 32 || c == 127)
				(void)buf_add_fmt(b, "\\x%02x", c);
			else
				(void)buf_add_byte(b, (char)c);
		}
	}
}

static void
attr(struct buf *b, const char *name, const char *value)
{
	(void)buf_add_fmt(b, " %s=\"", name);
	text(b, value);
	(void)buf_add_str(b, "\"");
}

static void
problem(struct buf *b, const char *tag, const json_t *e)
{
	(void)buf_add_fmt(b, "      <%s", tag);
	attr(b, "type", json_get_str(e, "code", "error"));
	attr(b, "message", json_get_str(e, "why", ""));
	(void)buf_add_str(b, ">");
	text(b, json_get_str(e, "where", ""));
	if (json_object_get(e, "trace") != NULL) {
		(void)buf_add_str(b, "\n");
		text(b, json_get_str(e, "trace", ""));
	}
	(void)buf_add_fmt(b, "</%s>\n", tag);
}

static void
output(struct buf *b, const json_t *t)
{
	const json_t *lines = json_object_get(t, "output");
	json_t *line;
	size_t i;

	if (json_array_size(lines) == 0)
		return;
	(void)buf_add_str(b, "      <system-out>");
	json_array_foreach(lines, i, line)
	{
		text(b, json_string_value(line));
		(void)buf_add_str(b, "\n");
	}
	(void)buf_add_str(b, "</system-out>\n");
}

static void
test_case(struct buf *b, const json_t *t)
{
	const char *outcome = json_get_str(t, "outcome", "error");
	const json_t *e = json_object_get(t, "error"), *early = json_object_get(t, "earlier");
	const bool verdict = strcmp(json_get_str(t, "earlier_outcome", ""), "fail") == 0;
	char stem[256];

	results_stem(json_get_str(t, "file", "?"), stem, sizeof stem);
	(void)buf_add_str(b, "    <testcase");
	attr(b, "classname", stem);
	attr(b, "name", json_get_str(t, "name", "?"));
	(void)buf_add_fmt(b, " time=\"%.3f\">\n", json_get_num(t, "seconds", 0));
	if (strcmp(outcome, "skip") == 0) {
		(void)buf_add_str(b, "      <skipped");
		attr(b, "message", json_get_str(e, "why", ""));
		(void)buf_add_str(b, "/>\n");
	} else if (strcmp(outcome, "flaky") == 0) {
		problem(b, verdict ? "flakyFailure" : "flakyError", early);
	} else if (results_bad(t)) {
		problem(b, strcmp(outcome, "fail") == 0 ? "failure" : "error", e);
	}
	output(b, t);
	(void)buf_add_str(b, "    </testcase>\n");
}

static void
property(struct buf *b, const char *name, const char *value)
{
	(void)buf_add_str(b, "      <property");
	attr(b, "name", name);
	attr(b, "value", value);
	(void)buf_add_str(b, "/>\n");
}

/* Boards, and what the tests of this file measured. */
static void
properties(struct buf *b, const struct results *r, const char *file)
{
	json_t *board, *t, *m;
	size_t i, k;

	(void)buf_add_str(b, "    <properties>\n");
	property(b, "vise.version", VISE_VERSION);
	json_array_foreach(r->boards, i, board)
	{
		char name[128];

		(void)snprintf(name, sizeof name, "board.%s", json_get_str(board, "name", "?"));
		property(b, name, json_get_str(board, "profile", ""));
	}
	json_array_foreach(r->tests, i, t)
	{
		if (strcmp(json_get_str(t, "file", "?"), file) != 0)
			continue;
		json_array_foreach(json_object_get(t, "measures"), k, m)
		{
			const json_t *v = json_object_get(m, "value");
			char value[256];

			if (json_is_string(v))
				(void)snprintf(value, sizeof value, "%s", json_string_value(v));
			else
				(void)snprintf(value, sizeof value, "%.10g %s",
				    json_get_num(m, "value", 0), json_get_str(m, "unit", ""));
			property(b, json_get_str(m, "name", "?"), value);
		}
	}
	(void)buf_add_str(b, "    </properties>\n");
}

struct sum {
	size_t tests, failures, errors, skipped;
	double seconds;
};

static struct sum
sum_of(const struct results *r, const char *file)
{
	struct sum s = { 0 };
	json_t *t;
	size_t i;

	json_array_foreach(r->tests, i, t)
	{
		const char *outcome = json_get_str(t, "outcome", "error");

		if (file != NULL && strcmp(json_get_str(t, "file", "?"), file) != 0)
			continue;
		s.tests++;
		s.failures += strcmp(outcome, "fail") == 0;
		s.errors += results_bad(t) && strcmp(outcome, "fail") != 0;
		s.skipped += strcmp(outcome, "skip") == 0;
		s.seconds += json_get_num(t, "seconds", 0);
	}
	return s;
}

static void
sums(struct buf *b, const struct sum *s)
{
	(void)buf_add_fmt(b, " tests=\"%zu\" failures=\"%zu\" errors=\"%zu\" time=\"%.3f\"",
	    s->tests, s->failures, s->errors, s->seconds);
}

static void
suite(struct buf *b, const struct results *r, const char *file)
{
	const struct sum s = sum_of(r, file);
	char stem[256], iso[40], host[128] = "localhost";
	json_t *t;
	size_t i;

	results_stem(file, stem, sizeof stem);
	clock_fmt_iso(r->began_wall, iso, sizeof iso);
	(void)gethostname(host, sizeof host - 1);
	(void)buf_add_str(b, "  <testsuite");
	attr(b, "name", stem);
	attr(b, "file", file);
	sums(b, &s);
	(void)buf_add_fmt(b, " skipped=\"%zu\"", s.skipped);
	attr(b, "timestamp", iso);
	attr(b, "hostname", host);
	(void)buf_add_str(b, ">\n");
	properties(b, r, file);
	json_array_foreach(r->tests, i, t) if (strcmp(json_get_str(t, "file", "?"), file) == 0)
	    test_case(b, t);
	(void)buf_add_str(b, "  </testsuite>\n");
}

/* Whether an earlier test is of the same file. */
static bool
seen(const struct results *r, size_t n, const char *file)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(json_get_str(json_array_get(r->tests, i), "file", "?"), file) == 0)
			return true;
	return false;
}

enum err
report_junit(const struct results *r, struct buf *out)
{
	const struct sum all = sum_of(r, NULL);
	const size_t n = json_array_size(r->tests);

	(void)buf_add_str(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites");
	attr(out, "name", "vise test");
	sums(out, &all);
	(void)buf_add_str(out, ">\n");
	for (size_t i = 0; i < n; i++) {
		const char *file = json_get_str(json_array_get(r->tests, i), "file", "?");

		if (!seen(r, i, file))
			suite(out, r, file);
	}
	return buf_add_str(out, "</testsuites>\n");
}
