/* input.c - the keyboard decoder. */
#include "ui/input.h"

#include <stdio.h>
#include <string.h>

#include "base/slice.h"
#include "base/utf8.h"

static const char paste_end[] = "\033[201~";

void
input_init(struct input *in, input_cb cb, void *arg)
{
	memset(in, 0, sizeof *in);
	in->cb = cb;
	in->arg = arg;
}

bool
input_pending(const struct input *in)
{
	return in->n != 0;
}

static void
emit(struct input *in, struct input_event *e, const char *raw, size_t n)
{
	e->raw = raw;
	e->n = n;
	in->cb(in->arg, e);
}

static void
emit_key(struct input *in, const char *name, const char *raw, size_t n)
{
	struct input_event e = { .type = INPUT_KEY };

	snprintf(e.name, sizeof e.name, "%s", name);
	emit(in, &e, raw, n);
}

static void
emit_other(struct input *in, const char *raw, size_t n)
{
	struct input_event e = { .type = INPUT_OTHER };

	emit(in, &e, raw, n);
}

/* ---- sequences */

struct name { const char *seq, *name; };

static const struct name csi_letters[] = {
	{ "A", "Up" }, { "B", "Down" }, { "C", "Right" }, { "D", "Left" }, { "H", "Home" },
	{ "F", "End" },
	{ "P", "F1" }, { "Q", "F2" }, { "R", "F3" }, { "S", "F4" }, { "Z", "S-Tab" },
	{ "E", "Begin" },
	{ NULL, NULL },
};
static const struct name csi_numbers[] = {
	{ "1", "Home" }, { "2", "Ins" }, { "3", "Del" }, { "4", "End" }, { "5", "PgUp" },
	{ "6", "PgDn" },
	{ "7", "Home" }, { "8", "End" }, { "11", "F1" }, { "12", "F2" }, { "13", "F3" },
	{ "14", "F4" },
	{ "15", "F5" }, { "17", "F6" }, { "18", "F7" }, { "19", "F8" }, { "20", "F9" },
	{ "21", "F10" },
	{ "23", "F11" }, { "24", "F12" }, { NULL, NULL },
};
static const struct name linux_keys[] = {
	{ "A", "F1" }, { "B", "F2" }, { "C", "F3" }, { "D", "F4" }, { "E", "F5" }, { NULL, NULL },
};

static const char *
look_up(const struct name *table, struct slice s)
{
	for (; table->seq != NULL; table++)
		if (slice_is(s, table->seq))
			return table->name;
	return NULL;
}

/* SGR mouse: CSI < button ; col ; row M, with m for a release. */
static bool
mouse(struct input *in, const char *p, size_t n)
{
	struct input_event e = { .type = INPUT_MOUSE };
	struct slice rest = slice_make(p + 3, n - 4);
	uint64_t v[3];

	for (int i = 0; i < 3; i++)
		if (!slice_u64(slice_cut(rest, ';', &rest), 9999, &v[i]))
			return false;
	if (p[n - 1] != 'M')
		return true;            /* releases are of no use here */
	e.button = (int)v[0];
	e.col = (int)v[1] - 1;
	e.row = (int)v[2] - 1;
	emit(in, &e, p, n);
	return true;
}

static const char *
modifier(struct slice s)
{
	static const char *const words[] = { "", "", "S-", "A-", "A-", "C-", "C-", "C-", "C-" };
	uint64_t v;

	return slice_u64(s, 8, &v) ? words[v] : "";
}

/* One whole CSI sequence p[0..n). */
static void
csi(struct input *in, const char *p, size_t n)
{
	struct input_event e = { .type = INPUT_FOCUS, .on = p[n - 1] == 'I' };
	struct slice second, first = slice_cut(slice_make(p + 2, n - 3), ';', &second);
	const char *key;
	char name[16];

	if (n == 3 && (p[2] == 'I' || p[2] == 'O')) {
		emit(in, &e, p, n);
		return;
	}
	if (n > 4 && p[2] == '<' && mouse(in, p, n))
		return;
	if (p[n - 1] == '~' && slice_is(first, "200")) {
		in->paste = true;
		return;
	}
	key = p[n - 1] == '~' ? look_up(csi_numbers, first) : look_up(csi_letters,
	    slice_make(p + n - 1, 1));
	if (key == NULL) {
		emit_other(in, p, n);
		return;
	}
	snprintf(name, sizeof name, "%s%s", modifier(second), key);
	emit_key(in, name, p, n);
}

/* Esc and a character: an Alt key. */
static size_t
alt_length(const char *p, size_t n)
{
	uint32_t cp;
	const size_t len = utf8_decode(p + 1, n - 1, &cp);

	if (p[1] == '\033')
		return 1;               /* the first Esc stands alone */
	if (len == 0 && (unsigned char)p[1] >= 0xc2 && n < 5)
		return 0;
	return 1 + (len != 0 ? len : 1);
}

/* How long the sequence at p is: 0 when it may go on, else its bytes. p[0] is ESC, n >= 2. */
static size_t
sequence_length(const char *p, size_t n)
{
	size_t i = 2;

	if (p[1] == 'O')
		return n >= 3 ? 3 : 0;
	if (p[1] != '[')
		return alt_length(p, n);
	if (n > 2 && p[2] == '[')
		return n >= 4 ? 4 : 0;
	while (i < n && (unsigned char)p[i] >= 0x20 && (unsigned char)p[i] < 0x40)
		i++;
	if (i < n)
		return i + 1;
	return n >= INPUT_HELD_MAX ? n : 0;
}

static void
sequence(struct input *in, const char *p, size_t n)
{
	const char *key = NULL;
	char name[16];

	if (n == 1) {
		emit_key(in, "Esc", p, n);
		return;
	}
	if (p[1] == '[' && n > 2 && p[2] == '[') {
		key = look_up(linux_keys, slice_make(p + 3, n - 3));
	} else if (p[1] == '[' && n > 2) {
		csi(in, p, n);
		return;
	} else if (p[1] == 'O' && n == 3) {
		key = look_up(csi_letters, slice_make(p + 2, 1));
	} else if (n == 2 && (unsigned char)p[1] > 0x20 && p[1] != 0x7f) {
		snprintf(name, sizeof name, "A-%c", p[1]);
		key = name;
	}
	if (key != NULL)
		emit_key(in, key, p, n);
	else
		emit_other(in, p, n);
}

/* ---- plain bytes */

static void
control(struct input *in, const char *p)
{
	const unsigned char c = (unsigned char)*p;
	char name[4] = { '^', (char)(c ^ 0x40), '\0', '\0' };

	emit_key(in, c == '\t' ? "Tab" : c == '\r' || c == '\n' ? "Enter" : c == 0x7f ||
	    c == '\b' ? "Bksp" : name,
	    p, 1);
}

static void
character(struct input *in, const char *p, size_t n)
{
	struct input_event e = { .type = INPUT_KEY };

	memcpy(e.text, p, n);
	snprintf(e.name, sizeof e.name, "%s", *p == ' ' ? "Space" : e.text);
	emit(in, &e, p, n);
}

/* Handles what stands at the front of p; 0: it may go on. `final` takes it as it is. */
static size_t
one(struct input *in, const char *p, size_t n, bool final)
{
	const unsigned char c = (unsigned char)*p;
	uint32_t cp;
	size_t len;

	if (c == 033) {
		len = n < 2 ? 0 : sequence_length(p, n);
		if (len == 0 && final)
			len = n;
		if (len != 0)
			sequence(in, p, len);
		return len;
	}
	if (c < 0x20 || c == 0x7f) {
		control(in, p);
		return 1;
	}
	len = utf8_decode(p, n, &cp);
	if (len != 0) {
		character(in, p, len);
		return len;
	}
	if (c >= 0xc2 && c < 0xf5 && n < 4 && !final &&
	    (n == 1 || ((unsigned char)p[1] & 0xc0) == 0x80))
		return 0;
	emit_other(in, p, 1);
	return 1;
}

/* ---- pastes */

/* Gives the content up to the end mark; returns the bytes used, less than n when the mark may be
 * cut. */
static size_t
paste(struct input *in, const char *p, size_t n)
{
	struct input_event e = { .type = INPUT_PASTE };
	const size_t mark = sizeof paste_end - 1;
	size_t keep;
	int64_t at = slice_find(slice_make(p, n), slice_of(paste_end));

	if (at >= 0) {
		if (at > 0)
			emit(in, &e, p, (size_t)at);
		e.type = INPUT_PASTE_END;
		in->paste = false;
		emit(in, &e, "", 0);
		return (size_t)at + mark;
	}
	for (keep = n < mark ? n : mark - 1; keep > 0; keep--)
		if (memcmp(p + n - keep, paste_end, keep) == 0)
			break;
	if (n > keep)
		emit(in, &e, p, n - keep);
	return n - keep;
}

static size_t
consume(struct input *in, const char *p, size_t n, bool final)
{
	size_t at = 0;

	while (at < n) {
		const size_t used = in->paste ? paste(in, p + at, n - at) : one(in, p + at, n - at,
		    final);

		if (used == 0)
			break;
		at += used;
	}
	return at;
}

void
input_feed(struct input *in, const char *p, size_t n)
{
	while (n != 0) {
		char work[INPUT_HELD_MAX + 4096];
		const size_t take = n < 4096 ? n : 4096;
		size_t len = in->n, used;

		memcpy(work, in->held, len);
		memcpy(work + len, p, take);
		len += take;
		p += take;
		n -= take;
		in->n = 0;
		used = consume(in, work, len, false);
		if (len - used > INPUT_HELD_MAX)
			used += consume(in, work + used, len - used, true);
		in->n = len - used;
		memcpy(in->held, work + used, in->n);
	}
}

void
input_timeout(struct input *in)
{
	char tmp[INPUT_HELD_MAX];
	const size_t n = in->n;

	if (n == 0 || in->paste)
		return;
	memcpy(tmp, in->held, n);
	in->n = 0;
	(void)consume(in, tmp, n, true);
}
