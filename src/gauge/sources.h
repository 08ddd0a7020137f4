/*
 * sources.h - further sources of a gauge set: each a set of its own, its gauges under its name.
 *
 * Layer   gauge. A source is another machine, a program's metrics, whatever gauge_set_new() takes;
 *         it samples by its own timer. Its gauges stand in the owner's table as NAME/ID, named
 *         "NAME its name", with `from` NAME. A source that dies leaves the others alone.
 * Rows    a row of the owner holds the newest values of every source; one that has not answered for
 *         two and a half of its periods (SOURCES_HOLD_NS at least) has gaps.
 * Removed its gauges stay in the table, marked `gone`: indices are never used again for others. A
 *         source of the same name takes them over.
 * Names   words of letters, digits and . _ - : (GAUGE_FROM_MAX); source_name() makes one of a spec.
 */
#ifndef GAUGE_SOURCES_H
#define GAUGE_SOURCES_H
#include "gauge/set.h"
#include "gauge/table.h"

enum { SOURCES_MAX = 16 };
#define SOURCES_HOLD_NS UINT64_C(3000000000)

struct source;

struct sources {
	struct gauge_table *table;      /* the owner's */
	struct source *v[SOURCES_MAX];
	size_t n;
	/* What a source has to tell besides its values: "pi4: no gauges: ..." */
	void (*news)(void *arg, const struct gauge_alarm *a);
	void (*console)(void *arg, const char *source, const char *p, size_t n);
	void (*told)(void *arg);        /* one has told its first row, or why it has none */
	void *arg;
};

void sources_fini(struct sources *s);
/* name "": the gauges keep their own names. */
enum err sources_add(struct sources *s, struct loop *l, const char *name,
    const struct gauge_set_opts *o, struct err_msg *why);
enum err sources_remove(struct sources *s, const char *name, struct err_msg *why);
/* The newest values into the owner's table. */
void sources_merge(struct sources *s, uint64_t mono);
bool sources_told(const struct sources *s);     /* all of them */
void sources_every(struct sources *s, uint64_t every_ns);
void sources_process(struct sources *s, const char *name);
struct gauge_set *sources_set(const struct sources *s, const char *name);       /* or NULL */
unsigned sources_hanging(const struct sources *s);
bool sources_process_found(const struct sources *s);    /* on one of them */
const struct err_msg *sources_trouble(const struct sources *s);         /* the first one's */
json_t *sources_json(const struct sources *s);
/* The rules' options for each; their findings into `rules` (findings_json() of the owner), the
 * gauges by their names there. A source without a name is judged by its owner. */
void sources_rule(struct sources *s, const char *option);
void sources_rules_json(const struct sources *s, json_t *rules);
uint64_t sources_rules_news(const struct sources *s);

/* "NAME=SPEC": the length of NAME, 0 when none is given. */
size_t source_given_name(const char *text);
/* A name made of the spec: "ssh:root@pi4" is pi4, "http://:6060/x" is 6060. */
void source_name(const char *spec, char out[GAUGE_FROM_MAX]);

#endif
