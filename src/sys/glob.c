/* glob.c - files that match a pattern, oldest first. */
#include "sys/glob.h"

#include <glob.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "base/clock.h"

enum { FILES_MAX = 100000 };

static int
older(const void *a, const void *b)
{
	const struct glob_file *x = a, *y = b;

	if (x->mtime != y->mtime)
		return x->mtime < y->mtime ? -1 : 1;
	return strcmp(x->path, y->path);
}

static size_t
look(const glob_t *g, struct glob_file *files)
{
	struct stat st;
	size_t n = 0;

	for (size_t i = 0; i < g->gl_pathc && n < FILES_MAX; i++)
		if (stat(g->gl_pathv[i], &st) == 0 && S_ISREG(st.st_mode))
			files[n++] = (struct glob_file){ g->gl_pathv[i],
			    (uint64_t)st.st_mtim.tv_sec * NS_PER_S
				+ (uint64_t)st.st_mtim.tv_nsec,
			    (uint64_t)st.st_size };
	return n;
}

enum err
glob_each(const char *pattern, bool (*fn)(const struct glob_file *f, void *arg), void *arg,
    struct err_msg *why)
{
	struct glob_file *files;
	glob_t g;
	size_t n;
	int r = glob(pattern, 0, NULL, &g);

	if (r == GLOB_NOMATCH || (r == 0 && g.gl_pathc == 0))
		return err_set(why, ERR_NOENT, pattern, "check the pattern", "no file matches it");
	if (r != 0)
		return err_set(why, ERR_IO, pattern, NULL, "the folder cannot be read");
	files = mem_zero(g.gl_pathc, sizeof *files);
	n = look(&g, files);
	qsort(files, n, sizeof *files, older);
	for (size_t i = 0; i < n && fn(&files[i], arg); i++)
		;
	mem_free(files);
	globfree(&g);
	return ERR_OK;
}
