/* snapshot_say.c - what a snapshot of everything holds, in one sentence. */
#include "ui/snapshot_say.h"

#include <string.h>

#include "base/buf.h"

enum { NAMED = 4 };                     /* so many missing parts by name */

static bool
begins(const char *line, const char *command)
{
	const size_t n = strlen(command);

	return strncmp(line, command, n) == 0 && (line[n] == '\0' || line[n] == ' ');
}

/* " (mutex, block failed: timed out)": those that could not be had, and the first reason. */
static size_t
add_missing(const json_t *parts, struct buf *out)
{
	const json_t *p, *error = NULL;
	size_t n = 0, i;

	json_array_foreach(parts, i, p) {
		if (strcmp(json_get_str(p, "state", ""), "ok") == 0)
			continue;
		if (n < NAMED)
			(void)buf_add_fmt(out, "%s%s", n == 0 ? " (" : ", ",
			    json_get_str(p, "part", "?"));
		n++;
		if (error == NULL)
			error = json_object_get(p, "error");
	}
	if (n > NAMED)
		(void)buf_add_fmt(out, " and %zu more", n - NAMED);
	if (n != 0)
		(void)buf_add_fmt(out, " failed%s%s)", error != NULL ? ": " : "",
		    json_get_str(error, "why", ""));
	return n;
}

bool
snapshot_say(struct ui *u, const char *line, const json_t *result)
{
	const bool taken = begins(line, "snapshot.take");
	const json_t *parts = json_object_get(result, "parts");
	const char *dir = json_get_str(result, "dir", ""), *last = strrchr(dir, '/');
	const char *label = json_get_str(result, "label", ""), *did = taken ? "saved" : "opened";
	const size_t of = json_array_size(parts);
	struct buf missing;
	size_t n;

	if ((!taken && !begins(line, "snapshot.open")) || parts == NULL)
		return false;
	buf_init(&missing, 1 << 10);
	n = add_missing(parts, &missing);
	if (last == NULL || last[1] == '\0')
		last = dir;
	else
		last++;
	if (of == 0)
		ui_say(u, UI_INFO, "%s %s: gauges and consoles, no program was named; in %.*s",
		    last, did, (int)(last - dir), dir);
	else
		ui_say(u, n == 0 ? UI_INFO : n < of ? UI_WARN : UI_ERROR,
		    "%s%s%s %s: %zu of %zu parts%s; in %.*s", last, label[0] != '\0' ? " " : "",
		    label, did, of - n, of, buf_str(&missing), (int)(last - dir), dir);
	buf_fini(&missing);
	return true;
}
