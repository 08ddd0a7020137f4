/*
 * path.h - where Vise keeps things, and where its own pieces are.
 *
 * Layer   sys. XDG base directories. Results are heap strings for mem_free, NULL only when
 *         HOME is unusable.
 */
#ifndef SYS_PATH_H
#define SYS_PATH_H
#include <stdbool.h>
#include <stdint.h>
#include "base/err.h"

char *path_join(const char *a, const char *b);
bool  path_exists(const char *path);
bool  path_is_dir(const char *path);
/* What changes when a file is written again: two equal stamps are the same content. */
struct path_stamp { uint64_t mtime_ns, size, inode; };
bool  path_stamp(const char *path, struct path_stamp *out);
/* What lies at a path itself, a link not followed; false: nothing. */
enum path_kind { PATH_FILE, PATH_DIR, PATH_LINK, PATH_OTHER };
struct path_facts {
	enum path_kind kind;
	bool mine;
	bool open;                      /* others may write it, or a group that is not ours */
	unsigned long uid;
};
bool  path_facts(const char *path, struct path_facts *out);
char *path_real(const char *path);      /* absolute, links followed; NULL: it is not there */
/* Makes the folder and its parents, the last one 0700; refuses one owned by somebody else. */
enum err path_make_private(const char *path, struct err_msg *why);
/* ... and its parents, as everybody's folders are made; one that is there is fine. */
enum err path_make(const char *path, struct err_msg *why);

char *path_runtime(void);       /* $XDG_RUNTIME_DIR/vise, else /tmp/vise-UID: sockets */
char *path_state(void);         /* $XDG_STATE_HOME/vise, else ~/.local/state/vise: benches, trust */
char *path_config(void);        /* $XDG_CONFIG_HOME/vise, else ~/.config/vise */
/* A program of ours ("vise-bench"): beside the running executable (build tree), else in libexec. */
char *path_program(const char *name);
/* Data ("plugins", "lua", "share/..."): from the source tree when run from the build tree
 * (file vise.srcdir beside the executable), else VISE_DATADIR. */
char *path_data(const char *name);
char *path_cwd(void);            /* the working folder; "." when it is gone */
char *path_self(void);          /* the running executable */
/* Where a program lies in $PATH; NULL: it does not. A name with '/' is taken as it is. */
char *path_which(const char *program);

/* Calls fn for each entry of dir (not . and ..), in sorted order; false stops. */
enum err path_each(const char *dir, bool (*fn)(const char *name, void *arg), void *arg,
    struct err_msg *why);

#endif
