/* eol.c - byte maps as tables of 256. */
#include "text/eol.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/slice.h"

static const struct { const char *word; int byte; } bytes[] = {
	{ "cr", '\r' }, { "lf", '\n' }, { "nl", '\n' }, { "nul", 0 }, { "tab", '\t' },
	{ "bs", '\b' }, { "del", 0x7f }, { "ff", '\f' }, { "esc", 033 }, { "space", ' ' },
};

/* Flags of tio 3.9 (and ONLCR as termios has it) in our words. */
static const struct { const char *tio, *ours; } flags[] = {
	{ "ICRNL", "in:cr=lf" }, { "IGNCR", "in:cr=none" }, { "INLCR", "in:lf=cr" },
	{ "INLCRNL", "in:lf=crlf" }, { "ICRCRNL", "in:cr=crlf" }, { "IMSB2LSB", "in:msb=lsb" },
	{ "IFFESCC", "in:ff=clear" }, { "OCRNL", "out:cr=lf" }, { "ODELBS", "out:del=bs" },
	{ "ONLCRNL", "out:lf=crlf" }, { "ONLCR", "out:lf=crlf" }, { "OLTU", "out:lower=upper" },
	{ "ONULBRK", "out:nul=break" }, { "OIGNCR", "out:cr=none" }, { "OIGNLF", "out:lf=none" },
	{ "OCRCRNL", "out:cr=crlf" }, { "IGNLF", "in:lf=none" }, { "OBSDEL", "out:bs=del" },
	{ "IDELBS", "in:del=bs" }, { "IBSDEL", "in:bs=del" },
};

void
eol_init(struct eol *e)
{
	memset(e, 0, sizeof *e);
	for (int way = 0; way < 2; way++)
		for (int c = 0; c < 256; c++) {
			e->n[way][c] = 1;
			e->to[way][c][0] = (char)c;
		}
}

static void
set(struct eol *e, enum eol_way way, int from, const char *to, size_t n)
{
	e->n[way][from] = (unsigned char)n;
	memcpy(e->to[way][from], to, n);
	e->any[way] = true;
}

static int
hex_digit(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : isxdigit((unsigned char)c) ?
	    tolower((unsigned char)c) - 'a' + 10 : -1;
}

static bool
byte_of(struct slice s, int *out)
{
	for (size_t i = 0; i < sizeof bytes / sizeof *bytes; i++)
		if (slice_is(s, bytes[i].word)) {
			*out = bytes[i].byte;
			return true;
		}
	if (s.n != 4 || s.p[0] != '\\' || s.p[1] != 'x' || hex_digit(s.p[2]) < 0 ||
	    hex_digit(s.p[3]) < 0)
		return false;
	*out = hex_digit(s.p[2]) << 4 | hex_digit(s.p[3]);
	return true;
}

static unsigned char
turned(unsigned c)
{
	unsigned out = 0;

	for (int bit = 0; bit < 8; bit++)
		out |= (c >> bit & 1) << (7 - bit);
	return (unsigned char)out;
}

/* The two that are about many bytes. */
static bool
whole_class(struct eol *e, enum eol_way way, struct slice left, struct slice right)
{
	if (slice_is(left, "msb") && slice_is(right, "lsb")) {
		for (unsigned c = 0; c < 256; c++)
			set(e, way, (int)c, &(char){ (char)turned(c) }, 1);
		return true;
	}
	if (!slice_is(left, "lower") || !slice_is(right, "upper"))
		return false;
	for (int c = 'a'; c <= 'z'; c++)
		set(e, way, c, &(char){ (char)(c - 'a' + 'A') }, 1);
	return true;
}

static bool
one_byte(struct eol *e, enum eol_way way, int from, struct slice right)
{
	int to;

	if (slice_is(right, "none"))
		set(e, way, from, "", 0);
	else if (slice_is(right, "crlf"))
		set(e, way, from, "\r\n", 2);
	else if (slice_is(right, "clear"))
		set(e, way, from, "\033c", 2);
	else if (slice_is(right, "break") && from == 0 && way == EOL_OUT)
		e->breaks = e->any[EOL_OUT] = true;
	else if (byte_of(right, &to))
		set(e, way, from, &(char){ (char)to }, 1);
	else
		return false;
	return true;
}

static bool
add_word(struct eol *e, struct slice word)
{
	struct slice left, right;
	enum eol_way way;
	int from;

	for (size_t i = 0; i < sizeof flags / sizeof *flags; i++)
		if (slice_is(word, flags[i].tio))
			word = slice_of(flags[i].ours);
	left = slice_cut(word, ':', &right);
	if (!slice_is(left, "in") && !slice_is(left, "out"))
		return false;
	way = slice_is(left, "in") ? EOL_IN : EOL_OUT;
	left = slice_cut(right, '=', &right);
	if (whole_class(e, way, left, right))
		return true;
	return byte_of(left, &from) && one_byte(e, way, from, right);
}

enum err
eol_parse(struct eol *e, const char *words, struct err_msg *why)
{
	struct eol made;
	struct slice rest = slice_of(words);

	eol_init(&made);
	if (rest.n >= sizeof made.text)
		return err_set(why, ERR_USAGE, "map", NULL, "longer than %zu bytes",
		    sizeof made.text - 1);
	snprintf(made.text, sizeof made.text, "%s", strcmp(words, "none") == 0 ? "" : words);
	rest = slice_of(made.text);
	while (rest.n != 0) {
		const size_t n = strcspn(rest.p, " ,");
		const struct slice word = slice_make(rest.p, n);

		rest = slice_make(rest.p + n + (n < rest.n), rest.n - n - (n < rest.n));
		if (word.n != 0 && !add_word(&made, word))
			return err_set(why, ERR_USAGE, "map",
			    "in:cr=lf out:lf=crlf out:del=bs, or tio's ICRNL ONLCRNL ...",
			    "%.*s is no map", (int)word.n, word.p);
	}
	*e = made;
	return ERR_OK;
}

enum err
eol_map(const struct eol *e, enum eol_way way, const char *p, size_t n, struct buf *out)
{
	enum err err = ERR_OK;

	if (!e->any[way])
		return buf_add(out, p, n);
	for (size_t i = 0; i < n && err == ERR_OK; i++) {
		const unsigned char c = (unsigned char)p[i];

		err = buf_add(out, e->to[way][c], e->n[way][c]);
	}
	return err;
}

bool
eol_ends_line(const struct eol *e, unsigned char c)
{
	return memchr(e->to[EOL_IN][c], '\n', e->n[EOL_IN][c]) != NULL;
}
