/* logs.c - pumping every log of a console, and telling of each what goes wrong. */
#include "console/logs.h"

#include <string.h>

void
logs_init(struct logs *l, const struct textlog_source *source, const struct logs_ops *ops,
    void *arg)
{
	*l = (struct logs){ .source = *source, .until = UINT64_MAX, .ops = ops, .arg = arg };
	l->raw.fd = l->times.fd = -1;
	l->raw.ring = source->ring;
}

static void
raw_hole(void *arg, uint64_t from, uint64_t to)
{
	struct logs *l = arg;

	l->ops->hole(l->arg, l->raw.path, true, from, to);
}

enum err
logs_raw(struct logs *l, const char *path, struct err_msg *why)
{
	const enum err e = rawlog_open(&l->raw, path, l->source.ring, raw_hole, l, why);

	if (e == ERR_OK)
		timelog_open(&l->times, path, l->source.times, l->source.start);
	return e;
}

enum err
logs_add(struct logs *l, const struct textlog_options *o, struct err_msg *why)
{
	struct textlog *t;
	enum err e;

	for (size_t i = 0; i < l->texts; i++)
		if (strcmp(l->text[i]->path, o->path) == 0)
			return err_set(why, ERR_BUSY, o->path, "console.log.off FILE ends it",
			    "this file is a log of the console already");
	if (l->texts == LOGS_TEXT_MAX)
		return err_set(why, ERR_LIMIT, o->path, "console.log.off FILE ends one",
		    "a console has at most %d text logs", LOGS_TEXT_MAX);
	e = textlog_new(o, &l->source, &t, why);
	if (e != ERR_OK)
		return e;
	l->text_alarm[l->texts] = false;
	l->text[l->texts++] = t;
	return ERR_OK;
}

static void
pump_text(struct logs *l, size_t i)
{
	struct textlog *t = l->text[i];
	const uint64_t end = l->source.ring->end;
	const uint64_t lost = textlog_pump(t, end < l->until ? end : l->until);
	const uint64_t first = ring_first(l->source.ring);

	if (lost != 0)
		l->ops->hole(l->arg, t->path, false, first - lost, first);
	if (t->failing != l->text_alarm[i]) {
		l->text_alarm[i] = t->failing;
		l->ops->alarm(l->arg, t->path, t->failing ? &t->why : NULL);
	}
}

static void
drop(struct logs *l, size_t i)
{
	struct textlog *t = l->text[i];
	const uint64_t end = l->source.ring->end;

	pump_text(l, i);
	if (t->at < end && l->until == UINT64_MAX)
		l->ops->hole(l->arg, t->path, false, t->at, end);
	textlog_free(t);
	l->texts--;
	memmove(l->text + i, l->text + i + 1, (l->texts - i) * sizeof *l->text);
	memmove(l->text_alarm + i, l->text_alarm + i + 1, (l->texts - i) * sizeof *l->text_alarm);
}

enum err
logs_remove(struct logs *l, const char *path, struct err_msg *why)
{
	bool found = false;

	for (size_t i = l->texts; i-- > 0;)
		if (path == NULL || strcmp(l->text[i]->path, path) == 0) {
			drop(l, i);
			found = true;
		}
	return found ? ERR_OK : err_set(why, ERR_NOENT, path != NULL ? path : "log",
	    "console.log.list names them", "no such text log");
}

bool
logs_alarm(const struct logs *l)
{
	bool any = l->raw_alarm;

	for (size_t i = 0; i < l->texts; i++)
		any |= l->text_alarm[i];
	return any;
}

bool
logs_pump(struct logs *l)
{
	bool waits = false;

	rawlog_pump(&l->raw);
	timelog_pump(&l->times, false);
	if (l->raw.failing != l->raw_alarm) {
		l->raw_alarm = l->raw.failing;
		l->ops->alarm(l->arg, l->raw.path, l->raw_alarm ? &l->raw.why : NULL);
	}
	for (size_t i = 0; i < l->texts; i++) {
		pump_text(l, i);
		waits |= textlog_waits(l->text[i]);
	}
	return waits || l->raw_alarm;
}

void
logs_flush_times(struct logs *l)
{
	timelog_pump(&l->times, true);
}

void
logs_mark(struct logs *l, uint64_t t, const char *text)
{
	for (size_t i = 0; i < l->texts; i++) {
		pump_text(l, i);
		textlog_mark(l->text[i], t, text);
	}
}

void
logs_hide(struct logs *l)
{
	(void)logs_pump(l);
	l->until = l->source.ring->end;
}

void
logs_show(struct logs *l, uint64_t t, const char *text)
{
	for (size_t i = 0; i < l->texts; i++) {
		pump_text(l, i);
		textlog_skip(l->text[i], l->source.ring->end, t, text);
	}
	l->until = UINT64_MAX;
}

void
logs_fini(struct logs *l)
{
	while (l->texts != 0)
		drop(l, l->texts - 1);
	rawlog_close(&l->raw);
	timelog_close(&l->times);
}
