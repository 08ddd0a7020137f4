/*
 * mod_fs.h - files for scripts, below two roots and nowhere else: the project and the artefacts.
 *
 * Layer   script. A script has both to read and write: the folder it was started in, and
 *         $VISE_ARTIFACTS (else the same). A plugin has what "fs" of its manifest lists:
 *         "project:r", "project:rw", "artifacts:rw"; its artefacts are the folder "files" of the
 *         bench, its own folder it may read. Landlock holds the process to the same, where the
 *         kernel has it.
 * Rules   a path is resolved, links and all, before it is compared; what lies outside is `denied`,
 *         what is not there `not_found`. Files of FS_FILE_MAX bytes at most, FS_NAMES names of a
 *         folder.
 */
#ifndef SCRIPT_MOD_FS_H
#define SCRIPT_MOD_FS_H
#include <lua.h>
#include <stdbool.h>

enum { FS_FILE_MAX = 16 << 20, FS_NAMES = 10000 };

enum { FS_PROJECT, FS_ARTIFACTS, FS_OWN, FS_ROOTS };

struct fs_roots {
	char *path[FS_ROOTS];           /* real, or NULL */
	bool write[FS_ROOTS];
};

struct host;

void mod_fs_open(lua_State *L);
/* Before the box is shut: finds the roots, makes the folder of artefacts. */
void mod_fs_roots(struct host *h, const char *plugin_dir);
void mod_fs_fini(struct fs_roots *r);

#endif
