/*
 * place.h - the one grammar of where a profile comes from, for every command, pane and process.
 *
 * Layer   core. place_fini ends it. Parsing opens nothing, but looks whether a file of that name
 *         exists before it takes NAME:NUMBER for an address.
 * Forms   http://HOST[:PORT][/PATH], https://..., HOST:PORT[/PATH], :PORT[/PATH]
 *         unix:SOCKET[:/PATH]            ssh:[USER@]HOST:PORT[/PATH]  (PORT as seen over there)
 *         gops:PID, gops:HOST:PORT       pid:PID
 *         FILE, or a pattern (* ? [...]): the newest that matches
 * Path    none, or one that ends in /debug/pprof/: any profile of that program. One that names a
 *         profile: that one, and the others beside it. Any other: that URL alone.
 */
#ifndef CORE_PLACE_H
#define CORE_PLACE_H
#include <stdbool.h>
#include <stdint.h>
#include "base/err.h"

enum place_kind {
	PLACE_FILE, PLACE_PATTERN, PLACE_HTTP, PLACE_UNIX, PLACE_SSH, PLACE_GOPS,
	PLACE_PID,
};

struct place {
	enum place_kind kind;
	char *path;                     /* FILE, PATTERN; UNIX: the socket */
	char *host, *port;              /* SSH: whom to log in to, port there; GOPS by address */
	uint64_t pid;                   /* PID; GOPS by number */
	char *url;                      /* HTTP, UNIX, SSH: for libcurl, with its query */
};

enum err place_parse(const char *text, struct place *out, struct err_msg *why);
void     place_fini(struct place *p);
bool     place_fetched(const char *text);       /* anything but a file or a pattern */
/*
 * The profile that the place itself names ("heap"), "any" when it can give every one, "other" for
 * a URL outside /debug/pprof/ and for files. Into out.
 */
void     place_profile(const struct place *p, char out[32]);
/*
 * The URL of a profile there: NULL or "other" is its own (heap, when it names none), "vars" is
 * /debug/vars. gc asks for a collection first (heap only); query is added ("seconds=1", or NULL).
 * Heap string, NULL with *why for a URL outside /debug/pprof/.
 */
char    *place_url(const struct place *p, const char *profile, bool gc, const char *query,
    struct err_msg *why);

#endif
