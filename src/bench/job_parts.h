/*
 * job_parts.h - the tools that a flash runs are parts of one job: what they say and how far they
 * are is its own output and progress, they are in no list, and they end with it. Private to bench/.
 *
 * Layer   bench. A part is an ordinary bench_job whose part_of names the whole.
 */
#ifndef BENCH_JOB_PARTS_H
#define BENCH_JOB_PARTS_H
#include "bench/jobs.h"

/* Its output grew, its progress changed. */
void job_parts_output(struct bench_job *part);
void job_parts_changed(struct bench_job *part);
/* The whole has ended: parts that run are stopped, the others forgotten. */
void job_parts_end(struct bench *b, uint32_t whole);
/* The part has ended: true when nobody is left who would ask for it. */
bool job_parts_unwanted(const struct bench_job *part);

#endif
