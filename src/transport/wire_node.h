/*
 * wire_node.h - what the serial and the pty wire have in common: a device node that is opened,
 * maybe late, and then set up.
 *
 * Layer   transport, private. set_up finishes the opening of t->fd, or closes it.
 */
#ifndef TRANSPORT_WIRE_NODE_H
#define TRANSPORT_WIRE_NODE_H
#include "transport/wire.h"

typedef enum err (*wire_node_set_up)(struct transport *t, struct err_msg *why);

enum err wire_node_open(struct transport *t, const char *path, wire_node_set_up set_up,
    struct err_msg *why);
/* The late node is there. */
enum err wire_node_connected(struct transport *t, wire_node_set_up set_up, struct err_msg *why);
enum err wire_node_configure(struct transport *t, struct err_msg *why);
enum err wire_node_purge(struct transport *t, struct err_msg *why);

#endif
