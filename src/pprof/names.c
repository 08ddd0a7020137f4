/* names.c - interning, and the same clean-ups that pprof gives to names before it shows them. */
#include "pprof/names.h"

#include <stdbool.h>
#include <string.h>

#include "base/alloc.h"

void
names_init(struct names *n)
{
	*n = (struct names){ 0 };
	hmap_init(&n->index);
	n->seed = (uint64_t)(uintptr_t)n;
	names_put(n, slice_make("", 0));
}

void
names_fini(struct names *n)
{
	for (uint32_t i = 0; i < n->owned_count; i++)
		mem_free(n->owned[i]);
	mem_free(n->owned);
	mem_free(n->text);
	hmap_fini(&n->index);
}

static uint32_t
add(struct names *n, struct slice text)
{
	if (n->count == n->cap) {
		n->cap = n->cap * 2 + 64;
		n->text = mem_resize(n->text, n->cap, sizeof(*n->text));
	}
	n->text[n->count] = text;
	return n->count++;
}

uint32_t
names_put(struct names *n, struct slice text)
{
	uint64_t h = hash_bytes(text.p, text.n, n->seed), *place;
	bool fresh;

	/* Two texts with one hash: the later one moves on to another key. */
	for (;; h = hash_mix(h, n->seed + 1)) {
		place = hmap_at(&n->index, h, &fresh);
		if (place == NULL)
			return 0;
		if (fresh) {
			*place = add(n, text);
			return (uint32_t)*place;
		}
		if (slice_eq(n->text[*place], text))
			return (uint32_t)*place;
	}
}

/* Interns a heap text and keeps its memory. */
static uint32_t
put_owned(struct names *n, char *text, size_t len)
{
	if (n->owned_count == n->owned_cap) {
		n->owned_cap = n->owned_cap * 2 + 8;
		n->owned = mem_resize(n->owned, n->owned_cap, sizeof(*n->owned));
	}
	n->owned[n->owned_count++] = text;
	return names_put(n, slice_make(text, len));
}

static bool
contains(struct slice s, const char *needle)
{
	return slice_find(s, slice_of(needle)) >= 0;
}

static bool
looks_cplusplus(struct slice s)
{
	bool special = false;

	for (size_t i = 0; i < s.n && !special; i++) {
		char c = s.p[i];

		special = c == '<' || c == '>' || c == '[' || c == ']'
		    || (c == ':' && i + 1 < s.n && s.p[i + 1] == ':');
	}
	return special && !contains(s, ".<") && !contains(s, "]).");
}

/* Cuts balanced start..end pieces out of text; stops at the first end without a start, as pprof
 * does. */
static size_t
remove_matching(char *text, size_t n, char start, char end)
{
	size_t first = 0, nesting = 0;

	for (size_t i = 0; i < n; i++) {
		if (text[i] == start && nesting++ == 0)
			first = i;
		if (text[i] != end)
			continue;
		if (nesting == 0)
			return n;
		if (--nesting == 0) {
			memmove(text + first, text + i + 1, n - i - 1);
			n -= i + 1 - first;
			i = first - 1;
		}
	}
	return n;
}

uint32_t
names_put_function(struct names *n, struct slice name, struct slice system_name)
{
	char *text;
	size_t len;

	if (name.n != 0 && !slice_eq(name, system_name))
		return names_put(n, name);
	if (!looks_cplusplus(system_name))
		return names_put(n, system_name);
	text = mem_strn(system_name.p, system_name.n);
	len = remove_matching(text, system_name.n, '(', ')');
	len = remove_matching(text, len, '<', '>');
	return put_owned(n, text, len);
}

/* True when filepath.Clean would not change a non-empty path. */
static bool
is_clean(struct slice s)
{
	size_t from = 0;

	if (s.n > 1 && s.p[s.n - 1] == '/')
		return false;
	for (size_t i = 0; i <= s.n; i++) {
		if (i < s.n && s.p[i] != '/')
			continue;
		if (i > 0 && i == from)
			return s.n == 1;
		if ((i - from == 1 && s.p[from] == '.')
		    || (i - from == 2 && s.p[from] == '.' && s.p[from + 1] == '.'))
			return false;
		from = i + 1;
	}
	return true;
}

/* Drops the last element of out[root..n); a ".." is not dropped. */
static bool
drop_last(const char *out, size_t root, size_t *n)
{
	size_t at = *n;

	while (at > root && out[at - 1] != '/')
		at--;
	if (*n == root || (*n - at == 2 && out[at] == '.' && out[at + 1] == '.'))
		return false;
	*n = at > root ? at - 1 : root;
	return true;
}

/* filepath.Clean into out, which has room for s.n + 1 bytes. */
static size_t
clean(struct slice s, char *out)
{
	size_t root = s.p[0] == '/' ? 1 : 0, n = root, i = root;

	out[0] = '/';
	while (i < s.n) {
		size_t from = i;

		while (i < s.n && s.p[i] != '/')
			i++;
		size_t len = i - from;

		i++;
		if (len == 0 || (len == 1 && s.p[from] == '.'))
			continue;
		if (len == 2 && s.p[from] == '.' && s.p[from + 1] == '.'
		    && (drop_last(out, root, &n) || root == 1))
			continue;
		if (n > root)
			out[n++] = '/';
		memcpy(out + n, s.p + from, len);
		n += len;
	}
	if (n == 0)
		out[n++] = '.';
	return n;
}

/* Without a trim path: what follows "/BASE/" where BASE is the last part of a source folder. */
static bool
behind_source(struct slice file, const char *source, struct slice *out)
{
	struct slice rest = slice_of(source);

	while (rest.n > 0) {
		struct slice dir = slice_cut(rest, ':', &rest), base = names_base(dir);

		for (size_t i = 0; i + base.n + 2 <= file.n; i++) {
			if (file.p[i] != '/' || file.p[i + 1 + base.n] != '/'
			    || memcmp(file.p + i + 1, base.p, base.n) != 0)
				continue;
			*out = slice_skip(file, i + base.n + 2);
			return true;
		}
	}
	return false;
}

/* The prefix and a slash cut off. */
static bool
without(struct slice file, struct slice prefix, struct slice *out)
{
	bool slash = prefix.n > 0 && prefix.p[prefix.n - 1] == '/';
	size_t n = prefix.n + !slash;

	if (file.n < n || memcmp(file.p, prefix.p, prefix.n) != 0 || file.p[n - 1] != '/')
		return false;
	*out = slice_skip(file, n);
	return true;
}

struct slice
names_trim(struct slice file, const char *trim, const char *source)
{
	struct slice rest = slice_of(trim), out;

	if (rest.n == 0 && behind_source(file, source, &out))
		return out;
	while (rest.n > 0) {
		struct slice one = slice_cut(rest, ':', &rest);

		if (without(file, one, &out))
			return out;
	}
	if (without(file, slice_of("/proc/self/cwd/./"), &out)
	    || without(file, slice_of("/proc/self/cwd/"), &out))
		return out;
	return file;
}

uint32_t
names_put_file(struct names *n, struct slice file)
{
	char *text;

	if (!n->whole_files)
		file = names_trim(file, n->trim_path, n->source_path);
	if (file.n == 0 || is_clean(file))
		return names_put(n, file);
	text = mem_alloc(file.n + 2);
	return put_owned(n, text, clean(file, text));
}

struct slice
names_base(struct slice path)
{
	size_t from;

	if (path.n == 0)
		return slice_of(".");
	while (path.n > 0 && path.p[path.n - 1] == '/')
		path.n--;
	if (path.n == 0)
		return slice_of("/");
	for (from = path.n; from > 0 && path.p[from - 1] != '/'; from--)
		;
	return slice_skip(path, from);
}
