/*
 * sock.h - unix and TCP sockets: the bench's door and the tcp: wire.
 *
 * Layer   sys. Descriptors belong to the caller, close-on-exec and non-blocking unless said.
 * Safety  a listening unix socket stands in a folder of mode 0700 owned by us, checked by
 *         fstat on an O_NOFOLLOW descriptor (tmux, CVE class of research/reliability.md T10);
 *         the peer's uid must be ours.
 */
#ifndef SYS_SOCK_H
#define SYS_SOCK_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include "base/err.h"

enum err sys_unix_listen(const char *path, int *fd, struct err_msg *why);
enum err sys_unix_connect(const char *path, int *fd, struct err_msg *why);
int      sys_accept(int fd);                    /* -1 with errno */
bool     sys_peer_uid(int fd, uid_t *uid);
/* The port of a peer on 127.0.0.1; false for any other peer. */
bool     sys_peer_loopback(int fd, uint16_t *port);
bool     sys_socketpair(int fd[2]);             /* stream, both non-blocking */
/* Little lies between its two ends: what is written is soon read. */
void     sys_sock_small(int fd);
/* Starts a connection (non-blocking): ready when writable, then sys_sock_error says how it went. */
enum err sys_tcp_connect(const char *host, const char *port, int *fd, struct err_msg *why);
/* The same, but of a name with several addresses (::1 and 127.0.0.1) the first that answers is
 * taken, which takes its time: for another thread. */
enum err sys_tcp_dial(const char *host, const char *port, int *fd, struct err_msg *why);
bool     sys_tcp_numeric(const char *host);     /* an address: nobody is asked for it */
int      sys_sock_error(int fd);                /* 0 or an errno */
/* Listens at a numeric address ("0.0.0.0", "::1", "[::1]"); *port 0 asks for a free one. */
enum err sys_tcp_listen(const char *host, uint16_t *port, int *fd, struct err_msg *why);
/* "PORT", "HOST:PORT" or "[V6]:PORT", loopback unless a host is named; address gets what it is
 * then. */
enum err sys_tcp_listen_word(const char *word, int *fd, char *address, size_t size,
    struct err_msg *why);
/* Listens on loopback only; *port 0 asks for a free one and returns it. */
enum err sys_tcp_listen_loopback(uint16_t *port, int *fd, struct err_msg *why);

/* Listens at a path a user gave, in any folder: mode 0600; a socket that nobody serves any more is
 * replaced, one that is served is not. The caller checks who comes (sys_peer_uid). */
enum err sys_unix_listen_user(const char *path, int *fd, struct err_msg *why);

#endif
