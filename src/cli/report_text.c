/* report_text.c - results for people. */
#include "cli/report_text.h"

#include <string.h>

#include "base/clock.h"
#include "cli/say.h"
#include "core/cause.h"
#include "sys/time.h"

enum { NAME_COLUMNS = 48 };

static void
span(FILE *f, double seconds)
{
	char out[32];

	clock_fmt_span(
	    seconds > 0 && seconds < 1e9 ? (uint64_t)(seconds * 1e9) : 0, out, sizeof out);
	fputs(out, f);
}

static const char *
word(const char *outcome)
{
	static const char *const words[][2] = { { "pass", "ok" }, { "fail", "FAIL" },
		{ "error", "ERROR" }, { "blocked", "BLOCK" }, { "skip", "skip" },
		{ "flaky", "flaky" } };

	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
		if (strcmp(words[i][0], outcome) == 0)
			return words[i][1];
	return "?";
}

static void
error(FILE *f, const json_t *e, const char *before)
{
	const char *next = json_get_str(e, "next", "");

	fprintf(f, "       %s%s: ", before, json_get_str(e, "code", "?"));
	say_str(f, json_get_str(e, "why", ""));
	if (next[0] != '\0') {
		fputs("; ", f);
		say_str(f, next);
	}
	if (json_get_str(e, "where", "")[0] != '\0')
		fprintf(f, "  (%s)", json_get_str(e, "where", ""));
	fputc('\n', f);
	if (json_object_get(e, "trace") != NULL) {
		say_str(f, json_get_str(e, "trace", ""));
		fputc('\n', f);
	}
	if (json_object_get(e, "cause") != NULL) {
		struct buf b;

		buf_init(&b, 1 << 20);
		cause_format(json_object_get(e, "cause"), &b);
		say_text(f, buf_str(&b), b.len);
		buf_fini(&b);
	}
}

static void
result(struct report *r, const json_t *t)
{
	const char *outcome = json_get_str(t, "outcome", "error");
	const json_t *e = json_object_get(t, "error"), *early = json_object_get(t, "earlier");
	json_t *line;
	size_t i;

	if (r->verbose || results_bad(t))
		json_array_foreach(json_object_get(t, "output"), i, line)
		{
			say_str(r->f, json_string_value(line));
			fputc('\n', r->f);
		}
	fprintf(r->f, "%-6s ", word(outcome));
	say_str(r->f, json_get_str(t, "name", "?"));
	fprintf(r->f, "%*s ",
	    (int)strlen(json_get_str(t, "name", "?")) < NAME_COLUMNS
		? NAME_COLUMNS - (int)strlen(json_get_str(t, "name", "?"))
		: 0,
	    "");
	if (strcmp(outcome, "skip") == 0)
		say_str(r->f, json_get_str(e, "why", ""));
	else
		span(r->f, json_get_num(t, "seconds", 0));
	if (json_get_int(t, "attempts", 1) > 1)
		fprintf(r->f, "  (%lld attempts)", (long long)json_get_int(t, "attempts", 1));
	fputc('\n', r->f);
	if (strcmp(outcome, "flaky") == 0 && early != NULL)
		error(r->f, early, "first ");
	if (results_bad(t) && e != NULL)
		error(r->f, e, "");
}

static void
record(struct report *r, const json_t *rec, const json_t *test)
{
	if (test == NULL && r->verbose && json_get_str(rec, "output", "")[0] != '\0') {
		say_str(r->f, json_get_str(rec, "output", ""));
		fputc('\n', r->f);
		(void)fflush(r->f);
	}
	if (strcmp(json_get_str(rec, "type", ""), "result") != 0 || test == NULL)
		return;
	result(r, test);
	(void)fflush(r->f);
	r->n++;
}

static void
end(struct report *r)
{
	static const char *const words[][2] = { { "pass", "passed" }, { "flaky", "flaky" },
		{ "fail", "failed" }, { "error", "with errors" }, { "blocked", "blocked" },
		{ "skip", "skipped" } };
	const char *comma = "";

	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
		const size_t n = results_count(r->results, words[i][0]);

		if (n == 0)
			continue;
		fprintf(r->f, "%s%zu %s", comma, n, words[i][1]);
		comma = ", ";
	}
	fputs(comma[0] == '\0' ? "no test ran" : "", r->f);
	if (r->results->planned > (int64_t)r->n)
		fprintf(
		    r->f, "%s%lld not run", ", ", (long long)(r->results->planned - (int64_t)r->n));
	fputs(" in ", r->f);
	span(r->f, (double)(sys_mono() - r->results->began_mono) / 1e9);
	fputc('\n', r->f);
	if (r->results->bail != NULL)
		fprintf(r->f, "broken off: %s\n", r->results->bail);
}

const struct report_ops report_text = { .record = record, .end = end };
