/* dump_text.c - reading goroutine dumps out of any text, of all Go versions. */
#include "pprof/dump_text.h"

#include <string.h>

#include "base/alloc.h"
#include "pprof/dump_counts.h"
#include "pprof/dump_line.h"
#include "pprof/dump_table.h"

enum { PREFIX_MAX = 256, HEADLINE_MAX = 4096, ID_SPACE_MAX = 160 };

/* ---- cleaning */

/* Behind "[31m": parameters, then one final byte. */
static const char *
skip_control(const char *p, const char *end)
{
	while (p < end && (unsigned char)*p >= 0x20 && (unsigned char)*p < 0x40)
		p++;
	return p < end && (unsigned char)*p >= 0x40 ? p + 1 : p;
}

/* Behind "]0;title": up to BEL or ESC \, never over the end of the line. */
static const char *
skip_title(const char *p, const char *end)
{
	for (; p < end && *p != '\n'; p++) {
		if (*p == '\a')
			return p + 1;
		if (*p == '\033' && p + 1 < end && p[1] == '\\')
			return p + 2;
	}
	return p;
}

/* Behind an escape sequence that begins at p (ESC). */
static const char *
skip_escape(const char *p, const char *end)
{
	p++;
	if (p == end || *p == '\n')
		return p;
	if (*p == '[')
		return skip_control(p + 1, end);
	return *p == ']' ? skip_title(p + 1, end) : p + 1;
}

char *
dump_clean(const char *text, size_t in, size_t *n)
{
	char *out = mem_try(in + 1), *to = out;
	const char *p = text, *end = text + in;

	if (out == NULL)
		return NULL;
	while (p < end) {
		if (*p == '\033') {
			p = skip_escape(p, end);
		} else {
			if (*p != '\r' && *p != '\0')
				*to++ = *p;
			p++;
		}
	}
	*to = '\0';
	*n = (size_t)(to - out);
	return out;
}

/* ---- pieces of lines */

/* "main.(*T).f(0x1, ...)": the argument list starts at the last "(". */
static bool
function_of(struct slice s, struct slice *out)
{
	size_t n = s.n;

	if (n < 3 || s.p[n - 1] != ')' || s.p[0] == ' ' || s.p[0] == '(' || s.p[0] == '[')
		return false;
	while (n > 0 && s.p[n - 1] != '(')
		n--;
	if (n < 2)
		return false;
	*out = slice_make(s.p, n - 1);
	/* "log.go:20: took (3 ms)" is a log line: a name has no blank but inside [...] */
	for (size_t i = 0, depth = 0; i < out->n; i++) {
		depth += out->p[i] == '[';
		depth -= out->p[i] == ']' && depth > 0;
		if ((out->p[i] == ' ' || out->p[i] == '\t' || out->p[i] == '"') && depth == 0)
			return false;
	}
	return true;
}

/* ---- the header of a goroutine */

static void
take_extra(struct slice word, struct dump_goroutine *g)
{
	struct slice s = slice_trim(word);
	uint64_t v;

	if (slice_is(s, "locked to thread"))
		g->flags |= DUMP_LOCKED;
	else if (dump_number(&s, &v) && slice_is(s, " minutes"))
		g->minutes = v > UINT32_MAX ? UINT32_MAX : (uint32_t)v;
}

static void
take_state(struct slice s, struct dump_goroutine *g)
{
	static const struct {
		const char *tail;
		unsigned flag;
	} tails[] = { { " (leaked)", 0 }, { " (scan)", DUMP_SCAN },
		{ " (durable)", DUMP_DURABLE } };
	struct slice rest, word = slice_cut(s, ',', &rest);

	for (size_t i = 0; i < 3 * sizeof(tails) / sizeof(tails[0]); i++) {
		size_t k = i % (sizeof(tails) / sizeof(tails[0]));

		if (slice_ends(word, tails[k].tail)) {
			word.n -= strlen(tails[k].tail);
			g->flags |= tails[k].flag;
			g->leaked |= k == 0;
		}
	}
	g->state = slice_trim(word);
	while (rest.n > 0)
		take_extra(slice_cut(rest, ',', &rest), g);
}

/* What stands between the id and the state: nothing, or gp=, m= and mp=. */
static bool
only_machine(const char *p, const char *open)
{
	for (; p < open; p += strcspn(p, " ") + 1)
		if (memchr(p, '=', strcspn(p, " [")) == NULL)
			return false;
	return true;
}

/* Behind the state: nothing, or {labels}; then a colon. */
static bool
take_labels(struct slice s, struct dump_goroutine *g)
{
	s = slice_trim(s);
	if (!slice_ends(s, ":"))
		return false;
	s = slice_trim(slice_make(s.p, s.n - 1));
	if (s.n >= 2 && s.p[0] == '{' && s.p[s.n - 1] == '}')
		g->labels = slice_make(s.p + 1, s.n - 2);
	return s.n == 0 || g->labels.p != NULL;
}

/* "goroutine 7 gp=0xc000 m=3 mp=0x.. [chan receive, 5 minutes] {k: v}:" at s. */
static bool
header_at(struct slice s, struct dump_goroutine *g)
{
	const char *open, *close;
	struct slice rest = slice_skip(s, 10);

	*g = (struct dump_goroutine){ .count = 1 };
	if (!slice_starts(s, "goroutine ") || !dump_number(&rest, &g->id) || rest.n == 0)
		return false;
	open = memchr(rest.p, '[', rest.n < ID_SPACE_MAX ? rest.n : ID_SPACE_MAX);
	if (open == NULL || rest.p[0] != ' ' || !only_machine(rest.p + 1, open))
		return false;
	rest = slice_skip(rest, (size_t)(open - rest.p));
	close = memchr(open, ']', rest.n);
	if (close == NULL)
		return false;
	take_state(slice_make(open + 1, (size_t)(close - open - 1)), g);
	return take_labels(slice_skip(rest, (size_t)(close + 1 - open)), g);
}

/* ---- reading */

struct reading {
	struct dump *d;
	struct dump_item item;
	bool in_block, want_place, creator_place, ancestors, headline_open, no_memory, whole;
	size_t prefix; /* bytes a logger put before each line */
	char prefix_end;
	struct slice line;
	struct hmap ids;
	const char *head_from, *head_to;
};

static void
finish_block(struct reading *r)
{
	bool fresh;
	uint64_t *place;

	if (!r->in_block)
		return;
	r->in_block = r->want_place = r->ancestors = false;
	place = hmap_at(&r->ids, r->item.g.id, &fresh);
	if (place == NULL || !dump_put(r->d, &r->item)) {
		r->no_memory = true;
		return;
	}
	*place = r->d->goroutine_count - 1;
}

/* Another dump begins in the same text: the one before it is let go. */
static void
next_dump(struct reading *r)
{
	hmap_fini(&r->ids);
	hmap_init(&r->ids);
	dump_clear(r->d);
	r->d->dumps++;
	r->d->exit_status = -1;
}

/* An id comes again: a new dump, or (GOTRACEBACK=crash) a thread that now prints its own stack. */
static void
look_for_repeat(struct reading *r, uint64_t id)
{
	uint64_t at;

	if (id == 0 || !hmap_get(&r->ids, id, &at) || at >= r->d->goroutine_count)
		return;
	if ((r->d->goroutine[at].flags & DUMP_UNAVAILABLE) != 0) {
		r->d->total -= r->d->goroutine[at].count;
		r->d->goroutine[at].count = 0;
		return;
	}
	next_dump(r);
	r->d->headline = slice_make("", 0);
}

static void
take_headline(struct reading *r)
{
	struct slice rest, s = slice_make(r->head_from, (size_t)(r->head_to - r->head_from));

	if (r->prefix > 0)      /* the lines behind the first begin with the logger's */
		s = slice_cut(s, '\n', &rest);
	r->d->headline = slice_trim(s);
}

static void
begin_block(struct reading *r, const struct dump_goroutine *g)
{
	finish_block(r);
	if (r->headline_open) {
		r->headline_open = false;
		if (r->d->goroutine_count > 0)
			next_dump(r);
		take_headline(r);
	} else {
		look_for_repeat(r, g->id);
	}
	r->item.g = *g;
	r->item.frames = r->item.elided = 0;
	r->item.creator = (struct dump_frame){ .line = 0 };
	r->in_block = true;
	r->want_place = r->creator_place = r->ancestors = r->whole = false;
}

/* A header anywhere in the line: what stands before it is the logger's. */
static bool
take_header(struct reading *r)
{
	struct dump_goroutine g;
	int64_t at = slice_find(r->line, slice_of("goroutine "));

	for (; at >= 0 && at < PREFIX_MAX;) {
		struct slice s = slice_skip(r->line, (size_t)at);
		int64_t next;

		if (header_at(s, &g)) {
			r->prefix = (size_t)at;
			r->prefix_end = at > 0 ? r->line.p[at - 1] : '\0';
			begin_block(r, &g);
			return true;
		}
		next = slice_find(slice_skip(s, 1), slice_of("goroutine "));
		at = next < 0 ? -1 : at + 1 + next;
	}
	return false;
}

static void
take_creator(struct reading *r, struct slice s)
{
	static const char in[] = " in goroutine ";
	struct slice name = slice_skip(s, strlen("created by "));
	int64_t at = slice_find(name, slice_of(in));
	struct slice id = slice_skip(name, (size_t)(at < 0 ? 0 : at) + strlen(in));

	if (at >= 0 && dump_number(&id, &r->item.g.creator_id))
		name.n = (size_t)at;
	r->item.creator.function = slice_trim(name);
	r->want_place = r->creator_place = true;
}

static uint32_t
elided(struct slice s)
{
	uint64_t v;
	struct slice rest = slice_skip(s, 3);

	return dump_number(&rest, &v) && v < UINT32_MAX ? (uint32_t)v : UINT32_MAX;
}

static void
take_frame(struct reading *r, struct slice function)
{
	if (r->ancestors || r->item.frames == DUMP_DEPTH_MAX)
		return;
	r->item.frame[r->item.frames++] = (struct dump_frame){ .function = function };
	r->want_place = true;
	r->creator_place = false;
}

static bool
take_place(struct reading *r, struct slice s)
{
	struct dump_frame *f = r->creator_place     ? &r->item.creator
			       : r->item.frames > 0 ? &r->item.frame[r->item.frames - 1]
						    : NULL;

	if (f == NULL || !dump_place(s, f))
		return false;
	r->want_place = false;
	r->whole = true;
	return true;
}

static bool
is_headline(struct slice s)
{
	static const char *const words[] = { "panic: ", "fatal error: ", "SIGQUIT: ", "SIGABRT: ",
		"SIGSEGV: ", "runtime: goroutine stack exceeds", "unexpected fault address ",
		"throw: " };

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (slice_starts(s, words[i]))
			return true;
	return false;
}

/* Outside of a goroutine: what a panic says, and how the program ended. */
static void
other_line(struct reading *r, struct slice s)
{
	int64_t at = slice_find(s, slice_of("panic: "));
	uint64_t v;

	if (at < 0)
		at = slice_find(s, slice_of("fatal error: "));
	if (at > 0 && at < PREFIX_MAX && !r->headline_open)
		s = slice_skip(s, (size_t)at); /* behind a logger's prefix */
	if (r->headline_open) {
		if ((size_t)(s.p + s.n - r->head_from) < HEADLINE_MAX && s.n > 0)
			r->head_to = s.p + s.n;
	} else if (is_headline(s)) {
		r->headline_open = true;
		r->head_from = s.p;
		r->head_to = s.p + s.n;
	} else if (slice_starts(s, "exit status ")) {
		s = slice_skip(s, 12);
		if (dump_number(&s, &v) && v < 256)
			r->d->exit_status = (int)v;
	}
}

/* What ends a goroutine without an empty line: serial lines lose some. */
static void
last_line(struct reading *r, struct slice s)
{
	finish_block(r);
	other_line(r, s);
}

static void
block_line(struct reading *r, struct slice s)
{
	struct slice function;

	if (s.n == 0)
		finish_block(r);
	else if (r->want_place && take_place(r, s))
		return;
	else if (slice_starts(s, "created by "))
		take_creator(r, s);
	else if (slice_starts(s, "...") && slice_ends(s, "elided..."))
		r->item.elided = elided(s);
	else if (slice_starts(s, "[originating from goroutine "))
		r->ancestors = true;
	else if (slice_find(s, slice_of("stack unavailable")) >= 0)
		r->item.g.flags |= DUMP_UNAVAILABLE;
	else if (slice_starts(s, "exit status ") || is_headline(s))
		last_line(r, s);
	else if (slice_is(s, "non-Go function"))
		take_frame(r, s);
	else if (function_of(s, &function))
		take_frame(r, function);
}

/* The line without its logger's prefix: of the same length, or at least of the same end. */
static struct slice
bare(const struct reading *r)
{
	struct slice s = r->line;

	if (r->prefix > 0 && s.n >= r->prefix && s.p[r->prefix - 1] == r->prefix_end)
		s = slice_skip(s, r->prefix);
	else if (r->prefix > 0 && s.n + 1 == r->prefix && r->prefix_end == ' ')
		s = slice_skip(s, s.n); /* the blank at the end was trimmed off */
	return slice_trim(s);
}

static void
read_lines(struct reading *r, struct slice text)
{
	while (text.n > 0 && !r->no_memory) {
		struct slice s;

		r->line = slice_cut(text, '\n', &text);
		if (take_header(r))
			continue;
		s = bare(r);
		if (r->in_block)
			block_line(r, s);
		else
			other_line(r, s);
	}
}

/* "goroutine 7 [" somewhere near the beginning of a line */
static bool
line_has_header(struct slice line)
{
	int64_t at =
	    slice_find(slice_make(line.p, line.n < 2 * PREFIX_MAX ? line.n : 2 * PREFIX_MAX),
		slice_of("goroutine "));
	struct slice s = slice_skip(line, (size_t)(at < 0 ? 0 : at) + 10);
	uint64_t id;

	return at >= 0 && dump_number(&s, &id) && s.n > 1 && s.p[0] == ' ' &&
	       memchr(s.p, '[', s.n < ID_SPACE_MAX ? s.n : ID_SPACE_MAX) != NULL;
}

bool
dump_is(const char *text, size_t n)
{
	struct slice s = slice_make(text, n);

	if (dump_counts_is(s))
		return true;
	while (s.n > 0)
		if (line_has_header(slice_cut(s, '\n', &s)))
			return true;
	return false;
}

static enum err
read_stacks(struct dump *d, struct slice text, size_t size, const char *what, struct err_msg *why)
{
	struct reading r = { .d = d };
	bool ends_well = text.n > 0 && text.p[text.n - 1] == '\n';

	hmap_init(&r.ids);
	r.item.frame = mem_alloc(DUMP_DEPTH_MAX * sizeof(*r.item.frame));
	d->dumps = 1;
	read_lines(&r, text);
	d->truncated = size == DUMP_CUT_AT || (r.in_block && !ends_well && r.want_place);
	finish_block(&r);
	if (r.headline_open && d->goroutine_count == 0)
		d->headline = slice_make(r.head_from, (size_t)(r.head_to - r.head_from));
	hmap_fini(&r.ids);
	mem_free(r.item.frame);
	if (r.no_memory)
		return dump_no_memory(what, why);
	if (d->goroutine_count == 0)
		return err_set(why, ERR_FORMAT, what,
		    "give a dump (debug=2, a panic), or fetch /debug/pprof/goroutine",
		    "there is no goroutine in it");
	return ERR_OK;
}

enum err
dump_parse(struct dump **out, const char *text, size_t n, const char *what, struct err_msg *why)
{
	struct dump *d;
	size_t clean = 0;
	enum err e;

	if (n > DUMP_TEXT_MAX)
		return err_set(
		    why, ERR_LIMIT, what, "cut it", "larger than %d MiB", DUMP_TEXT_MAX >> 20);
	d = dump_new(DUMP_STACKS);
	d->text = dump_clean(text, n, &clean);
	if (d->text == NULL)
		e = dump_no_memory(what, why);
	else if (dump_counts_is(slice_make(d->text, clean)))
		e = dump_counts(d, slice_make(d->text, clean), what, why);
	else
		e = read_stacks(d, slice_make(d->text, clean), n, what, why);
	if (e == ERR_OK)
		*out = d;
	else
		dump_free(d);
	return e;
}
