/* clip.c - copying text out of the viewer. */
#include "ui/clip.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/base64.h"
#include "sys/io.h"
#include "sys/path.h"

bool
clip_osc52(const char *p, size_t n, struct buf *out)
{
	if (n > CLIP_OSC_MAX / 4 * 3 - 16)
		return false;
	(void)buf_add_str(out, "\033]52;c;");
	base64_put(out, p, n);
	(void)buf_add_str(out, "\a");
	return true;
}

void
clip_short(const char *path, char *out, size_t size)
{
	const char *home = getenv("HOME");
	const size_t n = home != NULL ? strlen(home) : 0;

	if (n > 1 && strncmp(path, home, n) == 0 && path[n] == '/')
		snprintf(out, size, "~%s", path + n);
	else
		snprintf(out, size, "%s", path);
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
