/* tree.c - reading and hashing a folder. */
#include "core/tree.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "sys/io.h"
#include "sys/path.h"

struct walk {
	struct tree *tree;
	char **todo;                    /* folders, from the root; "" is the root itself */
	size_t n, cap;
	const char *at;
	struct err_msg *why;
	enum err e;
};

static void
later(struct walk *w, char *folder)
{
	if (w->n == w->cap) {
		w->cap = w->cap != 0 ? w->cap * 2 : 16;
		w->todo = mem_resize(w->todo, w->cap, sizeof *w->todo);
	}
	w->todo[w->n++] = folder;
}

static size_t
depth(const char *path)
{
	size_t n = 0;

	for (; *path != '\0'; path++)
		n += *path == '/';
	return n;
}

static enum err
take_file(struct walk *w, const char *full, const char *path)
{
	struct tree *t = w->tree;
	struct buf b;
	enum err e;

	if (t->n == TREE_FILES || t->bytes >= TREE_BYTES)
		return err_set(w->why, ERR_LIMIT, t->root, "keep code there, and nothing else",
		    "more than %d files or %d MB", TREE_FILES, TREE_BYTES >> 20);
	buf_init(&b, 2 * TREE_BYTES);
	e = sys_file_read(full, TREE_BYTES - t->bytes, &b, w->why);
	if (e == ERR_OK) {
		if (t->n == t->cap) {
			t->cap = t->cap != 0 ? t->cap * 2 : 16;
			t->file = mem_resize(t->file, t->cap, sizeof *t->file);
		}
		t->file[t->n++] = (struct tree_file){ mem_str(path), mem_strn(buf_str(&b), b.len),
			b.len };
		t->bytes += b.len;
	}
	buf_fini(&b);
	return e;
}

/* A file or folder: only what is ours, and really lies there. */
static enum err
look(struct walk *w, const char *full, const char *path)
{
	struct path_facts f;

	if (!path_facts(full, &f))
		return err_set(w->why, ERR_NOENT, full, NULL, "is not there");
	if (f.kind == PATH_LINK || f.kind == PATH_OTHER)
		return err_set(w->why, ERR_DENIED, full, "put the file itself there",
		    "is %s; only files and folders are trusted",
		    f.kind == PATH_LINK ? "a symbolic link" : "no file");
	if (!f.mine)
		return err_set(w->why, ERR_DENIED, full, NULL,
		    "belongs to another user (uid %lu)", f.uid);
	if (f.kind == PATH_FILE)
		return take_file(w, full, path);
	if (depth(path) >= TREE_DEPTH)
		return err_set(w->why, ERR_LIMIT, full, NULL, "lies deeper than %d folders",
		    TREE_DEPTH);
	later(w, mem_str(path));
	return ERR_OK;
}

static bool
each(const char *name, void *arg)
{
	struct walk *w = arg;
	char *path = w->at[0] != '\0' ? path_join(w->at, name) : mem_str(name);
	char *full = path_join(w->tree->root, path);

	w->e = look(w, full, path);
	mem_free(full);
	mem_free(path);
	return w->e == ERR_OK;
}

static int
by_path(const void *a, const void *b)
{
	return strcmp(((const struct tree_file *)a)->path, ((const struct tree_file *)b)->path);
}

static void
hash(struct tree *t)
{
	static const char head[] = "vise-tree 1\n";
	struct sha256 s;

	if (t->n != 0)
		qsort(t->file, t->n, sizeof *t->file, by_path);
	sha256_init(&s);
	sha256_add(&s, head, sizeof head - 1);
	for (size_t i = 0; i < t->n; i++) {
		const struct tree_file *f = &t->file[i];
		char *line = mem_fmt("%zu %s %zu\n", strlen(f->path), f->path, f->n);

		sha256_add(&s, line, strlen(line));
		sha256_add(&s, f->data, f->n);
		mem_free(line);
	}
	sha256_hex(&s, t->hash);
}

enum err
tree_read(struct tree *t, const char *root, struct err_msg *why)
{
	struct walk w = { .tree = t, .why = why };

	*t = (struct tree){ .root = path_real(root) };
	if (t->root == NULL)
		return err_set(why, ERR_NOENT, root, NULL, "no such folder");
	w.e = look(&w, t->root, "");
	while (w.e == ERR_OK && w.n != 0) {
		char *folder = w.todo[--w.n], *full = path_join(t->root, folder);
		enum err e;

		w.at = folder;
		e = path_each(full, each, &w, why);
		if (w.e == ERR_OK)
			w.e = e;
		mem_free(full);
		mem_free(folder);
	}
	while (w.n != 0)
		mem_free(w.todo[--w.n]);
	mem_free(w.todo);
	if (w.e == ERR_OK)
		hash(t);
	return w.e;
}

void
tree_fini(struct tree *t)
{
	for (size_t i = 0; i < t->n; i++) {
		mem_free(t->file[i].path);
		mem_free(t->file[i].data);
	}
	mem_free(t->file);
	mem_free(t->root);
	*t = (struct tree){ .n = 0 };
}

const struct tree_file *
tree_find(const struct tree *t, const char *path)
{
	const size_t n = t->root != NULL ? strlen(t->root) : 0;

	if (n == 0 || strncmp(path, t->root, n) != 0 || path[n] != '/')
		return NULL;
	for (size_t i = 0; i < t->n; i++)
		if (strcmp(t->file[i].path, path + n + 1) == 0)
			return &t->file[i];
	return NULL;
}
