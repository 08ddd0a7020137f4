/*
 * measure_run.h - the steps of `vise measure` on one board, and what they found.
 *
 * Layer   cli.
 * Steps   deploy; pin the governor; start R times: time to the first answer, memory; load of N
 *         connections R times: answers a second, latency; constant heat until the temperature rests
 *         or throttles; the same load once more while it is hot; put everything back.
 * Values  MEASURE_NONE of a step that was not done; `note` of the row says why.
 * Memory  KiB of /proc/PID/status and smaps_rollup, a second after the first answer; peak: VmHWM
 *         after the load. RSS of the two sources more than 5 % apart is a note.
 */
#ifndef CLI_MEASURE_RUN_H
#define CLI_MEASURE_RUN_H
#include "cli/httpload.h"
#include "cli/measure_board.h"

enum { MEASURE_RUNS_MAX = 32, MEASURE_NOTES = 8 };

struct measure_opts {
	const char *program;            /* copied to the board; or NULL, and */
	const char *there;              /* a path on the board */
	const char *args;               /* as words of a shell */
	const char *port, *path, *sys_root;
	unsigned connections, runs;
	uint64_t load_ns, settle_ns;            /* of one load; from first answer to memory */
	uint64_t warm_ns, window_ns;            /* warm_ns 0: no heat */
	bool pin, stress;
	/* What is being done: for a person at a terminal. May be NULL. */
	void (*progress)(const char *board, const char *what);
};

struct measure_stat {
	double v[MEASURE_RUNS_MAX];
	unsigned n;
};

double measure_median(const struct measure_stat *s);    /* NAN: none */
double measure_low(const struct measure_stat *s);
double measure_high(const struct measure_stat *s);

struct measure_row {
	char name[64], machine[160], kernel[120], governor[80], heat[80], steady[120], cause[64];
	char note[MEASURE_NOTES][160];
	unsigned notes, cpus;
	double memory;                  /* KiB of the board */
	struct measure_stat start, rss, pss, vss, anon;         /* ms; KiB */
	struct measure_stat rate, p50, p99, hot;                /* 1/s; ms; ms; 1/s */
	double peak;                    /* KiB */
	double generator;               /* %, the most of all runs */
	double t_idle, t_end;           /* C; NAN: no thermometer */
	double throttle_low, throttle_high;     /* C; NAN: it did not throttle */
	double clock_full, clock_low;   /* Hz */
	double warm_s;                  /* until it rested, throttled or time was over */
	bool throttled, at_rest;
	uint64_t answers, failures;
	struct err_msg error;           /* code ERR_OK: the row is whole */
};

void measure_row_init(struct measure_row *r, const char *name);
/* Fills r as far as it comes; r->error tells why it ended early. */
enum err measure_run(struct measure_loop *l, const char *spec, const struct measure_opts *o,
    struct measure_row *r);

#endif
