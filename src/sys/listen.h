/*
 * listen.h - where a process of this machine listens, from /proc.
 *
 * Layer   sys. Sees what the user may see: one's own processes, or all as root.
 */
#ifndef SYS_LISTEN_H
#define SYS_LISTEN_H
#include <stdbool.h>
#include <stdint.h>
#include "base/err.h"

/*
 * Calls fn with each listening socket of pid: "127.0.0.1:6060", "[::1]:80" (any-address as
 * loopback), or the path of a unix socket; false stops. ERR_NOENT: no such process; ERR_DENIED:
 * not ours to look into.
 */
enum err listen_each(uint64_t pid, bool (*fn)(const char *address, void *arg), void *arg,
    struct err_msg *why);

#endif
