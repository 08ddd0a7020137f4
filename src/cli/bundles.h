/*
 * bundles.h - the snapshots of everything that lie on this machine, of benches that run or not.
 *
 * Layer   cli. New references and heap strings.
 */
#ifndef CLI_BUNDLES_H
#define CLI_BUNDLES_H
#include "base/err.h"
#include "core/json.h"

/* [MANIFEST with dir], oldest first: below the state folder, and below folder (NULL: none). Those
 * that cannot be read are left out. */
json_t *bundles_list(const char *folder);
/* The folder that a word means: a folder, "last", or a name as bundles_list has it (its beginning
 * is enough when no other has it). */
char   *bundles_find(const char *word, struct err_msg *why);

#endif
