/* tcl.c - words and lists of Tcl, and scripts that say how they went. */
#include "openocd/tcl.h"

#include <ctype.h>
#include <string.h>

static bool
blank(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static unsigned
hex_digit(char c)
{
	return (unsigned)(c <= '9' ? c - '0' : (c | 32) - 'a' + 10);
}

/* What a backslash and the byte behind it stand for; gives how many bytes behind it were used. */
static size_t
escape(struct slice s, struct buf *out)
{
	static const char from[] = "abfnrtv", to[] = "\a\b\f\n\r\t\v";
	const char *at = s.n != 0 ? memchr(from, s.p[0], sizeof from - 1) : NULL;

	if (s.n == 0) {
		(void)buf_add_byte(out, '\\');
		return 0;
	}
	if (s.n >= 3 && s.p[0] == 'x' && isxdigit((unsigned char)s.p[1]) &&
	    isxdigit((unsigned char)s.p[2])) {
		(void)buf_add_byte(out, (char)(hex_digit(s.p[1]) << 4 | hex_digit(s.p[2])));
		return 3;
	}
	(void)buf_add_byte(out, at != NULL ? to[at - from] : s.p[0]);
	return 1;
}

/* {...}: as it stands, but for the braces of the outside. */
static bool
braced(struct slice *rest, struct buf *out)
{
	unsigned depth = 0;

	for (size_t i = 0; i < rest->n; i++) {
		const char c = rest->p[i];

		if (c == '\\')
			i++;
		else if (c == '{' && ++depth > TCL_DEPTH)
			return false;
		else if (c == '}' && --depth == 0) {
			const bool ends = i + 1 == rest->n || blank(rest->p[i + 1]);

			(void)buf_add(out, rest->p + 1, i - 1);
			*rest = slice_skip(*rest, i + 1);
			return ends;
		}
	}
	return false;
}

/* A bare word, or one in quotes: up to the blank or quote that ends it. */
static bool
escaped(struct slice *rest, bool quoted, struct buf *out)
{
	size_t i = quoted ? 1 : 0;

	for (; i < rest->n; i++) {
		const char c = rest->p[i];

		if (quoted ? c == '"' : blank(c))
			break;
		if (c == '\\')
			i += escape(slice_skip(*rest, i + 1), out);
		else
			(void)buf_add_byte(out, c);
	}
	if (quoted && i >= rest->n)
		return false;
	*rest = slice_skip(*rest, quoted ? i + 1 : i);
	return true;
}

bool
tcl_next(struct slice *rest, struct buf *out)
{
	buf_clear(out);
	while (rest->n != 0 && blank(rest->p[0]))
		*rest = slice_skip(*rest, 1);
	if (rest->n == 0)
		return false;
	if (rest->p[0] == '{')
		return braced(rest, out);
	return escaped(rest, rest->p[0] == '"', out);
}

bool
tcl_next_u64(struct slice *rest, uint64_t *out)
{
	struct slice word;
	size_t n = 0;

	while (rest->n != 0 && blank(rest->p[0]))
		*rest = slice_skip(*rest, 1);
	while (n < rest->n && !blank(rest->p[n]))
		n++;
	word = slice_make(rest->p, n);
	*rest = slice_skip(*rest, n);
	if (slice_starts(word, "0x"))
		return slice_hex(slice_skip(word, 2), out);
	return slice_u64(word, UINT64_MAX, out);
}

enum err
tcl_word(const char *p, size_t n, struct buf *out)
{
	enum err e = n == 0 ? buf_add_str(out, "{}") : ERR_OK;

	for (size_t i = 0; e == ERR_OK && i < n; i++) {
		const unsigned char c = (unsigned char)p[i];

		if (c == 0x1a || c == '\0')
			return ERR_USAGE;
		if (c == '\n') {
			e = buf_add_str(out, "\\n");
			continue;
		}
		if (c < 0x80 && !isalnum(c) && strchr("_./:-", c) == NULL)
			e = buf_add_byte(out, '\\');
		if (e == ERR_OK)
			e = buf_add_byte(out, (char)c);
	}
	return e;
}

enum err
tcl_wrap(const char *script, bool log, struct buf *out)
{
	struct buf inner;
	enum err e = ERR_OK;

	buf_init(&inner, out->max);
	if (log) {
		e = buf_add_str(&inner, "capture ");
		e = e == ERR_OK ? tcl_word(script, strlen(script), &inner) : e;
		script = buf_str(&inner);
	}
	if (e == ERR_OK)
		e = buf_add_str(out, "list [catch ");
	if (e == ERR_OK)
		e = tcl_word(script, strlen(script), out);
	if (e == ERR_OK)
		e = buf_add_str(out, " vise_m] $vise_m");
	buf_fini(&inner);
	return e;
}

enum err
tcl_unwrap(const char *p, size_t n, struct buf *text)
{
	struct slice rest = slice_make(p, n), tail;
	struct buf word;
	int64_t code;
	bool good;

	buf_init(&word, 32);
	good = tcl_next(&rest, &word) && slice_i64(slice_of(buf_str(&word)), &code);
	buf_fini(&word);
	if (!good || !tcl_next(&rest, text))
		return ERR_PROTO;
	tail = slice_trim(rest);
	if (tail.n != 0)
		return ERR_PROTO;
	return code == 0 ? ERR_OK : ERR_TOOL;
}
