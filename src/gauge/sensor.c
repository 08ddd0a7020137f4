/* sensor.c - reading one number of a driver, timed. */
#include "gauge/sensor.h"

#include <string.h>

#include "base/alloc.h"
#include "sys/path.h"
#include "sys/time.h"

struct sensor_found *
sensor_list_add(struct sensor_list *l, enum sensor_kind kind, const char *dir, const char *entry,
    const char *file)
{
	struct sensor_found *f;

	if (l->n == l->cap) {
		l->cap = l->cap != 0 ? l->cap * 2 : 16;
		l->v = mem_resize(l->v, l->cap, sizeof *l->v);
	}
	f = &l->v[l->n++];
	memset(f, 0, sizeof *f);
	f->kind = kind;
	f->dir = path_join(dir, entry);
	table_text(f->name, sizeof f->name, file);
	return f;
}

void
sensor_list_fini(struct sensor_list *l)
{
	for (size_t i = 0; i < l->n; i++)
		mem_free(l->v[i].dir);
	mem_free(l->v);
	*l = (struct sensor_list){ .n = 0 };
}

void
sensor_read(struct sensor *s)
{
	const uint64_t start = sys_mono();

	s->reading.error = probe_number(&s->probe, &s->reading.raw);
	/* One wild value is read again at once: some firmware hands out another register now
	 * and then. */
	if (s->check_jump && s->reading.error == 0 &&
	    (s->reading.raw > s->check_raw + SENSOR_JUMP ||
		s->reading.raw < s->check_raw - SENSOR_JUMP))
		s->reading.error = probe_number(&s->probe, &s->reading.raw);
	s->reading.cost_ns = sys_mono() - start;
}
