/*
 * launchfile.h - one configuration of a VS Code launch.json, read as VS Code reads it.
 *
 * Layer   cli. JSON with comments and commas too many; ${workspaceFolder}, ${workspaceRoot},
 *         ${workspaceFolderBasename}, ${userHome}, ${cwd}, ${env:NAME}, ${pathSeparator} and ${/}
 *         are filled in, other variables stay. At most 1 MiB.
 * Source  code.visualstudio.com/docs/editor/variables-reference
 */
#ifndef CLI_LAUNCHFILE_H
#define CLI_LAUNCHFILE_H
#include "base/buf.h"
#include "base/err.h"
#include "core/json.h"

/* name: NULL takes the only one; several are named in the error. New reference. */
enum err launchfile_read(const char *path, const char *name, json_t **config, struct err_msg *why);
/* Comments and commas too many go, variables are filled in. For tests too. */
void     launchfile_clean(const char *text, size_t n, const char *folder, struct buf *out);

#endif
