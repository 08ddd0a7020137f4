/* job_parts.c - the tools of a flash as parts of its job. */
#include "bench/job_parts.h"

static struct bench_job *
whole_of(const struct bench_job *part)
{
	struct bench_job *j = part->part_of != 0 ? jobs_find(part->bench, part->part_of) : NULL;

	return j != NULL && job_state_of(j->job) == JOB_RUNNING ? j : NULL;
}

void
job_parts_output(struct bench_job *part)
{
	struct bench_job *whole = whole_of(part);
	const struct ring *r = job_ring(part->job);
	const unsigned char *p;
	size_t n;

	if (whole == NULL || part->quiet)
		return;
	if (part->passed < ring_first(r))
		part->passed = ring_first(r);
	while ((n = ring_peek(r, part->passed, &p)) != 0) {
		part->passed += n;
		job_say(whole->job, (const char *)p, n);
	}
}

void
job_parts_changed(struct bench_job *part)
{
	struct bench_job *whole = whole_of(part);

	if (whole != NULL && !part->quiet)
		job_take_progress(whole->job, part->job);
}

void
job_parts_end(struct bench *b, uint32_t whole)
{
	LIST_EACH_SAFE(n, &b->jobs) {
		struct bench_job *j = LIST_ENTRY(n, struct bench_job, node);

		if (j->part_of != whole)
			continue;
		if (job_state_of(j->job) == JOB_RUNNING)
			job_stop(j->job);
		else
			jobs_drop(j);
	}
}

bool
job_parts_unwanted(const struct bench_job *part)
{
	return part->part_of != 0 && whole_of(part) == NULL;
}
