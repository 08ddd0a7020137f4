/*
 * finding.h - what a rule says about a gauge: its verdict, the numbers behind it, since when.
 *
 * Layer   gauge; plain values. Rules are in rule_*.c, one subject each; findings.h runs them.
 * Verdict waiting: not enough seen yet. absent: what it needs is not there, text says what. note:
 *         worth knowing, no alarm.
 */
#ifndef GAUGE_FINDING_H
#define GAUGE_FINDING_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "gauge/gauge.h"
#include "gauge/table.h"

enum finding_verdict {
	FINDING_ABSENT, FINDING_WAITING, FINDING_GOOD, FINDING_NOTE, FINDING_WARN, FINDING_ALARM
};

enum { FINDING_NUMBERS = 10, FINDING_TEXT = 240, FINDING_WORD = 24, FINDINGS_MAX = 48 };

struct finding_number {
	const char *name, *unit;        /* static strings */
	double value;
};

struct finding {
	const char *rule;               /* static */
	char subject[GAUGE_ID_MAX];     /* the gauge it is about */
	enum finding_verdict verdict;
	char word[FINDING_WORD];        /* "steady", "settling", "leaking" */
	char text[FINDING_TEXT];        /* a sentence with the numbers that led to it */
	struct finding_number number[FINDING_NUMBERS];
	unsigned numbers;
	uint64_t since;                 /* when verdict and word became what they are */
	bool tell;                      /* a change to this is news, though no alarm */
	/* private to findings.c */
	bool fresh;
	enum finding_verdict was;       /* before it was looked for anew */
	char was_word[FINDING_WORD];
};

/* What the user chooses; rule_config_init() has what research/gauges.md found to be sound. */
struct rule_config {
	double steady_window;           /* s; 0: by the time constant, 300 before it is known */
	double steady_band;             /* C up and down */
	double leak_window;             /* s */
	double heap_window, heap_growth;        /* s, % */
	double oom_window;              /* s */
	bool heap_raw;                  /* the documented rule: HeapAlloc from sample to sample */
	uint64_t off;                   /* bit of each rule that is switched off */
};

/* A process's memory as several files tell it at one moment; bytes, NAN: not told. */
struct rule_memory {
	uint64_t at;                    /* ns; 0: never looked */
	double status_before, status_after, statm, stat, rollup;        /* resident, by each */
	double parts;                   /* RssAnon + RssFile + RssShmem */
	double pss, vsize;
	double lazyfree;                /* of the resident: given back, not taken yet */
	bool summed;                    /* rollup is smaps, added up: before Linux 4.14 */
	const char *no_rollup;          /* why it is not told; static */
	double page;                    /* bytes of a page */
	unsigned threads, cpus;
	char kernel[64];                /* "6.1.21" */
};

struct rule_look {
	const struct gauge_table *table;
	uint64_t now;                   /* ns */
	const struct rule_config *config;
	const struct rule_memory *memory;       /* NULL: no process is watched */
};

/* All that was found, by all rules. */
struct found {
	struct finding v[FINDINGS_MAX];
	size_t n;
	const char *rule;               /* name of the one that looks; static */
};

/* For rules: the finding of this subject, its words and numbers to be filled anew. NULL past
 * FINDINGS_MAX; the functions below take NULL. */
struct finding *finding_of(struct found *f, const char *subject);
void finding_say(struct finding *x, enum finding_verdict verdict, const char *word,
    const char *fmt, ...) __attribute__((format(printf, 4, 5)));
void finding_number(struct finding *x, const char *name, double value, const char *unit);
const char *finding_verdict_word(enum finding_verdict v);
/* Value of the gauge, NAN when it is missing or not there. */
double rule_value(const struct rule_look *l, const char *id);

struct rule_ops {
	const char *name, *what;
	const char *needs;              /* what has to be gauged for it to say anything */
	bool of_process;                /* begins anew with another process */
	size_t size;                    /* of its state, zeroed */
	void (*look)(void *state, const struct rule_look *l, struct found *out);
};

#endif
