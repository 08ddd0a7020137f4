/*
 * tree.h - the /proc and /sys of the simulated board, as plain files under a folder.
 *
 * Layer   sim. Files are rewritten in place, with text of one length, so a reader that keeps its
 *         descriptor sees the news.
 * Owns    the list of what it made; tree_remove() takes exactly that away again.
 */
#ifndef SIM_TREE_H
#define SIM_TREE_H
#include <stddef.h>
#include "base/err.h"
#include "sim/model.h"

enum { TREE_APP_PID = 812 };

struct tree {
	char *dir;
	char **made;                    /* whole paths, in the order they were made */
	size_t n, cap;
};

void     tree_init(struct tree *t, const char *dir);
void     tree_fini(struct tree *t);
enum err tree_folder(
    struct tree *t, const char *name, struct err_msg *why); /* "" is the folder itself */
enum err tree_file(struct tree *t, const char *name, const void *p, size_t n, struct err_msg *why);
void tree_note(
    struct tree *t, const char *name); /* made by somebody else; to be removed with the rest */
enum err tree_make(struct tree *t, const struct model *m, struct err_msg *why);
enum err tree_update(struct tree *t, const struct model *m, struct err_msg *why);
void     tree_remove(struct tree *t);

#endif
