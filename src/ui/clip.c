/* clip.c - copying text out of the viewer. */
#include "ui/clip.h"

#include "base/alloc.h"
#include "sys/io.h"
#include "sys/path.h"

static void
base64(const unsigned char *p, size_t n, struct buf *out)
{
	static const char digit[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

	for (size_t i = 0; i < n; i += 3) {
		const unsigned v = (unsigned)p[i] << 16 | (i + 1 < n ? (unsigned)p[i + 1] << 8 :
		    0) |
		    (i + 2 < n ? (unsigned)p[i + 2] : 0);

		(void)buf_add_byte(out, digit[v >> 18]);
		(void)buf_add_byte(out, digit[v >> 12 & 63]);
		(void)buf_add_byte(out, i + 1 < n ? digit[v >> 6 & 63] : '=');
		(void)buf_add_byte(out, i + 2 < n ? digit[v & 63] : '=');
	}
}

bool
clip_osc52(const char *p, size_t n, struct buf *out)
{
	if (n > CLIP_OSC_MAX / 4 * 3 - 16)
		return false;
	(void)buf_add_str(out, "\033]52;c;");
	base64((const unsigned char *)p, n, out);
	(void)buf_add_str(out, "\a");
	return true;
}

enum err
clip_file(const char *p, size_t n, char **path, struct err_msg *why)
{
	char *dir = path_state();
	enum err e = ERR_OK;

	*path = NULL;
	if (dir == NULL)
		return err_set(why, ERR_IO, "yank file", "set HOME", "no state folder");
	e = path_make_private(dir, why);
	if (e == ERR_OK) {
		*path = path_join(dir, "yank.txt");
		e = sys_file_replace(*path, p, n, why);
	}
	mem_free(dir);
	return e;
}
