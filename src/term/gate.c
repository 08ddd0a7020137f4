/* gate.c - the filter between a board and the terminal emulation. */
#include "term/gate.h"

#include <string.h>

#include "base/utf8.h"
#include "grid/width.h"

enum state { GROUND, ESC, ESC_INTER, CSI, STRING, STRING_ESC, STATES };

/* What goes out of one gate_feed(), collected into few calls. */
struct sink {
	struct gate *g;
	size_t n;
	char b[GATE_WRITE_MAX];
};

static void
flush(struct sink *s)
{
	if (s->n != 0)
		s->g->out(s->b, s->n, s->g->arg);
	s->n = 0;
}

/* Adds a unit of at most 64 bytes that must not be cut. */
static void
emit(struct sink *s, const char *p, size_t n)
{
	if (s->n + n > sizeof s->b)
		flush(s);
	memcpy(s->b + s->n, p, n);
	s->n += n;
}

/* The same for a sequence, of which plain text has none. */
static void
emit_sequence(struct sink *s, const char *p, size_t n)
{
	if (s->g->mode == GATE_SCREEN)
		emit(s, p, n);
}

/* Plain text: a CR that was held becomes a line end; true when the LF at hand was that one's. */
static bool
settle_cr(struct sink *s, unsigned char next)
{
	const bool held = s->g->cr;

	s->g->cr = false;
	if (held)
		emit(s, "\n", 1);
	return held && next == '\n';
}

static void
control(struct sink *s, unsigned char c)
{
	struct gate *g = s->g;
	const char byte = (char)c;

	if (c == 14 || c == 15) {       /* SO, SI */
		g->shift = c == 14;
		return;
	}
	if (g->mode == GATE_SCREEN) {
		if (c >= 7 && c <= 13)
			emit(s, &byte, 1);
		return;
	}
	if (c == '\r') {
		g->cr = true;
	} else if (c == '\n' || c == '\t') {
		if (!settle_cr(s, c))
			emit(s, &byte, 1);
	}
}

/* Whether libvterm 0.1.4 adds the code point to the cell before it: it knows an older Unicode, in
 * which U+06DE and U+1734 were marks. */
static bool
joins(uint32_t cp, int width)
{
	return width == 0 || cp == 0x6de || cp == 0x1734;
}

/* Marks to which libvterm 0.1.4 gives two columns when they arrive with their base, so that a glyph
 * gets wider than the screen (null pointer) and the picture depends on how the bytes were split. */
static bool
harmful(uint32_t cp)
{
	return (cp >= 0x302a && cp <= 0x302f) || cp == 0x3099 || cp == 0x309a;
}

static void
character(struct sink *s, const char *p, size_t n, uint32_t cp)
{
	struct gate *g = s->g;
	const int width = grid_width(cp);

	if (width < 0 || harmful(cp))
		return;                 /* C1 in its two-byte form, ... */
	if (!joins(cp, width))
		g->marks = 0;
	else if (++g->marks > GATE_MARKS_MAX) {
		g->marks = GATE_MARKS_MAX;
		return;
	}
	if (g->cr)
		settle_cr(s, 0);
	emit(s, p, n);
}

/* Source: DEC STD 070, special graphics of the VT100. */
static const uint16_t line_drawing[] = {
	0x25c6, 0x2592, 0x2409, 0x240c, 0x240d, 0x240a, 0x00b0, 0x00b1,
	0x2424, 0x240b, 0x2518, 0x2510, 0x250c, 0x2514, 0x253c, 0x23ba,
	0x23bb, 0x2500, 0x23bc, 0x23bd, 0x251c, 0x2524, 0x2534, 0x252c,
	0x2502, 0x2264, 0x2265, 0x03c0, 0x2260, 0x00a3, 0x00b7,
};

static bool
draws(const struct gate *g)
{
	return g->drawing[g->shift];
}

static void
ascii(struct sink *s, unsigned char c)
{
	const bool line = c >= 0x60 && c < 0x7f && draws(s->g);
	const uint32_t cp = line ? line_drawing[c - 0x60] : c;
	char u[4];

	character(s, u, utf8_encode(cp, u), cp);
}

static void
save_charsets(struct gate *g, bool save)
{
	memcpy(save ? g->saved_drawing : g->drawing, save ? g->drawing : g->saved_drawing,
	    sizeof g->drawing);
	*(save ? &g->saved_shift : &g->shift) = save ? g->shift : g->saved_shift;
}

static void
reset_charsets(struct gate *g)
{
	memset(g->drawing, 0, sizeof g->drawing);
	g->shift = false;
	save_charsets(g, true);
}

static void
invalid(struct sink *s)
{
	s->g->ulen = 0;
	character(s, "\xef\xbf\xbd", 3, 0xfffd);
}

static void
ground(struct sink *s, unsigned char c)
{
	struct gate *g = s->g;

	if (c == 0x1b) {
		g->state = ESC;
		g->inter = 0;
	} else if (c < 0x20) {
		control(s, c);
	} else if (c < 0x7f) {
		ascii(s, c);
	} else if (c >= 0xc2 && c < 0xf5) {
		g->u[0] = c;
		g->ulen = 1;
		g->uneed = c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
	} else if (c != 0x7f) {
		invalid(s);
	}
}

/* A byte inside a UTF-8 character; false when it is not of it and the character ended invalid. */
static bool
continued(struct sink *s, unsigned char c)
{
	struct gate *g = s->g;
	const unsigned char lead = g->u[0];
	bool ok = (c & 0xc0) == 0x80;
	uint32_t cp;

	if (ok && g->ulen == 1)         /* RFC 3629: overlong, surrogates, beyond U+10FFFF */
		ok = !((lead == 0xe0 && c < 0xa0) || (lead == 0xed && c > 0x9f) ||
		    (lead == 0xf0 && c < 0x90) || (lead == 0xf4 && c > 0x8f));
	if (!ok) {
		invalid(s);
		return false;
	}
	g->u[g->ulen++] = c;
	if (g->ulen < g->uneed)
		return true;
	g->ulen = 0;
	utf8_decode((const char *)g->u, (size_t)g->uneed, &cp);
	character(s, (const char *)g->u, (size_t)g->uneed, cp);
	return true;
}

static void
text_again(struct sink *s, unsigned char c)
{
	s->g->state = GROUND;
	ground(s, c);
}

static void
begin_csi(struct gate *g)
{
	g->state = CSI;
	g->inter = g->leader = 0;
	g->bad = false;
	g->params = 0;
}

/* The state that ESC c sets, as far as the gate follows it. */
static void
follow_escape(struct gate *g, unsigned char c)
{
	if (c == '=' || c == '>' || c == 'c')
		g->app_keypad = c == '=';
	if (c == 'c') {
		g->app_cursor = false;
		reset_charsets(g);
	}
	if (c == '7' || c == '8')
		save_charsets(g, c == '7');
}

static void
escape_final(struct sink *s, unsigned char c)
{
	struct gate *g = s->g;
	const char seq[2] = { 0x1b, (char)c };

	g->state = GROUND;
	if (c == '[') {
		begin_csi(g);
	} else if (strchr("]PX^_k", c) != NULL) {
		g->state = STRING;
		g->swallowed = 0;
	} else if (strchr("78DEHM=>c", c) != NULL) {
		follow_escape(g, c);
		emit_sequence(s, seq, sizeof seq);
	}
}

static void
escape(struct sink *s, unsigned char c)
{
	struct gate *g = s->g;

	if (c >= 0x80 || c == 0x1b) {
		text_again(s, c);
	} else if (c < 0x20) {
		control(s, c);
	} else if (c < 0x30) {
		g->state = ESC_INTER;
		g->inter = c;
	} else if (c < 0x7f) {
		escape_final(s, c);
	}
}

static void
escape_inter(struct sink *s, unsigned char c)
{
	struct gate *g = s->g;

	if (c >= 0x80 || c == 0x1b) {
		text_again(s, c);
	} else if (c < 0x20) {
		control(s, c);
	} else if (c < 0x30) {
		g->inter = 1;           /* a second one: nothing that is let through */
	} else if (c < 0x7f) {
		g->state = GROUND;
		if (g->inter == '(' || g->inter == ')')
			g->drawing[g->inter == ')'] = c == '0';
	}
}

static size_t
put_number(char *b, int v)
{
	size_t n = 0;

	for (int unit = 1000; unit > 0; unit /= 10)
		if (v >= unit || unit == 1)
			b[n++] = (char)('0' + v / unit % 10);
	return n;
}

/* Writes numbers [from, to) as one CSI; to - from is at most GATE_PARAMS_MAX. */
static void
emit_csi(struct sink *s, int from, int to, unsigned char final)
{
	const struct gate *g = s->g;
	char b[64] = "\033[";
	size_t n = 2;

	if (g->leader != 0)
		b[n++] = (char)g->leader;
	for (int i = from; i < to; i++) {
		const int v = g->value[i];

		if (v >= 0)
			n += put_number(b + n, v);
		if (i + 1 < to)
			b[n++] = g->sub[i] ? ':' : ';';
	}
	if (g->inter != 0)
		b[n++] = (char)g->inter;
	b[n++] = (char)final;
	emit_sequence(s, b, n);
}

/* How many numbers at i belong together: "38;5;1", "38;2;1;2;3", "4:3"; -1 when not whole. */
static int
sgr_group(const struct gate *g, int i)
{
	int n = 1;

	if (g->sub[i]) {
		while (i + n < g->params && g->sub[i + n - 1])
			n++;
		return n;
	}
	if (g->value[i] == 38 || g->value[i] == 48) {
		const int kind = i + 1 < g->params ? g->value[i + 1] : -1;

		n = kind == 5 ? 3 : kind == 2 ? 5 : GATE_SGR_MAX + 1;
	}
	return i + n <= g->params ? n : -1;
}

/* An SGR goes out in pieces of at most GATE_PARAMS_MAX numbers, no colour cut in two. */
static void
sgr(struct sink *s)
{
	const struct gate *g = s->g;
	int from = 0, i = 0;

	if (g->params == 0)
		emit_csi(s, 0, 0, 'm');
	while (i < g->params) {
		const int n = sgr_group(g, i);

		if (n < 0)
			break;
		if (i + n - from > GATE_PARAMS_MAX) {
			if (i > from)
				emit_csi(s, from, i, 'm');
			from = i;
		}
		i += n;
		if (n > GATE_PARAMS_MAX)
			from = i;
	}
	if (i > from)
		emit_csi(s, from, i, 'm');
}

/* Keeps the modes that `allowed` lists; true when any is left. */
static bool
keep_modes(struct gate *g, const int16_t *allowed, size_t n)
{
	int kept = 0;

	for (int i = 0; i < g->params; i++)
		for (size_t k = 0; k < n; k++)
			if (g->value[i] == allowed[k]) {
				g->value[kept++] = g->value[i];
				break;
			}
	g->params = kept;
	return kept > 0;
}

static void
set_private(struct sink *s, unsigned char final)
{
	static const int16_t allowed[] = { 1, 6, 7, 25, 47, 1047, 1048, 1049 };
	struct gate *g = s->g;

	if (!keep_modes(g, allowed, sizeof allowed / sizeof allowed[0]))
		return;
	for (int i = 0; i < g->params; i++) {
		if (g->value[i] == 1)
			g->app_cursor = final == 'h';
		if (g->value[i] == 1048 || g->value[i] == 1049)
			save_charsets(g, final == 'h');
	}
	emit_csi(s, 0, g->params, final);
}

static void
csi_private(struct sink *s, unsigned char final)
{
	if (final == 'h' || final == 'l')
		set_private(s, final);
	else if (final == 'J' || final == 'K')
		emit_csi(s, 0, s->g->params, final);
}

static void
csi_ansi(struct sink *s, unsigned char final)
{
	static const int16_t allowed[] = { 4, 20 };     /* IRM, LNM */
	struct gate *g = s->g;

	if (final == 'h' || final == 'l') {
		if (keep_modes(g, allowed, sizeof allowed / sizeof allowed[0]))
			emit_csi(s, 0, g->params, final);
	} else if (final == 's' || final == 'u') { /* else they are DECSLRM and kitty's keyboard */
		if (g->params == 0) {
			save_charsets(g, final == 's');
			emit_sequence(s, final == 's' ? "\0337" : "\0338", 2);
		}
	} else if (strchr("@ABCDEFGHIJKLMPSTXZ`adefgr", final) != NULL) {
		emit_csi(s, 0, g->params, final);
	}
}

static bool
has_sub(const struct gate *g)
{
	for (int i = 0; i < g->params; i++)
		if (g->sub[i])
			return true;
	return false;
}

static void
csi_final(struct sink *s, unsigned char final)
{
	struct gate *g = s->g;

	g->state = GROUND;
	if (g->bad)
		return;
	if (g->inter == '!' && g->leader == 0 && final == 'p' && g->params == 0) {
		g->app_cursor = g->app_keypad = false;
		reset_charsets(g);
		emit_csi(s, 0, 0, final);
		return;
	}
	if (g->inter != 0)
		return;
	if (final == 'm' && g->leader == 0)
		sgr(s);
	else if (g->params > GATE_PARAMS_MAX || has_sub(g))
		return;
	else if (g->leader == '?')
		csi_private(s, final);
	else if (g->leader == 0)
		csi_ansi(s, final);
}

/* A new number, left out as long as no digit comes. */
static bool
begin_number(struct gate *g)
{
	if (g->params == GATE_SGR_MAX) {
		g->bad = true;
		return false;
	}
	g->value[g->params] = -1;
	g->sub[g->params++] = false;
	return true;
}

static void
csi_number(struct gate *g, unsigned char c)
{
	int v;

	if (g->inter != 0) {
		g->bad = true;
		return;
	}
	if (g->params == 0 && !begin_number(g))
		return;
	if (c == ';' || c == ':') {
		g->sub[g->params - 1] = c == ':';
		begin_number(g);
		return;
	}
	v = g->value[g->params - 1];
	v = (v > 0 ? v * 10 : 0) + (c - '0');
	g->value[g->params - 1] = (int16_t)(v > GATE_VALUE_MAX ? GATE_VALUE_MAX : v);
}

static void
csi(struct sink *s, unsigned char c)
{
	struct gate *g = s->g;

	if (c >= 0x80 || c == 0x1b) {
		text_again(s, c);
	} else if (c < 0x20) {
		control(s, c);
	} else if (c < 0x30) {
		g->bad = g->bad || g->inter != 0;
		g->inter = c;
	} else if (c < 0x3c) {
		if (!g->bad)
			csi_number(g, c);
	} else if (c < 0x40) {
		g->bad = g->bad || g->leader != 0 || g->params != 0 || g->inter != 0;
		g->leader = c;
	} else if (c < 0x7f) {
		csi_final(s, c);
	}
}

static void
string(struct sink *s, unsigned char c)
{
	struct gate *g = s->g;

	if (c == 7 || ++g->swallowed >= GATE_STRING_MAX)
		g->state = GROUND;
	else if (c == 0x1b)
		g->state = STRING_ESC;
}

/* ESC \ ends the string; another escape does too and counts, so a lost end costs little text. */
static void
string_escape(struct sink *s, unsigned char c)
{
	s->g->state = GROUND;
	if (c == '\\')
		return;
	s->g->state = ESC;
	s->g->inter = 0;
	escape(s, c);
}

static void
byte_in(struct sink *s, unsigned char c)
{
	static void (*const on[STATES])(struct sink *, unsigned char) = {
		[GROUND] = ground, [ESC] = escape, [ESC_INTER] = escape_inter, [CSI] = csi,
		[STRING] = string, [STRING_ESC] = string_escape,
	};
	struct gate *g = s->g;

	if (g->ulen != 0 && continued(s, c))
		return;
	if (c == 0x18 || c == 0x1a)     /* CAN and SUB end anything */
		g->state = GROUND;
	else
		on[g->state](s, c);
}

/* The run of printable ASCII at p: the shape of nearly all input. */
static size_t
plain_run(const unsigned char *p, size_t n)
{
	size_t i = 0;

	while (i < n && p[i] >= 0x20 && p[i] < 0x7f)
		i++;
	return i;
}

static void
emit_run(struct sink *s, const unsigned char *p, size_t n)
{
	s->g->marks = 0;
	if (s->g->cr)
		settle_cr(s, 0);
	while (n > 0) {
		const size_t room = sizeof s->b - s->n, part = n < room ? n : room;

		memcpy(s->b + s->n, p, part);
		s->n += part;
		p += part;
		n -= part;
		if (s->n == sizeof s->b)
			flush(s);
	}
}

void
gate_feed(struct gate *g, const void *p, size_t n)
{
	const unsigned char *b = p;
	struct sink s;

	s.g = g;
	s.n = 0;
	while (n > 0) {
		const bool easy = g->state == GROUND && g->ulen == 0 && !draws(g);
		const size_t run = easy ? plain_run(b, n) : 0;

		if (run != 0) {
			emit_run(&s, b, run);
			b += run;
			n -= run;
		} else {
			byte_in(&s, *b++);
			n--;
		}
	}
	flush(&s);
}

void
gate_finish(struct gate *g)
{
	struct sink s;

	s.g = g;
	s.n = 0;
	if (g->ulen != 0)
		invalid(&s);
	if (g->cr)
		settle_cr(&s, 0);
	flush(&s);
	gate_reset(g);
}

void
gate_init(struct gate *g, enum gate_mode mode, gate_out *out, void *arg)
{
	memset(g, 0, sizeof *g);
	g->mode = mode;
	g->out = out;
	g->arg = arg;
}

void
gate_reset(struct gate *g)
{
	gate_init(g, g->mode, g->out, g->arg);
}

struct strip {
	struct buf *to;
	enum err rc;
};

static void
strip_out(const char *bytes, size_t n, void *arg)
{
	struct strip *s = arg;

	if (s->rc == ERR_OK)
		s->rc = buf_add(s->to, bytes, n);
}

enum err
gate_strip(const void *p, size_t n, struct buf *out)
{
	struct strip s = { out, ERR_OK };
	struct gate g;

	gate_init(&g, GATE_PLAIN, strip_out, &s);
	gate_feed(&g, p, n);
	gate_finish(&g);
	return s.rc;
}
