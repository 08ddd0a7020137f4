/* base64.c - RFC 4648. */
#include "base/base64.h"

static const char digit[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

enum err
base64_put(struct buf *out, const void *bytes, size_t n)
{
	const unsigned char *p = bytes;
	enum err e = buf_reserve(out, (n + 2) / 3 * 4);

	for (size_t i = 0; i < n && e == ERR_OK; i += 3) {
		const unsigned v = (unsigned)p[i] << 16 |
		    (i + 1 < n ? (unsigned)p[i + 1] << 8 : 0) |
		    (i + 2 < n ? (unsigned)p[i + 2] : 0);
		const char four[4] = { digit[v >> 18], digit[v >> 12 & 63],
			i + 1 < n ? digit[v >> 6 & 63] : '=', i + 2 < n ? digit[v & 63] : '=' };

		e = buf_add(out, four, 4);
	}
	return e;
}

static int
value(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == '+' ? 62 : c == '/' ? 63 : -1;
}

bool
base64_get(struct buf *out, struct slice text)
{
	if (text.n % 4 != 0 || buf_reserve(out, text.n / 4 * 3) != ERR_OK)
		return false;
	for (size_t i = 0; i < text.n; i += 4) {
		const size_t pad = i + 4 < text.n ? 0 : text.p[i + 2] == '=' ? 2 :
		    text.p[i + 3] == '=';
		unsigned v = 0;
		char three[3];

		for (size_t k = 0; k < 4; k++) {
			const int d = k + pad >= 4 ? 0 : value(text.p[i + k]);

			if (d < 0 || (pad == 2 && text.p[i + 3] != '='))
				return false;
			v = v << 6 | (unsigned)d;
		}
		three[0] = (char)(v >> 16);
		three[1] = (char)(v >> 8 & 255);
		three[2] = (char)(v & 255);
		if (buf_add(out, three, 3 - pad) != ERR_OK)
			return false;
	}
	return true;
}
