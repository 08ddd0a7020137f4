/*
 * prom_scan.h - samples of Prometheus text and OpenMetrics, as the bytes come.
 *
 * Layer   gauge. Pure. Keeps one line (PROM_LINE) and the family that the last # TYPE named.
 * Formats text exposition format 0.0.4 (prometheus.io/docs/instrumenting/exposition_formats) and
 *         OpenMetrics 1.0 (# EOF, exemplars, units): told apart line by line, not by a header.
 * Errors  a line that is neither is counted and left out; so is one with more than PROM_LABELS
 *         labels, or longer than PROM_LINE. The names of labels and values come unescaped.
 */
#ifndef GAUGE_PROM_SCAN_H
#define GAUGE_PROM_SCAN_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/slice.h"

enum { PROM_LINE = 8192, PROM_LABELS = 24, PROM_FAMILY = 128 };

enum prom_kind {
	PROM_UNTYPED, PROM_COUNTER, PROM_GAUGE, PROM_SUMMARY, PROM_HISTOGRAM, PROM_OTHER,
};

struct prom_label { struct slice name, value; };

/* Borrowed until the callback returns. */
struct prom_sample {
	struct slice name;              /* "http_requests_total" */
	enum prom_kind kind;            /* of its family */
	struct slice family, part;      /* "http_requests", "_total": name is both */
	struct prom_label label[PROM_LABELS];
	size_t labels;
	double v;                       /* may be NAN or infinite */
};

typedef void (*prom_cb)(void *arg, const struct prom_sample *s);

struct prom_scan {
	prom_cb cb;
	void *arg;
	char line[PROM_LINE];
	size_t len;                     /* past PROM_LINE: too long */
	char family[PROM_FAMILY];
	enum prom_kind kind;
	uint64_t good, bad;             /* samples; lines that are none */
	bool ended;                     /* # EOF */
};

void prom_scan_init(struct prom_scan *s, prom_cb cb, void *arg);
void prom_scan_feed(struct prom_scan *s, const char *p, size_t n);
void prom_scan_end(struct prom_scan *s);        /* a last line without its end */

#endif
