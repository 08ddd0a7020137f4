/* list.c - rows by line, grouped into functions, laid over their source. */
#include "pprof/list.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/utf8.h"
#include "pprof/names.h"
#include "pprof/report.h"
#include "pprof/units.h"

enum { MARGIN = 5, SOURCE_MAX = 32 << 20, LINES_MAX = 1 << 20 };

struct listing {
	struct list *l;
	const struct top_options *o;
	const struct list_reader *reader;
	const struct top_row **row;     /* those that match, by function, file, line */
	size_t count;
	struct err_msg *why;
};

static int
by_place(const void *pa, const void *pb)
{
	const struct top_row *a = *(const struct top_row *const *)pa;
	const struct top_row *b = *(const struct top_row *const *)pb;
	int c = strcmp(a->function, b->function);

	if (c == 0)
		c = strcmp(a->place, b->place);
	return c != 0 ? c : (a->line > b->line) - (a->line < b->line);
}

static bool
join(struct buf *path, struct slice dir, struct slice file)
{
	buf_clear(path);
	return buf_add(path, dir.p, dir.n) == ERR_OK
	    && (dir.n > 0 && dir.p[dir.n - 1] == '/' ? ERR_OK : buf_add_byte(path, '/')) == ERR_OK
	    && buf_add(path, file.p, file.n) == ERR_OK;
}

/* A relative file below dir or one of its parents. */
static bool
read_below(const struct listing *m, struct slice dir, struct slice file, struct buf *out)
{
	struct buf path;
	bool found = false;

	buf_init(&path, 1 << 16);
	while (!found) {
		found = join(&path, dir, file)
		    && m->reader->read(m->reader->arg, buf_str(&path), out);
		if (dir.n <= 1)
			break;
		while (dir.n > 0 && dir.p[dir.n - 1] != '/')
			dir.n--;
		while (dir.n > 1 && dir.p[dir.n - 1] == '/')
			dir.n--;
		if (dir.n == 0)
			break;
	}
	buf_fini(&path);
	return found;
}

/* The whole source into out, or why not as a heap string. */
static char *
read_source(const struct listing *m, const char *file, struct buf *out)
{
	const char *folders = m->o->source_path != NULL && m->o->source_path[0] != '\0'
				  ? m->o->source_path : m->reader->cwd;
	struct slice rest = slice_of(folders);
	struct slice path = names_trim(slice_of(file), m->o->trim_path, folders);
	char *name = mem_strn(path.p, path.n);
	bool found = false;

	if (name[0] == '/') {
		if (!m->reader->read(m->reader->arg, name, out)) {
			char *why = mem_fmt("open %s: no such file or directory", name);

			mem_free(name);
			return why;
		}
		mem_free(name);
		return NULL;
	}
	while (rest.n > 0 && !found)
		found = read_below(m, slice_cut(rest, ':', &rest), slice_of(name), out);
	if (!found) {
		char *why = mem_fmt("could not find file %s on path %s", name, folders);

		mem_free(name);
		return why;
	}
	mem_free(name);
	return NULL;
}

static int64_t
sum(int64_t a, int64_t b)
{
	return (int64_t)((uint64_t)a + (uint64_t)b);
}

/* From which line to which; a function's own start when the profile has it. */
static void
range(const struct top_row *const *row, size_t n, int64_t *start, int64_t *end)
{
	*start = INT64_MAX;
	*end = 0;
	for (size_t i = 0; i < n; i++) {
		int64_t line = row[i]->line, from = row[i]->start_line;

		if (line < 0 || line > INT32_MAX)
			continue;
		if (from == 0)
			from = line - MARGIN;
		*start = from < *start ? from : *start;
		*end = line + MARGIN > *end ? line + MARGIN : *end;
	}
	*start = *start < 1 ? 1 : *start;
}

static void
add_line(struct list_routine *r, size_t *cap, struct list_line line)
{
	if (r->count == *cap) {
		*cap = *cap * 2 + 32;
		r->line = mem_resize(r->line, *cap, sizeof(*r->line));
	}
	r->line[r->count++] = line;
}

/* All rows of one line, from *i on. */
static void
sum_line(const struct top_row *const *row, size_t n, size_t *i, struct list_line *to)
{
	while (*i < n && row[*i]->line < to->line)
		(*i)++;
	for (; *i < n && row[*i]->line == to->line; (*i)++) {
		to->flat = sum(to->flat, row[*i]->flat);
		to->cum = sum(to->cum, row[*i]->cum);
	}
}

static void
annotate(struct list_routine *r, const struct top_row *const *row, size_t n, struct slice source)
{
	int64_t start, end, at = 1;
	size_t i = 0, cap = 0;

	range(row, n, &start, &end);
	for (; at <= end && source.n > 0 && r->count < LINES_MAX; at++) {
		struct slice text = slice_cut(source, '\n', &source);
		struct list_line line = { .line = at };

		if (at < start)
			continue;
		if (text.n > 0 && text.p[text.n - 1] == '\r')
			text.n--;
		sum_line(row, n, &i, &line);
		line.text = mem_strn(text.p, text.n);
		add_line(r, &cap, line);
	}
}

/* Without the source: the lines that hold something. */
static void
bare(struct list_routine *r, const struct top_row *const *row, size_t n)
{
	size_t i = 0, cap = 0;

	while (i < n) {
		struct list_line line = { .line = row[i]->line };

		sum_line(row, n, &i, &line);
		add_line(r, &cap, line);
	}
}

/* Rows of one function in one file. */
static void
routine(struct listing *m, const struct top_row *const *row, size_t n)
{
	struct list *l = m->l;
	struct list_routine *r;
	int64_t start, end;
	struct buf source;

	l->routine = mem_resize(l->routine, l->count + 1, sizeof(*l->routine));
	r = &l->routine[l->count++];
	*r = (struct list_routine){ .name = mem_str(row[0]->function),
		.file = mem_str(row[0]->place) };
	for (size_t i = 0; i < n; i++) {
		r->flat = sum(r->flat, row[i]->flat);
		r->cum = sum(r->cum, row[i]->cum);
	}
	if (r->file[0] == '\0')
		return;
	buf_init(&source, SOURCE_MAX);
	range(row, n, &start, &end);
	/* start lines that make no sense leave nothing to look at: pprof does not even open it, but
	 * remembers what it once could not */
	if (start <= end)
		r->error = read_source(m, r->file, &source);
	for (size_t i = 0; start > end && i + 1 < l->count && r->error == NULL; i++)
		if (strcmp(l->routine[i].file, r->file) == 0)
			r->error = mem_str(l->routine[i].error);
	if (r->error == NULL)
		annotate(r, row, n, slice_make(buf_str(&source), source.len));
	else
		bare(r, row, n);
	buf_fini(&source);
}

/* A function without any file gets a routine of its own; one with some is shown by them only. */
static void
group(struct listing *m)
{
	size_t to;

	for (size_t from = 0; from < m->count; from = to) {
		const struct top_row *first = m->row[from];
		bool same = from > 0 && strcmp(first->function, m->row[from - 1]->function) == 0;

		for (to = from + 1; to < m->count; to++)
			if (strcmp(m->row[to]->function, first->function) != 0
			    || strcmp(m->row[to]->place, first->place) != 0)
				break;
		if (first->place[0] == '\0' && !same && to < m->count
		    && strcmp(m->row[to]->function, first->function) == 0)
			continue;
		routine(m, m->row + from, to - from);
	}
}

static enum err
select_rows(struct listing *m, const char *pattern)
{
	const struct top_report *r = m->l->r;
	struct rx *rx;
	enum err e = rx_new(&rx, "list", slice_of(pattern), m->why);

	if (e != ERR_OK)
		return e;
	m->row = mem_zero(r->row_count + (size_t)1, sizeof(*m->row));
	for (uint32_t i = 0; i < r->row_count; i++)
		if (rx_match(rx, slice_of(r->row[i].function)))
			m->row[m->count++] = &r->row[i];
	rx_free(rx);
	if (m->count == 0)
		return err_set(m->why, ERR_NOTHING, "list", "look at the names with vise pprof top",
		    "no matches found for regexp: %s", pattern);
	qsort(m->row, m->count, sizeof(*m->row), by_place);
	return ERR_OK;
}

enum err
list_make(struct list **out, const struct pprof_profile *p, const char *what,
    const struct pprof_profile *base, const char *base_what, const struct top_options *o,
    const char *pattern, const struct list_reader *reader, struct err_msg *why)
{
	struct top_options own = *o;
	struct listing m = { .l = mem_zero(1, sizeof(*m.l)), .o = o, .reader = reader,
		.why = why };
	enum err e;

	own.granularity = TOP_LINES;
	own.objfiles = true;
	own.edges = own.changes = own.grown = own.shrunk = false;
	own.node_count = 0;
	own.node_fraction = own.edge_fraction = 0;
	e = top_make(&m.l->r, p, what, base, base_what, &own, why);
	if (e == ERR_OK)
		e = select_rows(&m, pattern);
	if (e == ERR_OK)
		group(&m);
	mem_free(m.row);
	if (e != ERR_OK)
		list_free(m.l);
	else
		*out = m.l;
	return e;
}

void
list_free(struct list *l)
{
	if (l == NULL)
		return;
	for (size_t i = 0; i < l->count; i++) {
		struct list_routine *r = &l->routine[i];

		for (size_t j = 0; j < r->count; j++)
			mem_free(r->line[j].text);
		mem_free(r->line);
		mem_free(r->name);
		mem_free(r->file);
		mem_free(r->error);
	}
	mem_free(l->routine);
	top_free(l->r);
	mem_free(l);
}

static enum err
pair(const struct list *l, int64_t flat, int64_t cum, bool dots, struct buf *out)
{
	char text[UNITS_LABEL_MAX];
	enum err e = ERR_OK;

	for (unsigned i = 0; i < 2 && e == ERR_OK; i++) {
		int64_t v = i == 0 ? flat : cum;

		report_value(l->r, v, text);
		e = report_pad(v == 0 && dots ? "." : text, 10, out);
		if (e == ERR_OK)
			e = buf_add_byte(out, ' ');
	}
	return e;
}

static enum err
escaped(struct buf *out, const char *head, const char *text, const char *tail)
{
	enum err e = buf_add_str(out, head);

	if (e == ERR_OK)
		e = utf8_escape(out, text, strlen(text), 1);
	return e != ERR_OK ? e : buf_add_str(out, tail);
}

static enum err
routine_text(const struct list *l, const struct list_routine *r, struct buf *out)
{
	char percent[32];
	enum err e;

	if (r->file[0] == '\0')
		return escaped(out, "No source information for ", r->name, "\n");
	e = escaped(out, "ROUTINE ======================== ", r->name, " in ");
	if (e == ERR_OK)
		e = escaped(out, "", r->file, "\n");
	if (e == ERR_OK)
		e = pair(l, r->flat, r->cum, false, out);
	units_percent(r->cum, l->r->total, percent, sizeof(percent));
	if (e == ERR_OK)
		e = buf_add_fmt(out, "(flat, cum) %s of Total\n", percent);
	if (e == ERR_OK && r->error != NULL)
		return escaped(out, " Error: ", r->error, "\n");
	for (size_t i = 0; i < r->count && e == ERR_OK; i++) {
		const struct list_line *line = &r->line[i];

		e = pair(l, line->flat, line->cum, true, out);
		if (e == ERR_OK)
			e = buf_add_fmt(out, "%6lld:", (long long)line->line);
		if (e == ERR_OK)
			e = escaped(out, "", line->text, "\n");
	}
	return e;
}

enum err
list_text(const struct list *l, struct buf *out)
{
	char total[UNITS_LABEL_MAX];
	enum err e;

	report_value(l->r, l->r->total, total);
	e = buf_add_fmt(out, "Total: %s\n", total);
	for (size_t i = 0; i < l->count && e == ERR_OK; i++)
		e = routine_text(l, &l->routine[i], out);
	return e;
}
