/* cli_flame.c - flame graphs on the command line: an icicle of text, or files. */
#include "cli/cli_flame.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/slice.h"
#include "cli/pprof_args.h"
#include "sys/terminal.h"

const char cli_flame_usage[] =
    "usage: vise pprof flame [options] [A] B\n"
    "One profile, or what changed from A to B. On a terminal: an icicle, roots on top, + grew,\n"
    "- shrank, = neither. With -o: a file, its kind by the end of its name.\n"
    "  -o FILE            .svg, .folded, .speedscope.json, .txt or .pb.gz; - is standard output\n"
    "  --format F         svg, folded, speedscope, txt or pb.gz, whatever FILE is called\n"
    "  --growth, --shrink only what grew, only what shrank\n"
    "  --width W          delta: as wide as the change; total: as wide as A or B (delta; one\n"
    "                     profile: its values)\n"
    "  --from FUNCTION    only stacks through it, from there on\n"
    "  --zoom 'F;F;F'     only stacks that begin with these functions\n"
    "  --sample-index X   sample type, by name or position from 0\n"
    "  --granularity G    functions, filefunctions, files, lines, addresses\n"
    "  --columns N        of the icicle, or the smallest share of --json (the terminal's, 100)\n"
    "  --rows N           at most N rows (64)\n"
    "  --folded C         columns of .folded: both, b or delta (both, of one profile b)\n"
    "  --title TEXT       of the SVG\n"
    "  --json             the boxes as JSON\n"
    "and the options of vise pprof top: --focus, --ignore, --hide, --show, --tagfocus,\n"
    "--normalize, --limit, --timeout ...\n";

struct flame_call {
	struct pprof_line *line;
	int cols;
	bool colour;
};

static const struct pprof_option flame_options[] = {
	{ "o", "out", PPROF_TEXT, NULL },
	{ "output", "out", PPROF_TEXT, NULL },
	{ "format", "format", PPROF_TEXT, NULL },
	{ "width", "width", PPROF_TEXT, NULL },
	{ "from", "from", PPROF_TEXT, NULL },
	{ "zoom", "zoom_text", PPROF_TEXT, NULL },
	{ "columns", "columns", PPROF_COUNT, NULL },
	{ "rows", "rows", PPROF_COUNT, NULL },
	{ "folded", "columns_of", PPROF_TEXT, NULL },
	{ "title", "title", PPROF_TEXT, NULL },
	{ "help", "help", PPROF_FLAG, NULL },
	{ "h", "help", PPROF_FLAG, NULL },
	{ NULL, NULL, PPROF_FLAG, NULL },
};

/* ---- the request */

static json_t *
zoom_json(const char *text)
{
	json_t *names = json_array();
	struct slice rest = slice_of(text), one;

	while (rest.n != 0) {
		one = slice_cut(rest, ';', &rest);
		if (one.n != 0)
			(void)json_array_append_new(names, json_text(one.p, one.n));
	}
	return names;
}

static enum err
request(struct flame_call *f, struct err_msg *why)
{
	struct pprof_line *c = f->line;
	const char *zoom = json_get_str(c->params, "zoom_text", NULL);
	int rows = 0;

	if (c->words < 1 || c->words > 2)
		return err_set(why, ERR_USAGE, "pprof flame", "vise pprof flame --help",
		    "name a profile (a file or a URL), or two");
	if (json_get_bool(c->params, "growth", false) && json_get_bool(c->params, "shrink", false))
		return err_set(why, ERR_USAGE, "--growth", NULL, "not together with --shrink");
	json_put_str(c->params, "now", c->word[c->words - 1]);
	if (c->words == 2)
		json_put_str(c->params, "diff_base", c->word[0]);
	if (zoom != NULL)
		json_put(c->params, "zoom", zoom_json(zoom));
	f->cols = 100;
	if (terminal_is(1))
		terminal_size(1, &rows, &f->cols);
	f->cols = (int)json_get_int(c->params, "columns", f->cols);
	json_put_int(c->params, "columns", f->cols);
	f->cols = f->cols < 20 ? 20 : f->cols;
	return ERR_OK;
}

/* ---- the icicle */

/* What a unit is counted in: steps and their names. */
struct scale {
	const char *unit;
	double step;
	const char *name[6];
};

static const struct scale scales[] = {
	{ "bytes", 1024, { "B", "kB", "MB", "GB", "TB", NULL } },
	{ "nanoseconds", 1000, { "ns", "us", "ms", "s", NULL } },
	{ "", 1000, { "", NULL } },
};

static void
value_text(double v, const char *unit, bool sign, char *out, size_t size)
{
	const struct scale *s = scales;
	double n = fabs(v);
	int i = 0;

	while (s->unit[0] != '\0' && strcmp(s->unit, unit) != 0)
		s++;
	for (; n >= s->step && s->name[i + 1] != NULL; i++)
		n /= s->step;
	snprintf(out, size, "%s%.*f%s", v < 0 ? "-" : sign && v > 0 ? "+" : "",
	    i == 0 || n >= 100 ? 0 : n >= 10 ? 1 : 2, n, s->name[i]);
}

/* "encoding/json.(*decodeState).value" is "json.(*decodeState).value" in a box. */
static const char *
short_name(const char *name)
{
	const char *slash = NULL;

	for (const char *p = name; *p != '\0' && *p != '(' && *p != '['; p++)
		if (*p == '/')
			slash = p;
	return slash != NULL ? slash + 1 : name;
}

static char
sign_of(const json_t *box, bool diff)
{
	const double d = json_get_num(box, "b", 0) - json_get_num(box, "a", 0);

	return !diff ? ' ' : d > 0 ? '+' : d < 0 ? '-' : '=';
}

/* The characters of one box, without its left edge; bytes of names beyond ASCII count as one
 * column each only where they begin a character. */
static void
print_inside(const json_t *box, int room, bool diff, const char *unit)
{
	char text[512], value[48] = "";
	const int64_t more = json_get_int(box, "more", 0);
	const double v = json_get_num(box, "b", 0) - (diff ? json_get_num(box, "a", 0) : 0);
	int used = 0;

	value_text(v, unit, diff, value, sizeof value);
	if (more != 0)
		snprintf(text, sizeof text, "(%lld more)", (long long)more);
	else
		snprintf(text, sizeof text, "%c%.400s", sign_of(box, diff), short_name(
		    json_get_str(box, "name", "?")));
	for (const char *p = text; *p != '\0' && used < room; p++) {
		if (((unsigned char)*p & 0xc0) != 0x80)
			used++;
		putchar(*p);
		while (((unsigned char)p[1] & 0xc0) == 0x80)
			putchar(*++p);
	}
	if (more == 0 && room - used > (int)strlen(value)) {
		printf("%*s", room - used - (int)strlen(value), "");
		fputs(value, stdout);
		used = room;
	}
	printf("%*s", room - used, "");
}

static void
print_box(const struct flame_call *f, const json_t *box, int width, bool diff, const char *unit)
{
	const char sign = sign_of(box, diff);

	putchar('|');
	if (f->colour && (sign == '+' || sign == '-'))
		fputs(sign == '+' ? "\033[31m" : "\033[32m", stdout);
	print_inside(box, width - 1, diff, unit);
	if (f->colour && (sign == '+' || sign == '-'))
		fputs("\033[0m", stdout);
}

static int
column(double x, double w, int cols)
{
	return w > 0 ? (int)floor(x / w * cols + 0.5) : 0;
}

static void
print_row(const struct flame_call *f, const json_t *boxes, int64_t depth, double w, bool diff,
    const char *unit)
{
	const int cols = f->cols - 1;
	const json_t *box;
	int at = 0;
	size_t i;

	json_array_foreach(boxes, i, box) {
		const double x = json_get_num(box, "x", 0);
		const int from = column(x, w, cols), to = column(x + json_get_num(box, "w", 0), w,
		    cols);

		if (json_get_int(box, "depth", 0) != depth || to <= from || from < at)
			continue;
		if (from > at)
			printf("%s%*s", at != 0 ? "|" : " ", from - at - 1, "");
		print_box(f, box, to - from, diff, unit);
		at = to;
	}
	fputs(at != 0 ? "|\n" : "\n", stdout);
}

static void
print_side(const json_t *o, const char *key, const char *letter, const char *unit)
{
	const json_t *side = json_object_get(o, key);
	const char *source = json_get_str(side, "source", NULL);
	char total[48];

	if (source == NULL)
		return;
	value_text(json_get_num(side, "total", 0), unit, false, total, sizeof total);
	printf("%s %s %s   ", letter, source, total);
}

static void
print_icicle(struct flame_call *f, const json_t *o)
{
	const char *unit = json_get_str(o, "unit", "");
	const bool diff = json_get_bool(o, "diff", false);
	const json_t *flame = json_object_get(o, "flame"), *boxes = json_object_get(flame, "boxes");
	const int64_t depth = json_get_int(flame, "depth", 0);
	const double w = json_get_num(flame, "w", 0);
	char text[48];

	f->colour = terminal_is(1) && getenv("NO_COLOR") == NULL;
	printf("%s   ", json_get_str(o, "type", ""));
	print_side(o, "a", "A", unit);
	print_side(o, "b", "B", unit);
	value_text(json_get_num(o, "delta", 0), unit, true, text, sizeof text);
	puts(diff ? text : "");
	for (int64_t d = 0; d < depth; d++)
		print_row(f, boxes, d, w, diff, unit);
	if (depth == 0)
		puts(diff ? "no stack changed this way" : "no stacks");
	if (json_get_bool(flame, "cut", false))
		puts("deeper or narrower parts are not drawn: --from FUNCTION, --zoom, --rows");
	if (json_get_str(o, "warning", NULL) != NULL)
		fprintf(stderr, "vise: note: %s\n", json_get_str(o, "warning", ""));
}

/* ---- files */

/* The folder a file stands in: heap string. */
static char *
folder(const char *file)
{
	const char *slash = strrchr(file, '/');

	if (slash == NULL)
		return mem_str(".");
	return slash == file ? mem_str("/") : mem_strn(file, (size_t)(slash - file));
}

static enum err
export(struct flame_call *f, const char *out, struct err_msg *why)
{
	const bool to_stdout = out == NULL || strcmp(out, "-") == 0;
	char *where = to_stdout ? NULL : folder(out);
	json_t *result;
	enum err e;

	if (to_stdout)
		(void)json_object_del(f->line->params, "out");
	e = pprof_line_call(f->line, "pprof.export", where, &result, why);
	mem_free(where);
	if (e != ERR_OK)
		return e;
	if (to_stdout)
		fputs(json_get_str(result, "text", ""), stdout);
	else if (f->line->json)
		pprof_print_json(result);
	else
		printf("%s: %s, %lld bytes\n", json_get_str(result, "out", ""),
		    json_get_str(result, "format", ""),
		    (long long)json_get_int(result, "bytes", 0));
	json_decref(result);
	return ERR_OK;
}

static enum err
show(struct flame_call *f, struct err_msg *why)
{
	json_t *result;
	const enum err e = pprof_line_call(f->line, "pprof.flame", NULL, &result, why);

	if (e != ERR_OK)
		return e;
	if (f->line->json)
		pprof_print_json(result);
	else
		print_icicle(f, result);
	json_decref(result);
	return ERR_OK;
}

static enum err
flame(struct pprof_line *c, bool *found, struct err_msg *why)
{
	struct flame_call f = { .line = c };
	const char *out = json_get_str(c->params, "out", NULL);
	const enum err e = request(&f, why);

	*found = false;
	if (e != ERR_OK)
		return e;
	return out != NULL || json_get_str(c->params, "format", NULL) != NULL ?
	    export(&f, out, why) : show(&f, why);
}

int
cli_flame(int argc, char **argv)
{
	static const struct pprof_option *const tables[] = { flame_options, pprof_report_options,
		pprof_common_options, NULL };

	return pprof_line_run(argc, argv, cli_flame_usage, tables, flame);
}
