/* news.c - what the bench's parts tell, and whom. */
#include "bench/news.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/alloc.h"
#include "base/limits.h"
#include "sys/path.h"
#include "sys/time.h"

uint64_t
bench_time(const struct bench *b, uint64_t mono)
{
	return mono > b->start_mono ? mono - b->start_mono : 0;
}

void
bench_news(struct bench *b, const char *type, json_t *body)
{
	const uint64_t now = sys_mono();
	json_t *o = body != NULL ? body : json_object();

	json_put_int(o, "t", (json_int_t)bench_time(b, now));
	bus_publish(b->bus, now, type, o);
}

void
bench_notice(
    struct bench *b, const char *level, const char *source, const char *next, const char *fmt, ...)
{
	char text[ERR_WHY_MAX + ERR_WHAT_MAX];
	json_t *o = json_object();
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	json_put_int(o, "id", ++b->next_notice);
	json_put_int(o, "t", (json_int_t)bench_time(b, sys_mono()));
	json_put_str(o, "level", level);
	json_put_str(o, "text", text);
	if (next != NULL && next[0] != '\0')
		json_put_str(o, "next", next);
	json_put_str(o, "source", source);
	if (json_array_size(b->notices) >= LIMIT_NOTICES)
		(void)json_array_remove(b->notices, 0);
	(void)json_array_append(b->notices, o);
	bench_news(b, "notice", json_pack("{s:o}", "notice", o));
}

void
bench_notice_err(struct bench *b, const char *level, const char *source, const struct err_msg *why)
{
	bench_notice(b, level, source, why->next, "%s%s%s", why->what,
	    why->what[0] != '\0' ? ": " : "", why->why);
}

char *
bench_path(const struct bench *b, const char *folder, const char *fmt, ...)
{
	char *dir = folder[0] != '\0' ? path_join(b->dir, folder) : mem_str(b->dir), *path,
	     name[256];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(name, sizeof name, fmt, ap);
	va_end(ap);
	(void)path_make_private(dir, NULL);     /* a failure shows when the file is opened */
	path = name[0] != '\0' ? path_join(dir, name) : mem_str(dir);
	mem_free(dir);
	return path;
}

void
bench_info_changed(struct bench *b)
{
	if (!b->ending)
		b->ops->info_changed(b);
}

void
bench_linger_check(struct bench *b)
{
	if (!b->ending)
		b->ops->linger_check(b);
}
