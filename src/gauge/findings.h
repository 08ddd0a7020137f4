/*
 * findings.h - runs the rules over each sample and keeps what they say.
 *
 * Layer   gauge. A change of verdict or word is told once: warn and alarm, the end of one, and
 *         what a rule itself calls news.
 * Options NAME (on), NAME:off, NAME:KEY=VALUE[,KEY=VALUE]: steady:window=300s,band=2
 *         leak:window=10m, heap:raw | heap:sound, heap:window=60s,growth=30, oom:window=2m
 */
#ifndef GAUGE_FINDINGS_H
#define GAUGE_FINDINGS_H
#include "base/err.h"
#include "core/json.h"
#include "gauge/finding.h"

struct findings;

/* x has changed; was: its verdict before. */
typedef void (*findings_cb)(void *arg, const struct finding *x, enum finding_verdict was);

struct findings *findings_new(void);
void findings_free(struct findings *f);
enum err findings_option(struct findings *f, const char *text, struct err_msg *why);
void findings_adopt(struct findings *f, const struct findings *from);    /* its options */
/* Another process: what was seen of the one before does not count. */
void findings_process(struct findings *f);
/* l->config is filled in here. */
void findings_look(struct findings *f, struct rule_look l, findings_cb cb, void *arg);

size_t findings_count(const struct findings *f);
const struct finding *findings_at(const struct findings *f, size_t i);
/* [{rule, what, on, options:{...}, needs? (nothing is found yet), findings:[{gauge, verdict, word,
 * text, since, numbers:{name: {value, unit}}}]}], one for each rule.
 * since: ns of the samples' own t; epoch is subtracted. */
json_t *findings_json(const struct findings *f, uint64_t epoch);

#endif
