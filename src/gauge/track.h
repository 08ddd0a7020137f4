/*
 * track.h - one quantity over a long window in little memory: means and minima of short spans.
 *
 * Layer   gauge. A span is window / TRACK_POINTS long; a gap of more than two spans (a sensor that
 *         was away, a board that was) begins anew: what lay before is not what is now.
 */
#ifndef GAUGE_TRACK_H
#define GAUGE_TRACK_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { TRACK_POINTS = 120 };

struct track {
	double span;                    /* s */
	size_t n;                       /* spans that are complete, at most TRACK_POINTS */
	double t[TRACK_POINTS], mean[TRACK_POINTS], low[TRACK_POINTS];
	/* the one under way */
	double from, sum, least;
	unsigned count;
	uint64_t last;                  /* ns, of the newest value; 0: none */
};

void track_init(struct track *k, double window_s);
void track_clear(struct track *k);      /* the span's length stays */
/* True when a span was completed: there is something new to judge. NAN is a gap. */
bool track_put(struct track *k, uint64_t now_ns, double v);
double track_seconds(const struct track *k);    /* that the complete spans cover */
/* Points of the last `seconds`: how many, from TRACK_POINTS places at the end. */
size_t track_tail(const struct track *k, double seconds);
/* The window in `blocks` equal parts, the least value of each: a sawtooth's floor. Gives how many
 * (0 until there are enough points). */
size_t track_floor(const struct track *k, size_t blocks, double *t, double *v);

#endif
