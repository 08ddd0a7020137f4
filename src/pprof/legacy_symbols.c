/* legacy_symbols.c - locations, names, labels and maps of a text profile. */
#include "pprof/legacy_symbols.h"

#include <string.h>

#include "base/alloc.h"
#include "base/buf.h"

enum { LABELS_MAX = 64, LINES_MAX = 16384, MAPS_MAX = 4096, LABEL_BYTES = 64 << 10 };

void
legacy_symbols_init(struct legacy_symbols *s)
{
	*s = (struct legacy_symbols){ .named = false };
	hmap_init(&s->index);
}

static void
forget_record(struct legacy_symbols *s)
{
	for (size_t i = 0; i < s->label_count; i++) {
		mem_free(s->label[i].key);
		mem_free(s->label[i].value);
	}
	s->label_count = s->line_count = 0;
}

void
legacy_symbols_fini(struct legacy_symbols *s)
{
	forget_record(s);
	for (size_t i = 0; i < s->place_count; i++)
		mem_free(s->place[i].line);
	mem_free(s->place);
	mem_free(s->map);
	mem_free(s->label);
	mem_free(s->line);
	mem_free(s->line_at);
	hmap_fini(&s->index);
}

/* A Go-quoted text at the start of *s, unquoted; NULL: none is there. */
static char *
unquote(struct slice *s)
{
	struct buf b;
	size_t i = 1;
	char *made;

	if (s->n == 0 || s->p[0] != '"')
		return NULL;
	buf_init(&b, LABEL_BYTES);
	for (; i < s->n && s->p[i] != '"'; i++) {
		char c = s->p[i];

		if (c == '\\' && i + 1 < s->n) {
			const char *known = "ntr", *to = "\n\t\r", *at = strchr(known, s->p[++i]);

			c = at != NULL && s->p[i] != '\0' ? to[at - known] : s->p[i];
		}
		(void)buf_add_byte(&b, c);
	}
	*s = slice_skip(*s, i + 1);
	made = b.len != 0 ? buf_take(&b) : mem_str("");
	buf_fini(&b);
	return made;
}

static void
skip(struct slice *s, const char *any)
{
	while (s->n > 0 && s->p[0] != '\0' && strchr(any, s->p[0]) != NULL)
		*s = slice_skip(*s, 1);
}

static void
labels(struct legacy_symbols *s, struct slice text)
{
	while (s->label_count < LABELS_MAX) {
		char *key, *value;

		skip(&text, " {,");
		key = unquote(&text);
		skip(&text, " :");
		value = key != NULL ? unquote(&text) : NULL;
		if (value == NULL) {
			mem_free(key);
			return;
		}
		if (s->label == NULL)
			s->label = mem_zero(LABELS_MAX, sizeof(*s->label));
		s->label[s->label_count++] = (struct legacy_label){ key, value };
	}
}

/* "func+0x1f" without its offset. */
static struct slice
without_offset(struct slice f)
{
	for (size_t i = f.n; i-- > 1;)
		if (f.p[i] == '+')
			return i + 2 < f.n && f.p[i + 1] == '0' ? slice_make(f.p, i) : f;
	return f;
}

/* "file:12" */
static void
split_line(struct slice text, struct legacy_line *l)
{
	size_t i = text.n;

	while (i > 0 && text.p[i - 1] != ':')
		i--;
	l->file = text;
	if (i > 0 && slice_i64(slice_skip(text, i), &l->line))
		l->file.n = i - 1;
}

static struct slice
field(struct slice *rest)
{
	struct slice one;

	do {
		one = slice_trim(slice_cut(*rest, '\t', rest));
	} while (one.n == 0 && rest->n > 0);
	return one;
}

void
legacy_symbols_comment(struct legacy_symbols *s, struct slice line)
{
	struct slice rest = slice_skip(line, 1), pc, function;
	struct legacy_line l = { .line = 0 };
	uint64_t address;

	if (slice_starts(line, "# labels: {")) {
		labels(s, slice_skip(line, strlen("# labels: ")));
		return;
	}
	pc = field(&rest);
	if (!slice_starts(pc, "0x") || !slice_hex(slice_skip(pc, 2), &address)
	    || s->line_count == LINES_MAX)
		return;
	function = field(&rest);
	if (function.n == 0)
		return;
	l.function = without_offset(function);
	split_line(field(&rest), &l);
	if (s->line_count == s->line_cap) {
		s->line_cap = s->line_cap * 2 + 64;
		s->line = mem_resize(s->line, s->line_cap, sizeof(*s->line));
		s->line_at = mem_resize(s->line_at, s->line_cap, sizeof(*s->line_at));
	}
	s->line_at[s->line_count] = address;
	s->line[s->line_count++] = l;
}

static struct legacy_place *
place_of(struct legacy_symbols *s, uint64_t address)
{
	bool fresh;
	uint64_t *place = hmap_at(&s->index, address, &fresh);

	if (place == NULL)
		return NULL;
	if (fresh) {
		if (s->place_count == s->place_cap) {
			s->place_cap = s->place_cap * 2 + 256;
			s->place = mem_resize(s->place, s->place_cap, sizeof(*s->place));
		}
		*place = s->place_count;
		s->place[s->place_count++] = (struct legacy_place){ .address = address };
	}
	return &s->place[*place];
}

/* # lines of this address, which the file may give as call or as return. */
static void
name_place(struct legacy_symbols *s, struct legacy_place *p)
{
	size_t n = 0, first = 0;

	for (size_t i = 0; i < s->line_count; i++) {
		if (s->line_at[i] != p->address && s->line_at[i] != p->address + 1)
			continue;
		if (n == 0)
			first = i;
		else if (i != first + n)
			break;          /* the same address deeper in the stack */
		n++;
	}
	if (n == 0 || p->count != 0)
		return;
	p->line = mem_alloc(n * sizeof(*p->line));
	memcpy(p->line, s->line + first, n * sizeof(*p->line));
	p->count = n;
	s->named = true;
}

/* Recursion through one address repeats its lines: they are inlined calls only if they differ. */
static void
drop_repeats(struct legacy_place *p)
{
	for (size_t i = 1; i < p->count; i++)
		if (slice_eq(p->line[i].function, p->line[0].function)
		    && p->line[i].line == p->line[0].line)
			p->count = i;
}

void
legacy_symbols_sample(struct legacy_symbols *s, struct encode *w, const uint64_t *address,
    size_t depth, const int64_t *value, size_t types, const int64_t *block_size)
{
	uint64_t *loc = mem_alloc((depth + 1) * sizeof(*loc));
	struct encode_label *label = mem_zero(s->label_count + 1, sizeof(*label));
	size_t n = 0;

	for (size_t i = 0; i < depth; i++) {
		struct legacy_place *p = place_of(s, address[i]);

		if (p == NULL)
			break;
		if (p->count == 0) {
			name_place(s, p);
			drop_repeats(p);
		}
		/* Go names all frames but runtime.goexit and the runtime's own at the leaf */
		if (p->count != 0 || s->line_count == 0)
			loc[n++] = (uint64_t)(p - s->place) + 1;
	}
	for (size_t i = 0; i < s->label_count; i++)
		label[i] =
		    (struct encode_label){ .key = s->label[i].key, .str = s->label[i].value };
	if (block_size != NULL)
		label[s->label_count] =
		    (struct encode_label){ .key = "bytes", .num = *block_size };
	encode_sample(w, loc, n, value, types, label, s->label_count + (block_size != NULL));
	mem_free(loc);
	mem_free(label);
	forget_record(s);
}

/* A line of /proc/PID/maps: "start-end perms offset dev inode path"; only code counts. */
void
legacy_symbols_mapping(struct legacy_symbols *s, struct slice line)
{
	struct slice range = slice_word(&line), end, start = slice_cut(range, '-', &end);
	struct slice perms = slice_word(&line), offset = slice_word(&line);
	struct legacy_map m = { .offset = 0 };

	if (slice_starts(start, "0x"))
		start = slice_skip(start, 2);
	if (!slice_hex(start, &m.start) || !slice_hex(end, &m.limit)
	    || !slice_hex(offset, &m.offset) || s->map_count == MAPS_MAX
	    || memchr(perms.p, 'x', perms.n) == NULL)
		return;
	(void)slice_word(&line);
	(void)slice_word(&line);
	m.file = slice_trim(line);
	if (s->map == NULL)
		s->map = mem_zero(MAPS_MAX, sizeof(*s->map));
	s->map[s->map_count++] = m;
}

/* The mapping of an address, 1-based; one more than there are when none has it. */
static uint64_t
mapping_of(const struct legacy_symbols *s, uint64_t address)
{
	for (size_t i = 0; i < s->map_count; i++)
		if (s->map[i].start <= address && address < s->map[i].limit)
			return i + 1;
	return s->map_count + 1;
}

/* The main binary first: the first that has a name and is no library or pseudo file. */
static void
main_first(struct legacy_symbols *s)
{
	for (size_t i = 0; i < s->map_count; i++) {
		struct slice f = s->map[i].file;
		struct legacy_map first = s->map[0];

		if (f.n == 0 || f.p[0] == '[' || slice_ends(f, ".so")
		    || slice_find(f, slice_of(".so.")) >= 0 || slice_find(f, slice_of(".so_")) >= 0)
			continue;
		s->map[0] = s->map[i];
		s->map[i] = first;
		return;
	}
}

static uint64_t
function_of(struct encode *w, struct hmap *functions, const struct legacy_line *l)
{
	uint64_t name = encode_put_text(w, l->function), file = encode_put_text(w, l->file);
	bool fresh;
	uint64_t *id = hmap_at(functions, name << 32 | file, &fresh);

	if (id == NULL)
		return encode_put_function(w, name, name, file, 0);
	if (fresh)
		*id = encode_put_function(w, name, name, file, 0);
	return *id;
}

static void
put_place(const struct legacy_symbols *s, struct encode *w, struct hmap *functions,
    const struct legacy_place *p)
{
	struct encode_line *line = mem_zero(p->count + 1, sizeof(*line));

	for (size_t i = 0; i < p->count; i++)
		line[i] = (struct encode_line){ function_of(w, functions, &p->line[i]),
			p->line[i].line };
	(void)encode_put_location(w, p->address == 0 ? 0 : mapping_of(s, p->address), p->address,
	    false, line, p->count);
	mem_free(line);
}

void
legacy_symbols_finish(struct legacy_symbols *s, struct encode *w)
{
	uint64_t bits = s->named;
	struct hmap functions;
	bool fake = false;

	main_first(s);
	for (size_t i = 0; i < s->map_count; i++)
		(void)encode_put_mapping(w, (const uint64_t[11]){ [2] = s->map[i].start,
		    [3] = s->map[i].limit, [4] = s->map[i].offset,
		    [5] = encode_put_text(w, s->map[i].file), [7] = bits, [8] = bits, [9] = bits });
	for (size_t i = 0; i < s->place_count; i++)
		fake = fake || (s->place[i].address != 0
				   && mapping_of(s, s->place[i].address) > s->map_count);
	if (fake)
		(void)encode_put_mapping(w, (const uint64_t[11]){ [3] = UINT64_MAX, [7] = bits,
		    [8] = bits, [9] = bits });
	hmap_init(&functions);
	for (size_t i = 0; i < s->place_count; i++)
		put_place(s, w, &functions, &s->place[i]);
	hmap_fini(&functions);
}
