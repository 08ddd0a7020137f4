/* source_hwmon.c - fans, power and under-voltage alarms under class/hwmon. */
#include "gauge/source_hwmon.h"

#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "sys/path.h"

enum { EACH_MAX = 8 };

static const struct kind {
	enum sensor_kind kind;
	const char *chip;               /* NULL: any */
	const char *stem, *tail;        /* of the file, around the number */
	unsigned from, to;
	const char *group, *unit, *name, *note;
	bool alarm;
} kind_row[] = {
	{ SENSOR_FLAG, "rpi_volt", "in", "_lcrit_alarm", 0, 0, "power", "count",
	    "under-voltage", " (within the last 2 s)", true },
	{ SENSOR_FAN, NULL, "fan", "_input", 1, EACH_MAX, "fan", "rpm", NULL, "",
	    false },
	{ SENSOR_POWER, NULL, "power", "_input", 1, EACH_MAX, "power", "W", NULL,
	    "", false },
	{ SENSOR_POWER, NULL, "power", "_average", 1, EACH_MAX, "power", "W", NULL,
	    "", false },
};

struct scan {
	const struct root *root;
	struct sensor_list *out;
	char *dir;
};

static void
add(struct scan *s, const struct kind *k, const char *entry, const char *chip, const char *label,
    const char *file)
{
	struct sensor_found *f = sensor_list_add(s->out, k->kind, s->dir, entry, file);
	char source[GAUGE_SOURCE_MAX], text[SENSOR_TYPE_MAX * 2 + 2], real[PATH_MAX],
	    *link = path_join(f->dir, "device");
	const char *device =
	    s->root->mirror == NULL && path_exists(link) ? realpath(link, real) : NULL;

	mem_free(link);
	table_text(f->type, sizeof f->type, chip);
	snprintf(f->key, sizeof f->key, "%s:%s:%.40s:%.32s:%.90s", k->group, chip, label, file,
	    device != NULL ? device : "");
	snprintf(source, sizeof source, "%.120s/%s%s", f->dir, file, k->note);
	snprintf(text, sizeof text, "%s%s%s", chip, label[0] != '\0' ? " " : "", label);
	f->def = table_def("", k->group, k->name != NULL ? k->name : label[0] != '\0' ? label :
	    chip, k->unit, k->kind == SENSOR_FLAG ? 1 : (double)NAN, source);
	f->def.min = 0;
	if (k->alarm)
		f->def.warn = 1;
	sensor_id(s->out, f, k->group, text);
}

static void
look(struct scan *s, const struct kind *k, const char *entry, const char *dir, const char *chip)
{
	for (unsigned i = k->from; i <= k->to; i++) {
		char file[32], name[32], label[SENSOR_TYPE_MAX] = "", *path;

		snprintf(file, sizeof file, "%s%u%s", k->stem, i, k->tail);
		path = path_join(dir, file);
		if (root_has(s->root, path)) {
			snprintf(name, sizeof name, "%s%u_label", k->stem, i);
			(void)probe_text_once(s->root, dir, name, label, sizeof label);
			add(s, k, entry, chip, label, file);
		}
		mem_free(path);
	}
}

static bool
chip(const char *entry, void *arg)
{
	struct scan *s = arg;
	char name[SENSOR_TYPE_MAX], *dir;

	if (!sensor_list_enter(s->out, s->dir, entry))
		return true;
	dir = path_join(s->dir, entry);
	if (probe_text_once(s->root, dir, "name", name, sizeof name) != 0)
		table_text(name, sizeof name, entry);
	for (size_t i = 0; i < sizeof kind_row / sizeof kind_row[0]; i++)
		if (kind_row[i].chip == NULL || strcmp(kind_row[i].chip, name) == 0)
			look(s, &kind_row[i], entry, dir, name);
	mem_free(dir);
	return true;
}

void
hwmon_scan(const struct root *sys, struct sensor_list *out)
{
	struct scan s = { .root = sys, .out = out };

	s.dir = path_join(sys->path, "class/hwmon");
	root_each(sys, s.dir, chip, &s);
	mem_free(s.dir);
}
