/* bus.c - publish and subscribe inside one process. */
#include "core/bus.h"

#include <stdbool.h>
#include <string.h>

#include "base/alloc.h"
#include "base/list.h"

struct bus_sub {
	struct list node;
	char  *prefix;
	bus_cb cb;
	void  *arg;
	bool   dead;                    /* unsubscribed while an event was being delivered */
};

struct news { struct list node; uint64_t mono; char *type; json_t *body; };

struct bus {
	struct list subs, queue;
	bool delivering;
};

struct bus *
bus_new(void)
{
	struct bus *b = mem_zero(1, sizeof *b);

	list_init(&b->subs);
	list_init(&b->queue);
	return b;
}

static void
sub_free(struct bus_sub *s)
{
	list_del(&s->node);
	mem_free(s->prefix);
	mem_free(s);
}

static void
news_free(struct news *n)
{
	list_del(&n->node);
	json_decref(n->body);
	mem_free(n->type);
	mem_free(n);
}

void
bus_free(struct bus *b)
{
	if (b == NULL)
		return;
	LIST_EACH_SAFE(n, &b->subs)
		sub_free(LIST_ENTRY(n, struct bus_sub, node));
	LIST_EACH_SAFE(n, &b->queue)
		news_free(LIST_ENTRY(n, struct news, node));
	mem_free(b);
}

struct bus_sub *
bus_subscribe(struct bus *b, const char *prefix, bus_cb cb, void *arg)
{
	struct bus_sub *s = mem_zero(1, sizeof *s);

	s->prefix = mem_str(prefix);
	s->cb = cb;
	s->arg = arg;
	list_add_tail(&b->subs, &s->node);
	return s;
}

void
bus_unsubscribe(struct bus_sub *s)
{
	if (s != NULL)
		s->dead = true;         /* swept after the next delivery, or with the bus */
}

/* "job" covers "job" and "job.gone", not "jobs". */
static bool
covers(const char *prefix, const char *type)
{
	const size_t n = strlen(prefix);

	return n == 0 || (strncmp(prefix, type, n) == 0 && (type[n] == '\0' || type[n] == '.'));
}

static void
deliver(struct bus *b, const struct news *n)
{
	LIST_EACH_SAFE(it, &b->subs) {
		struct bus_sub *s = LIST_ENTRY(it, struct bus_sub, node);

		if (!s->dead && covers(s->prefix, n->type))
			s->cb(s->arg, n->mono, n->type, n->body);
	}
	LIST_EACH_SAFE(it, &b->subs)
		if (LIST_ENTRY(it, struct bus_sub, node)->dead)
			sub_free(LIST_ENTRY(it, struct bus_sub, node));
}

void
bus_publish(struct bus *b, uint64_t mono, const char *type, json_t *body)
{
	struct news *n = mem_zero(1, sizeof *n);

	n->mono = mono;
	n->type = mem_str(type);
	n->body = body != NULL ? body : json_object();
	list_add_tail(&b->queue, &n->node);
	if (b->delivering)
		return;
	b->delivering = true;
	while (!list_empty(&b->queue)) {
		struct news *first = LIST_ENTRY(b->queue.next, struct news, node);

		deliver(b, first);
		news_free(first);
	}
	b->delivering = false;
}
