/* export.c - SVG, folded stacks, speedscope, text and pprof's own format out of a comparison. */
#include "worker/export.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/limits.h"
#include "pprof/folded.h"
#include "pprof/plaintext.h"
#include "pprof/save.h"
#include "pprof/speedscope.h"
#include "pprof/svg.h"
#include "sys/io.h"
#include "worker/compare.h"

enum { OUT_MAX = 512 << 20, TEXT_MAX = LIMIT_FRAME / 2 - (64 << 10) };

struct job {
	struct compare c;
	const json_t *params;
	char title[256], subtitle[400];
	struct buf out;
};

static void
side_text(const struct pprof_profile *p, const char *name, char *out, size_t size)
{
	const char *base = strrchr(name, '/');
	char when[64] = "";

	if (p->time_nanos > 0)
		clock_fmt_iso((uint64_t)p->time_nanos, when, sizeof when);
	snprintf(out, size, "%.80s%s%.40s", base != NULL && base[1] != '\0' ? base + 1 : name,
	    when[0] != '\0' ? " " : "", when);
}

static void
titles(struct job *j)
{
	const struct stacks *s = j->c.stacks;
	char a[160] = "", b[160];

	side_text(j->c.args.now, j->c.args.now_name, b, sizeof b);
	if (j->c.args.base != NULL)
		side_text(j->c.args.base, j->c.args.base_name, a, sizeof a);
	snprintf(j->title, sizeof j->title, "%s", json_get_str(j->params, "title", ""));
	if (j->title[0] == '\0')
		snprintf(j->title, sizeof j->title, "%.80s%s", s->type,
		    s->both ? ": B against A" : "");
	if (s->both && a[0] != '\0')
		snprintf(j->subtitle, sizeof j->subtitle, "A %s   B %s", a, b);
	else
		snprintf(j->subtitle, sizeof j->subtitle, "%s", b);
}

/* ---- formats */

static enum err
write_svg(struct job *j, struct err_msg *why)
{
	const struct svg_options so = { .title = j->title, .subtitle = j->subtitle };
	struct flame_options fo;
	struct flame *f;
	uint32_t *zoom;
	enum err e = compare_flame_options(&j->c, j->params, &fo, &zoom, why);

	if (e == ERR_OK) {
		fo.min_share = 0.0002;          /* a quarter of a pixel: zooming in shows them */
		fo.max_boxes = 60000;
		fo.max_depth = 512;
		e = flame_make(&f, j->c.stacks, &fo, why);
	}
	mem_free(zoom);
	if (e != ERR_OK)
		return e;
	e = svg_write(j->c.stacks, f, &so, &j->out);
	flame_free(f);
	return e;
}

static enum err
write_folded(struct job *j, struct err_msg *why)
{
	const char *how = json_get_str(j->params, "columns_of", j->c.stacks->both ? "both" : "b");

	if (strcmp(how, "b") != 0 && strcmp(how, "both") != 0 && strcmp(how, "delta") != 0)
		return err_set(why, ERR_USAGE, "columns", "give both, b or delta",
		    "\"%.40s\" is none", how);
	return folded_write(j->c.stacks, strcmp(how, "both") == 0 ? FOLDED_BOTH :
	    strcmp(how, "delta") == 0 ? FOLDED_DELTA : FOLDED_B, &j->out);
}

static enum err
write_speedscope(struct job *j, struct err_msg *why)
{
	(void)why;
	return speedscope_write(j->c.stacks, j->title, &j->out);
}

static enum err
write_text(struct job *j, struct err_msg *why)
{
	struct flame_options fo;
	struct table_options to;
	struct table *t;
	uint32_t *zoom;
	enum err e = compare_flame_options(&j->c, j->params, &fo, &zoom, why);

	mem_free(zoom);
	if (e != ERR_OK)
		return e;
	table_defaults(&to);
	to.only = fo.only;
	to.limit = 4096;
	if (!table_sort_parse(json_get_str(j->params, "sort", "delta"), &to.sort))
		to.sort = TABLE_DELTA;
	e = table_make(&t, j->c.stacks, &to, why);
	if (e != ERR_OK)
		return e;
	e = plaintext_write(j->c.stacks, t, j->title, j->subtitle, &j->out);
	table_free(t);
	return e;
}

static enum err
write_pprof(struct job *j, struct err_msg *why)
{
	return save_stacks(j->c.stacks, j->c.args.now, j->subtitle, &j->out, why);
}

static const struct format {
	const char *name, *end, *granularity;
	bool text;
	enum err (*write)(struct job *j, struct err_msg *why);
} formats[] = {
	{ "svg", ".svg", NULL, true, write_svg },
	{ "folded", ".folded", NULL, true, write_folded },
	{ "speedscope", ".json", "lines", true, write_speedscope },
	{ "txt", ".txt", NULL, true, write_text },
	{ "pb.gz", ".pb.gz", "lines", false, write_pprof },
};

static const struct format *
format_of(const json_t *params, struct err_msg *why)
{
	const char *name = json_get_str(params, "format", NULL), *out = json_get_str(params, "out",
	    "");

	for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++)
		if (name != NULL ? strcmp(formats[i].name, name) == 0 :
		    slice_ends(slice_of(out), formats[i].end))
			return &formats[i];
	(void)err_set(why, ERR_USAGE, name != NULL ? name : out,
	    "end it in .svg, .folded, .speedscope.json, .txt or .pb.gz",
	    "no format is known by this name");
	return NULL;
}

/* ---- the request */

static enum err
deliver(struct job *j, const struct format *f, json_t *o, struct err_msg *why)
{
	const char *out = json_get_str(j->params, "out", NULL);
	enum err e = ERR_OK;

	json_put_str(o, "format", f->name);
	json_put_int(o, "bytes", (int64_t)j->out.len);
	if (out != NULL) {
		e = sys_file_replace(out, buf_str(&j->out), j->out.len, why);
		json_put_str(o, "out", out);
	} else if (!f->text || j->out.len > TEXT_MAX) {
		e = err_set(why, ERR_LIMIT, "export", "write it to a file: -o FILE",
		    f->text ? "%zu bytes are too many for an answer" :
		    "%zu bytes that are no text", j->out.len);
	} else {
		json_put(o, "text", json_stringn(buf_str(&j->out), j->out.len));
	}
	return e;
}

enum err
export_pprof(const json_t *params, json_t **result, struct err_msg *why)
{
	const struct format *f = format_of(params, why);
	struct job j = { .params = params };
	json_t *o;
	enum err e;

	if (f == NULL)
		return ERR_USAGE;
	e = compare_open(&j.c, params, json_object_get(params, "granularity") == NULL ?
	    f->granularity : NULL, why);
	if (e != ERR_OK)
		return e;
	buf_init(&j.out, OUT_MAX);
	titles(&j);
	e = f->write(&j, why);
	if (e == ERR_LIMIT && why != NULL && why->why[0] == '\0')
		e = err_set(why, ERR_LIMIT, "export", "zoom into a part, or focus on a function",
		    "more than %d MiB", OUT_MAX >> 20);
	o = json_object();
	if (e == ERR_OK)
		e = deliver(&j, f, o, why);
	buf_fini(&j.out);
	compare_close(&j.c);
	if (e != ERR_OK)
		json_decref(o);
	else
		*result = o;
	return e;
}
