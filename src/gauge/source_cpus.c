/* source_cpus.c - processors that are online, and isolated ones. */
#include "gauge/source_cpus.h"

#include <errno.h>
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "gauge/cpulist.h"
#include "sys/path.h"

static const uint64_t EVERY = 10 * NS_PER_S;

static const struct {
	const char *id, *name, *file;
} row[CPUS_FILES] = {
	[CPUS_ONLINE] = { "cpu.online", "cpus online", "online" },
	[CPUS_ISOLATED] = { "cpu.isolated", "cpus isolated", "isolated" },
};

void
cpus_init(struct cpus *c, struct gauge_table *t, const struct root *sys)
{
	char *dir = path_join(sys->path, "devices/system/cpu");

	*c = (struct cpus){ .table = t };
	for (int i = 0; i < CPUS_FILES; i++) {
		struct gauge_def d;

		probe_init(&c->file[i], sys, -1, dir, row[i].file);
		d = table_def(
		    row[i].id, "cpu", row[i].name, "count", (double)NAN, c->file[i].path);
		d.min = 0;
		c->gauge[i] = table_add(t, &d);
	}
	mem_free(dir);
}

void
cpus_fini(struct cpus *c)
{
	for (int i = 0; i < CPUS_FILES; i++)
		probe_fini(&c->file[i]);
}

static void
missing(struct cpus *c, int i, long error)
{
	const char *path = c->file[i].path;

	if ((error == ENOENT || error == ENODATA) && i == CPUS_ISOLATED)
		table_missing(c->table, c->gauge[i], "%s is absent: before Linux 4.2", path);
	else if (error == EBADMSG)
		table_missing(c->table, c->gauge[i], "%s is no list of processors", path);
	else
		table_missing(c->table, c->gauge[i], "%s: %s", path, strerror((int)error));
}

void
cpus_sample(struct cpus *c, uint64_t mono)
{
	char text[1024];
	struct cpulist list;

	if (mono < c->due && c->due - mono <= EVERY)
		return;                 /* a board that started again has a smaller clock */
	for (int i = 0; i < CPUS_FILES; i++) {
		const long n = probe_read(&c->file[i], text, sizeof text);
		struct slice s = slice_trim(slice_make(text, n > 0 ? (size_t)n : 0));

		if (n <= 0 || !cpulist_parse(s, &list)) {
			missing(c, i, n < 0 ? -n : n == 0 ? ENODATA : EBADMSG);
			continue;
		}
		table_source(c->table, c->gauge[i], "%s (%.*s)", c->file[i].path,
		    s.n == 0 ? 4 : s.n < 60 ? (int)s.n : 60, s.n == 0 ? "none" : s.p);
		table_value(c->table, c->gauge[i], cpulist_count(&list));
	}
	c->due = mono + EVERY;
}
