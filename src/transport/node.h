/*
 * node.h - opening a device node, and saying why it cannot be had.
 *
 * Layer   transport, private. Used by the serial and the pty wire.
 * Locks   three kinds do not see one another: UUCP files (minicom), flock (tio, picocom) and
 *         TIOCEXCL (go-serial, ModemManager). All are honoured, also where root could pass; the
 *         file (where the folder lets us) and flock are taken here. FHS 3.0, 5.9.
 * Ptys    get flock only: their numbers are used again at once, and a file would outlive its pty.
 *         A file of others counts while its process has that very pty open.
 * Stale   a lock file whose process is gone is removed; so is one that names no process and was
 *         not touched for a minute (a crash while it was written).
 */
#ifndef TRANSPORT_NODE_H
#define TRANSPORT_NODE_H
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>
#include "base/err.h"
#include "sys/late.h"
#include "transport/transport.h"

/* Opens path (non-blocking, no controlling terminal) and takes file lock and flock. *lock: heap
 * string for node_unlock, NULL when no lock file could be made. A driver that does not come back
 * soon leaves *fd -1 and *late to wait for; node_take then ends it. */
enum err node_open(const char *path, int *fd, char **lock, struct sys_late **late,
    struct err_msg *why);
enum err node_take(const char *path, struct sys_late *late, int *fd, struct err_msg *why);
/* Removes the lock file if it is still ours; frees the string. NULL is fine. */
void     node_unlock(char *lock);
/* Makes the UUCP lock file for path in dir. ERR_BUSY with *owner when a live process has it;
 * ERR_OK with *lock NULL when the folder does not let us, and for a pty. */
enum err node_uucp_take(const char *dir, const char *path, char **lock, pid_t *owner);
/* The live owner of a UUCP lock file for this device, 0 if none; dir is "/var/lock". */
pid_t    node_uucp_owner(const char *dir, const char *path);

#endif
