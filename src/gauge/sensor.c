/* sensor.c - reading one number of a driver, timed. */
#include "gauge/sensor.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/hash.h"
#include "gauge/procfs.h"
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
	l->v = NULL;
	l->n = l->cap = 0;
}

/* Never 0, which stands for nowhere. */
static uint64_t
place(const char *dir, const char *entry)
{
	return hash_bytes(entry, strlen(entry), hash_bytes(dir, strlen(dir), 1)) | 1;
}

bool
sensor_list_enter(struct sensor_list *l, const char *dir, const char *entry)
{
	const uint64_t here = place(dir, entry);

	for (int i = 0; i < SENSOR_SKIPS; i++)
		if (l->skip[i] == here) {
			snprintf(l->skipped[i], sizeof l->skipped[i], "%.80s/%.40s", dir, entry);
			return false;
		}
	atomic_store(&l->at, here);
	return true;
}

/* Letters, digits and dashes only, lower case: an id has to stand in a command line and a query. */
static void
id_part(char *out, size_t size, const char *s)
{
	size_t n = 0;

	for (; *s != '\0' && n + 1 < size; s++) {
		const char c = *s;

		if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_')
			out[n++] = c;
		else if (c >= 'A' && c <= 'Z')
			out[n++] = (char)(c - 'A' + 'a');
		else if (n != 0 && out[n - 1] != '-')
			out[n++] = '-';
	}
	out[n] = '\0';
}

void
sensor_id(const struct sensor_list *l, struct sensor_found *f, const char *prefix, const char *text)
{
	char part[40];
	unsigned k = 1;

	id_part(part, sizeof part, text);
	snprintf(f->def.id, sizeof f->def.id, "%s.%s", prefix, part[0] != '\0' ? part : "unnamed");
	for (size_t i = 0; i + 1 < l->n; i++)
		if (strcmp(l->v[i].def.id, f->def.id) == 0) {
			snprintf(f->def.id, sizeof f->def.id, "%s.%s-%u", prefix, part, ++k);
			i = (size_t)-1;
		}
}

/* time_in_state has a line for each frequency. */
static int
read_states(struct sensor *s)
{
	char text[4096];
	const long n = probe_read(&s->probe, text, sizeof text);

	if (n < 0)
		return (int)-n;
	s->reading.raw = 0;
	return procfs_time_in_state(text, &s->reading.khz_ticks, &s->reading.ticks) ? 0 : EBADMSG;
}

void
sensor_read(struct sensor *s)
{
	const uint64_t start = sys_mono();

	s->reading.error = s->found.kind == SENSOR_MEAN ? read_states(s) :
	    probe_number(&s->probe, &s->reading.raw);
	/* One wild value is read again at once: some firmware hands out another register now
	 * and then. */
	if (s->check_jump && s->reading.error == 0 &&
	    (s->reading.raw > s->check_raw + SENSOR_JUMP ||
		s->reading.raw < s->check_raw - SENSOR_JUMP))
		s->reading.error = probe_number(&s->probe, &s->reading.raw);
	s->reading.cost_ns = sys_mono() - start;
}
