/*
 * project.h - PROJECT/.vise/project.json: what a project wants where the command line says nothing.
 *
 * Layer   core. Format: vise-project(5). It counts after trust only, from the bytes that were
 *         hashed; each field is held against one table. A project is the folder of the nearest
 *         .vise at or above the working folder.
 * Data    the fields as they stand, but paths (elf, artifacts, build.out, a build.package that is a
 *         folder) made absolute: below the project. "gauges" and "build.rows" are lists.
 */
#ifndef CORE_PROJECT_H
#define CORE_PROJECT_H
#include <stdbool.h>
#include "base/err.h"
#include "core/json.h"
#include "core/trust.h"

#define PROJECT_FILE "project.json"

struct project {
	char *root;                     /* its .vise, or NULL: there is no project */
	char *folder;                   /* what .vise lies in */
	bool there;                     /* it has a project.json */
	enum trust trust;
	json_t *data;                   /* checked, and trusted; else NULL */
};

/*
 * from: a folder; trust_hash: of the command line, or NULL. ERR_OK also when there is no project or
 * no file; ERR_DENIED when the file waits for trust (or never gets it), ERR_CONFIG when it is
 * wrong: *why says file and line. project_fini ends it in any case.
 */
enum err project_open(struct project *p, const char *from, const char *trust_hash,
    struct err_msg *why);
void     project_fini(struct project *p);
/* The file of a project's tree, when it is trusted: data or NULL with *why (ERR_CONFIG), NULL and
 * ERR_OK when there is none. folder: the project's. New reference. */
json_t  *project_read(const struct tree *t, const char *folder, struct err_msg *why);
/* Holds a text against the table: the checked data or NULL. what: its name in errors. */
json_t  *project_check(const char *text, size_t n, const char *what, const char *folder,
    struct err_msg *why);

#endif
