/*
 * node.h - opening a device node, and saying why it cannot be had.
 *
 * Layer   transport, private. Used by the serial and the pty wire.
 * Locks   three kinds do not see one another: UUCP files (minicom), flock (tio, picocom) and
 *         TIOCEXCL (go-serial, ModemManager). All are honoured; flock is taken here.
 */
#ifndef TRANSPORT_NODE_H
#define TRANSPORT_NODE_H
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>
#include "base/err.h"

/* Opens path (non-blocking, no controlling terminal) and takes the flock. */
enum err node_open(const char *path, int *fd, struct err_msg *why);
/* Links resolved into out; false when nothing is there. */
bool     node_resolve(const char *path, char *out, size_t size);
bool     node_is_pty(const char *resolved);
/* The live owner of a UUCP lock file for this device, 0 if none; dir is "/var/lock". */
pid_t    node_uucp_owner(const char *dir, const char *path);

#endif
