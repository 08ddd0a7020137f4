/* decode_gotrace.c - gctrace, scavtrace and schedtrace lines to values. */
#include "text/decode_gotrace.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const double MIB = 1 << 20, KIB = 1 << 10;

static void
give(const struct decode_values *v, const char *name, double value, const char *unit)
{
	if (v->value != NULL)
		v->value(v->arg, name, value, unit);
}

/* The number at *p, which is moved behind it; false when there is none. */
static bool
number(const char **p, double *out)
{
	char *end;

	if (**p < '0' || **p > '9')
		return false;
	*out = strtod(*p, &end);
	*p = end;
	return true;
}

static bool
skip(const char **p, const char *text)
{
	const size_t n = strlen(text);

	if (strncmp(*p, text, n) != 0)
		return false;
	*p += n;
	return true;
}

/* "gc 12 @2.104s 3%: " or, with words before the colon, "0% (checking for goroutine leaks): ". */
static bool
gc_head(const char **p, double *count, double *percent)
{
	double at;

	if (!skip(p, "gc ") || !number(p, count) || !skip(p, " @") || !number(p, &at) ||
	    !skip(p, "s ") || !number(p, percent) || !skip(p, "%"))
		return false;
	*p = strstr(*p, ": ");
	return *p != NULL && skip(p, ": ");
}

/* "4->5->2 MB, 5 MB goal, 0 MB stacks, 0 MB globals, 2 P" */
static void
gc_heap(const char *p, const struct decode_values *v)
{
	static const struct { const char *word, *name; } parts[] = {
		{ " MB goal", "go.heap_goal" }, { " MB stacks", "go.stacks" },
		{ " MB globals", "go.globals" },
	};
	double start, end, live, x;

	if (!number(&p, &start) || !skip(&p, "->") || !number(&p, &end) || !skip(&p, "->") ||
	    !number(&p, &live) || !skip(&p, " MB"))
		return;
	give(v, "go.heap_live", live * MIB, "B");
	give(v, "go.heap_peak", end * MIB, "B");
	while (skip(&p, ", ") && number(&p, &x)) {
		bool known = false;

		for (size_t i = 0; i < sizeof parts / sizeof parts[0] && !known; i++) {
			known = skip(&p, parts[i].word);
			if (known)
				give(v, parts[i].name, x * MIB, "B");
		}
		if (!known)
			return;
	}
}

static enum decode_verdict
begin_gctrace(struct decode_record *r, const struct decode_line *l, const struct decode_values *v)
{
	const char *p = l->p, *heap;
	double count, percent, sweep, mark, term;

	(void)r;
	while ((p = strstr(p, "gc ")) != NULL) {
		const char *from = p++;

		if (from != l->p && strchr(" \t:]|>", from[-1]) == NULL)
			continue;
		if (gc_head(&from, &count, &percent)) {
			p = from;
			break;
		}
	}
	if (p == NULL || !number(&p, &sweep) || !skip(&p, "+") || !number(&p, &mark) ||
	    !skip(&p, "+") || !number(&p, &term) || !skip(&p, " ms clock, "))
		return DECODE_NO;
	give(v, "go.gc.count", count, "count");
	give(v, "go.gc.pause_ms", sweep + term, "ms");
	give(v, "go.gc.mark_ms", mark, "ms");
	give(v, "go.gc_cpu", percent, "%");
	heap = strstr(p, " ms cpu, ");
	if (heap != NULL)
		gc_heap(heap + 9, v);
	return DECODE_DONE;
}

/* "scav 8 KiB work, 3184 KiB total, 84% util", with (bg) and (eager) since 1.21. */
static enum decode_verdict
begin_scavtrace(const struct decode_line *l, const struct decode_values *v)
{
	const char *p = strstr(l->p, " KiB total, "), *from = p;
	double total, util;

	if (p == NULL || strstr(l->p, "scav ") == NULL)
		return DECODE_NO;
	while (from > l->p && from[-1] >= '0' && from[-1] <= '9')
		from--;
	p += 12;
	if (!number(&from, &total) || !number(&p, &util) || !skip(&p, "% util"))
		return DECODE_NO;
	give(v, "go.scav.total", total * KIB, "B");
	give(v, "go.scav.util", util, "%");
	return DECODE_DONE;
}

static enum decode_verdict
begin_gc_or_scav(struct decode_record *r, const struct decode_line *l,
    const struct decode_values *v)
{
	return l->p[l->at] == ' ' && strncmp(l->p + l->at, " KiB total", 10) == 0 ?
	    begin_scavtrace(l, v) : begin_gctrace(r, l, v);
}

static const char *const gc_literals[] = { " ms clock, ", " KiB total, ", NULL };

const struct decoder_ops decode_gctrace_ops = {
	.name = "gctrace",
	.help = "GODEBUG=gctrace=1 and scavtrace=1: pauses, heap and goal as gauges",
	.literals = gc_literals,
	.begin = begin_gc_or_scav,
};

/* ---- SCHED 1009ms: gomaxprocs=2 idleprocs=2 threads=6 ... runqueue=0 [0 0] */

static void
local_queues(const char *p, const struct decode_values *v)
{
	double sum = 0, x;
	bool any = false;

	p += strspn(p, " ");
	if (*p++ != '[')
		return;
	for (p += strspn(p, " "); number(&p, &x); p += strspn(p, " ")) {
		sum += x;
		any = true;
	}
	if (any && *p == ']')
		give(v, "go.sched.local_queues", sum, "count");
}

static enum decode_verdict
begin_schedtrace(struct decode_record *r, const struct decode_line *l,
    const struct decode_values *v)
{
	static const struct { const char *key, *name; } keys[] = {
		{ " gomaxprocs=", "go.sched.procs" }, { " idleprocs=", "go.sched.idle_procs" },
		{ " threads=", "go.sched.threads" }, { " idlethreads=", "go.sched.idle_threads" },
		{ " spinningthreads=", "go.sched.spinning" }, { " runqueue=", "go.sched.queue" },
	};
	const char *head = strstr(l->p, "SCHED ");

	(void)r;
	if (head == NULL || head[6] < '0' || head[6] > '9')
		return DECODE_NO;
	for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
		const char *p = strstr(head, keys[i].key);
		double x;

		if (p == NULL)
			continue;
		p += strlen(keys[i].key);
		if (!number(&p, &x))
			continue;
		give(v, keys[i].name, x, "count");
		if (strcmp(keys[i].key, " runqueue=") == 0)
			local_queues(p, v);
	}
	return DECODE_DONE;
}

static const char *const sched_literals[] = { " gomaxprocs=", NULL };

const struct decoder_ops decode_schedtrace_ops = {
	.name = "schedtrace",
	.help = "GODEBUG=schedtrace=1000: threads and run queues as gauges",
	.literals = sched_literals,
	.begin = begin_schedtrace,
};
