/*
 * advice.h - what to set for a Go program on this machine: GOMEMLIMIT, GOGC, GOMAXPROCS, and why.
 *
 * Layer   gauge. Pure: facts in, advice out. advice_facts.h gathers the facts.
 * Order   the memory limit first: it is what keeps a program on a small board alive.
 * GOGC    the documented rule, to the integer (research/gauges.md 3.2): under 2048 MiB available
 *         88, over 8192 65, between them 88 - (avail - 2048) 23 / 6144. It gives less memory the
 *         larger heap, so the peak it predicts and the work it costs stand beside it.
 * Limit   90 % of the tightest control group's memory.max; without one 90 % of what the others
 *         leave of MemTotal, not of what is available this moment.
 * CPUs    those the process may use, without isolated ones, and no more than cpu.max gives.
 */
#ifndef GAUGE_ADVICE_H
#define GAUGE_ADVICE_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "core/json.h"

enum { ADVICE_VALUE = 32, ADVICE_WHY = 512, ADVICE_NOTES = 240 };

enum { ADVICE_LIMIT, ADVICE_GOGC, ADVICE_PROCS, ADVICE_COUNT };

/* Bytes, percent, counts; NAN: not known. */
struct advice_facts {
	double total, avail;            /* MemTotal, MemAvailable */
	double group_max, group_used;   /* tightest limit above the process; used without what is
					 * reclaimable */
	double resident;                /* of the process: VmRSS */
	double anon;                    /* its RssAnon: the nearest to what GOMEMLIMIT counts */
	double live;                    /* live heap of the program */
	double online, isolated;        /* CPUs of the machine; isolated ones among the allowed */
	double allowed;                 /* CPUs the process may use */
	double quota;                   /* of the tightest group, in CPUs */
	bool quota_v1;                  /* by cpu.cfs_quota_us, else by cpu.max */
	double throttled;               /* % of periods the quota stopped it */
	double cpu;                     /* of the process, % of one CPU */
	/* What the process was started with, "" not set; known: they could be read. */
	bool known;
	char gogc[ADVICE_VALUE], limit[ADVICE_VALUE], procs[ADVICE_VALUE];
};

struct advice {
	const char *name;               /* "GOMEMLIMIT" */
	char value[ADVICE_VALUE];       /* "" nothing to set: why tells */
	char now[ADVICE_VALUE];         /* what the process has, "" */
	bool same;                      /* it has that already */
	bool itself;                    /* Go takes it without being told */
	char why[ADVICE_WHY];
	char note[ADVICE_NOTES];        /* a warning beside it, "" */
	double peak, work;              /* GOGC: heap in bytes, GC work against GOGC=100; NAN */
};

/* The documented rule. */
int advice_gogc(uint64_t avail_mib);
/* MiB that the rule takes: of the tightest control group or of the machine, rounded down. */
uint64_t advice_avail_mib(const struct advice_facts *f);
void advice_facts_init(struct advice_facts *f);         /* nothing is known */
/* gogc: the value to show, held still by advice_hold(); 0: by the facts. */
void advice_make(const struct advice_facts *f, int gogc, struct advice out[ADVICE_COUNT]);

/* A shown value that does not flicker: it moves when the rule's result has been 2 off for 10 s. */
struct advice_hold {
	int shown;                      /* 0: none yet */
	uint64_t since;                 /* it has been off since then; 0: it is not */
};
int advice_hold(struct advice_hold *h, int gogc, uint64_t now_ns);

/* [{name, value, now?, now_bytes?, same, itself, why, note?, env, systemd, export, peak?,
 * work?}] */
json_t *advice_json(const struct advice a[ADVICE_COUNT]);

#endif
