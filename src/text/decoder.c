/* decoder.c - what decoders put in a record: rows, text cut to fit, addresses. */
#include "text/decoder.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct decode_row *
decode_row(struct decode_record *r, const char *fmt, ...)
{
	struct decode_row *row;
	va_list ap;

	if (r->rows == DECODE_ROWS)
		return NULL;
	row = &r->row[r->rows++];
	*row = (struct decode_row){ .addr = 0 };
	va_start(ap, fmt);
	vsnprintf(row->text, sizeof row->text, fmt, ap);
	va_end(ap);
	return row;
}

struct decode_row *
decode_row_addr(struct decode_record *r, const char *role, uint64_t addr, bool call)
{
	struct decode_row *row = decode_row(r, "%s", "");

	if (row == NULL)
		return NULL;
	snprintf(row->role, sizeof row->role, "%s", role);
	row->addr = addr;
	row->has_addr = true;
	row->call = call;
	return row;
}

void
decode_text(char *out, size_t size, const char *p, size_t n)
{
	n = n < size - 1 ? n : size - 1;
	memcpy(out, p, n);
	out[n] = '\0';
	while (n != 0 && ((unsigned char)out[n - 1] & 0xc0) == 0x80)    /* no half a character */
		n--;
	if (n != 0 && (unsigned char)out[n - 1] >= 0xc0 && strlen(out) == size - 1)
		out[n - 1] = '\0';
}

static int
digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)(c | 0x20);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

size_t
decode_hex(const char *p, size_t n, uint64_t *out)
{
	size_t i = n > 2 && p[0] == '0' && (p[1] | 0x20) == 'x' ? 2 : 0;
	const size_t from = i;
	uint64_t v = 0;

	for (; i < n && digit(p[i]) >= 0; i++)
		v = v << 4 | (uint64_t)digit(p[i]);
	if (i == from || i - from > 16)
		return 0;
	*out = v;
	return i;
}

bool
decode_is_library(const char *func, const char *file)
{
	static const char *const roots[] = { "/go/src/", "/usr/lib/go", "/usr/local/go",
		"/golang.org/toolchain", "/libexec/src/", "/tinygo/src/", "/pkg/mod/",
		"/esp-idf/components/", "/zephyr/arch/", "/zephyr/kernel/", "/newlib/" };

	if (strncmp(func, "runtime.", 8) == 0 || strncmp(func, "runtime/", 8) == 0 ||
	    strncmp(func, "panic(", 6) == 0 || strncmp(func, "main.init.func", 14) == 0)
		return true;
	for (size_t i = 0; i < sizeof roots / sizeof roots[0]; i++)
		if (strstr(file, roots[i]) != NULL)
			return true;
	return false;
}
