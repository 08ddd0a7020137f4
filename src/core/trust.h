/*
 * trust.h - which project's code may run: a hash of its whole tree, said by the user.
 *
 * Layer   core. File $XDG_STATE_HOME/vise/trust, lines "HASH UID PATH" and "!HASH UID PATH"
 *         (denied). PATH is the real path of the project's .vise folder. A line that is no such
 *         line is passed over. A copy of the tree elsewhere, or one changed byte, asks again; a
 *         denial holds for the path until it is taken back.
 */
#ifndef CORE_TRUST_H
#define CORE_TRUST_H
#include <stdbool.h>
#include "base/err.h"
#include "core/tree.h"

#define TRUST_FOLDER ".vise"

enum trust {
	TRUST_UNKNOWN,          /* nobody has said anything */
	TRUST_ALLOWED,
	TRUST_CHANGED,          /* allowed once, and is not the same now */
	TRUST_DENIED,
	TRUST_REFUSED,          /* another owner, a link: cannot be trusted (why says it) */
};

/* The nearest .vise folder at or above `from`; NULL: none. Heap string. */
char *trust_project(const char *from);
/* Reads the tree (fini it in any case) and tells. given: a hash from the command line that is as
 * good as the file's, "sha256:HEX", or NULL. */
enum trust trust_look(const char *root, const char *given, struct tree *t, struct err_msg *why);
enum trust_act { TRUST_ALLOW, TRUST_DENY, TRUST_FORGET };
enum err trust_say(const char *root, const char *hash, enum trust_act act, struct err_msg *why);
const char *trust_word(enum trust t);   /* "unknown", "allowed", ... */
/* "sha256:HEX" or HEX, at least 12 digits of it, of that hash? */
bool trust_same(const char *given, const char *hash);

#endif
