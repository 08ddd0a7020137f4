/*
 * pty.h - pseudo-terminals.
 *
 * Layer   sys. Both descriptors belong to the caller, close-on-exec, the master non-blocking.
 */
#ifndef SYS_PTY_H
#define SYS_PTY_H
#include <stdbool.h>
#include <stddef.h>
#include "base/err.h"

enum err sys_pty_open(int *master, int *slave, char *name, size_t name_size, bool raw,
    struct err_msg *why);
void     sys_pty_resize(int master, int rows, int cols);

#endif
