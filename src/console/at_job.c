/* at_job.c - one command of the AT engine: its copy, its lines, its answer. */
#include "console/at_job.h"

#include <stdio.h>

#include "base/alloc.h"
#include "base/limits.h"
#include "console/at_errors.h"

struct slice
at_job_command(const struct at_job *j)
{
	return slice_of(j->r.command);
}

struct at_job *
at_job_new(const struct at_request *r)
{
	struct at_job *j = mem_zero(1, sizeof *j);

	j->r = *r;
	j->r.command = mem_str(r->command);
	j->r.expect = mem_str(r->expect);
	j->r.prefix = mem_str(r->prefix);
	j->r.prompt = mem_str(r->prompt);
	j->r.eol = mem_str(r->eol);
	j->r.good = mem_str(r->good);
	j->r.bad = mem_str(r->bad);
	j->r.payload = r->payload_n != 0 ? mem_dup(r->payload, r->payload_n) : NULL;
	list_init(&j->node);
	return j;
}

static void
job_free(struct at_job *j)
{
	const char *const texts[] = { j->r.command, j->r.expect, j->r.prefix, j->r.prompt, j->r.eol,
		j->r.good, j->r.bad, j->r.payload };

	for (size_t i = 0; i < j->count; i++)
		mem_free(j->lines[i].text);
	mem_free(j->lines);
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		mem_free((void *)(uintptr_t)texts[i]);
	mem_free(j);
}

void
at_job_line(struct at_job *j, struct slice text, uint64_t offset, unsigned flags)
{
	if (j->count == LIMIT_AT_LINES) {
		j->dropped++;
		return;
	}
	if (j->count == j->cap) {
		j->cap = j->cap == 0 ? 8 : j->cap * 2;
		j->lines = mem_resize(j->lines, j->cap, sizeof *j->lines);
	}
	j->lines[j->count] = (struct at_line){ mem_strn(text.p, text.n), text.n, offset, flags };
	if (j->r.line != NULL)
		j->r.line(j->r.arg, &j->lines[j->count]);
	j->count++;
}

void
at_job_answer(struct at *a, struct at_job *j, enum at_code code, int number, struct slice final,
    const char *why, uint64_t now)
{
	char *text = mem_strn(final.p != NULL ? final.p : "", final.n);
	const struct at_result r = {
		.code = code, .number = number, .command = j->r.command, .final = text,
		.meaning = number >= 0 ? at_errors_text(code, number) : NULL,
		.lines = j->lines, .line_count = j->count, .dropped = j->dropped, .from = j->from,
		.matched = j->matched ? (int)j->match_line : -1,
		.to = a->offset,
		.ns = j->started != 0 && now > j->started ? now - j->started : 0,
		.why = why != NULL ? why : j->note != NULL ? j->note : "",
	};

	if (j->typed) {
		if (a->io->heard != NULL)
			a->io->heard(a->arg, &r);
	} else if (j->r.done != NULL) {
		j->r.done(j->r.arg, &r);
	}
	mem_free(text);
	job_free(j);
}
