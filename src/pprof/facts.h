/*
 * facts.h - the part of a report that is about the profiles, not about the rows.
 *
 * Layer   pprof, private to this folder. Texts belong to the report (top_free ends them).
 * Source  google/pprof profile.combineHeaders, report.ProfileLabels, report.selectOutputUnit.
 */
#ifndef PPROF_FACTS_H
#define PPROF_FACTS_H
#include "pprof/top.h"
#include "pprof/view.h"

/* file, build id, comments, filters, type, unit, times, ratio; "minimum" as shown unit. */
enum err facts_make(struct top_report *r, struct view *v);
/* One unit for all values, chosen from the rows. */
void     facts_unit(struct top_report *r, const struct top_options *o);
/* After a walk: which filters met nothing. */
void     facts_misses(struct top_report *r, const struct view *v);
void     facts_free(struct top_report *r);

#endif
