/* gdbmi.c - MI records of gdb: only those that tell whether the target runs, where and why not. */
#include "launch/gdbmi.h"

#include <stdio.h>
#include <string.h>

enum { LINE_MAX_BYTES = 64 << 10 };

void
gdbmi_init(struct gdbmi *m)
{
	memset(m, 0, sizeof *m);
	buf_init(&m->line, LINE_MAX_BYTES);
}

void
gdbmi_fini(struct gdbmi *m)
{
	buf_fini(&m->line);
}

/* Behind the closing quote of the text that begins at `at`. */
static size_t
past_text(struct slice s, size_t at)
{
	for (at++; at < s.n && s.p[at] != '"'; at++)
		at += s.p[at] == '\\';
	return at < s.n ? at + 1 : s.n;
}

/* Behind the value at `at`: "text", {..} or [..]. */
static size_t
past_value(struct slice s, size_t at)
{
	size_t deep = 0;

	while (at < s.n) {
		const char c = s.p[at];

		if (c == '"') {
			at = past_text(s, at);
		} else {
			deep += c == '{' || c == '[';
			if ((c == '}' || c == ']') && deep > 0)
				deep--;
			at++;
		}
		if (deep == 0)
			break;
	}
	return at;
}

/* The value of a name at the top of "name=value,name=value": within its quotes or braces. */
static struct slice
field(struct slice s, const char *name)
{
	size_t at = 0;

	while (at < s.n) {
		const size_t from = at;
		size_t equals, end;

		while (at < s.n && s.p[at] != '=' && s.p[at] != ',')
			at++;
		equals = at;
		if (at >= s.n || s.p[at] == ',') {
			at++;
			continue;
		}
		end = past_value(s, equals + 1);
		if (slice_is(slice_make(s.p + from, equals - from), name) && end >= equals + 3)
			return slice_make(s.p + equals + 2, end - equals - 3);
		at = end < s.n && s.p[end] == ',' ? end + 1 : end;
	}
	return slice_make("", 0);
}

/* A field's text without its escapes, into a buffer of ours. */
static struct slice
text(struct slice s, const char *name, char *out, size_t size)
{
	const struct slice v = field(s, name);
	size_t n = 0;

	for (size_t i = 0; i < v.n && n < size; i++) {
		i += v.p[i] == '\\' && i + 1 < v.n;
		out[n++] = v.p[i];
	}
	return slice_make(out, n);
}

static void
take_frame(struct debugstate *d, struct slice frame)
{
	char raw[1024];
	uint64_t line = 0;

	debugstate_put(d->func, sizeof d->func, text(frame, "func", raw, sizeof raw));
	debugstate_file(d, text(frame, "file", raw, sizeof raw));
	debugstate_put(d->addr, sizeof d->addr, text(frame, "addr", raw, sizeof raw));
	if (slice_u64(field(frame, "line"), 1 << 30, &line))
		d->line = (unsigned)line;
}

static const struct { const char *reason, *why, *field; } reasons[] = {
	{ "breakpoint-hit", "breakpoint", "bkptno" },
	{ "end-stepping-range", "step", NULL },
	{ "function-finished", "function finished", NULL },
	{ "location-reached", "location reached", NULL },
	{ "signal-received", "", "signal-name" },
	{ "watchpoint-trigger", "watchpoint", NULL },
	{ "read-watchpoint-trigger", "read watchpoint", NULL },
	{ "access-watchpoint-trigger", "access watchpoint", NULL },
	{ "watchpoint-scope", "watchpoint left its scope", NULL },
	{ "exited-normally", "exit status 0", NULL },
	{ "exited", "exit status", "exit-code" },
	{ "exited-signalled", "", "signal-name" },
};

static void
take_stop(struct debugstate *d, struct slice rest)
{
	const struct slice reason = field(rest, "reason");

	memset(d, 0, sizeof *d);
	d->word = slice_starts(reason, "exited") ? DEBUG_EXITED : DEBUG_STOPPED;
	for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++) {
		char raw[64], what[40] = "";

		if (!slice_is(reason, reasons[i].reason))
			continue;
		if (reasons[i].field != NULL)
			debugstate_put(what, sizeof what,
			    text(rest, reasons[i].field, raw, sizeof raw));
		(void)snprintf(d->why, sizeof d->why, "%s%s%s", reasons[i].why,
		    reasons[i].why[0] != '\0' && what[0] != '\0' ? " " : "", what);
	}
	take_frame(d, field(rest, "frame"));
}

/* Records may follow each other in one line only behind "(gdb) ", which gdb ends with a line. */
static bool
take_line(struct gdbmi *m)
{
	const struct slice l = slice_trim(slice_make(buf_str(&m->line), m->line.len));
	struct debugstate d = m->state;

	if (slice_starts(l, "*running")) {
		memset(&d, 0, sizeof d);
		d.word = DEBUG_RUNNING;
	} else if (slice_starts(l, "*stopped,")) {
		take_stop(&d, slice_skip(l, 9));
	} else if (slice_starts(l, "=thread-group-exited") && d.word != DEBUG_EXITED) {
		const struct slice code = field(slice_skip(l, 1), "exit-code");

		memset(&d, 0, sizeof d);
		d.word = DEBUG_EXITED;
		if (code.n != 0 && code.n < 12)
			(void)snprintf(d.why, sizeof d.why, "exit status %.*s", (int)code.n,
			    code.p);
	}
	if (debugstate_same(&d, &m->state))
		return false;
	m->state = d;
	return true;
}

bool
gdbmi_feed(struct gdbmi *m, const char *p, size_t n)
{
	bool changed = false;

	for (size_t i = 0; i < n; i++) {
		if (p[i] != '\n') {
			m->skip |= buf_add_byte(&m->line, p[i]) != ERR_OK;
			continue;
		}
		if (!m->skip)
			changed |= take_line(m);
		buf_clear(&m->line);
		m->skip = false;
	}
	return changed;
}
