/* debugstate.c - the state of a debugged target in words and as JSON. */
#include "launch/debugstate.h"

#include <stdio.h>
#include <string.h>

const char *
debugstate_word(enum debug_word w)
{
	static const char *const words[] = { "starting", "running", "stopped", "exited", "over" };

	return words[w];
}

void
debugstate_put(char *out, size_t size, struct slice s)
{
	size_t n = 0;

	for (size_t i = 0; i < s.n && n + 1 < size; i++) {
		const unsigned char c = (unsigned char)s.p[i];

		out[n++] = c < 0x20 || c == 0x7f ? ' ' : (char)c;
	}
	/* a cut character would make the whole text none */
	if (n + 1 == size)
		while (n > 0 && ((unsigned char)out[n - 1] & 0x80) != 0)
			n--;
	out[n] = '\0';
}

void
debugstate_file(struct debugstate *d, struct slice path)
{
	size_t at = path.n;

	while (at > 0 && path.p[at - 1] != '/' && path.p[at - 1] != '\\')
		at--;
	debugstate_put(d->file, sizeof d->file, slice_skip(path, at));
}

bool
debugstate_same(const struct debugstate *a, const struct debugstate *b)
{
	return a->word == b->word && a->line == b->line && strcmp(a->why, b->why) == 0 &&
	    strcmp(a->func, b->func) == 0 && strcmp(a->file, b->file) == 0 &&
	    strcmp(a->addr, b->addr) == 0;
}

void
debugstate_text(const struct debugstate *d, char *out, size_t size)
{
	size_t n = (size_t)snprintf(out, size, "%s", debugstate_word(d->word));

	if (d->word == DEBUG_STOPPED && d->line != 0 && n < size)
		n += (size_t)snprintf(out + n, size - n, " at %s:%u", d->file, d->line);
	else if (d->word == DEBUG_STOPPED && d->addr[0] != '\0' && n < size)
		n += (size_t)snprintf(out + n, size - n, " at %s", d->addr);
	if (d->word == DEBUG_STOPPED && d->func[0] != '\0' && n < size)
		n += (size_t)snprintf(out + n, size - n, " in %s", d->func);
	if (d->why[0] != '\0' && n < size)
		(void)snprintf(out + n, size - n, " (%s)", d->why);
}

void
debugstate_json(const struct debugstate *d, json_t *o)
{
	char text[400];

	debugstate_text(d, text, sizeof text);
	json_put_str(o, "state", debugstate_word(d->word));
	json_put_str(o, "text", text);
	if (d->why[0] != '\0')
		json_put_str(o, "why", d->why);
	if (d->func[0] != '\0')
		json_put_str(o, "func", d->func);
	if (d->file[0] != '\0')
		json_put_str(o, "file", d->file);
	if (d->line != 0)
		json_put_int(o, "line", d->line);
	if (d->addr[0] != '\0')
		json_put_str(o, "addr", d->addr);
}
