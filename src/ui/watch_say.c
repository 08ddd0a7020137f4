/* watch_say.c - "watch 1 (heap) of localhost:6060: waits, 12 snapshots, one each 30s". */
#include "ui/watch_say.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"

static void
add_watch(const json_t *w, struct buf *out)
{
	const json_t *kinds = json_object_get(w, "kinds"), *kind, *error =
	    json_object_get(w, "error");
	const int64_t shots = json_get_int(w, "snapshots", 0);
	char every[32];
	size_t i;

	clock_fmt_span((uint64_t)json_get_int(w, "pace", json_get_int(w, "every", 0)), every,
	    sizeof every);
	(void)buf_add_fmt(out, "watch %lld (", (long long)json_get_int(w, "id", 0));
	json_array_foreach(kinds, i, kind)
		(void)buf_add_fmt(out, "%s%.20s", i != 0 ? ", " : "", json_is_string(kind) ?
		    json_string_value(kind) : "?");
	(void)buf_add_fmt(out, ") of %.80s: %.20s, %lld snapshot%s, one each %s",
	    json_get_str(w, "source", "?"), json_get_str(w, "state", "?"), (long long)shots,
	    shots == 1 ? "" : "s", every);
	if (error != NULL)
		(void)buf_add_fmt(out, "; %.120s", json_get_str(error, "why", ""));
}

static void
add_rank(const json_t *rank, struct buf *out)
{
	const json_t *rows = json_object_get(rank, "rows"), *row;
	size_t grow = 0, i;

	json_array_foreach(rows, i, row)
		grow += strcmp(json_get_str(row, "verdict", "none"), "none") != 0;
	(void)buf_add_fmt(out, "%zu of %lld stacks grow", grow,
	    (long long)json_get_int(rank, "stacks", 0));
	if (grow != 0)
		(void)buf_add_fmt(out, ", most: %.120s",
		    json_get_str(json_array_get(rows, 0), "name", "?"));
	(void)buf_add_str(out, "; profile.leaks and page leaks of pane 3 show them");
}

bool
watch_say(struct ui *u, const char *line, const json_t *result)
{
	const bool list = json_is_array(result);
	const json_t *first = list ? json_array_get(result, 0) : result;
	struct buf out;
	bool said;

	if (strncmp(line, "watch.", 6) != 0)
		return false;
	buf_init(&out, 1 << 12);
	if (list && json_array_size(result) == 0)
		(void)buf_add_str(&out, "no watch runs; watch.start URL begins one");
	else if (json_object_get(first, "rows") != NULL)
		add_rank(first, &out);
	else if (json_object_get(first, "source") != NULL)
		add_watch(first, &out);
	if (list && json_array_size(result) > 1)
		(void)buf_add_fmt(&out, "; and %zu more", json_array_size(result) - 1);
	if (out.len != 0)
		ui_say(u, json_object_get(first, "error") != NULL ? UI_WARN : UI_INFO, "%s",
		    buf_str(&out));
	said = out.len != 0;
	buf_fini(&out);
	return said;
}
