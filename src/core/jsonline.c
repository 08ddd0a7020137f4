/* jsonline.c - a walk over JSON text that counts lines. */
#include "core/jsonline.h"

#include <stdbool.h>
#include <string.h>

struct walk {
	const char *p, *end;
	const char *const *path;
	unsigned line;
	size_t depth;
	size_t matched;                 /* leading names of the path that we are inside of */
	bool object[JSONLINE_DEPTH + 1];
	bool pending;                   /* the member whose name was just read is on the path */
};

/* The string that begins at w->p: *s and *n are what is between its quotes. */
static void
string(struct walk *w, const char **s, size_t *n)
{
	*s = ++w->p;
	while (w->p < w->end && *w->p != '"')
		w->p += *w->p == '\\' ? 2 : 1;
	if (w->p > w->end)
		w->p = w->end;
	*n = (size_t)(w->p - *s);
}

/* A name of an object has a colon behind it. */
static bool
is_name(const struct walk *w)
{
	const char *p = w->p + 1;

	while (p < w->end && strchr(" \t\r\n", *p) != NULL)
		p++;
	return p < w->end && *p == ':';
}

/* True: it is the last of the path. */
static bool
on_string(struct walk *w)
{
	const char *s, *want;
	size_t n;

	string(w, &s, &n);
	if (w->depth == 0 || w->depth > JSONLINE_DEPTH || !w->object[w->depth] || !is_name(w))
		return false;
	want = w->matched + 1 == w->depth ? w->path[w->matched] : NULL;
	w->pending = want != NULL && strlen(want) == n && memcmp(want, s, n) == 0;
	return w->pending && w->path[w->matched + 1] == NULL;
}

static void
on_open(struct walk *w, bool object)
{
	w->depth++;
	if (w->depth <= JSONLINE_DEPTH)
		w->object[w->depth] = object;
	if (w->pending)
		w->matched++;
	w->pending = false;
}

static void
on_close(struct walk *w)
{
	if (w->depth != 0)
		w->depth--;
	if (w->matched >= w->depth && w->matched != 0)
		w->matched = w->depth != 0 ? w->depth - 1 : 0;
	w->pending = false;
}

unsigned
jsonline_find(const char *text, size_t n, const char *const *path)
{
	struct walk w = { .p = text, .end = text + n, .path = path, .line = 1 };

	for (; w.p < w.end; w.p++) {
		switch (*w.p) {
		case '\n':
			w.line++;
			break;
		case '"':
			if (on_string(&w))
				return w.line;
			break;
		case '{':
		case '[':
			on_open(&w, *w.p == '{');
			break;
		case '}':
		case ']':
			on_close(&w);
			break;
		case ',':
			w.pending = false;
			break;
		default:
			break;
		}
	}
	return 0;
}
