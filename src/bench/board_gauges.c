/* board_gauges.c - gauges of a board profile. */
#include "bench/board_gauges.h"

#include <stdio.h>
#include <string.h>

#include "base/slice.h"
#include "bench/meters.h"
#include "bench/news.h"
#include "gauge/set.h"

/* 80, "80" and "<50M" are all limits. NULL: none is said. */
static const char *
limit_text(const json_t *row, const char *key, char *out, size_t size)
{
	const json_t *v = json_object_get(row, key);

	if (!json_is_number(v))
		return json_get_str(row, key, NULL);
	snprintf(out, size, "%g", json_number_value(v));
	return out;
}

static enum err
set_limits(struct bench *b, const char *name, const json_t *row, struct err_msg *why)
{
	char warn[40], crit[40];
	const char *w = limit_text(row, "warn", warn, sizeof warn),
		   *c = limit_text(row, "crit", crit, sizeof crit);
	const char *hold = json_get_str(row, "hold", NULL);
	uint64_t ns = 0;

	if (w == NULL && c == NULL)
		return ERR_OK;
	if (hold != NULL && !slice_duration(slice_of(hold), &ns))
		return err_set(why, ERR_USAGE, name, "500ms, 10s, 2m", "hold is no duration");
	return gauge_set_limit(b->gauges, name, w, c, hold != NULL ? &ns : NULL, why);
}

static void
take_away(struct bench *b, const json_t *before)
{
	const char *name;
	json_t *row;

	meters_forget(b, METERS_OF_BOARD);
	json_object_foreach((json_t *)(uintptr_t)before, name, row)
		if (json_object_get(row, "warn") != NULL || json_object_get(row, "crit") != NULL)
			(void)gauge_set_limit(b->gauges, name, "none", "none", NULL, NULL);
}

void
board_gauges_use(struct bench *b, const json_t *before, const json_t *gauges)
{
	const char *name;
	json_t *row;

	take_away(b, before);
	json_object_foreach((json_t *)(uintptr_t)gauges, name, row) {
		struct err_msg why;
		enum err e = ERR_OK;

		if (!json_is_object(row))
			continue;
		if (json_object_get(row, "pattern") != NULL)
			e = meters_add(b, name, row, METERS_OF_BOARD, &why);
		if (e == ERR_OK)
			e = set_limits(b, name, row, &why);
		if (e != ERR_OK)
			bench_notice_err(b, "warn", b->board != NULL ? b->board : "board", &why);
	}
	gauge_set_now(b->gauges);
}
