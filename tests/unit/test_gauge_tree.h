/*
 * test_gauge_tree.h - unpacks tests/data/gauge/NAME.tree into a fresh folder, and takes it away
 * again.
 *
 * Format  "# remark", "@ path" then the lines of the file, "@ path -> target" a symbolic link.
 */
#ifndef TEST_GAUGE_TREE_H
#define TEST_GAUGE_TREE_H
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <errno.h>
#include <ftw.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "sys/path.h"

struct board_tree { char dir[200], proc[256], sys[256]; };

static inline void
tree_parents(const char *path)
{
	char p[1024];

	snprintf(p, sizeof p, "%s", path);
	for (char *at = p + 1; (at = strchr(at, '/')) != NULL; at++) {
		*at = '\0';
		(void)mkdir(p, 0700);
		*at = '/';
	}
}

static inline void
tree_put(const struct board_tree *t, const char *name, const char *text)
{
	char path[1024];
	FILE *f;

	snprintf(path, sizeof path, "%s/%s", t->dir, name);
	tree_parents(path);
	f = fopen(path, "w");
	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	assert_int_equal(fclose(f), 0);
}

static inline void
tree_line(const struct board_tree *t, FILE **out, char *line)
{
	char path[1024], *arrow;

	if (line[0] != '@') {
		if (*out != NULL)
			fputs(line, *out);
		return;
	}
	if (*out != NULL)
		fclose(*out);
	*out = NULL;
	line[strcspn(line, "\n")] = '\0';
	arrow = strstr(line, " -> ");
	if (arrow != NULL)
		*arrow = '\0';
	snprintf(path, sizeof path, "%s/%s", t->dir, line + 2);
	tree_parents(path);
	if (arrow != NULL)
		assert_int_equal(symlink(arrow + 4, path), 0);
	else
		assert_non_null(*out = fopen(path, "w"));
}

/* name NULL: an empty tree with proc/ and sys/. */
static inline void
tree_open(struct board_tree *t, const char *name)
{
	const char *src = getenv("srcdir"), *tmp = getenv("TMPDIR");
	char line[512], path[1024];
	FILE *in, *out = NULL;

	snprintf(t->dir, sizeof t->dir, "%s/vise-gauge.XXXXXX", tmp != NULL ? tmp : "/tmp");
	assert_non_null(mkdtemp(t->dir));
	snprintf(t->proc, sizeof t->proc, "%s/proc", t->dir);
	snprintf(t->sys, sizeof t->sys, "%s/sys", t->dir);
	(void)mkdir(t->proc, 0700);
	(void)mkdir(t->sys, 0700);
	if (name == NULL)
		return;
	snprintf(path, sizeof path, "%s/tests/data/gauge/%s.tree", src != NULL ? src : ".", name);
	in = fopen(path, "r");
	assert_non_null(in);
	while (fgets(line, sizeof line, in) != NULL)
		if (line[0] != '#')
			tree_line(t, &out, line);
	if (out != NULL)
		fclose(out);
	fclose(in);
}

static inline int
tree_forget(const char *path, const struct stat *st, int kind, struct FTW *f)
{
	(void)st;
	(void)kind;
	(void)f;
	return remove(path);
}

static inline void
tree_close(struct board_tree *t)
{
	(void)nftw(t->dir, tree_forget, 16, FTW_DEPTH | FTW_PHYS);
}

#endif
