/* source_zram.c - swap in compressed memory. */
#include "gauge/source_zram.h"

#include <errno.h>
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "gauge/procfs.h"
#include "sys/path.h"

static const uint64_t LOOK_EVERY = 30 * NS_PER_S;

static const struct {
	const char *id, *name, *unit;
} row[ZRAM_GAUGES] = {
	[ZRAM_USED] = { "zram.used", "zram", "B" },
	[ZRAM_ORIG] = { "zram.orig", "zram holds", "B" },
	[ZRAM_RATIO] = { "zram.ratio", "zram ratio", "" },
};

void
zram_init(struct zram *z, struct gauge_table *t, const struct root *sys)
{
	*z = (struct zram){ .table = t, .root = *sys };
	z->root.path = z->path = mem_str(sys->path);
	z->dir = path_join(sys->path, "block");
}

static void
forget(struct zram *z)
{
	for (unsigned i = 0; i < z->n; i++)
		probe_fini(&z->file[i]);
	z->n = 0;
}

void
zram_fini(struct zram *z)
{
	forget(z);
	mem_free(z->dir);
	mem_free(z->path);
}

static bool
device(const char *entry, void *arg)
{
	struct zram *z = arg;
	int64_t size;
	char *dir;

	if (strncmp(entry, "zram", 4) != 0 || z->n == ZRAM_MAX)
		return true;
	dir = path_join(z->dir, entry);
	/* One that was never set up has no size. */
	if (probe_number_once(&z->root, dir, "disksize", &size) == 0 && size > 0)
		probe_init(&z->file[z->n++], &z->root, -1, dir, "mm_stat");
	mem_free(dir);
	return true;
}

static void
look(struct zram *z, uint64_t mono)
{
	if (z->due != 0 && mono < z->due && z->due - mono <= LOOK_EVERY)
		return;
	z->due = mono + LOOK_EVERY;
	forget(z);
	root_each(&z->root, z->dir, device, z);
	for (int i = 0; i < ZRAM_GAUGES && z->n != 0 && !z->added; i++) {
		struct gauge_def d = table_def(row[i].id, "mem", row[i].name, row[i].unit,
		    (double)NAN, z->file[0].path);

		d.min = 0;
		z->gauge[i] = table_add(z->table, &d);
	}
	z->added = z->added || z->n != 0;
}

static void
missing(struct zram *z, const char *why)
{
	for (int i = 0; i < ZRAM_GAUGES; i++)
		table_missing(z->table, z->gauge[i], "%s", why);
}

void
zram_sample(struct zram *z, uint64_t mono)
{
	struct procfs_zram one, sum = { .orig = 0 };
	char text[256];

	look(z, mono);
	if (!z->added)
		return;
	if (z->n == 0)
		missing(z, "no zram device any more");
	for (unsigned i = 0; i < z->n; i++) {
		const long n = probe_read(&z->file[i], text, sizeof text);

		if (n < 0 || !procfs_zram(text, &one)) {
			missing(z, n == -ENOENT ? "no mm_stat: before Linux 4.1" :
			    n < 0 ? strerror((int)-n) : "mm_stat has no numbers");
			return;
		}
		sum.orig += one.orig;
		sum.used += one.used;
	}
	if (z->n == 0)
		return;
	table_value(z->table, z->gauge[ZRAM_USED], (double)sum.used);
	table_value(z->table, z->gauge[ZRAM_ORIG], (double)sum.orig);
	if (sum.used != 0)
		table_value(z->table, z->gauge[ZRAM_RATIO], (double)sum.orig / (double)sum.used);
	else
		table_missing(z->table, z->gauge[ZRAM_RATIO], "nothing is stored in it");
}

void
zram_files(const struct zram *z, struct buf *out)
{
	if (z->n != 0)
		(void)buf_add_fmt(out, " %s/zram*/mm_stat", z->dir);
}
