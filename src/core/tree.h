/*
 * tree.h - a folder of code as one thing: every file of it in memory, and one hash over all.
 *
 * Layer   core. What is loaded from a tree is loaded from these bytes: what was hashed is what
 *         runs, whatever happens on the disk meanwhile (research/lua.md 1.4).
 * Hash    SHA-256 over "vise-tree 1\n" and, in order of their paths, "LEN PATH LEN\n" and the bytes
 *         of each file. Where the folder lies is not in it, so a build machine can name it.
 * Refused a file or folder of another user, a symbolic link, a device; more than TREE_FILES files
 *         or TREE_BYTES bytes; folders deeper than TREE_DEPTH.
 * Owns    the tree owns its files; tree_fini ends it, also after an error.
 */
#ifndef CORE_TREE_H
#define CORE_TREE_H
#include <stddef.h>
#include "base/err.h"
#include "base/sha256.h"

enum { TREE_FILES = 1000, TREE_BYTES = 16 << 20, TREE_DEPTH = 16 };

struct tree_file { char *path; char *data; size_t n; };         /* path: from the root */

struct tree {
	char *root;
	struct tree_file *file;
	size_t n, cap, bytes;
	char hash[SHA256_HEX];
};

enum err tree_read(struct tree *t, const char *root, struct err_msg *why);
void     tree_fini(struct tree *t);
/* path as the file system has it (below the root), or NULL. */
const struct tree_file *tree_find(const struct tree *t, const char *path);

#endif
