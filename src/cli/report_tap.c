/* report_tap.c - TAP 14 with YAML blocks. */
#include "cli/report_tap.h"

#include <string.h>

/* A description: no line ends, and no # or \ that would mean something. */
static void
plain(FILE *f, const char *s)
{
	for (; *s != '\0'; s++) {
		if (*s == '#' || *s == '\\')
			fputc('\\', f);
		fputc((unsigned char)*s < 32 ? ' ' : *s, f);
	}
}

/* A double-quoted YAML scalar. */
static void
quoted(FILE *f, const char *key, const char *s)
{
	fprintf(f, "  %s: \"", key);
	for (; *s != '\0'; s++) {
		const unsigned char c = (unsigned char)*s;

		if (c == '"' || c == '\\')
			fprintf(f, "\\%c", c);
		else if (c == '\n')
			fputs("\\n", f);
		else if (c < 32 || c == 127)
			fprintf(f, "\\x%02x", c);
		else
			fputc(c, f);
	}
	fputs("\"\n", f);
}

static void
block(FILE *f, const json_t *t)
{
	const json_t *e = json_object_get(t, "error"), *early = json_object_get(t, "earlier");

	fputs("  ---\n", f);
	fprintf(f, "  duration_ms: %.3f\n", json_get_num(t, "seconds", 0) * 1000);
	quoted(f, "severity", json_get_str(t, "outcome", "error"));
	if (results_bad(t) && e != NULL) {
		quoted(f, "code", json_get_str(e, "code", ""));
		quoted(f, "message", json_get_str(e, "why", ""));
		if (json_get_str(e, "next", "")[0] != '\0')
			quoted(f, "next", json_get_str(e, "next", ""));
		quoted(f, "at", json_get_str(e, "where", json_get_str(t, "file", "")));
	}
	if (early != NULL)
		quoted(f, "first_attempt", json_get_str(early, "why", ""));
	if (json_get_int(t, "attempts", 1) > 1)
		fprintf(f, "  attempts: %lld\n", (long long)json_get_int(t, "attempts", 1));
	fputs("  ...\n", f);
}

static void
comments(FILE *f, const json_t *rec)
{
	const char *s = json_get_str(rec, "output", "");

	while (*s != '\0') {
		const size_t n = strcspn(s, "\n");

		fprintf(f, "# %.*s\n", (int)n, s);
		s += n + (s[n] == '\n');
	}
}

static void
start(struct report *r)
{
	fputs("TAP version 14\n", r->f);
}

static void
start13(struct report *r)
{
	fputs("TAP version 13\n", r->f);
}

static void
record(struct report *r, const json_t *rec, const json_t *test)
{
	const char *outcome;

	comments(r->f, rec);
	(void)fflush(r->f);
	if (strcmp(json_get_str(rec, "type", ""), "result") != 0 || test == NULL)
		return;
	outcome = json_get_str(test, "outcome", "error");
	fprintf(r->f, "%s %zu - ", results_bad(test) ? "not ok" : "ok", ++r->n);
	plain(r->f, json_get_str(test, "name", "?"));
	if (strcmp(outcome, "skip") == 0) {
		fputs(" # SKIP ", r->f);
		plain(r->f, json_get_str(json_object_get(test, "error"), "why", ""));
	}
	fputc('\n', r->f);
	if (strcmp(outcome, "skip") != 0)
		block(r->f, test);
	(void)fflush(r->f);
}

static void
end(struct report *r)
{
	if (r->results->bail != NULL)
		fprintf(r->f, "Bail out! %s\n", r->results->bail);
	else
		fprintf(r->f, r->n == 0 ? "1..0 # SKIP no test selected\n" : "1..%zu\n", r->n);
}

const struct report_ops report_tap = { .start = start, .record = record, .end = end };
const struct report_ops report_tap13 = { .start = start13, .record = record, .end = end };
