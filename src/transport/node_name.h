/*
 * node_name.h - where the name of a device leads: the node behind its links, and which pty that is.
 *
 * Layer   transport, private. Nothing is opened.
 */
#ifndef TRANSPORT_NODE_NAME_H
#define TRANSPORT_NODE_NAME_H
#include <stdbool.h>
#include <stddef.h>
#include "transport/transport.h"

/* Links resolved into out; false when nothing is there. */
bool node_resolve(const char *path, char *out, size_t size);
bool node_is_pty(const char *resolved);
/* See transport_mark. devpts sets the change time of a slave when its pty is made, and neither
 * data nor settings nor opening it move that time. */
struct transport_mark node_mark(const char *path);

#endif
