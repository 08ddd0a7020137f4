/* srcfile.c - finding and cutting a source file. */
#include "worker/srcfile.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "base/slice.h"
#include "sys/io.h"

static bool
readable(const char *path, struct buf *out)
{
	struct stat st;

	buf_clear(out);
	return stat(path, &st) == 0 && S_ISREG(st.st_mode) &&
	    sys_file_read(path, SRCFILE_MAX, out, NULL) == ERR_OK;
}

/* The path that could be read; heap string or NULL. */
static char *
below(const char *file, const char *root, struct buf *text)
{
	for (const char *tail = file; tail != NULL; tail = strchr(tail, '/')) {
		char *path;

		tail += *tail == '/';
		path = mem_fmt("%s/%s", root, tail);
		if (*tail != '\0' && readable(path, text))
			return path;
		mem_free(path);
	}
	return NULL;
}

static char *
find(const char *file, const char *root, struct buf *text)
{
	const char *to = root != NULL ? strchr(root, '=') : NULL;
	const size_t n = to != NULL ? (size_t)(to - root) : 0;
	char *path;

	if (strstr(file, "..") != NULL) /* a profile does not choose what is read beside the root */
		return NULL;
	if (to != NULL && strncmp(file, root, n) == 0) {
		path = mem_fmt("%s%s", to + 1, file + n);
		if (readable(path, text))
			return path;
		mem_free(path);
	}
	if (root != NULL && root[0] != '\0' && to == NULL) {
		path = below(file, root, text);
		if (path != NULL)
			return path;
	}
	return file[0] == '/' && readable(file, text) ? mem_str(file) : NULL;
}

static bool
is_source(const char *file)
{
	static const char *const ends[] = { ".go", ".s", ".c", ".h", ".cc", ".cpp", ".rs" };

	for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++)
		if (slice_ends(slice_of(file), ends[i]))
			return true;
	return false;
}

json_t *
srcfile_lines(const char *file, const char *root, int64_t first, int64_t last)
{
	json_t *o = NULL, *lines;
	struct slice rest, line;
	struct buf text;
	char *path;

	/* a hostile profile may name any file: only sources are shown */
	if (!is_source(file) || first > last)
		return NULL;
	buf_init(&text, SRCFILE_MAX + 1);
	path = find(file, root, &text);
	if (path != NULL) {
		o = json_object();
		lines = json_array();
		json_put_str(o, "path", path);
		rest = slice_make(buf_str(&text), text.len);
		for (int64_t n = 1; rest.n != 0 && n <= last; n++) {
			json_t *row;

			line = slice_cut(rest, '\n', &rest);
			if (n < first || json_array_size(lines) >= SRCFILE_LINES)
				continue;
			row = json_object();
			json_put_int(row, "line", n);
			json_put_strn(row, "text", line.p, line.n < SRCFILE_WIDTH ? line.n :
			    SRCFILE_WIDTH);
			(void)json_array_append_new(lines, row);
		}
		json_put(o, "lines", lines);
		mem_free(path);
	}
	buf_fini(&text);
	return o;
}
