/* filter.c - matching names once, editing lines once, cutting each sample's stack. */
#include "pprof/filter.h"

#include <string.h>

#include "base/alloc.h"
#include "pprof/labels.h"
#include "pprof/names.h"
#include "pprof/tagroot.h"

/* The regexps that look at frames, a bit each in the hits of a function or mapping. */
enum { FOCUS, IGNORE, HIDE, SHOW, SHOW_FROM, PRUNE_FROM, DROP, KEEP, REGEXPS };
enum { BY_PLACE = 1 << FOCUS | 1 << IGNORE | 1 << HIDE | 1 << SHOW | 1 << SHOW_FROM };

/* What a location means to a sample that goes through it. */
enum {
	AT_FOCUS = 1, AT_IGNORE = 2, AT_HIDDEN = 4, AT_FROM = 8, AT_CUT = 16,
	AT_PRUNE = 32,                  /* goes with all beneath it */
	AT_BENEATH = 64,                /* all beneath it goes */
};

enum { TAGSHOW, TAGHIDE, TAG_REGEXPS };

struct filtered {
	const struct pprof_profile *p;
	const char *what;
	struct pprof_profile edited;    /* a view of p with the tables below */
	struct pprof_location *location;
	struct pprof_line *line;
	struct pprof_function *function;
	struct slice *extra;
	unsigned char *at;              /* AT_ bits of each location */
	unsigned char *function_hits, *mapping_hits;
	uint32_t *loc;                  /* the list of the sample at hand */
	size_t   loc_cap;
	struct pprof_label *label;
	size_t   label_cap;
};

struct filter {
	const struct filter_options *o;
	struct rx *rx[REGEXPS];
	struct rx *tag[TAG_REGEXPS];
	struct label_test tagfocus, tagignore;
	struct label_units units;
	struct tagroot roots;
	struct filtered of[2];
	bool active, frames;            /* frames: lines or lists of locations change */
	unsigned met;                   /* bits of regexps that matched a location */
	bool tagfocus_met, tagignore_met;
};

static enum err
compile_all(struct filter *f, struct err_msg *why)
{
	const struct filter_options *o = f->o;
	const char *const text[REGEXPS] = { [FOCUS] = o->focus, [IGNORE] = o->ignore,
		[HIDE] = o->hide, [SHOW] = o->show, [SHOW_FROM] = o->show_from,
		[PRUNE_FROM] = o->prune_from };
	static const char *const name[REGEXPS] = { [FOCUS] = "focus", [IGNORE] = "ignore",
		[HIDE] = "hide", [SHOW] = "show", [SHOW_FROM] = "show_from",
		[PRUNE_FROM] = "prune_from" };
	const char *const tag[TAG_REGEXPS] = { o->tagshow, o->taghide };
	enum err e = ERR_OK;

	for (unsigned i = 0; i < REGEXPS && e == ERR_OK; i++)
		if (text[i] != NULL && text[i][0] != '\0')
			e = rx_new(&f->rx[i], name[i], slice_of(text[i]), why);
	for (unsigned i = 0; i < TAG_REGEXPS && e == ERR_OK; i++)
		if (tag[i] != NULL && tag[i][0] != '\0')
			e = rx_new(&f->tag[i], i == TAGSHOW ? "tagshow" : "taghide",
			    slice_of(tag[i]), why);
	if (e == ERR_OK)
		e = label_test_init(&f->tagfocus, "tagfocus", o->tagfocus, why);
	if (e == ERR_OK)
		e = label_test_init(&f->tagignore, "tagignore", o->tagignore, why);
	return e;
}

enum err
filter_new(struct filter **out, const struct filter_options *o, struct err_msg *why)
{
	struct filter *f = mem_zero(1, sizeof(*f));
	enum err e;

	f->o = o;
	tagroot_init(&f->roots, o->tagroot, o->tagleaf, o->unit);
	e = compile_all(f, why);
	if (e != ERR_OK) {
		filter_free(f);
		return e;
	}
	for (unsigned i = 0; i < REGEXPS; i++)
		f->frames = f->frames || f->rx[i] != NULL;
	f->frames = f->frames || o->noinlines || tagroot_wanted(&f->roots);
	f->active = f->frames || filter_wants_labels(f);
	*out = f;
	return ERR_OK;
}

void
filter_free(struct filter *f)
{
	if (f == NULL)
		return;
	for (unsigned i = 0; i < REGEXPS; i++)
		rx_free(f->rx[i]);
	for (unsigned i = 0; i < TAG_REGEXPS; i++)
		rx_free(f->tag[i]);
	label_test_fini(&f->tagfocus);
	label_test_fini(&f->tagignore);
	label_units_fini(&f->units);
	for (unsigned k = 0; k < 2; k++) {
		struct filtered *d = &f->of[k];

		mem_free(d->location);
		mem_free(d->line);
		mem_free(d->function);
		mem_free(d->extra);
		mem_free(d->at);
		mem_free(d->function_hits);
		mem_free(d->mapping_hits);
		mem_free(d->loc);
		mem_free(d->label);
	}
	tagroot_fini(&f->roots);
	mem_free(f);
}

bool
filter_active(const struct filter *f)
{
	return f->active;
}

bool
filter_relative(const struct filter *f)
{
	return f->o->relative;
}

bool
filter_wants_labels(const struct filter *f)
{
	return f->tagfocus.set || f->tagignore.set || f->tag[TAGSHOW] != NULL
	    || f->tag[TAGHIDE] != NULL || tagroot_wanted(&f->roots);
}

const struct pprof_profile *
filter_profile(const struct filter *f, unsigned k)
{
	return f->frames ? &f->of[k].edited : f->of[k].p;
}

static enum err
no_memory(const struct filtered *d, struct err_msg *why)
{
	return err_set(why, ERR_MEMORY, d->what, "free some memory, or use a smaller profile",
	    "no memory for the filtered profile");
}

/* The name as pprof matches it for dropping frames: without a leading dot and argument list. */
static struct slice
simplified(struct slice s)
{
	static const char *const reserved[] = { "(anonymous namespace)", "operator()" };
	size_t i = 0;

	if (s.n > 0 && s.p[0] == '.')
		s = slice_skip(s, 1);
	while (i < s.n && s.p[i] != '\0') {
		size_t skip = 0;

		for (unsigned r = 0; r < 2; r++)
			if (slice_starts(slice_skip(s, i), reserved[r]))
				skip = strlen(reserved[r]);
		if (skip == 0 && s.p[i] == '(')
			break;
		i += skip != 0 ? skip : 1;
	}
	return slice_make(s.p, i);
}

static unsigned char
hits_of(const struct filter *f, struct slice name, struct slice file)
{
	struct slice simple = simplified(name);
	unsigned hits = 0;

	for (unsigned i = 0; i < REGEXPS; i++) {
		bool place = (BY_PLACE & 1 << i) != 0;

		if (f->rx[i] == NULL || (!place && name.n == 0))
			continue;
		if (rx_match(f->rx[i], place ? name : simple)
		    || (place && rx_match(f->rx[i], file)))
			hits |= 1u << i;
	}
	return (unsigned char)hits;
}

/* Profile drop_frames and keep_frames; a pattern that does not compile drops nothing, as in
 * pprof. */
static void
compile_drop(struct filter *f, const struct pprof_profile *p)
{
	const struct slice text[2] = { p->drop_frames, p->keep_frames };

	for (unsigned i = 0; i < 2 && text[0].n != 0 && text[i].n != 0; i++) {
		char *whole = mem_fmt("^(%.*s)$", (int)text[i].n, text[i].p);

		if (rx_new(&f->rx[DROP + i], "drop_frames", slice_of(whole), NULL) != ERR_OK &&
		    i == 1) {
			rx_free(f->rx[DROP]);
			f->rx[DROP] = NULL;
		}
		mem_free(whole);
	}
	if (f->rx[DROP] != NULL)
		f->frames = f->active = true;
}

static enum err
match_names(struct filter *f, struct filtered *d, struct err_msg *why)
{
	const struct pprof_profile *p = &d->edited;
	struct names names;

	d->function_hits = mem_try(p->function_count + (size_t)1);
	d->mapping_hits = mem_try(p->mapping_count + (size_t)1);
	if (d->function_hits == NULL || d->mapping_hits == NULL)
		return no_memory(d, why);
	names_init(&names);
	for (uint32_t i = 0; i < p->function_count; i++) {
		const struct pprof_function *fn = &p->function[i];
		uint32_t name = names_put_function(
		    &names, pprof_string(p, fn->name), pprof_string(p, fn->system_name));

		d->function_hits[i] =
		    hits_of(f, names.text[name], pprof_string(p, fn->file));
	}
	names_fini(&names);
	for (uint32_t i = 0; i < p->mapping_count; i++) {
		struct slice file = pprof_string(p, p->mapping[i].file);

		d->mapping_hits[i] = hits_of(f, file, file) & BY_PLACE;
	}
	return ERR_OK;
}

/* Lines of one location while they are edited: n of them from `from`. */
struct lines {
	struct pprof_line *line;
	uint32_t n;
	unsigned mapping;               /* hits of its mapping */
	const unsigned char *hits;
};

static unsigned
hits_at(const struct lines *l, uint32_t i)
{
	return l->hits[l->line[i].function];
}

static bool
matches(const struct lines *l, unsigned which)
{
	unsigned hits = l->mapping;

	for (uint32_t i = 0; i < l->n; i++)
		hits |= hits_at(l, i);
	return (hits & 1u << which) != 0;
}

/* Keeps the lines that match, or those that do not. */
static void
keep(struct lines *l, unsigned which, bool matching)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < l->n; i++)
		if (((hits_at(l, i) & 1u << which) != 0) == matching)
			l->line[n++] = l->line[i];
	l->n = n;
}

static void
drop_first(struct lines *l, uint32_t n)
{
	memmove(l->line, l->line + n, (l->n - n) * sizeof(*l->line));
	l->n -= n;
}

static unsigned
edit_drop(const struct filter *f, struct lines *l)
{
	for (uint32_t i = l->n; f->rx[DROP] != NULL && i-- > 0;) {
		if ((hits_at(l, i) & (1u << DROP | 1u << KEEP)) != 1u << DROP)
			continue;
		if (i + 1 == l->n)
			return AT_PRUNE | AT_BENEATH;
		drop_first(l, i + 1);
		return AT_BENEATH;
	}
	return 0;
}

static unsigned
edit_hidden(struct filter *f, struct lines *l)
{
	unsigned at = 0;

	if (f->rx[HIDE] != NULL && matches(l, HIDE)) {
		f->met |= 1u << HIDE;
		if ((l->mapping & 1u << HIDE) != 0)
			l->n = 0;
		keep(l, HIDE, false);
		if (l->n == 0)
			at |= AT_HIDDEN;
	}
	if (f->rx[SHOW] != NULL) {
		if ((l->mapping & 1u << SHOW) == 0)
			keep(l, SHOW, true);
		if (l->n == 0)
			at |= AT_HIDDEN;
		else
			f->met |= 1u << SHOW;
	}
	return at;
}

static unsigned
edit_from(struct filter *f, struct lines *l)
{
	unsigned at = 0;

	if (f->rx[SHOW_FROM] != NULL && (l->mapping & 1u << SHOW_FROM) != 0) {
		at |= AT_FROM;
	} else if (f->rx[SHOW_FROM] != NULL) {
		for (uint32_t i = l->n; i-- > 0 && at == 0;) {
			if ((hits_at(l, i) & 1u << SHOW_FROM) == 0)
				continue;
			l->n = i + 1;
			at |= AT_FROM;
		}
	}
	if ((at & AT_FROM) != 0)
		f->met |= 1u << SHOW_FROM;
	for (uint32_t i = 0; f->rx[PRUNE_FROM] != NULL && i < l->n; i++) {
		if ((hits_at(l, i) & 1u << PRUNE_FROM) != 0) {
			drop_first(l, i);
			return at | AT_CUT;
		}
	}
	return at;
}

static unsigned
edit(struct filter *f, struct lines *l)
{
	unsigned at = edit_drop(f, l);

	if (f->rx[IGNORE] != NULL && matches(l, IGNORE)) {
		f->met |= 1u << IGNORE;
		at |= AT_IGNORE;
	} else if (f->rx[FOCUS] == NULL || matches(l, FOCUS)) {
		f->met |= 1u << FOCUS;
		at |= AT_FOCUS;
	}
	at |= edit_hidden(f, l);
	at |= edit_from(f, l);
	if (f->o->noinlines && l->n > 1)
		drop_first(l, l->n - 1);
	return at;
}

/* New tables: those of the file, then the pseudo frames of labels. */
static bool
copy_tables(struct filter *f, struct filtered *d)
{
	const struct pprof_profile *p = d->p;
	size_t more = f->roots.count;

	d->location = mem_try((p->location_count + more + 1) * sizeof(*d->location));
	d->line = mem_try((p->line_count + more + 1) * sizeof(*d->line));
	d->function = mem_try((p->function_count + more + 1) * sizeof(*d->function));
	d->extra = mem_try((2 * more + 1) * sizeof(*d->extra));
	d->at = mem_try(p->location_count + more + 1);
	if (d->location == NULL || d->line == NULL || d->function == NULL || d->extra == NULL
	    || d->at == NULL)
		return false;
	memcpy(d->location, p->location, p->location_count * sizeof(*d->location));
	memcpy(d->line, p->line, p->line_count * sizeof(*d->line));
	memcpy(d->function, p->function, p->function_count * sizeof(*d->function));
	for (uint32_t i = 0; i < more; i++) {
		d->extra[2 * i] = f->roots.frame[i].value;
		d->extra[2 * i + 1] = f->roots.frame[i].key;
		d->function[p->function_count + i] = (struct pprof_function){
			.name = p->string_count + 2 * i, .file = p->string_count + 2 * i + 1 };
		d->line[p->line_count + i] =
		    (struct pprof_line){ .function = (uint64_t)p->function_count + i };
		d->location[p->location_count + i] = (struct pprof_location){
			.mapping = PPROF_NONE, .first_line = p->line_count + i, .line_count = 1 };
	}
	d->edited = *p;
	d->edited.location = d->location;
	d->edited.line = d->line;
	d->edited.function = d->function;
	d->edited.extra = d->extra;
	d->edited.extra_count = (uint32_t)(2 * more);
	d->edited.location_count += (uint32_t)more;
	d->edited.line_count += (uint32_t)more;
	d->edited.function_count += (uint32_t)more;
	return true;
}

static void
edit_all(struct filter *f, struct filtered *d)
{
	for (uint32_t i = 0; i < d->edited.location_count; i++) {
		struct pprof_location *l = &d->location[i];
		struct lines lines = { .line = d->line + l->first_line, .n = l->line_count,
			.hits = d->function_hits };

		if (lines.line[0].function == PPROF_NONE)
			lines.n = 0;
		if (l->mapping != PPROF_NONE)
			lines.mapping = d->mapping_hits[l->mapping];
		d->at[i] = (unsigned char)edit(f, &lines);
		if (lines.n == 0)
			lines.line[0] = (struct pprof_line){ .function = PPROF_NONE };
		l->line_count = (lines.n == 0 ? 1 : lines.n) & 0x7fffffff;
	}
}

enum err
filter_add(struct filter *f, unsigned k, const struct pprof_profile *p, const char *what,
    struct err_msg *why)
{
	struct filtered *d = &f->of[k];
	enum err e = ERR_OK;

	d->p = p;
	d->what = what;
	if (k == 0)
		compile_drop(f, p);
	if (filter_wants_labels(f))
		e = label_units_add(&f->units, p, what, why);
	if (e == ERR_OK && tagroot_wanted(&f->roots))
		e = tagroot_add(&f->roots, p, what, why);
	if (e != ERR_OK || !f->frames)
		return e;
	if (!copy_tables(f, d))
		return no_memory(d, why);
	e = match_names(f, d, why);
	if (e == ERR_OK)
		edit_all(f, d);
	for (unsigned i = 0; i < REGEXPS && e == ERR_OK; i++)
		if (rx_gave_up(f->rx[i]))
			e = err_set(why, ERR_LIMIT, what, "simplify the pattern",
			    "a pattern takes too long on its names");
	return e;
}

static bool
own_list(struct filtered *d, size_t need)
{
	size_t cap = d->loc_cap * 2;
	uint32_t *more;

	if (d->loc != NULL && d->loc_cap >= need)
		return true;
	if (cap < need)
		cap = need + 64;
	more = mem_try_resize(d->loc, cap * sizeof(*more));
	if (more == NULL)
		return false;
	d->loc = more;
	d->loc_cap = cap;
	return true;
}

/* From the root towards the leaf: the first frame to drop behind a frame that stays. */
static void
prune(const struct filtered *d, struct pprof_sample *s)
{
	bool found_user = false;

	for (size_t i = s->loc_count; i-- > 0;) {
		unsigned at = d->at[s->loc[i]];

		if ((at & (AT_PRUNE | AT_BENEATH)) == 0) {
			found_user = true;
			continue;
		}
		if (!found_user)
			continue;
		i += (at & AT_PRUNE) != 0;
		s->loc += i;
		s->loc_count -= i;
		return;
	}
}

/* leaf frames, the stack, root frames; the first key ends up nearest to the root. */
static enum err
add_roots(struct filter *f, struct filtered *d, struct pprof_sample *s, struct err_msg *why)
{
	struct tagroot *t = &f->roots;
	size_t n = 0, all = s->loc_count + t->root_count + t->leaf_count;
	bool met;

	if (!own_list(d, all + 1))
		return no_memory(d, why);
	if (s->loc_count > 0)
		memcpy(d->loc + t->leaf_count, s->loc, s->loc_count * sizeof(*d->loc));
	for (size_t i = 0; i < t->root_count + t->leaf_count; i++) {
		bool leaf = i < t->leaf_count;
		size_t key = leaf ? t->leaf_count - 1 - i
				  : t->root_count - 1 - (i - t->leaf_count);
		uint32_t frame;

		if (i == t->leaf_count)
			n += s->loc_count;
		if (tagroot_find(t, d->p, s, leaf ? t->leaf[key] : t->root[key], &frame, &met)
		    != ERR_OK)
			return no_memory(d, why);
		d->loc[n++] = d->p->location_count + frame;
	}
	s->loc = d->loc;
	s->loc_count = all;
	return ERR_OK;
}

enum err
filter_frames(struct filter *f, unsigned k, struct pprof_sample *s, struct err_msg *why)
{
	struct filtered *d = &f->of[k];

	if (f->rx[DROP] != NULL)
		prune(d, s);
	return tagroot_wanted(&f->roots) ? add_roots(f, d, s, why) : ERR_OK;
}

/* focus and ignore: at least one location in focus, none ignored. */
static bool
in_focus(const struct filtered *d, const struct pprof_sample *s)
{
	unsigned any = 0;

	for (size_t i = 0; i < s->loc_count; i++)
		any |= d->at[s->loc[i]];
	return (any & (AT_FOCUS | AT_IGNORE)) == AT_FOCUS;
}

static bool
unhide(struct filtered *d, struct pprof_sample *s)
{
	size_t n = 0;

	if (!own_list(d, s->loc_count + 1))
		return false;
	for (size_t i = 0; i < s->loc_count; i++)
		if ((d->at[s->loc[i]] & AT_HIDDEN) == 0)
			d->loc[n++] = s->loc[i];
	s->loc = d->loc;
	s->loc_count = n;
	return true;
}

static bool
show_from(const struct filtered *d, struct pprof_sample *s)
{
	for (size_t i = s->loc_count; i-- > 0;) {
		if ((d->at[s->loc[i]] & AT_FROM) != 0) {
			s->loc_count = i + 1;
			return true;
		}
	}
	return false;
}

static void
prune_from(const struct filtered *d, struct pprof_sample *s)
{
	for (size_t i = 0; i < s->loc_count; i++) {
		if ((d->at[s->loc[i]] & AT_CUT) != 0) {
			s->loc += i;
			s->loc_count -= i;
			return;
		}
	}
}

static bool
tags_wanted(struct filter *f, const struct filtered *d, const struct pprof_sample *s, bool is_base)
{
	bool focused =
		 !f->tagfocus.set || label_test_match(&f->tagfocus, &f->units, d->p, s, is_base),
	     ignored =
		 f->tagignore.set && label_test_match(&f->tagignore, &f->units, d->p, s, is_base);

	f->tagfocus_met = f->tagfocus_met || focused;
	f->tagignore_met = f->tagignore_met || ignored;
	return focused && !ignored;
}

/* tagshow and taghide: labels whose key stays. */
static bool
show_labels(struct filter *f, struct filtered *d, struct pprof_sample *s)
{
	size_t n = 0;

	if (d->label_cap < s->label_count) {
		struct pprof_label *more =
		    mem_try_resize(d->label, (s->label_count + 8) * sizeof(*more));

		if (more == NULL)
			return false;
		d->label = more;
		d->label_cap = s->label_count + 8;
	}
	for (size_t i = 0; i < s->label_count; i++) {
		struct slice key = pprof_string(d->p, s->label[i].key);

		if ((f->tag[TAGSHOW] == NULL || rx_match(f->tag[TAGSHOW], key))
		    && (f->tag[TAGHIDE] == NULL || !rx_match(f->tag[TAGHIDE], key)))
			d->label[n++] = s->label[i];
	}
	s->label = d->label;
	s->label_count = n;
	return true;
}

/* The frames' half of filter_sample. */
static bool
frames_wanted(struct filter *f, struct filtered *d, struct pprof_sample *s, bool *ok)
{
	if (!f->frames)
		return s->loc_count > 0;
	if (!in_focus(d, s))
		return false;
	if (f->rx[HIDE] != NULL || f->rx[SHOW] != NULL) {
		*ok = unhide(d, s);
		if (!*ok || s->loc_count == 0)
			return false;
	}
	return f->rx[SHOW_FROM] == NULL || show_from(d, s);
}

enum err
filter_sample(
    struct filter *f, unsigned k, struct pprof_sample *s, bool *wanted, struct err_msg *why)
{
	struct filtered *d = &f->of[k];
	bool ok = true;

	*wanted = frames_wanted(f, d, s, &ok);
	if (*wanted && (f->tagfocus.set || f->tagignore.set))
		*wanted = tags_wanted(f, d, s, s->base);
	if (*wanted && (f->tag[TAGSHOW] != NULL || f->tag[TAGHIDE] != NULL))
		ok = show_labels(f, d, s);
	if (*wanted && f->rx[PRUNE_FROM] != NULL)
		prune_from(d, s);
	return ok ? ERR_OK : no_memory(d, why);
}

enum err
filter_legend(const struct filter_options *o, struct buf *out)
{
	const struct { const char *name, *value; } row[] = {
		{ "focus", o->focus }, { "ignore", o->ignore }, { "hide", o->hide },
		{ "show", o->show }, { "show_from", o->show_from }, { "tagfocus", o->tagfocus },
		{ "tagignore", o->tagignore }, { "tagshow", o->tagshow }, { "taghide", o->taghide },
	};
	bool any = false;
	enum err e = ERR_OK;

	for (unsigned i = 0; i < sizeof(row) / sizeof(row[0]) && e == ERR_OK; i++) {
		size_t room = 80 - (strlen(row[i].name) + 1), n;

		if (row[i].value == NULL || row[i].value[0] == '\0')
			continue;
		n = strlen(row[i].value);
		e = buf_add_fmt(out, "%s   %s=%.*s%s\n", any ? "" : "Active filters:\n",
		    row[i].name, (int)(n < room ? n : room), row[i].value,
		    n > room ? "\xe2\x80\xa6" : "");
		any = true;
	}
	return e;
}

enum err
filter_misses(const struct filter *f, struct buf *out)
{
	const struct { const char *name; bool missed; } row[] = {
		{ "TagRoot", f->roots.root_count != 0 && !f->roots.root_met },
		{ "TagLeaf", f->roots.leaf_count != 0 && !f->roots.leaf_met },
		{ "Focus", f->rx[FOCUS] != NULL && (f->met & 1u << FOCUS) == 0 },
		{ "Ignore", f->rx[IGNORE] != NULL && (f->met & 1u << IGNORE) == 0 },
		{ "Hide", f->rx[HIDE] != NULL && (f->met & 1u << HIDE) == 0 },
		{ "Show", f->rx[SHOW] != NULL && (f->met & 1u << SHOW) == 0 },
		{ "ShowFrom", f->rx[SHOW_FROM] != NULL && (f->met & 1u << SHOW_FROM) == 0 },
		{ "TagFocus", f->tagfocus.set && !f->tagfocus_met },
		{ "TagIgnore", f->tagignore.set && !f->tagignore_met },
	};
	enum err e = ERR_OK;

	for (unsigned i = 0; i < sizeof(row) / sizeof(row[0]) && e == ERR_OK; i++)
		if (row[i].missed)
			e = buf_add_fmt(out, "%s expression matched no samples\n", row[i].name);
	return e;
}
