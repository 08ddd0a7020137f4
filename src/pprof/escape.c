/* escape.c - XML, JSON and folded stacks: quoting of names. */
#include "pprof/escape.h"

#include <string.h>

#include "base/utf8.h"

/* One character that is fine as it is, or its substitute. */
typedef enum err (*put_fn)(struct buf *out, uint32_t cp, const char *p, size_t n);

static enum err
each(struct buf *out, struct slice text, const char *wrong, put_fn put)
{
	enum err e = ERR_OK;

	for (size_t i = 0; i < text.n && e == ERR_OK;) {
		uint32_t cp;
		const size_t n = utf8_decode(text.p + i, text.n - i, &cp);

		if (n == 0 || cp < 0x20 || (cp >= 0x7f && cp < 0xa0))
			e = buf_add_fmt(out, "%sx%02x", wrong, (unsigned char)text.p[i]);
		else
			e = put(out, cp, text.p + i, n);
		/* a C1 control is two bytes; its second is told as a byte of its own */
		i += n == 0 || cp < 0x20 || (cp >= 0x7f && cp < 0xa0) ? 1 : n;
	}
	return e;
}

static enum err
put_xml(struct buf *out, uint32_t cp, const char *p, size_t n)
{
	switch (cp) {
	case '&':
		return buf_add_str(out, "&amp;");
	case '<':
		return buf_add_str(out, "&lt;");
	case '>':
		return buf_add_str(out, "&gt;");
	case '"':
		return buf_add_str(out, "&quot;");
	case '\'':
		return buf_add_str(out, "&#39;");
	case 0xfffe:
	case 0xffff:                    /* no characters of XML 1.0 */
		return buf_add_byte(out, '?');
	default:
		return buf_add(out, p, n);
	}
}

static enum err
put_json(struct buf *out, uint32_t cp, const char *p, size_t n)
{
	if (cp == '"' || cp == '\\')
		return buf_add_fmt(out, "\\%c", (char)cp);
	return buf_add(out, p, n);
}

static enum err
put_folded(struct buf *out, uint32_t cp, const char *p, size_t n)
{
	return cp == ';' ? buf_add_byte(out, ':') : buf_add(out, p, n);
}

enum err
escape_xml(struct buf *out, struct slice text)
{
	return each(out, text, "\\", put_xml);
}

enum err
escape_json(struct buf *out, struct slice text)
{
	return each(out, text, "\\\\", put_json);
}

enum err
escape_folded(struct buf *out, struct slice text)
{
	return each(out, text, "\\", put_folded);
}
