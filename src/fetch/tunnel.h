/*
 * tunnel.h - a connection to a port of another machine through the user's own ssh.
 *
 * Layer   fetch; in the vise-fetch process only.
 * How     `ssh -W localhost:PORT HOST`: the user's configuration, keys, jump hosts and a master
 *         connection that already stands are used; no forward is opened, nothing asked
 *         (BatchMode), no master left behind. $VISE_SSH names another program.
 *         libcurl connects to a port of ours on 127.0.0.1; ssh is started on the other end of it,
 *         once it has, and nobody else is let in: the peer has to be libcurl's own port. (libcurl
 *         7.88 cannot be given a connection that stands, and never uses one again that goes through
 *         an abstract unix socket.)
 */
#ifndef FETCH_TUNNEL_H
#define FETCH_TUNNEL_H
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include "base/err.h"

enum { TUNNEL_SAID_MAX = 2048 };

struct tunnel {
	const char *host, *port;        /* borrowed */
	uint16_t through;               /* the port of 127.0.0.1 to connect to */
	uint16_t ours;                  /* libcurl's, of the connection that ssh serves */
	int listen_fd, said_fd;
	pid_t pid;
	char said[TUNNEL_SAID_MAX];     /* after tunnel_close: what ssh wrote, last line */
};

enum err tunnel_open(struct tunnel *t, const char *host, const char *port, struct err_msg *why);
/* libcurl has connected from this port: ssh for it, unless it serves it already. */
enum err tunnel_start(struct tunnel *t, uint16_t port, struct err_msg *why);
/* Ends ssh (a failed one is given a moment to say why). */
void     tunnel_close(struct tunnel *t, bool failed);

#endif
