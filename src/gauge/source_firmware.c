/* source_firmware.c - a Raspberry Pi's own words about power and clock. */
#include "gauge/source_firmware.h"

#include <math.h>
#include <string.h>

#include "base/slice.h"

enum { SINCE_BOOT = 16 };

static const struct {
	const char *id, *name;
} row[FIRMWARE_BITS] = {
	{ "power.undervoltage", "under-voltage" },
	{ "power.capped", "clock capped" },
	{ "power.throttled", "throttled" },
	{ "power.softlimit", "soft temp limit" },
};

void
firmware_init(struct firmware *f, struct gauge_table *t, const struct mirror *m)
{
	*f = (struct firmware){ .table = t, .mirror = m };
}

static void
add(struct firmware *f)
{
	struct gauge_def d;

	for (int i = 0; i < FIRMWARE_BITS && !f->added; i++) {
		d = table_def(
		    row[i].id, "power", row[i].name, "count", 1, "vcgencmd get_throttled");
		d.min = 0;
		d.warn = 1;
		f->bit[i] = table_add(f->table, &d);
	}
	if (!f->added) {
		d = table_def("freq.arm", "freq", "arm", "Hz", (double)NAN,
		    "vcgencmd measure_clock arm (the real clock)");
		d.min = 0;
		f->clock = table_add(f->table, &d);
	}
	f->added = true;
}

/* What stands behind the first `=` of a file's line. */
static bool
answer(const struct firmware *f, const char *path, char *text, size_t size, struct slice *value)
{
	const long n = mirror_read(f->mirror, path, text, size);

	if (n <= 0)
		return false;
	(void)slice_cut(slice_trim(slice_make(text, (size_t)n)), '=', value);
	return true;
}

void
firmware_sample(struct firmware *f)
{
	char text[128];
	struct slice value;
	uint64_t bits, hz;

	if (f->mirror == NULL || !answer(f, "/vise/throttled", text, sizeof text, &value))
		return;
	add(f);
	if (slice_starts(value, "0x") && slice_hex(slice_skip(value, 2), &bits)) {
		for (int i = 0; i < FIRMWARE_BITS; i++) {
			const bool ever = (bits >> (SINCE_BOOT + i) & 1) != 0;

			table_value(f->table, f->bit[i], (double)(bits >> i & 1));
			table_source(f->table, f->bit[i], "vcgencmd get_throttled (%s since boot)",
			    ever ? "it has happened" : "never");
		}
	} else {
		for (int i = 0; i < FIRMWARE_BITS; i++)
			table_missing(f->table, f->bit[i], "vcgencmd says: %.100s", text);
	}
	if (answer(f, "/vise/clock", text, sizeof text, &value) &&
	    slice_u64(value, UINT64_C(10000000000), &hz))
		table_value(f->table, f->clock, (double)hz);
	else
		table_missing(f->table, f->clock, "vcgencmd says: %.100s", text);
}
