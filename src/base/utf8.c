/* utf8.c - RFC 3629 decoding, encoding, escaping. */
#include "base/utf8.h"

struct lead { uint32_t bits; size_t len; uint32_t least; };

static struct lead
lead_of(unsigned char c)
{
	if (c < 0x80)
		return (struct lead){ c, 1, 0 };
	if (c >= 0xc2 && c < 0xe0)
		return (struct lead){ c & 0x1fu, 2, 0x80 };
	if (c >= 0xe0 && c < 0xf0)
		return (struct lead){ c & 0x0fu, 3, 0x800 };
	if (c >= 0xf0 && c < 0xf5)
		return (struct lead){ c & 0x07u, 4, 0x10000 };
	return (struct lead){ 0, 0, 0 };
}

size_t
utf8_decode(const char *p, size_t n, uint32_t *cp)
{
	struct lead l;

	*cp = 0xfffd;
	if (n == 0)
		return 0;
	l = lead_of((unsigned char)p[0]);
	if (l.len == 0 || l.len > n)
		return 0;
	for (size_t i = 1; i < l.len; i++) {
		const unsigned char c = (unsigned char)p[i];

		if ((c & 0xc0) != 0x80)
			return 0;
		l.bits = l.bits << 6 | (c & 0x3fu);
	}
	if (l.bits < l.least || l.bits > 0x10ffff || (l.bits >= 0xd800 && l.bits < 0xe000))
		return 0;
	*cp = l.bits;
	return l.len;
}

size_t
utf8_encode(uint32_t cp, char out[4])
{
	if (cp < 0x80) {
		out[0] = (char)cp;
		return 1;
	}
	if (cp < 0x800) {
		out[0] = (char)(0xc0 | cp >> 6);
		out[1] = (char)(0x80 | (cp & 0x3f));
		return 2;
	}
	if (cp < 0x10000) {
		if (cp >= 0xd800 && cp < 0xe000)
			return 0;
		out[0] = (char)(0xe0 | cp >> 12);
		out[1] = (char)(0x80 | (cp >> 6 & 0x3f));
		out[2] = (char)(0x80 | (cp & 0x3f));
		return 3;
	}
	if (cp > 0x10ffff)
		return 0;
	out[0] = (char)(0xf0 | cp >> 18);
	out[1] = (char)(0x80 | (cp >> 12 & 0x3f));
	out[2] = (char)(0x80 | (cp >> 6 & 0x3f));
	out[3] = (char)(0x80 | (cp & 0x3f));
	return 4;
}

static int
is_plain(uint32_t cp, int keep_lines)
{
	if (cp == '\n' || cp == '\t')
		return keep_lines;
	return cp >= 0x20 && cp != 0x7f && !(cp >= 0x80 && cp < 0xa0);
}

enum err
utf8_escape(struct buf *b, const char *p, size_t n, int keep_lines)
{
	enum err e = ERR_OK;

	while (n != 0 && e == ERR_OK) {
		uint32_t cp;
		size_t len = utf8_decode(p, n, &cp);

		if (len != 0 && is_plain(cp, keep_lines)) {
			e = buf_add(b, p, len);
		} else {
			len = len != 0 ? len : 1;
			for (size_t i = 0; i < len && e == ERR_OK; i++)
				e = buf_add_fmt(b, "\\x%02x", (unsigned)(unsigned char)p[i]);
		}
		p += len;
		n -= len;
	}
	return e;
}

int
utf8_valid(const char *p, size_t n)
{
	while (n != 0) {
		uint32_t cp;
		const size_t len = utf8_decode(p, n, &cp);

		if (len == 0)
			return 0;
		p += len;
		n -= len;
	}
	return 1;
}
